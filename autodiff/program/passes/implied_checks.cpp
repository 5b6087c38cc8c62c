// SPDX-License-Identifier: MIT
// Which checks of finiteness others include. A number that is not finite stays so when it is added to,
// subtracted, multiplied, moved or summed: inf - inf and 0 * inf are NaN. So of a velocity v' and the next
// value p - rate * v' of its parameter the second alone needs to be looked at.
#include "program/ir.hpp"

#include <algorithm>

namespace reel::detail {

namespace {

bool hands_on_what_is_not_finite(const op_type& op) {
  switch (op.is) {
    case algebra::multiply:
    case algebra::subtract:
    case algebra::sum:
    case algebra::broadcast:
    case algebra::reshape:
      return true;
    default:
      return &op == &op_type_of<add_op>;
  }
}

}  // namespace

std::size_t find_implied_checks(program_ir& c) {
  std::vector<char> seen(c.values.size());  // by value: whether a check notices that it is not finite
  for (const checked_value& f : c.finite)
    if (!f.state) seen[f.value] = true;
  for (std::size_t t = c.instructions.size(); t-- > 0;) {
    const instruction& i = c.instructions[t];
    if (!seen[i.output] || c.values[i.output].shape.size() == 0) continue;
    if (!hands_on_what_is_not_finite(*i.op.type)) continue;
    for (const value_id x : i.inputs) seen[x] = true;
  }
  for (checked_value& f : c.finite) f.implied = f.state && seen[f.value] != 0;
  return static_cast<std::size_t>(std::ranges::count(c.finite, false, &checked_value::implied));
}

}  // namespace reel::detail
