// SPDX-License-Identifier: MIT
#pragma once

#include <functional>

namespace bench {

// How many times as long the caller's own log and sin take after a run as before it: 1, or 10 and more where
// the run leaves the upper halves of the vector registers in use on a processor that minds.
double libm_ratio(const std::function<void()>& run);

}  // namespace bench
