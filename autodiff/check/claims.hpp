// SPDX-License-Identifier: MIT
// What ops declare of themselves and freeze makes use of, tried on numbers.
#pragma once

#include "check/replay.hpp"

#include <string>

namespace reel::check {

// The claims that node `n`, whose inputs and result stand in `values`, does not keep. Adds how many were
// tried.
template <class T>
std::vector<std::string> broken_claims(const replay<T>& values, node_id n, std::size_t& tried);

}  // namespace reel::check
