// SPDX-License-Identifier: MIT
#include "problems.hpp"

#include <reel/optim/minibatches.hpp>

#include <algorithm>
#include <cmath>
#include <random>

namespace bench {

namespace {

template <class T> std::vector<T> uniform(std::size_t n, T low, T high, unsigned seed) {
  std::mt19937_64 bits(seed);
  std::vector<T> x(n);
  for (T& v : x) v = low + (high - low) * static_cast<T>(static_cast<double>(bits() >> 11) * 0x1p-53);
  return x;
}

std::vector<std::uint8_t> bytes(std::size_t n, unsigned seed) {
  std::mt19937_64 bits(seed);
  std::vector<std::uint8_t> x(n);
  for (std::uint8_t& v : x) v = static_cast<std::uint8_t>(bits() >> 56);
  return x;
}

// Something to learn: which of the first features is the largest.
template <class T> std::vector<std::int64_t> labels_of(const std::vector<T>& x, std::size_t rows) {
  std::vector<std::int64_t> labels(rows);
  const std::size_t features = x.size() / rows;
  for (std::size_t i = 0; i < rows; ++i) {
    const T* row = x.data() + i * features;
    labels[i] = std::max_element(row, row + classes) - row;
  }
  return labels;
}

// The usual spread of initial weights, 1/√inputs.
std::vector<float> weights(std::size_t inputs, std::size_t outputs, unsigned seed) {
  const float spread = 1 / std::sqrt(static_cast<float>(inputs));
  return uniform(inputs * outputs, -spread, spread, seed);
}

}  // namespace

softmax_regression::softmax_regression(std::size_t count, float penalty)
    : rows(count),
      x(uniform(count * features, 0.0f, 1.0f, 1)),
      labels(labels_of(x, count)),
      w(uniform(features * classes, -0.001f, 0.001f, 2)),
      l2(penalty) {
  for (std::size_t i = 0; i < rows; ++i) x[i * features + features - 1] = 1;
}

image_epoch::image_epoch(std::size_t size)
    : batch(size),
      x(bytes(samples * pixels, 1)),
      labels(labels_of(x, samples)),
      w(uniform(features * classes, -0.001f, 0.001f, 2)),
      order([](std::int64_t epoch) { return reel::optim::epoch_order(samples, 0, epoch); }) {}

perceptron::perceptron(std::size_t count)
    : rows(count),
      x(uniform(count * features, 0.0f, 1.0f, 1)),
      labels(labels_of(x, count)),
      w1(weights(features, hidden, 2)),
      b1(hidden),
      w2(weights(hidden, classes, 4)),
      b2(classes) {}

perceptron_hvp::perceptron_hvp(std::size_t count)
    : perceptron(count),
      v1(uniform(w1.size(), -1.0f, 1.0f, 6)),
      c1(uniform(b1.size(), -1.0f, 1.0f, 7)),
      v2(uniform(w2.size(), -1.0f, 1.0f, 8)),
      c2(uniform(b2.size(), -1.0f, 1.0f, 9)) {}

log_sum_exp::log_sum_exp(std::size_t n) : x(uniform(n, 0.0, 1.0, 1)) {}

least_squares::least_squares(std::size_t n) : x(uniform(coefficients, -1.0, 1.0, 1)) {
  for (std::size_t i = 0; i < n; ++i) {
    t.push_back(-1 + 2 * static_cast<double>(i) / static_cast<double>(n - 1));
    s.push_back(t[i] > 0 ? 1 : t[i] < 0 ? -1 : 0);
    double power = 1;
    for (std::size_t j = 0; j < coefficients; ++j, power *= t[i]) powers.push_back(power);
  }
}

small_chain::small_chain(std::size_t count, link which, bool with_gradients)
    : ops(count),
      op(which),
      gradients(with_gradients),
      x(uniform(n, 0.5f, 1.5f, 1)),
      z(uniform(n, 0.95f, 1.05f, 2)) {}

long_chain::long_chain(std::size_t n, bool with_exponential)
    : exponential(with_exponential), x(uniform(n, 0.0f, 1.0f, 1)), z(uniform(n, 0.0f, 1.0f, 2)) {}

}  // namespace bench
