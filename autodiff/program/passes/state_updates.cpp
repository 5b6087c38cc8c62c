// SPDX-License-Identifier: MIT
// What a run leaves behind: the next values of states, and outputs that are the instance's own numbers.
#include "program/ir.hpp"

namespace reel::detail {

namespace {

// Appends an instruction that copies a value, and returns the copy.
value_id append_copy(program_ir& c, value_id from, home where, std::uint32_t index,
                     const source_location& written) {
  static constexpr identity_op copy{};
  const value x = c.values[from];
  const auto s = static_cast<std::uint32_t>(c.storages.size());
  const auto to = static_cast<value_id>(c.values.size());
  c.storages.push_back({where, x.kind, x.shape.size(), index, 0, 0});
  c.values.push_back({x.shape, x.kind, s});
  c.instructions.push_back({{&op_type_of<identity_op>, op_type_of<identity_op>.copy(&copy)},
                            x.kind,
                            {from},
                            to,
                            written,
                            0,
                            nullptr,
                            false,
                            nullptr});
  return to;
}

}  // namespace

// An output that lies in the caller's memory or in a state, either of which may change before the next run,
// is copied. (Freezing makes inputs of outputs: a factor of 1 is left out, a reshape is a view.) Outputs that
// lie in one storage share the copy.
void own_outputs(program_ir& c) {
  std::vector<value_id> copies(c.storages.size(), no_value);
  for (std::size_t i = 0; i < c.outputs.size(); ++i) {
    const value x = c.values[c.outputs[i]];
    const home where = c.storages[x.storage].where;
    if (where != home::input && where != home::state) continue;
    value_id& copy = copies[x.storage];
    if (copy == no_value) copy = append_copy(c, c.outputs[i], home::arena, 0, c.output_slots[i].where);
    c.outputs[i] = copy;
    if (c.values[copy].shape == x.shape) continue;
    c.outputs[i] = static_cast<value_id>(c.values.size());
    c.values.push_back({x.shape, x.kind, c.values[copy].storage});
  }
}

// Each update's next value is computed straight into the state's back buffer; where its storage is
// not free for that (an input, another state, an output, a view), a copy is added.
void place_updates(program_ir& c) {
  std::vector<char> taken(c.storages.size() + c.updates.size());
  for (const value_id v : c.outputs) taken[c.values[v].storage] = true;
  for (auto& [state, next] : c.updates) {
    const std::uint32_t s = c.values[next].storage;
    if (c.storages[s].where == home::arena && !taken[s]) {
      c.storages[s].where = home::back_buffer;
      c.storages[s].index = state;
    } else {
      next = append_copy(c, next, home::back_buffer, state, c.state_slots[state].where);
    }
    taken[c.values[next].storage] = true;
  }
}

}  // namespace reel::detail
