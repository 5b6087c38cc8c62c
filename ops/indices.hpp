// SPDX-License-Identifier: MIT
// Arithmetic of indices, which operators record beside a var of that kind.
#pragma once

#include <reel/autodiff/structural.hpp>

namespace reel {

var subtract_indices(const operand& a, const operand& b);
var multiply_indices(const operand& a, const operand& b);

}  // namespace reel
