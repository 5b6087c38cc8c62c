// SPDX-License-Identifier: MIT
#include "program/ir.hpp"

namespace reel::detail {

// Instructions that no output, update, check or effect needs, found from the last to the first.
std::size_t drop_dead_code(program_ir& c) {
  std::vector<char> needed(c.values.size());
  for (const value_id v : c.outputs) needed[v] = true;
  for (const auto& [state, next] : c.updates) needed[next] = true;
  for (const auto& f : c.finite) needed[f.value] = true;
  for (auto i = c.instructions.rbegin(); i != c.instructions.rend(); ++i) {
    if (i->op.type->effect) needed[i->output] = true;
    if (needed[i->output])
      for (const value_id v : i->inputs) needed[v] = true;
  }
  return std::erase_if(c.instructions, [&](const instruction& i) { return !needed[i.output]; });
}

}  // namespace reel::detail
