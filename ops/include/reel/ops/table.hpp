// SPDX-License-Identifier: MIT
// Every op as a row of data: how to record it, numbers to try it on, what must come out at its edges.
// Whoever checks ops (the tests, or a user on a new machine) goes down this table; an op that is not
// in it fails the tests.
#pragma once

#include <reel/autodiff/var.hpp>

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace reel {

// The numbers of one input, row-major. Those of kind index and bool are whole.
struct sample_array {
  reel::shape shape = {};
  std::vector<double> numbers = {};
  reel::kind kind = kind::real;
};

// An array per input.
using sample = std::vector<sample_array>;

// What must come out where formulas break down: at infinities, NaN, ties, zeros and empty shapes; and
// at a few ordinary points, worked out with 50 digits. NaN stands for NaN, an infinity for itself, a
// result of 0 has the sign given; other numbers hold to a few roundings in float and in double.
struct edge_row {
  std::string_view what = {};
  sample x = {};
  std::vector<double> y = {};                    // the result, of whatever kind
  std::vector<double> ybar = {};                 // its cotangents; left out: 1 everywhere
  std::vector<std::vector<double>> xbar = {};    // cotangents of the real inputs; left out: unchecked
  std::vector<std::vector<double>> second = {};  // cotangents of Σ x̄ at the real inputs; left out: unchecked
  std::optional<dtype> only = {};                // the one number type in which this holds
  bool once = false;                             // the second derivative there is refused
};

struct op_row {
  std::string_view name = {};     // as recorded on the tape; a composite's is that of its function
  std::string_view variant = {};  // which attributes, where a name has several rows
  std::string_view family = {};
  var (*record)(std::span<const var> x) = nullptr;
  std::vector<sample> samples = {};  // where the op is smooth
  std::vector<edge_row> edges = {};

  bool composite = false;                   // a function made of other ops, with edges of its own
  bool analytic = true;                     // has a body for complex numbers
  bool elementwise = false;                 // y[i] depends on the i-th elements alone
  bool differentiable = true;               // else its kind has no derivative, or it is declared constant
  std::vector<std::size_t> linear_in = {};  // inputs in each of which it is linear
};

std::span<const op_row> op_table();

}  // namespace reel
