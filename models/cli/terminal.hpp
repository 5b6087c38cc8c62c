// SPDX-License-Identifier: MIT
// Progress on stderr, and Ctrl-C.
#pragma once

#include <reel/optim/history.hpp>

#include <chrono>
#include <string>

namespace reel::cli {

// "1.28 s", "61.5 ms", "8.03 µs".
std::string duration_text(double seconds);

// A bar on a terminal, redrawn a few times a second; elsewhere a line now and then.
class progress {
 public:
  progress(bool quiet, index_t epochs, index_t steps_per_epoch);
  ~progress() { clear(); }
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  void step(const optim::fit_state& at);
  void epoch(const optim::epoch_record& record);
  void clear();  // takes the bar away

 private:
  bool due();
  bool quiet_, bar_, drawn_ = false;
  index_t epochs_, steps_;
  std::chrono::steady_clock::time_point next_;
};

// While one lives, Ctrl-C (SIGINT) and SIGTERM ask to stop; a second one ends the program at once.
class interruption {
 public:
  interruption();
  ~interruption();
  interruption(const interruption&) = delete;
  interruption& operator=(const interruption&) = delete;
  static bool requested() noexcept;
};

}  // namespace reel::cli
