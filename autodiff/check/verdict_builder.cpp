// SPDX-License-Identifier: MIT
// How comparisons become a verdict.
#include "check/digits.hpp"
#include "check/vjp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace reel::check {

verdict_builder::verdict_builder(const char* kind, const std::string& subject, const source_location& where,
                                 const options& o)
    : started_(std::chrono::steady_clock::now()), work_(work_done()), options_(o) {
  report_.subject = fmt::format("{}({})", kind, subject);
  report_.where = where;
  report_.seed = o.seed;
}

void verdict_builder::add(const comparison& c) {
  const double off = std::abs(c.difference), margin = c.oracle_error + c.allowed;
  // A rule that gives NaN or an infinity where the oracle has a number is wrong.
  const double ratio = std::isnan(off) ? infinite : off == 0 ? 0 : off / margin;
  if (c.scale > 0 && std::isfinite(margin))
    report_.detection_limit = std::max(report_.detection_limit, margin / c.scale);
  if (c.oracle_error > 0 && std::isfinite(margin)) flat_limit_ = std::max(flat_limit_, margin);
  if (ratio < worst_ratio_) return;
  worst_ratio_ = ratio;
  report_.worst = {
      c.input, static_cast<index_t>(c.at), c.name, c.rule, c.oracle, c.difference, c.oracle_error, c.allowed};
}

void verdict_builder::decide(verdict v, std::string reason) {
  if (report_.outcome == verdict::fail || (decided_ && v != verdict::fail)) return;
  decided_ = true;
  report_.outcome = v;
  report_.reason = std::move(reason);
}

void verdict_builder::unfinished(const std::string& reason) {
  if (!reason.empty()) decide(verdict::inconclusive, reason);
}

std::vector<held_identity>::const_iterator verdict_builder::broken_identity() const {
  return std::ranges::find_if(report_.identities, [](const held_identity& i) { return !i.holds(); });
}

bool verdict_builder::fails() const {
  return worst_ratio_ > 1 || report_.outcome == verdict::fail ||
         broken_identity() != report_.identities.end();
}

report verdict_builder::finish(std::size_t evaluations) {
  if (report_.detection_limit == 0) report_.detection_limit = flat_limit_;
  const auto broken = broken_identity();
  const entry& worst = report_.worst;
  if (worst_ratio_ > 1) {
    decided_ = false;
    decide(verdict::fail,
           fmt::format("{} is {}", worst.name,
                       compared(worst.rule, ", the oracle says ", worst.oracle, worst.difference)));
  } else if (broken != report_.identities.cend()) {
    const auto [error, allowed] = tell_apart(broken->error, broken->allowed, 2);
    decide(verdict::fail,
           fmt::format("'{}', which its author declares, is off by {} roundings in {}, where {} are "
                       "allowed. No element of a cotangent is off, so it is not so.",
                       broken->text, error, name(broken->number), allowed));
  } else if (!decided_ && report_.detection_limit > options_.target) {
    const auto [limit, target] = tell_apart(report_.detection_limit, options_.target, 2, true);
    decide(verdict::inconclusive,
           fmt::format("it could not have noticed an error below {}; wanted is {}. {}", limit, target,
                       "The values are too noisy for better: check it at other numbers, or give the op a "
                       "body for 50 digits."));
  } else if (!decided_) {
    decide(verdict::pass, "");
  }
  report_.evaluations += evaluations;
  report_.work = work_done() - work_;
  report_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  return report_;
}

}  // namespace reel::check
