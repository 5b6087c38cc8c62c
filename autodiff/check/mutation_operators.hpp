// SPDX-License-Identifier: MIT
// The mutants of a recorded rule, as edits to its replay.
#pragma once

#include "check/rule.hpp"

#include <string>
#include <vector>

namespace reel::check {

struct mutation {
  std::string family, what;
  std::vector<edit> edits;
};

std::vector<mutation> mutations_of(const rule& r);

}  // namespace reel::check
