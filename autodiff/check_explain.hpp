// SPDX-License-Identifier: MIT
#pragma once

#include "check_pull.hpp"

namespace reel::check {

// Adds to a FAIL what reproduces the wrong numbers.
void explain(const rule& r, const options& o, report& failed);

}  // namespace reel::check
