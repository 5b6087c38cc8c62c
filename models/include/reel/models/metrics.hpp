// SPDX-License-Identifier: MIT
// How good predictions are. Labels are 0 … classes−1; arrays of the same n > 0 samples. Every function
// throws shape_mismatch where sizes disagree, invalid_argument where there are no samples, and
// invalid_label, with the row, for a label that is no class.
#pragma once

#include <reel/autodiff/array.hpp>

namespace reel {

// The share of samples whose predicted label is the true one.
double accuracy(const array<index_t>& predicted, const array<index_t>& labels);

// classes × classes counts: row = true class, column = predicted class.
array<index_t> confusion_matrix(const array<index_t>& predicted, const array<index_t>& labels,
                                index_t classes);

// The mean over classes of F1 = 2·hits / (2·hits + misses + false alarms), from a confusion matrix. A
// class that neither occurs nor is predicted has no F1 and does not count.
double macro_f1(const array<index_t>& confusion);

// The expected calibration error (Naeini et al., 2015; Guo et al., 2017). The predicted class's
// probability is cut into `bins` intervals (b/B, (b+1)/B] of equal width; the result is the mean, over
// samples, of |accuracy − mean probability| in the interval of each. Throws invalid_argument for fewer
// than one interval, or a probability outside [0, 1].
template <class T>
double calibration_error(const array<T>& probabilities, const array<index_t>& labels, index_t bins = 15);

// The mean of −ln p(true class) over n × classes probabilities; infinite where one of them is 0.
// Throws invalid_argument for a probability outside [0, 1].
template <class T> double log_loss(const array<T>& probabilities, const array<index_t>& labels);

// The column of the largest entry in each row of n × classes scores, the first one at a tie. Throws
// non_finite for a row with a NaN.
template <class T> array<index_t> largest_column(const array<T>& scores);

extern template double log_loss(const array<float>&, const array<index_t>&);
extern template double log_loss(const array<double>&, const array<index_t>&);
extern template double calibration_error(const array<float>&, const array<index_t>&, index_t);
extern template double calibration_error(const array<double>&, const array<index_t>&, index_t);
extern template array<index_t> largest_column(const array<float>&);
extern template array<index_t> largest_column(const array<double>&);

}  // namespace reel
