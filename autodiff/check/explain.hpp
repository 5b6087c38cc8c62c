// SPDX-License-Identifier: MIT
// The catalogue of mutants in reverse: which change of the right Jacobian reproduces the wrong one.
#pragma once

#include "check/vjp.hpp"

namespace reel::check {

template <class T, class Source> class vjp_comparison;

// Adds to a FAIL what reproduces the wrong numbers, as far as the work that is left goes.
void explain(const rule& r, const options& o, vjp_comparison<real50, differences<real50>>& compared,
             report& failed);

// In float, double and 50 digits, the error against the oracle.
std::vector<precision> rungs_of(const rule& r, const options& o);
// The exponent with which the Taylor remainder falls.
double taylor_rate_of(const rule& r, const options& o);

// ∂y/∂x, a row of all elements of one input for each element of all outputs.
struct jacobian_matrix {
  std::size_t rows = 0, columns = 0;
  std::vector<real50> at = {};
  const real50& operator()(std::size_t k, std::size_t j) const { return at[k * columns + j]; }
  real50& operator()(std::size_t k, std::size_t j) { return at[k * columns + j]; }
};

// The hypotheses about one input, given the right Jacobian, the rule's, and its shapes and numbers: the
// names of those that hold.
struct evidence {
  const jacobian_matrix &right, &rule;
  shape input, output;
  const std::vector<real50>&x, &y;  // the numbers of the input and of all outputs
};
std::vector<std::string> hypotheses(const evidence& e);

}  // namespace reel::check
