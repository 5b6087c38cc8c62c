// SPDX-License-Identifier: MIT
#pragma once

#include "../row.hpp"

namespace bench {

// Rows in which what derivatives cost is compared with what they are derivatives of.
std::vector<row> derivative_rows();

}  // namespace bench
