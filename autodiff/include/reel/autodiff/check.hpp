// SPDX-License-Identifier: MIT
// The check kit: proves derivative rules, the library's and yours, in one line.
//
//   BOOST_TEST(check::vjp(my_op{}, {x}));                            // an op
//   BOOST_TEST(check::function(loss, std::tuple(model, X, labels)));  // a function of trees
//
// A rule is compared with differences of the values it claims to differentiate, in 50 digits, which know
// nothing of rules. Every figure carries its error: with t_o the oracle's and t_a what rounding may do to
// the rule, a check fails when |a − o| > t_o + t_a, and passes only when (t_o + t_a) / (|J|ᵀ|ȳ|)_i, the
// smallest error it could have noticed, is below the target. Anything else is INCONCLUSIVE, with the
// reason, or NONSMOOTH on a kink. Nothing is printed; results are values. What an op refuses is such a
// reason, too, never an exception; wrong options are.
#pragma once

#include <reel/autodiff/check/report.hpp>
#include <reel/autodiff/check/subject.hpp>

#include <functional>

namespace reel::check {

// Where the right derivative comes from.
enum class oracle : std::uint8_t {
  automatic,     // 50 digits; double where an op has no body for them, or where they take too long
  fifty_digits,  // differences of values in 50 digits: good to 1e-35 and better
  in_double,     // differences of values in double: good to 1e-8 and better
  complex_step,  // Im y(x + ihv)/h in complex numbers, of ops that declare themselves analytic
};

struct options {
  std::uint64_t seed = 0x5eed;
  int order = 1;  // 2: the rule of the rule, 3: the rule of that
  check::oracle oracle = check::oracle::automatic;
  double target = 1e-6;  // a PASS has a detection limit below this
  // The work a check may take, in seconds of a common processor, counted operation by operation so that it
  // decides the same everywhere. A rule is checked element by element if that fits, else along directions;
  // what does not fit either is not begun, and INCONCLUSIVE says what it would need.
  double seconds = 10;
  bool rounding = true;  // also evaluate in float and double, and hold them to their rounding
  bool explain = true;   // of a FAIL: find what reproduces the wrong numbers
  std::vector<array<double>> cotangent = {};    // ȳ, one per output; left out: random
  std::vector<array<double>> subgradient = {};  // the cotangents declared for this ȳ at a kink, one per input
  // Called before work that is expected to take more than 10 seconds; what it throws ends the check.
  std::function<void(double seconds)> announce = {};
};

// Whether the cotangents of a subject are those its values imply.
report vjp(const subject& s, const options& o = {});

template <operation Op>
report vjp(const Op& op, const arguments& x, const options& o = {}, source_location where = here()) {
  return vjp(subject(op, x, where), o);
}

// A function of one tree, or of a tuple of arguments of which the first is differentiated by.
template <detail::function_object F, class X>
report function(const F& f, const X& inputs, const options& o = {}, source_location where = here()) {
  return vjp(subject(f, inputs, "function", where), o);
}

}  // namespace reel::check
