// SPDX-License-Identifier: MIT
// A perceptron with one hidden layer: a plain struct and a function, to show that nothing in the stack
// is special to the models that come with it.
#pragma once

#include <reel/autodiff/tree.hpp>
#include <reel/ops/cross_entropy.hpp>
#include <reel/ops/functions.hpp>
#include <reel/ops/matmul.hpp>
#include <reel/ops/reduce.hpp>

#include <cstdint>

namespace reel {

template <class T> struct mlp { T W1, b1, W2, b2; };

inline var logits(const mlp<var>& m, var x) { return matmul(relu(matmul(x, m.W1) + m.b1), m.W2) + m.b2; }
inline var mlp_loss(const mlp<var>& m, var x, var labels) {
  return mean(softmax_cross_entropy(logits(m, x), labels));
}

// Weights drawn as in He et al. (2015): normal with variance 2/inputs; biases 0.
mlp<array<double>> make_mlp(index_t inputs, index_t hidden, index_t outputs, std::uint64_t seed);

}  // namespace reel
