// SPDX-License-Identifier: MIT
#include "program/ir.hpp"
#include "tape/evaluate.hpp"

#include <algorithm>

namespace reel::detail {

bool is_exact(const program_ir& c) {
  return c.epilogue.empty() && std::ranges::none_of(c.relaid, [](char relaid) { return relaid != 0; }) &&
         std::ranges::none_of(c.instructions,
                              [](const instruction& i) { return i.rows != nullptr && i.rows->split > 0; });
}

eval_fn body_of(const instruction& i, dtype number) {
  const auto n = static_cast<std::size_t>(number);
  if (is_in_place_update(i)) return i.op.type->accumulates->accumulate_scaled[n];
  return eval_of(*i.op.type, i.kind, number, i.where);
}

}  // namespace reel::detail
