// SPDX-License-Identifier: MIT
// Running a program: a loop over {body, op, operands}.
#include "tape/evaluate.hpp"
#include "runtime/memory.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reel::detail {

machine::machine(const program& p, element number, const workers& w)
    : program_(p), memory_(std::make_unique<memory>(p.code(), number, w)) {}
machine::~machine() = default;
machine::machine(machine&&) noexcept = default;
machine& machine::operator=(machine&&) noexcept = default;

namespace {

void check_binding(const program::slot& slot, std::size_t i, const binding& b, element number) {
  const element want = element_for(slot.kind, number);
  const auto refuse = [&](const std::string& why) {
    const auto called =
        slot.name.empty() ? fmt::format("input {}", i) : fmt::format("input {} '{}'", i, slot.name);
    throw error(errc::binding_mismatch, "run", slot.where, called + why);
  };
  if (b.type != want) refuse(fmt::format(" takes numbers of type {}, got {}.", name(want), name(b.type)));
  if (b.shape != slot.shape)
    refuse(fmt::format(" has shape {}, got {}. A program has fixed shapes; freeze one per shape.",
                       to_string(slot.shape), to_string(b.shape)));
}

}  // namespace

void machine::run(std::span<const binding> inputs) {
  const detail::code& c = program_.code();
  memory& m = *memory_;
  if (inputs.size() != c.inputs.size())
    throw error(errc::binding_mismatch,
                fmt::format("the program has {} inputs, got {}.", c.inputs.size(), inputs.size()));
  for (std::size_t i = 0; i < inputs.size(); ++i) check_binding(c.input_slots[i], i, inputs[i], m.number);
  for (std::size_t i = 0; i < inputs.size(); ++i) m.bind(i, const_cast<void*>(inputs[i].data));
  const std::size_t commits = c.instructions.size() - c.commits.size();
  for (std::size_t i = c.once; i < commits; ++i) m.execute(c, i);
  const bool watched = m.watched_finite();
  for (std::size_t i = 0; i < c.finite.size(); ++i) {
    const checked_value& f = c.finite[i];
    if (f.commits || f.implied || (f.watched && watched)) continue;
    if (!m.is_finite(f.value, c.values[f.value]) && !m.was_not_finite(c, f)) m.blame(c, i);
  }
  m.make_sure(c);
  for (std::size_t i = commits; i < c.instructions.size(); ++i) m.execute(c, i);
  m.ran = m.bank;
  m.has_run = true;
  if (!c.updates.empty()) m.bank = 1 - m.bank;
}

const void* machine::output(std::size_t i) const {
  const value_id v = program_.code().outputs[i];
  if (!memory_->has_run)
    throw error(errc::no_value, "output", program_.outputs()[i].where,
                "the instance has not run yet. Call run(...) first.");
  return memory_->at[memory_->ran][v];
}

const void* machine::state(std::size_t i) const { return memory_->state(program_.code(), i); }

void machine::set_state(std::size_t i, const void* data, const shape& s) {
  const detail::code& c = program_.code();
  check(i, c.states.size(), "state");
  const auto& slot = c.state_slots[i];
  if (s != slot.shape)
    throw error(errc::binding_mismatch, "set_state", slot.where,
                fmt::format("state {} has shape {}, got {}.", i, to_string(slot.shape), to_string(s)));
  memory_->set_state(c, i, data);
}

void machine::check(std::size_t i, std::size_t count, const char* what) const {
  if (i >= count)
    throw error(errc::invalid_argument, fmt::format("{} {} of a program that has {}.", what, i, count));
}

}  // namespace reel::detail
