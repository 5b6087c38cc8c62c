// SPDX-License-Identifier: MIT
#include "check/work.hpp"

#include "base/real50_work.hpp"

#include <algorithm>
#include <limits>

namespace reel::check {

namespace {

thread_local double counted = 0;
thread_local work_limit* innermost = nullptr;

}  // namespace

double work_done() { return counted + 1e-9 * static_cast<double>(detail::real50_work()); }

double work_left() {
  return innermost == nullptr ? std::numeric_limits<double>::infinity() : innermost->left();
}

void count_work(double seconds) {
  counted += seconds;
  if (work_left() >= 0) return;
  innermost->fall_short(0);
  throw out_of_work{};
}

void require_work(double seconds) {
  if (seconds <= work_left()) return;
  innermost->fall_short(seconds);
  const work_limit* whole = innermost;
  while (whole->outer_ != nullptr) whole = whole->outer_;
  throw out_of_work{whole->done() + seconds};
}

void work_limit::fall_short(double seconds) {
  for (work_limit* limit = this; limit != nullptr; limit = limit->outer_)
    if (limit->left() < seconds) limit->wanted_ = std::max(limit->wanted_, limit->done() + seconds);
}

work_limit::work_limit(double seconds)
    : start_(work_done()), end_(start_ + std::min(seconds, work_left())), outer_(innermost) {
  innermost = this;
}

work_limit::~work_limit() { innermost = outer_; }

}  // namespace reel::check
