// SPDX-License-Identifier: MIT
// How a rule is compared with an oracle, and how comparisons become a verdict.
#pragma once

#include "check/attempt.hpp"
#include "check/rounding.hpp"
#include "check/rule.hpp"

#include <chrono>

namespace reel::check {

inline constexpr double infinite = std::numeric_limits<double>::infinity();

struct comparison {
  std::size_t input = 0, at = 0;
  std::string name;
  double rule, oracle, difference;
  double oracle_error, allowed;  // t_o and t_a
  double scale;                  // (|J|ᵀ|ȳ|)_i
};

class verdict_builder {
 public:
  verdict_builder(const char* kind, const std::string& subject, const source_location& where,
                  const options& o);
  void add(const comparison& c);
  void decide(verdict v, std::string reason);  // the first reason stays, but a FAIL goes before all
  // INCONCLUSIVE with the reason why a part could not be finished, if there is one.
  void unfinished(const std::string& reason);
  report& result() { return report_; }
  bool fails() const;  // whatever else is found
  report finish(std::size_t evaluations);

 private:
  std::vector<held_identity>::const_iterator broken_identity() const;

  std::chrono::steady_clock::time_point started_;
  double work_;
  const options& options_;
  report report_;
  double worst_ratio_ = -1, flat_limit_ = 0;  // of a function without slopes, an absolute one
  bool decided_ = false;
};

report check_order(const subject& s, const options& o);

// The numbers of a rule as the narrowest type holds them, and a cotangent.
struct rounded_sample {
  point x, ybar;
};
rounded_sample rounded_sample_of(const rule& r, std::uint64_t seed);

// What element k of array i of a rule's result is called.
using result_namer = std::function<std::string(std::size_t i, std::size_t k)>;

// Whether element k of array i of a rule's result lies on a kink.
using kink_test = std::function<bool(std::size_t i, std::size_t k)>;

// The rule and the values in float and double against 50 digits, at numbers rounded to float first. On a kink
// only the values: rounding its numbers takes the rule to the one side or the other.
void compare_rounding(const rule& r, const result_namer& name_of, const kink_test& on_kink,
                      verdict_builder& v);

// The identities that the author of an op declares, in units of rounding.
void compare_identities(const rule& r, verdict_builder& v);

}  // namespace reel::check
