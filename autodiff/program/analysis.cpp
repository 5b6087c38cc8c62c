// SPDX-License-Identifier: MIT
#include "program/analysis.hpp"

namespace reel::detail {

def_use::def_use(const program_ir& c) : uses_(c.storages.size()) {
  const auto use_of = [&](value_id v) -> use& { return uses_[c.values[v].storage]; };
  const auto count = static_cast<std::uint32_t>(c.instructions.size());
  for (const value& v : c.values) ++uses_[v.storage].sharers;
  for (const value_id v : c.outputs) use_of(v).output = true;
  for (const auto& [state, next] : c.updates) use_of(next).next = true;
  for (const auto& f : c.finite) use_of(f.value).checked = true;

  std::uint32_t reads = 0;
  for (std::uint32_t t = 0; t < count; ++t) {
    if (!is_in_place_update(c.instructions[t]))
      for (const value_id v : outputs_of(c.instructions[t]))
        if (use& u = use_of(v); u.maker == none) u.maker = t;
    for (const value_id v : c.instructions[t].inputs) ++use_of(v).readers, ++reads;
  }
  std::uint32_t first = 0;
  for (use& u : uses_) {
    u.first_reader = first;
    first += u.readers;
    u.readers = 0;
  }
  readers_.resize(reads);
  for (std::uint32_t t = 0; t < count; ++t)
    for (const value_id v : c.instructions[t].inputs) {
      use& u = use_of(v);
      readers_[u.first_reader + u.readers++] = t;
    }
}

}  // namespace reel::detail
