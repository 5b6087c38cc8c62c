// SPDX-License-Identifier: MIT
// What is computed: the numbers every contender starts from. All of them are functions of the size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace bench {

inline constexpr std::size_t classes = 10;

// One SGD step of softmax regression: mean cross-entropy of softmax(x·w), its gradient, w −= rate·∂w.
// The last feature is 1, so that the last row of w is the bias. With l2, the loss has ½ l2 Σw² more.
struct softmax_regression {
  static constexpr std::size_t features = 785;
  static constexpr float rate = 0.005f;
  std::size_t rows;
  std::vector<float> x;  // rows × features
  std::vector<std::int64_t> labels;
  std::vector<float> w;  // features × classes, to begin with
  float l2;
  explicit softmax_regression(std::size_t rows, float l2 = 0);
};

// An epoch of such steps on images that lie in memory as bytes: shuffled, divided by 255, and a 1 appended
// to each. All who contend take the samples in the same order, so that they can be compared, and each
// makes that order anew for every epoch.
struct image_epoch {
  static constexpr std::size_t samples = 60'000, pixels = 784, features = pixels + 1;
  static constexpr float rate = softmax_regression::rate, white = 255;
  std::size_t batch;
  std::vector<std::uint8_t> x;  // samples × pixels
  std::vector<std::int64_t> labels;
  std::vector<float> w;
  std::function<std::vector<std::int64_t>(std::int64_t epoch)> order;
  explicit image_epoch(std::size_t batch);
};

// One SGD step of softmax(relu(x·w1 + b1)·w2 + b2).
struct perceptron {
  static constexpr std::size_t features = 784, hidden = 512;
  static constexpr float rate = 0.03f;
  std::size_t rows;
  std::vector<float> x;
  std::vector<std::int64_t> labels;
  std::vector<float> w1, b1, w2, b2;
  explicit perceptron(std::size_t rows);
};

// The Hessian of the same loss times a vector.
struct perceptron_hvp : perceptron {
  std::vector<float> v1, c1, v2, c2;  // the vector: along w1, b1, w2, b2
  explicit perceptron_hvp(std::size_t rows);
};

// GradBench's lse, value and gradient: a + log Σ exp(x − a) with a = max x.
struct log_sum_exp {
  std::vector<double> x;
  explicit log_sum_exp(std::size_t n);
};

// GradBench's llsq, value and gradient in the coefficients: ½ Σ_i (s_i − Σ_j x_j t_i^j)² with
// t_i = −1 + 2i/(n−1) and s_i = sign t_i. The powers may be computed once.
struct least_squares {
  static constexpr std::size_t coefficients = 128;
  std::vector<double> t, s;
  std::vector<double> powers;  // t_i^j, n × coefficients
  std::vector<double> x;
  explicit least_squares(std::size_t n);
};

// A chain of ops on numbers so few that the time is the overhead: v ← v + z or v ← v·z, from v = x.
// With gradients: of Σv in x and z.
enum class link { add, multiply };
struct small_chain {
  static constexpr std::size_t n = 16;
  std::size_t ops;
  link op;
  bool gradients;
  std::vector<float> x, z;
  small_chain(std::size_t ops, link op, bool gradients);
};

// A chain on numbers so many that the time is memory's unless ops are fused: five times
// v ← v·x + z from v = x, then perhaps e^−v.
struct long_chain {
  static constexpr std::size_t links = 5;
  bool exponential;
  std::vector<float> x, z;
  long_chain(std::size_t n, bool exponential);
};

}  // namespace bench
