// SPDX-License-Identifier: MIT
#include "program/ir.hpp"

#include <algorithm>

namespace reel::detail {

// What depends on constants alone (not on variables) moves to the front, to run once per instance: in
// the instance's own number type, so that the results are those of evaluation. A stretched scalar is
// left where it is: filling a block costs less than reading the numbers again.
std::size_t fold_constants(program_ir& c) {
  std::vector<char> constant(c.values.size());
  for (value_id v = 0; v < c.values.size(); ++v) {
    const storage& s = c.storages[c.values[v].storage];
    constant[v] = s.where == home::constant && c.constants[s.index].type == &leaf_type(tape::role::constant);
  }
  for (auto& i : c.instructions) {
    const bool broadcasts = i.op.type->is == algebra::broadcast && c.values[i.inputs[0]].shape.size() == 1 &&
                            c.values[i.output].shape.size() > 1;
    i.constant = !i.op.type->effect && !broadcasts &&
                 std::ranges::all_of(i.inputs, [&](value_id v) { return constant[v] != 0; });
    constant[i.output] = i.constant;
    if (i.constant) c.storages[c.values[i.output].storage].where = home::instance_constant;
  }
  std::stable_partition(c.instructions.begin(), c.instructions.end(),
                        [](const instruction& i) { return i.constant; });
  c.prologue = static_cast<std::size_t>(std::ranges::count_if(c.instructions, &instruction::constant));
  return c.prologue;
}

}  // namespace reel::detail
