// SPDX-License-Identifier: MIT
#include "tape/handles.hpp"

#include <mutex>

namespace reel::detail {
namespace {

struct slab {
  std::mutex mutex;
  tape_control* free = nullptr;
  std::uint64_t tapes = 0;
};

slab& the_slab() {
  static slab& s = *new slab;  // never destroyed: vars of static storage may be checked at exit
  return s;
}

}  // namespace

tape_control* acquire_control(recording* owner) {
  auto& s = the_slab();
  const std::lock_guard lock(s.mutex);
  tape_control* control = s.free;
  if (control != nullptr) s.free = control->next_free;
  else control = new tape_control;
  control->owner = owner;
  control->generation = (++s.tapes << 32) | 1;
  return control;
}

void retire_control(tape_control* control) noexcept {
  auto& s = the_slab();
  const std::lock_guard lock(s.mutex);
  control->owner = nullptr;
  control->generation = 0;
  control->next_free = s.free;
  s.free = control;
}

}  // namespace reel::detail
