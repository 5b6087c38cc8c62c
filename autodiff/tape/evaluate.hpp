// SPDX-License-Identifier: MIT
#pragma once

#include "tape/recording.hpp"

namespace reel::detail {

// The numbers of a node, computed if need be; they stay until released.
const void* evaluate(recording& r, node_id n, dtype number);

// Copies a leaf's numbers, converted to the given number type.
void load(dtype type, void* to, const leaf& l);

// The body of an op, recorded at `where`, for a number type. Throws unsupported_number.
eval_fn eval_of(const op_type& type, kind generic, dtype number, const source_location& where);

// The kind of the inputs that follow T in eval's signature.
kind generic_kind(const recording& r, node_id n);

}  // namespace reel::detail
