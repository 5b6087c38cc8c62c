// SPDX-License-Identifier: MIT
// What a check found out: plain values, printed as text and as JSON. A report is true when the check
// passed, so that BOOST_TEST(check::vjp(my_op{}, {x})) is an assertion and says why it failed.
// (Through fmt: <reel/autodiff/check/format.hpp>.)
#pragma once

#include <reel/autodiff/number.hpp>
#include <reel/autodiff/error.hpp>

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace reel::check {

enum class verdict : std::uint8_t {
  pass,          // right, and the check would have noticed an error above its detection limit
  fail,          // wrong: the difference is larger than oracle and rounding explain
  inconclusive,  // the check could not have noticed an error; it says why
  nonsmooth,     // the numbers lie on a kink, where there is no derivative to compare with
};
std::string_view name(verdict v) noexcept;  // "PASS", "FAIL", "INCONCLUSIVE", "NONSMOOTH"

// One number of a cotangent, as the rule gives it and as the oracle does.
struct entry {
  std::size_t input = 0;  // which input it belongs to, of the real ones
  index_t at = 0;         // which element, row-major
  std::string name = {};  // "xbar[3,17] of input 0"
  double rule = 0, oracle = 0;
  double difference = 0;    // rule − oracle, with digits that the two doubles above may not show
  double oracle_error = 0;  // how far off the oracle may be
  double allowed = 0;       // how far off rounding may take the rule
};

// The worst entry of one evaluation of the rule: how far it is from the oracle, and how far rounding
// may take it, relative to the entry's scale (|J|ᵀ|ȳ|)_i.
struct precision {
  dtype number = dtype::f64;
  double error = 0, allowed = 0;
};

// How well an identity holds that the author of an op declares (see op.hpp), in one number type: its worst
// element, in units of the roundoff.
struct held_identity {
  std::string text = {};  // "1^T xbar = 0"
  dtype number = dtype::f64;
  double error = 0, allowed = 0;
  bool holds() const noexcept { return error <= allowed; }
};

struct report {
  verdict outcome = verdict::inconclusive;
  std::string subject = {};    // "vjp(softmax, -1)"
  std::string inputs = {};     // "input 0 double[8x32]"
  source_location where = {};  // the line of the check
  std::string reason = {};     // why it is not a PASS
  double detection_limit = 0;  // the smallest error it would have noticed, relative to |J|ᵀ|ȳ|
  entry worst = {};            // of all entries, the one with the largest |a − o| / (t_o + t_a)
  std::string oracle = {};     // "differences in 50 digits"
  // The rule in float and double against itself in 50 digits; of a FAIL, in float, double and 50 digits
  // against the oracle: an error that does not shrink is no rounding.
  std::vector<precision> numbers = {};
  std::vector<held_identity> identities = {};
  std::vector<std::string> explanation = {};  // of a FAIL: what reproduces the wrong numbers
  std::string blamed = {};                    // ... and which op of a function it is
  double taylor_rate = 0;                     // ... and the exponent of the remainder; 2 if it were right
  bool repeatable = true;                     // twice evaluated, bit for bit the same
  std::uint64_t seed = 0;
  bool flat = false;            // no value moves here: the detection limit is absolute
  std::size_t evaluations = 0;  // of the function
  double work = 0;              // what options::seconds limits: counted, and the same on every machine
  double seconds = 0;

  explicit operator bool() const noexcept { return outcome == verdict::pass; }
};

std::string to_string(const report& r);  // a few lines; a PASS is one
std::string to_json(const report& r);
std::ostream& operator<<(std::ostream& os, const report& r);

}  // namespace reel::check
