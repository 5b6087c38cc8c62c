// SPDX-License-Identifier: MIT
// Softmax (multinomial logistic) regression: Ŷ = XW, P̂ = softmax of Ŷ row by row, and W minimising the
// mean cross-entropy. X carries a constant 1 as its last column, so the bias is the last row of W.
#pragma once

#include <reel/optim/fit.hpp>
#include <reel/optim/sgd.hpp>

#include <string>
#include <vector>

namespace reel {

// Mean cross-entropy of XW plus l2/2·ΣW² over all rows but the last (the bias is not penalised).
// x: [n, d+1], labels: [n] of kind index, W: [d+1, N].
var softmax_regression_loss(operand w, operand x, operand labels, double l2 = 0);

// x with a column of ones appended: [n, d] → [n, d+1].
array<double> with_ones(const array<double>& x);

struct softmax_regression_options {
  optim::sgd rule = {.lr = 0.1};
  double l2 = 0;
  optim::fit_options fit = {};
};

class softmax_regression {
 public:
  // d features, N classes, W = 0 to start with. Throws invalid_argument for sizes below 1.
  softmax_regression(index_t features, index_t classes);
  explicit softmax_regression(array<double> weights);  // [d+1, N]

  // Trains on x [n, d] and labels [n] in 0 … N−1, in number type T. Continues from the present W.
  template <number T = float>
  optim::history fit(const array<double>& x, const array<index_t>& labels,
                     const softmax_regression_options& options = {});

  // x: [n, d]. Throws shape_mismatch when d is not what the model was made for.
  array<double> predict_proba(const array<double>& x) const;  // [n, N], rows sum to 1
  array<index_t> predict(const array<double>& x) const;       // [n], the first of the most probable
  double score(const array<double>& x, const array<index_t>& labels) const;  // accuracy
  double loss(const array<double>& x, const array<index_t>& labels,
              double l2 = 0) const;  // mean cross-entropy (+ penalty)

  const array<double>& weights() const { return weights_; }
  index_t features() const { return static_cast<index_t>(weights_.shape()[0]) - 1; }
  index_t classes() const { return static_cast<index_t>(weights_.shape()[1]); }

 private:
  void check(const array<double>& x, const array<index_t>* labels) const;
  array<double> weights_;
};

extern template optim::history softmax_regression::fit<float>(const array<double>&, const array<index_t>&,
                                                              const softmax_regression_options&);
extern template optim::history softmax_regression::fit<double>(const array<double>&, const array<index_t>&,
                                                               const softmax_regression_options&);

}  // namespace reel
