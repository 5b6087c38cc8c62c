// SPDX-License-Identifier: MIT
// Running a program: a loop over {body, op, operands}.
#include "tape/evaluate.hpp"
#include "runtime/memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace reel::detail {

executor::executor(const program& p, dtype number, const workers& w)
    : program_(p), state_(std::make_unique<execution_state>(p.ir(), number, w)) {}
executor::~executor() = default;
executor::executor(executor&&) noexcept = default;
executor& executor::operator=(executor&&) noexcept = default;

namespace {

struct memory_range {
  const std::byte *first, *last;
  bool contains(const void* p) const {
    return !std::less<>{}(static_cast<const std::byte*>(p), first) &&
           std::less<>{}(static_cast<const std::byte*>(p), last);
  }
};

void check_binding(const program::slot& slot, std::size_t i, const binding& b, dtype number,
                   const memory_range& arena) {
  const dtype want = dtype_for(slot.kind, number);
  const auto refuse = [&](const std::string& why) {
    const auto called =
        slot.name.empty() ? fmt::format("input {}", i) : fmt::format("input {} '{}'", i, slot.name);
    throw error(errc::binding_mismatch, "run", slot.where, called + why);
  };
  if (b.type != want) refuse(fmt::format(" takes numbers of type {}, got {}.", name(want), name(b.type)));
  if (b.shape != slot.shape)
    refuse(fmt::format(" has shape {}, got {}. A program has fixed shapes; freeze one per shape.",
                       to_string(slot.shape), to_string(b.shape)));
  if (b.data == nullptr && slot.shape.size() > 0) refuse(" is bound to no numbers: the address is null.");
  if (arena.contains(b.data))
    refuse(" is bound to an output of the same instance, which the run writes over. Bind a copy: output(i).");
}

}  // namespace

void executor::run(std::span<const binding> inputs) {
  const detail::program_ir& c = program_.ir();
  execution_state& m = *state_;
  if (inputs.size() != c.inputs.size())
    throw error(errc::binding_mismatch,
                fmt::format("the program has {} inputs, got {}.", c.inputs.size(), inputs.size()));
  const memory_range arena{m.arena.get(), m.arena.get() + m.arena_bytes};
  for (std::size_t i = 0; i < inputs.size(); ++i)
    check_binding(c.input_slots[i], i, inputs[i], m.number, arena);
  for (std::size_t i = 0; i < inputs.size(); ++i) m.bind(i, const_cast<void*>(inputs[i].data));
  m.last_run = execution_state::outcome::refused;  // until it has succeeded
  const std::size_t epilogue = c.instructions.size() - c.epilogue.size();
  for (std::size_t i = c.prologue; i < epilogue; ++i) m.execute(c, i);
  const bool guarded = m.guarded_finite();
  for (std::size_t i = 0; i < c.finite.size(); ++i) {
    const checked_value& f = c.finite[i];
    if (f.in_epilogue || f.implied || (f.guarded && guarded)) continue;
    if (!m.is_finite(f.value, c.values[f.value]) && !m.was_not_finite(c, f)) m.blame(c, i);
  }
  m.ensure_finite(c);
  for (std::size_t i = epilogue; i < c.instructions.size(); ++i) m.execute(c, i);
  m.ran = m.front;
  m.last_run = execution_state::outcome::done;
  if (!c.updates.empty()) m.front = 1 - m.front;
}

const void* executor::output(std::size_t i) const {
  const value_id v = program_.ir().outputs[i];
  if (state_->last_run != execution_state::outcome::done)
    throw error(errc::no_value, "output", program_.outputs()[i].where,
                state_->last_run == execution_state::outcome::none
                    ? "the instance has not run yet. Call run(...) first."
                    : "the last run was refused, so it has no outputs. States are as they were; run again.");
  return state_->at[state_->ran][v];
}

const void* executor::state(std::size_t i) const { return state_->state(program_.ir(), i); }

void executor::set_state(std::size_t i, const void* data, const shape& s) {
  const detail::program_ir& c = program_.ir();
  check(i, c.states.size(), "state");
  const auto& slot = c.state_slots[i];
  if (s != slot.shape)
    throw error(errc::binding_mismatch, "set_state", slot.where,
                fmt::format("state {} has shape {}, got {}.", i, to_string(slot.shape), to_string(s)));
  state_->set_state(c, i, data);
}

void executor::check(std::size_t i, std::size_t count, const char* what) const {
  if (i >= count)
    throw error(errc::invalid_argument, fmt::format("{} {} of a program that has {}.", what, i, count));
}

}  // namespace reel::detail
