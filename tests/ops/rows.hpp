// SPDX-License-Identifier: MIT
// Going down the op table: the numbers of a row on a tape, directions to try, and what comes out.
#pragma once

#include "support.hpp"

#include <reel/autodiff/check/directions.hpp>
#include <reel/ops.hpp>
#include <reel/ops/check_table.hpp>

#include <random>

namespace reel::test {

// Directions and cotangents: odd multiples of 1/128 in −1 … 1, exact in float, from raw bits.
class random_numbers {
 public:
  explicit random_numbers(std::uint64_t seed) : bits_(seed) {}
  double generic() { return (2 * static_cast<double>(bits_() % 128) - 127) / 128; }
  double sign() { return bits_() % 2 == 0 ? -1 : 1; }
  array<double> generic(const shape& s) {
    return fill(s, [&] { return generic(); });
  }
  array<double> signs(const shape& s) {
    return fill(s, [&] { return sign(); });
  }

 private:
  template <class F> static array<double> fill(const shape& s, F f) {
    auto a = make_array<double>(s);
    std::generate_n(a.data(), s.size(), f);
    return a;
  }
  std::mt19937_64 bits_;
};

template <class T> array<T> array_of(const sample_array& a) {
  auto n = make_array<T>(a.shape);
  std::transform(a.numbers.begin(), a.numbers.end(), n.data(), [](double x) { return static_cast<T>(x); });
  return n;
}

// The elements of a var of any kind, evaluated in T.
template <class T> std::vector<T> elements(const var& v) {
  const auto convert = [](const auto& a) {
    std::vector<T> numbers;
    for (index_t i = 0, n = static_cast<index_t>(a.size()); i < n; ++i) numbers.push_back(T(a.data()[i]));
    return numbers;
  };
  if (v.kind() == kind::index) return convert(v.value<index_t>());
  if (v.kind() == kind::boolean) return convert(v.value<bool>());
  return convert(v.value<T>());
}

// A row's op, recorded on the numbers of a sample.
struct recorded {
  tape t;
  std::vector<var> x, real;  // all inputs, and those one may differentiate by
  var y;

  recorded(const op_row& row, const sample& numbers) : t(std::string(row.name)) {
    for (const sample_array& a : numbers) {
      if (a.kind == kind::real) real.push_back(t.variable(array_of<double>(a)));
      x.push_back(a.kind == kind::real    ? real.back()
                  : a.kind == kind::index ? t.constant(array_of<index_t>(a))
                                          : t.constant(array_of<bool>(a)));
    }
    y = row.record(x);
  }

  // Cotangents of the real inputs.
  std::vector<var> vjp(const var& ybar) const {
    return reel::vjp(std::span(&y, 1), real, std::span(&ybar, 1));
  }
  std::vector<var> jvp(const std::vector<var>& v) const { return reel::jvp(std::span(&y, 1), real, v); }

  // ⟨a, b⟩ over all pairs, on the tape.
  var dot(const std::vector<var>& a, const std::vector<var>& b) {
    var total = t.constant(0.0);
    for (std::size_t i = 0; i < a.size(); ++i) total = total + sum(a[i] * b[i]);
    return total;
  }
  std::vector<var> constants(const std::vector<array<double>>& numbers) {
    std::vector<var> v;
    for (const auto& a : numbers) v.push_back(t.constant(a));
    return v;
  }
};

// Calls f(row, sample, seed) for every sample, naming row and sample in whatever fails.
template <class F> void for_each_sample(F f) {
  std::uint64_t seed = 0;
  for (const op_row& row : op_table())
    for (std::size_t i = 0; i < row.samples.size(); ++i)
      BOOST_TEST_CONTEXT(row.name << " (" << row.variant << "), sample " << i) {
        f(row, row.samples[i], ++seed);
      }
}

inline bool has_derivative(const op_row& row, const recorded& r) {
  return row.differentiable && !r.real.empty() && r.y.kind() == kind::real;
}

}  // namespace reel::test
