// SPDX-License-Identifier: MIT
// What a check may cost. Work is counted, not timed, so that a check decides the same on every machine and
// in every run: operations in 50 digits one by one, other numbers by the elements that are computed. It is
// expressed in seconds of a common processor.
#pragma once

#include <cstddef>

namespace reel::check {

// The work that checks have done on this thread so far, in seconds.
double work_done();
// Adds to it. Throws out_of_work where a limit is passed.
void count_work(double seconds);

// Thrown where a limit is passed, or would be. `needed` is what the check as a whole should have been given;
// 0 where it is not known.
struct out_of_work {
  double needed = 0;
};

// While it lives, no more than `seconds` of work are done, and no more than an outer limit leaves.
class work_limit {
 public:
  explicit work_limit(double seconds);
  ~work_limit();
  work_limit(const work_limit&) = delete;
  work_limit& operator=(const work_limit&) = delete;

  double done() const { return work_done() - start_; }
  double left() const { return end_ - work_done(); }
  // Whether something did not fit, and by then the work that it takes at least.
  bool fell_short() const { return wanted_ > 0; }
  double wanted() const { return wanted_; }

 private:
  friend void require_work(double seconds);
  friend void count_work(double seconds);
  void fall_short(double seconds);
  double start_, end_, wanted_ = 0;
  work_limit* outer_;
};

// Throws out_of_work unless so much is left: what cannot be finished is not begun.
void require_work(double seconds);
double work_left();  // infinite without a limit

}  // namespace reel::check
