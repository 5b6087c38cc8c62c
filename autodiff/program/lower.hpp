// SPDX-License-Identifier: MIT
// Lowering: the part of a tape that a request asks for, as a list of instructions.
#pragma once

#include "program/ir.hpp"

namespace reel::detail {

// Throws invalid_argument, tape_mismatch, no_value, kind_mismatch, shape_mismatch.
program_ir lower(const recording& r, const freeze_request& request);

}  // namespace reel::detail
