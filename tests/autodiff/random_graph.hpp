// SPDX-License-Identifier: MIT
// Random computations over the catalogue, for properties that hold for every tape. The same seed
// gives the same graph with every standard library.
#pragma once

#include "support.hpp"

#include <reel/ops.hpp>

#include <functional>
#include <random>
#include <vector>

namespace reel::test {

class random_graph {
 public:
  // Leaves are scalars and arrays of one or two rows or columns, `width` long.
  random_graph(std::uint32_t seed, int ops, std::size_t width = 3) : random_(seed), width_(width) {
    for (int i = 0; i < 2; ++i) {
      const var x = t.variable(numbers());
      const var in = t.input(numbers());
      const var s = t.state(numbers());
      reals.insert(reals.end(), {x, t.constant(numbers()), in, s});
      variables.push_back(x), inputs.push_back(in), states.push_back(s);
    }
    indices.push_back(t.constant(array<int>{2, 0, 1}));
    bools.push_back(t.constant(array<bool>{true, false, true}));
    for (int i = 0; i < ops; ++i) record_one();
    const var loss = sum(tanh(reals.back()));
    for (const var& g : grad(loss, std::span<const var>(variables))) reals.push_back(g);
    reals.push_back(loss);
  }

  std::uint32_t below(std::size_t n) { return random_() % static_cast<std::uint32_t>(n); }
  const var& any(const std::vector<var>& from) { return from[below(from.size())]; }
  // Numbers for a real leaf: eighths between -2 and 2, zeros among them.
  array<double> numbers() {
    const std::vector<std::vector<std::size_t>> sizes{{}, {width_}, {2, width_}, {width_, 1}};
    array<double> a(sizes[below(sizes.size())]);
    for (double& x : a) x = (static_cast<double>(below(33)) - 16) / 8;
    return a;
  }

  tape t{"random"};
  std::vector<var> reals, indices, bools, variables, inputs, states;

 private:
  // One op on nodes drawn at random; where their shapes do not fit, none.
  void record_one() {
    const var a = any(reals), b = any(reals);
    const var i = any(indices), c = any(bools);
    const auto axis = a.rank() == 0 ? 0 : static_cast<int>(below(a.rank()));
    const std::function<var()> choices[] = {
        [&] { return a + b; },
        [&] { return a - b; },
        [&] { return a * b; },
        [&] { return a / b; },
        [&] { return a * a; },
        [&] { return maximum(a, b); },
        [&] { return minimum(a, 0.5); },
        [&] { return xlogy(a, b); },
        [&] { return pow(abs(a), b); },
        [&] { return exp(-square(a)); },
        [&] { return tanh(a); },
        [&] { return sigmoid(a); },
        [&] { return relu(a); },
        [&] { return sqrt(abs(a) + 1); },
        [&] { return log(abs(a)); },
        [&] { return softmax(a, axis); },
        [&] { return log_softmax(a, axis); },
        [&] { return logsumexp(a, axis); },
        [&] { return sum(a, axis, keep); },
        [&] { return mean(a); },
        [&] { return max(a, axis); },
        [&] { return transpose(a); },
        [&] { return reshape(a, {-1}); },
        [&] {
          return reshape(a, {1, -1});
        },
        [&] { return matmul(a, b); },
        [&] {
          return concat({a, b}, axis);
        },
        [&] {
          return stack({a, a});
        },
        [&] { return slice(a, axis, 0, 2); },
        [&] { return pad(slice(a, axis, 0, 1), axis, 1, 0); },
        [&] {
          return gather(slice(concat({a, a, a}, axis), axis, 0, 3), i, axis);
        },
        [&] { return scatter_add(a, i, 3); },
        [&] { return one_hot(i, 3); },
        [&] { return detach(a); },
        [&] { return where(c, a, b); },
        [&] { return where(a < b, a, 0.0); },
        [&] { return softmax_cross_entropy(a, b); },
        [&] {
          return softmax_cross_entropy(slice(concat({a, b, b}, -1), -1, 0, 3), i);
        },
    };
    const std::size_t count = std::size(choices);
    try {
      switch (below(12)) {
        case 0:
          if (a.rank() > 0 && a.shape()[static_cast<std::size_t>(axis)] <= 3)
            indices.push_back(argmax(a, axis));
          return;
        case 1:
          return bools.push_back(below(2) == 0 ? a < b : !c);
        default:
          const var y = choices[below(count)]();
          if (y.size() <= static_cast<index_t>(22 * width_)) reals.push_back(y);
      }
    } catch (const error& e) {
      const bool known = e.code() == errc::shape_mismatch || e.code() == errc::invalid_axis ||
                         e.code() == errc::invalid_argument;
      if (!known) throw;
    }
  }

  std::mt19937 random_;
  std::size_t width_;
};

}  // namespace reel::test
