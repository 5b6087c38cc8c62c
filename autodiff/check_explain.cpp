// SPDX-License-Identifier: MIT
#include "check_explain.hpp"

namespace reel::check {

void explain(const rule&, const options&, report&) {}

}  // namespace reel::check
