// SPDX-License-Identifier: MIT
#pragma once

#include <reel/ops/elementwise.hpp>

namespace reel {

// a·b of one shape, and 0 where either is 0 even if the other is infinite or NaN. In rules of ops that keep
// the promise of scale_cotangent, of which this is the derivative.
var multiply_or_zero(const var& a, const var& b);

}  // namespace reel
