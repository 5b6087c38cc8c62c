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

// "y * (ybar - sum(y * ybar))": a node of the rule as a formula, or the name its author gave it.
std::string formula(const rule& r, node_id n, int depth = 3);

}  // namespace reel::check
