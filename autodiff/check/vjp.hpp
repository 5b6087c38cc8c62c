// SPDX-License-Identifier: MIT
// How comparisons of a rule with an oracle become a verdict.
#pragma once

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

class judgement {
 public:
  judgement(const char* kind, const std::string& subject, const place& where, const options& o);
  void add(const comparison& c);
  void decide(verdict v, std::string reason);  // the first reason stays, but a FAIL goes before all
  report& result() { return report_; }
  report finish(std::size_t evaluations);

 private:
  std::chrono::steady_clock::time_point started_;
  const options& options_;
  report report_;
  double worst_ratio_ = -1, flat_limit_ = 0;  // of a function without slopes, an absolute one
  bool decided_ = false;
};

report check_rule(const rule& r, const char* kind, const std::string& name, const place& where,
                  const options& o);

report check_order(const subject& s, const options& o);

// The rule and the values in float and double against 50 digits, at numbers rounded to float first.
void examine_rounding(const rule& r, judgement& j);

// The identities that the author of an op declares, in units of rounding.
void examine_identities(const rule& r, const point& x, const point& ybar, judgement& j);

}  // namespace reel::check
