// SPDX-License-Identifier: MIT
#include "program/ir.hpp"

#include <algorithm>

namespace reel::detail {

// From the instruction that writes a storage to the last that reads it.
void find_lifetimes(program_ir& c) {
  const auto end = static_cast<std::uint32_t>(c.instructions.size());
  std::vector<char> written(c.storages.size());
  for (std::uint32_t t = 0; t < end; ++t) {
    const auto& i = c.instructions[t];
    for (const value_id v : i.inputs) c.storages[c.values[v].storage].last = t;
    for (const value_id v : outputs_of(i)) {
      const std::uint32_t n = c.values[v].storage;
      storage& s = c.storages[n];
      if (!written[n]) s.first = t;
      written[n] = true;
      s.last = std::max(s.last, t);
    }
  }
  for (const value_id v : c.outputs) c.storages[c.values[v].storage].last = end;
  for (const auto& f : c.finite) c.storages[c.values[f.value].storage].last = end;
  for (auto& s : c.storages)
    if (s.where == home::instance_constant) s.last = end;
}

}  // namespace reel::detail
