// SPDX-License-Identifier: MIT
// What a var points to. Control blocks come from a slab that is never freed: a tape takes one and
// gives it back, so following a var's pointer is always defined, and a plain comparison of
// generations tells whether the recording it belongs to is still there. This is what makes a var a
// trivially copyable value. The slab holds as many blocks as tapes ever lived at the same time.
#pragma once

#include <atomic>
#include <cstdint>

namespace reel::detail {

struct recording;

struct tape_control {
  // High half: which tape holds the block; low half: which of its recordings. Never repeats.
  std::atomic<std::uint64_t> generation{0};
  std::atomic<recording*> owner{nullptr};
  tape_control* next_free = nullptr;
};

tape_control* acquire_control(recording* owner);
void retire_control(tape_control* control) noexcept;  // its vars become stale

}  // namespace reel::detail
