// SPDX-License-Identifier: MIT
// What holds of every program between two passes, whatever they do.
#pragma once

#include "program/ir.hpp"

#include <atomic>
#include <string_view>

namespace reel::detail {

// Whether freeze verifies a program after each pass. Tests switch this on; it costs about as much as a pass.
extern std::atomic<bool> verifies_passes;

// Throws std::logic_error, which names the pass and the instruction, if one of these does not hold:
//  - An operand is made before it is read: by a leaf, or earlier in its region or before it.
//  - A storage is made once. States alone are changed in place, by the epilogue.
//  - A value has the kind of its storage and as many elements, or the storage holds a block of its rows.
//  - The prologue reads constants and what it has made, nothing else.
//  - Outputs, next values and checked values are made.
//  - Ops with an effect stand in the order in which they were recorded.
void verify(const program_ir& c, std::string_view pass);

}  // namespace reel::detail
