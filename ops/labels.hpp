// SPDX-License-Identifier: MIT
#pragma once

#include <reel/autodiff/op.hpp>

namespace reel {

// Refuses the first label outside 0 … classes−1, naming its row.
void check_labels(in<index_t> labels, index_t classes);

}  // namespace reel
