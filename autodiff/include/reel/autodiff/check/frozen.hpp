// SPDX-License-Identifier: MIT
// freeze takes an op at its word: that it works element by element, shows its input's bytes, goes by blocks
// of rows, can go on with a sum, knows itself for transposed matrices. Whoever writes an op can be wrong
// there, and the rule be right all the same.
//
//   BOOST_TEST(check::frozen(my_op{}, {x}));
//   BOOST_TEST(check::frozen({.outputs = {loss}, .updates = {{W, next}}, .inputs = {X, labels}}));
//
// First, what every op on the tape declares is tried on the numbers it meets. Then the program is run: with
// all passes, without each of them and without any, in float and in double, twice. Each element of its
// outputs and of the next states must be that of the recorded tape, bit for bit where all passes are exact;
// and within rounding of the same computation in 50 digits.
#pragma once

#include <reel/autodiff/check.hpp>
#include <reel/autodiff/program.hpp>

namespace reel::check {

// The worst element of one program in one number type.
struct frozen_fault {
  std::string passes = {};  // "all passes", "without elementwise_fusion", "no passes"
  dtype number = dtype::f64;
  std::string name = {};  // "output 1 at [3,17]", "next W at [0]", "output 0, second run"
  double program = 0, right = 0, allowed = 0;
};

struct frozen_report {
  verdict outcome = verdict::inconclusive;
  std::string subject = {}, reason = {};
  source_location where = {};
  std::vector<frozen_fault> faults = {};
  std::vector<std::string> explanation = {};  // which claim does not hold, which pass or body is to blame
  double detection_limit = 0;                 // relative to the largest element of each result
  std::size_t programs = 0, claims = 0;       // run, and tried
  double work = 0;                            // what options::seconds limits
  double seconds = 0;
  explicit operator bool() const noexcept { return outcome == verdict::pass; }
};

// Inputs need examples: tape.input(array). Throws what freeze throws. Numbers that the tape or the program
// refuses make it INCONCLUSIVE.
frozen_report frozen(const freeze_request& request, const options& o = {}, source_location where = here());

// Values and cotangents, for a random ȳ.
frozen_report frozen(const subject& s, const options& o = {});
template <operation Op>
frozen_report frozen(const Op& op, const arguments& x, const options& o = {},
                     source_location where = here()) {
  return frozen(subject(op, x, where), o);
}

std::string to_string(const frozen_report& r);
std::string to_json(const frozen_report& r);
std::ostream& operator<<(std::ostream& os, const frozen_report& r);

}  // namespace reel::check
