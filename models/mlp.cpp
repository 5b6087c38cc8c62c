// SPDX-License-Identifier: MIT
#include <reel/models/class_weights.hpp>
#include <reel/models/mlp.hpp>

#include <reel/ops/arithmetic.hpp>
#include <reel/ops/cross_entropy.hpp>
#include <reel/ops/functions.hpp>
#include <reel/ops/matmul.hpp>
#include <reel/ops/reduce.hpp>
#include <reel/optim/random.hpp>

#include <fmt/format.h>

#include <cmath>

namespace reel {

var mlp_logits(const mlp<var>& m, var x) {
  for (std::size_t i = 0; i < m.layers.size(); ++i) {
    if (i > 0) x = relu(x);
    x = matmul(x, m.layers[i].W) + m.layers[i].b;
  }
  return x;
}

var mlp_loss(const mlp<var>& m, var x, var labels, double l2, const std::vector<double>& class_weights) {
  const var losses = softmax_cross_entropy(mlp_logits(m, x), labels);
  var loss = class_weights.empty() ? mean(losses) : weighted_mean(losses, labels, class_weights);
  if (l2 != 0)
    for (const dense<var>& layer : m.layers) loss = loss + 0.5 * l2 * sum(square(layer.W));
  return loss;
}

mlp<array<double>> make_mlp(const std::vector<index_t>& sizes, std::uint64_t seed) {
  if (sizes.size() < 2)
    throw error(errc::invalid_argument,
                fmt::format("a perceptron of {} sizes; give at least inputs and outputs.", sizes.size()));
  for (const index_t size : sizes)
    if (size < 1)
      throw error(errc::invalid_argument,
                  fmt::format("a perceptron with a layer of {} units; all sizes must be 1 or more.", size));
  optim::random_stream random(seed, optim::purpose::initial);
  mlp<array<double>> m;
  for (std::size_t i = 1; i < sizes.size(); ++i) {
    dense<array<double>> layer{make_array<double>({sizes[i - 1], sizes[i]}), make_array<double>({sizes[i]})};
    const double deviation = std::sqrt(2.0 / static_cast<double>(sizes[i - 1]));
    for (double& w : layer.W) w = deviation * random.normal();
    layer.b.fill(0.0);
    m.layers.push_back(std::move(layer));
  }
  return m;
}

}  // namespace reel
