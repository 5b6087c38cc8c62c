// SPDX-License-Identifier: MIT
#include "program/ir.hpp"

namespace reel::detail {

// A view has its input's bytes under another shape, and so has what is stretched to as many elements: give it
// the same storage and drop the copy.
std::size_t share_views(program_ir& c) {
  const auto shares = [&](const instruction& i) {
    const auto size = [&](value_id v) { return c.values[v].shape.size(); };
    const bool stretched = i.op.type->is == algebra::broadcast && size(i.inputs[0]) == size(i.output);
    if (i.op.type->is != algebra::reshape && !stretched) return false;
    c.values[i.output].storage = c.values[i.inputs[0]].storage;
    return true;
  };
  const std::size_t before = c.instructions.size();
  std::size_t prologue = 0, at = 0;
  std::erase_if(c.instructions, [&](const instruction& i) {
    const bool gone = shares(i);
    if (at++ < c.prologue && !gone) ++prologue;
    return gone;
  });
  c.prologue = prologue;
  return before - c.instructions.size();
}

}  // namespace reel::detail
