// SPDX-License-Identifier: MIT
// Classifiers as the program trains, keeps and applies them: a perceptron, of no hidden layer if it is
// softmax regression, with all it takes to apply it to samples as they are read.
#pragma once

#include <reel/models/dataset.hpp>
#include <reel/models/io.hpp>
#include <reel/models/mlp.hpp>

namespace reel {

using classifier = trained<mlp<array<float>>>;

// Throws shape_mismatch unless the layers fit each other, the features, the classes and the scaling.
void validate(const classifier& c);

// The logarithm of the probability of every class: [samples x classes]. Throws shape_mismatch for samples
// with another number of features, non_finite for one whose features are not finite.
template <class T> array<double> log_probabilities(const classifier& c, const basic_dataset<T>& samples);

struct evaluation {
  double loss;  // mean cross-entropy
  double accuracy, macro_f1, calibration_error;
  array<index_t> confusion;  // true class down, predicted class across
};

// Throws as log_probabilities, and shape_mismatch for samples without labels or of other classes.
template <class T> evaluation evaluate(const classifier& c, const basic_dataset<T>& samples);

extern template array<double> log_probabilities(const classifier&, const dataset&);
extern template array<double> log_probabilities(const classifier&, const byte_dataset&);
extern template evaluation evaluate(const classifier&, const dataset&);
extern template evaluation evaluate(const classifier&, const byte_dataset&);

}  // namespace reel
