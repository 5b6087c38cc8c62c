// SPDX-License-Identifier: MIT
// The same tape in float, double and 50 digits: what is rounding, and what is wrong.
#pragma once

#include <reel/autodiff/check.hpp>

namespace reel::check {

// Errors of values and cotangents against the same computation in 50 digits, with inputs rounded to the
// type first. Bounds come from a running error analysis (in which an op is off by a few roundings of its
// result and of its inputs); where a computation is too large for one they are left out.
struct rounding_study {
  dtype number = dtype::f64;
  double unit = 0;                                           // the roundoff u
  std::vector<double> value = {}, value_bound = {};          // in u, absolute, one per element of all results
  std::vector<double> cotangent = {}, cotangent_bound = {};  // ... and of all inputs
  double value_ulps = 0, cotangent_ulps = 0;  // the largest error relative to its element, in u
  double share = 0;                           // the largest error as a share of its bound
  std::string reason = {};  // why there are no figures: a refusal, or the work it would take
};
// For each of float and double that holds the numbers. Throws unsupported_number without a body for
// 50 digits.
std::vector<rounding_study> ulps(const subject& s, const options& o = {});

// The error of the worst cotangent element against the oracle, in each number type, relative to its scale.
// An error that shrinks with the roundoff is rounding; one that stays is a wrong formula.
struct precision_ladder_report {
  std::string subject = {};
  std::vector<precision> rungs = {};  // float, double, 50 digits
  bool wrong_formula = false;
  std::string reason = {};  // why there are no rungs: a refusal, or the work it would take
};
precision_ladder_report precision_ladder(const subject& s, const options& o = {});
std::string to_string(const precision_ladder_report&
                          r);  // "float 2.5e-03 | double 2.5e-03 | ... → wrong formula, not rounding"
std::ostream& operator<<(std::ostream& os, const precision_ladder_report& r);

}  // namespace reel::check
