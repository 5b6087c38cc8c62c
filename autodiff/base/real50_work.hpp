// SPDX-License-Identifier: MIT
// How much arithmetic in 50 digits a thread has done: every operation counts as the nanoseconds it takes on
// a common processor. The count is the same on every machine and in every run, which a clock's is not.
#pragma once

#include <cstdint>

namespace reel::detail {

std::uint64_t real50_work() noexcept;
void add_real50_work(std::uint64_t nanoseconds) noexcept;  // of functions that are computed elsewhere

}  // namespace reel::detail
