// SPDX-License-Identifier: MIT
// The mutants of a recorded rule, as edits to its replay.
#pragma once

#include "check/rule.hpp"

#include <string>
#include <vector>

namespace reel::check {

struct planted {
  std::string family, what;
  std::vector<edit> edits;
};

std::vector<planted> catalogue(const rule& r);

}  // namespace reel::check
