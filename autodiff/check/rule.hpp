// SPDX-License-Identifier: MIT
// A subject with its rule recorded behind it: ȳ ↦ x̄ as nodes on its tape, ready to be replayed.
#pragma once

#include "check/differences.hpp"

#include <reel/autodiff/check.hpp>

#include <cmath>
#include <random>

namespace reel::check {

// Directions and cotangents, from raw bits: the same on every machine.
class random_numbers {
 public:
  explicit random_numbers(std::uint64_t seed) : bits_(seed) {}
  double sign() { return bits_() % 2 == 0 ? -1 : 1; }
  // Odd multiples of 2^−16 in −1 … 1: exact in float, never 0.
  double generic() { return std::ldexp(static_cast<double>(2 * (bits_() >> 48) + 1), -16) - 1; }
  std::uint64_t bits() { return bits_(); }
  reals signs(std::size_t n);
  reals generic(std::size_t n);

 private:
  std::mt19937_64 bits_;
};

struct rule {
  std::vector<var> x, y, ybar, xbar;
  point at;  // the numbers of x

  explicit rule(const subject& s);
  rule(std::vector<var> outputs, std::vector<var> inputs, point start);

  std::vector<var> given() const;                  // x and ȳ: what the rule is run with
  std::vector<var> cotangents_and_values() const;  // x̄, then y, which an edit may read
  bool elementwise() const;                        // y[i] depends on the i-th elements of each input alone
  bool reads_inputs() const;                       // else it is linear: the same rule everywhere
  bool has_numbers(dtype e) const;                 // whether values and rule have bodies for it
  recording& source() const { return x[0].recording(); }
  std::size_t input_size() const;
  point random_cotangent(random_numbers& random) const;
};

// The rule of a subject, of order 1, or the rule of that rule, with random numbers for its cotangents.
rule rule_of(const subject& s, const options& o);
std::string of_order(const std::string& name, const options& o);  // "softmax, order 2"

// What a rule gives at x and ȳ, one array per input.
template <class T> class rule_run {
 public:
  explicit rule_run(const rule& r)
      : run_(r.cotangents_and_values(), r.given()), inputs_(r.x.size()), cotangents_(r.xbar.size()) {}
  std::vector<std::vector<T>> operator()(const point& x, const point& ybar,
                                         std::span<const edit> edits = {}) {
    for (std::size_t i = 0; i < x.size(); ++i) fill(run_.given(i), x[i]);
    for (std::size_t i = 0; i < ybar.size(); ++i) fill(run_.given(inputs_ + i), ybar[i]);
    run_.run(edits);
    std::vector<std::vector<T>> xbar;
    for (std::size_t i = 0; i < cotangents_; ++i)
      xbar.emplace_back(run_.result(i).begin(), run_.result(i).end());
    return xbar;
  }
  replay<T>& replayed() { return run_; }

 private:
  static void fill(std::span<T> to, const reals& from) {
    for (std::size_t k = 0; k < to.size(); ++k) to[k] = T(from[k]);
  }
  template <class N> static void fill(std::span<float> to, const N& from) {
    for (std::size_t k = 0; k < to.size(); ++k) to[k] = static_cast<float>(from[k]);
  }
  replay<T> run_;
  std::size_t inputs_, cotangents_;
};

std::string entry_name(const rule& r, std::size_t input, std::size_t at, const char* letter);

}  // namespace reel::check
