// SPDX-License-Identifier: MIT
#include "program/lower.hpp"

#include "program/pipeline.hpp"
#include "tape/evaluate.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace reel::detail {

namespace {

program::slot slot_of(const var& v) { return {v.name(), v.shape(), v.kind(), v.where()}; }

// Copies the part of a tape that matters into an IR.
class lowering {
 public:
  lowering(const recording& r, const freeze_request& request)
      : r_(r), request_(request), value_of_(r.nodes.size(), no_node) {}

  program_ir run() {
    for (const var& v : request_.inputs) input(v);
    for (const auto& u : request_.updates) state(u.state.id());
    const bool everything =
        std::ranges::find(request_.disabled_passes, "dead_code") != request_.disabled_passes.end();
    mark_needed(everything);
    make_room();
    for (node_id n = 0; n < r_.nodes.size(); ++n)
      if (needed_[n]) lower(n);
    for (const var& v : request_.outputs) {
      c_.outputs.push_back(value_of_[v.id()]);
      c_.output_slots.push_back(slot_of(v));
    }
    for (const auto& u : request_.updates)
      c_.updates.emplace_back(state(u.state.id()), value_of_[u.next.id()]);
    for (const var& v : request_.check_finite) c_.finite.push_back(checked(v));
    check_states_stay_finite();
    return std::move(c_);
  }

 private:
  checked_value checked(const var& v) const {
    return {value_of_[v.id()], v.name().empty() ? r_.describe(v.id()) : v.name()};
  }
  void check_states_stay_finite() {
    std::unordered_map<node_id, node_id> updated_by;
    for (const auto& u : request_.updates) updated_by.emplace(u.next.id(), u.state.id());
    for (const var& v : request_.stays_finite) {
      const auto updated = updated_by.find(v.id());
      if (updated == updated_by.end())
        throw error(errc::invalid_argument, "freeze", v.where(),
                    fmt::format("{} is to stay finite but is the next value of no state. List it as finite.",
                                r_.describe(v.id())));
      c_.finite.push_back(checked(v));
      c_.finite.back().state = state(updated->second);
    }
  }

  // Nodes the roots need; branches recorded on the tape are roots too. With everything: all nodes
  // that have a number in such a program, which has the inputs and states it would have without.
  void mark_needed(bool everything) {
    needed_.assign(r_.nodes.size(), 0);
    for (const var& v : request_.outputs) needed_[v.id()] = true;
    for (const auto& u : request_.updates) needed_[u.next.id()] = true;
    for (const var& v : request_.check_finite) needed_[v.id()] = true;
    for (const var& v : request_.stays_finite) needed_[v.id()] = true;
    for (node_id n = 0; n < r_.nodes.size(); ++n)
      if (r_.op_of(n).type->effect) needed_[n] = true;
    for (node_id n = static_cast<node_id>(r_.nodes.size()); n-- > 0;)
      if (needed_[n])
        for (const node_id i : r_.inputs_of(n)) needed_[i] = true;
    if (!everything) return;
    std::vector<char> open(r_.nodes.size());  // without a number
    for (node_id n = 0; n < r_.nodes.size(); ++n) {
      const auto role = r_.nodes[n].role;
      const bool bound = role == tape::role::input || role == tape::role::state;
      open[n] = role == tape::role::cotangent || (bound && !needed_[n] && value_of_[n] == no_node) ||
                std::ranges::any_of(r_.inputs_of(n), [&](node_id i) { return open[i] != 0; });
      if (!open[n] && needed_[n] == 0) needed_[n] = if_asked_for;
    }
  }

  void make_room() {
    const auto count =
        static_cast<std::size_t>(std::ranges::count_if(needed_, [](char n) { return n != 0; }));
    c_.instructions.reserve(count);
    c_.storages.reserve(c_.storages.size() + count);
    c_.values.reserve(c_.values.size() + count);
  }

  value_id new_value(node_id n, home where, std::size_t index) {
    const auto& s = r_.shape_of(n);
    c_.storages.push_back({where, r_.nodes[n].kind, s.size(), static_cast<std::uint32_t>(index), 0, 0});
    c_.values.push_back({s, r_.nodes[n].kind, static_cast<std::uint32_t>(c_.storages.size() - 1)});
    return value_of_[n] = static_cast<value_id>(c_.values.size() - 1);
  }

  void input(const var& v) {
    const node_id n = v.id();
    if (r_.nodes[n].role != tape::role::input)
      throw error(
          errc::invalid_argument, "freeze", v.where(),
          fmt::format("{} is listed as an input but was not recorded by tape.input(...).", r_.describe(n)));
    if (value_of_[n] != no_node) return;
    c_.inputs.push_back(new_value(n, home::input, c_.inputs.size()));
    c_.input_slots.push_back(slot_of(v));
  }

  std::uint32_t state(node_id n) {
    if (r_.nodes[n].role != tape::role::state)
      throw error(
          errc::invalid_argument, "freeze", r_.location_of(n),
          fmt::format("{} is to be updated but was not recorded by tape.state(...).", r_.describe(n)));
    if (value_of_[n] == no_node) {
      c_.states.push_back(new_value(n, home::state, c_.states.size()));
      c_.leaves.push_back(r_.op_of(n));
      c_.state_slots.push_back(slot_of(r_.handle(n)));
    }
    return c_.storages[c_.values[value_of_[n]].storage].index;
  }

  void lower(node_id n) {
    switch (r_.nodes[n].role) {
      case tape::role::input:
        input(r_.handle(n));
        return;
      case tape::role::state:
        state(n);
        return;
      case tape::role::variable:
      case tape::role::constant:
        new_value(n, home::constant, c_.constants.size());
        c_.constants.push_back(r_.op_of(n));
        return;
      case tape::role::cotangent:
        throw error(errc::no_value, "freeze", r_.location_of(n),
                    "an output depends on a symbolic cotangent, which has no number.");
      case tape::role::computed:
        break;
    }
    instruction i{r_.op_of(n),
                  generic_kind(r_, n),
                  {},
                  0,
                  r_.location_of(n),
                  n,
                  r_.nodes[n].origin == n ? nullptr : r_.op_of(r_.nodes[n].origin).type->name,
                  false,
                  nullptr};
    for (const node_id x : r_.inputs_of(n)) i.inputs.push_back(value_of_[x]);
    i.output = new_value(n, home::arena, 0);
    i.unused = needed_[n] == if_asked_for;
    c_.instructions.push_back(std::move(i));
  }

  const recording& r_;
  const freeze_request& request_;
  std::vector<value_id> value_of_;
  static constexpr char if_asked_for = 2;  // by no root, but nothing is to be dropped
  std::vector<char> needed_;
  program_ir c_;
};

void check_request(const recording& r, const freeze_request& request) {
  const auto names = pass_names();
  for (const auto& off : request.disabled_passes)
    if (std::ranges::find(names, off) == names.end())
      throw error(errc::invalid_argument,
                  fmt::format("freeze has no pass '{}'. Its passes are {}.", off, fmt::join(names, ", ")));
  const auto here = [&](const var& v) {
    if (&v.recording() != &r)
      throw error(errc::tape_mismatch, "freeze", v.where(),
                  fmt::format("'{}' and '{}' are different tapes.", r.name, v.recording().name));
  };
  std::ranges::for_each(request.outputs, here);
  std::ranges::for_each(request.inputs, here);
  std::ranges::for_each(request.check_finite, here);
  std::vector<char> listed(r.nodes.size()), updated(r.nodes.size());
  for (const var& v : request.inputs)
    if (std::exchange(listed[v.id()], true) != 0)
      throw error(errc::invalid_argument, "freeze", v.where(),
                  fmt::format("{} is listed twice among the inputs.", r.describe(v.id())));
  std::ranges::for_each(request.stays_finite, here);
  for (const auto& u : request.updates) {
    here(u.state), here(u.next);
    if (u.next.kind() != kind::real)
      throw error(
          errc::kind_mismatch, "freeze", u.next.where(),
          fmt::format("the next value of a state is of kind {}; it must be real.", name(u.next.kind())));
    if (u.state.shape() != u.next.shape())
      throw error(errc::shape_mismatch, "freeze", u.next.where(),
                  fmt::format("the next value of a state of shape {} has shape {}; a state keeps its shape.",
                              to_string(u.state.shape()), to_string(u.next.shape())));
    if (std::exchange(updated[u.state.id()], true) != 0)
      throw error(errc::invalid_argument, "freeze", u.state.where(),
                  fmt::format("{} is updated twice in one run.", r.describe(u.state.id())));
  }
}

}  // namespace

program_ir lower(const recording& r, const freeze_request& request) {
  check_request(r, request);
  return lowering(r, request).run();
}

}  // namespace reel::detail
