// SPDX-License-Identifier: MIT
// A perceptron with any number of hidden layers: a plain struct and functions, to show that nothing in the
// stack is special to the models that come with it. With no hidden layer it is softmax regression.
#pragma once

#include <reel/autodiff/tree.hpp>

#include <cstdint>
#include <vector>

namespace reel {

// x ↦ xW + b, for x [samples, inputs], W [inputs, outputs], b [outputs].
template <class T> struct dense {
  T W, b;
  static constexpr const char* field_names[] = {"W", "b"};
};

template <class T> struct mlp {
  std::vector<dense<T>> layers;
  static constexpr const char* field_names[] = {"layers"};
};

// dense layers with relu between them: [samples, inputs] → [samples, classes].
var mlp_logits(const mlp<var>& m, var x);

// Mean cross-entropy of the classes' probabilities, which are softmax of the logits, plus l2/2·ΣW² over
// all weights (biases are not penalised). labels: [samples] of kind index. With class weights, the mean
// is weighted_mean.
var mlp_loss(const mlp<var>& m, var x, var labels, double l2 = 0,
             const std::vector<double>& class_weights = {});

// Sizes from inputs to outputs. Weights as in He et al. (2015): normal with variance 2/inputs; biases 0.
// Throws invalid_argument for fewer than two sizes, or one below 1.
mlp<array<double>> make_mlp(const std::vector<index_t>& sizes, std::uint64_t seed);

}  // namespace reel
