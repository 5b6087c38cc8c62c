// SPDX-License-Identifier: MIT
// Finding out why a run came out wrong: it is repeated op by op.
#include "runtime/memory.hpp"

#include "tape/inspect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace reel::detail {

// Repeats a run that came out wrong in memory of its own, op by op, nothing overwritten.
void executor::execution_state::blame(const program_ir& c, std::size_t culprit) {
  program_ir apart = c.reference != nullptr ? *c.reference : c;
  apart.reuse_operands = apart.share_buffers = false;
  execution_state again(apart, number, {});
  repeat_into(again, c);
  again.trace(apart, again.first_refused(apart, apart.finite[culprit]));
}

// Of all checks that fail, the one whose value is computed first: it may be implied by the one that was
// found.
const checked_value& executor::execution_state::first_refused(const program_ir& c,
                                                              const checked_value& otherwise) {
  for (std::size_t i = c.prologue; i < c.instructions.size(); ++i) execute(c, i);
  const checked_value* first = nullptr;
  for (const checked_value& f : c.finite)
    if ((first == nullptr || f.value < first->value) && !is_finite(f.value, c.values[f.value]) &&
        !was_not_finite(c, f))
      first = &f;
  return first == nullptr ? otherwise : *first;
}

// The same for a run in blocks of rows that an op refused: it saw one block, and could tell no more.
void executor::execution_state::refuse_again(const program_ir& c) {
  const program_ir& reference = c.reference != nullptr ? *c.reference : c;
  execution_state again(reference, number, {});
  repeat_into(again, c);
  for (std::size_t i = reference.prologue; i < reference.instructions.size(); ++i)
    again.execute(reference, i);
}

void executor::execution_state::repeat_into(execution_state& again, const program_ir& c) {
  for (std::size_t i = 0; i < buffers.size(); ++i) get_state(c, i, again.buffers[i][0]);
  for (std::size_t i = 0; i < c.inputs.size(); ++i) again.bind(i, at[front][c.inputs[i]]);
}

namespace {

// Which instructions a value is computed by.
std::vector<bool> computing(const program_ir& c, value_id wanted) {
  std::vector<bool> storages(c.storages.size()), instructions(c.instructions.size());
  storages[c.values[wanted].storage] = true;
  for (std::size_t i = c.instructions.size(); i-- > 0;) {
    const auto& ins = c.instructions[i];
    instructions[i] = storages[c.values[ins.output].storage];
    if (instructions[i])
      for (const value_id v : ins.inputs) storages[c.values[v].storage] = true;
  }
  return instructions;
}

// What a value that is no instruction's result is called.
std::string leaf_name(const program_ir& c, value_id v) {
  const storage& s = c.storages[c.values[v].storage];
  if (s.where != home::input && s.where != home::state) return "a constant";
  const bool input = s.where == home::input;
  const auto& slot = (input ? c.input_slots : c.state_slots)[s.index];
  return fmt::format("{} {}{}", input ? "input" : "state", s.index,
                     slot.name.empty() ? "" : fmt::format(" '{}'", slot.name));
}

}  // namespace

// The first op on the way to the culprit that makes a NaN of numbers, or an infinity of finite
// numbers. (An infinity that was put there on purpose, such as a mask's, is not its reader's fault.)
// Where there is none, the first that reads an infinity or NaN the program was given.
void executor::execution_state::trace(const program_ir& c, const checked_value& culprit) {
  const auto non_finite_at = [&](value_id v, const void* data) {
    const value& x = c.values[v];
    return worst_non_finite(dtype_for(x.kind, number), data, static_cast<std::size_t>(x.shape.size()));
  };
  const auto refuse = [&](const instruction& by, const std::string& what) {
    throw error(
        errc::non_finite, by.where,
        fmt::format("{} {}. {} is not finite; no state has changed.", describe(by), what, culprit.name));
  };
  const auto to_culprit = computing(c, culprit.value);
  std::optional<std::pair<std::size_t, std::size_t>> reader;  // instruction, input
  for (std::size_t i = 0; i < c.instructions.size(); ++i) {
    if (!to_culprit[i]) continue;
    execute(c, i);
    const auto& ins = c.instructions[i];
    const kernel_call& s = calls[front][i];
    const non_finite y = non_finite_at(ins.output, s.output.data);
    if (y.degree == non_finite::none) continue;
    bool inherited = false;
    for (std::size_t k = 0; k < ins.inputs.size(); ++k) {
      const non_finite x = non_finite_at(ins.inputs[k], s.inputs[k].data);
      inherited = inherited || x.degree >= y.degree;
      const home where = c.storages[c.values[ins.inputs[k]].storage].where;
      if (x.degree != non_finite::none && !reader && where != home::arena && where != home::instance_constant)
        reader = {i, k};
    }
    if (inherited) continue;
    const shape& dims = c.values[ins.output].shape;
    std::string inputs;
    for (std::size_t k = 0; k < ins.inputs.size(); ++k) {
      const value& x = c.values[ins.inputs[k]];
      if (x.kind == kind::real && x.shape == dims)
        inputs += fmt::format("; its input {} was {} there", k, number_at(number, s.inputs[k].data, y.at));
    }
    refuse(ins, fmt::format("produced {} at {}{}", number_at(number, s.output.data, y.at),
                            position(dims, y.at), inputs));
  }
  if (reader) {
    const auto& ins = c.instructions[reader->first];
    const value_id v = ins.inputs[reader->second];
    const void* data = calls[front][reader->first].inputs[reader->second].data;
    const std::size_t bad = non_finite_at(v, data).at;
    refuse(ins, fmt::format("read {} at {} of {}", number_at(number, data, bad),
                            position(c.values[v].shape, bad), leaf_name(c, v)));
  }
  const home where = c.storages[c.values[culprit.value].storage].where;
  throw error(
      errc::non_finite, "run", {},
      where == home::arena || where == home::back_buffer
          ? fmt::format(
                "{} is finite as it was recorded, but not with its terms put together in another "
                "order; no state has changed. Freeze with 'in_place_updates' among the disabled passes.",
                culprit.name)
          : fmt::format("{} is {}, which is not finite; no state has changed.", culprit.name,
                        leaf_name(c, culprit.value)));
}

}  // namespace reel::detail
