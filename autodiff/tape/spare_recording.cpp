// SPDX-License-Identifier: MIT
// Recording and evaluating afresh again and again, as transforms do, would ask the system for the same memory
// each time and give it back. So a thread keeps that of the last tape that ended in it for the next one.
#include "tape/recording.hpp"

namespace reel::detail {

namespace {

thread_local bool thread_ends = false;  // tapes of static storage may end after what is kept

struct spare_recording {
  std::unique_ptr<recording> kept;
  ~spare_recording() { thread_ends = true; }
};
spare_recording& spare() {
  static thread_local spare_recording s;
  return s;
}

}  // namespace

std::unique_ptr<recording> begin_recording(std::string tape_name) {
  if (thread_ends || spare().kept == nullptr) return std::make_unique<recording>(std::move(tape_name));
  spare().kept->wake(std::move(tape_name));
  return std::move(spare().kept);
}

void end_recording(std::unique_ptr<recording> r) noexcept {
  if (r == nullptr || thread_ends || spare().kept != nullptr) return;
  r->rest();
  if (r->held() <= most_kept) spare().kept = std::move(r);
}

}  // namespace reel::detail
