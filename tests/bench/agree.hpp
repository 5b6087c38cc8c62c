// SPDX-License-Identifier: MIT
#pragma once

#include "row.hpp"

namespace bench {

// Whether all contenders of a row compute the same: each runs a few times, and every part of its
// results must agree with the first contender's: to 1e-4 in float, 1e-9 in double. Returns what is
// wrong, or an empty string.
std::string disagreement(const row& r, const contenders& all);

}  // namespace bench
