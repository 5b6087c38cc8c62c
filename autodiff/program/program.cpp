// SPDX-License-Identifier: MIT
#include "program/ir.hpp"
#include "tape/evaluate.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace reel {

using detail::home;
using detail::instruction;
using detail::no_value;
using detail::program_ir;
using detail::recording;
using detail::value_id;

std::vector<std::string> pass_names() {
  return {"dead_code",     "common_subexpressions", "algebraic_simplification", "constant_folding",
          "views",         "layout_assignment",     "in_place_updates",         "elementwise_fusion",
          "row_tiling",    "split_reductions",      "sibling_fusion",           "operand_reuse",
          "buffer_sharing"};
}

namespace detail {

std::string describe(const instruction& i) {
  const auto where = to_string(i.where);
  return fmt::format("{}{} (node {}{}{})",
                     i.backward_of == nullptr ? "" : fmt::format("backward of {}: ", i.backward_of),
                     i.op.type->name, i.node, where.empty() ? "" : ", ", where);
}

}  // namespace detail

namespace {

program::slot slot_of(const var& v) { return {v.name(), v.shape(), v.kind(), v.where()}; }

// Copies the part of a tape that matters into an IR.
class lowering {
 public:
  lowering(const recording& r, const freeze_request& request)
      : r_(r), request_(request), value_of_(r.nodes.size(), detail::no_node) {}

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
  detail::checked_value checked(const var& v) const {
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
      open[n] = role == tape::role::cotangent || (bound && !needed_[n] && value_of_[n] == detail::no_node) ||
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
    if (value_of_[n] != detail::no_node) return;
    c_.inputs.push_back(new_value(n, home::input, c_.inputs.size()));
    c_.input_slots.push_back(slot_of(v));
  }

  std::uint32_t state(node_id n) {
    if (r_.nodes[n].role != tape::role::state)
      throw error(
          errc::invalid_argument, "freeze", r_.location_of(n),
          fmt::format("{} is to be updated but was not recorded by tape.state(...).", r_.describe(n)));
    if (value_of_[n] == detail::no_node) {
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
                  detail::generic_kind(r_, n),
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

program freeze(const freeze_request& request) {
  const var* any = !request.outputs.empty()   ? &request.outputs[0]
                   : !request.updates.empty() ? &request.updates[0].state
                                              : nullptr;
  if (any == nullptr)
    throw error(errc::invalid_argument, "freeze without outputs or updates: there is nothing to compute.");
  const recording& r = any->recording();
  check_request(r, request);
  program_ir c = lowering(r, request).run();

  const auto on = [&](const char* pass) {
    return std::ranges::find(request.disabled_passes, pass) == request.disabled_passes.end();
  };
  const std::size_t recorded = r.nodes.size(), lowered = c.instructions.size();
  const auto note = [&](const char* pass, const std::string& text) {
    c.report.push_back(fmt::format("{:<25} {}", pass, on(pass) ? text : "off"));
  };
  if (on("common_subexpressions")) {
    const std::size_t merged = detail::merge_common_subexpressions(c);
    if (on("dead_code")) detail::drop_dead_code(c);
    note("dead_code", fmt::format("{} nodes recorded, {} instructions needed", recorded, lowered));
    note("common_subexpressions", fmt::format("{} merged", merged));
  } else {
    note("dead_code", fmt::format("{} nodes recorded, {} instructions needed", recorded, lowered));
    note("common_subexpressions", "");
  }
  const std::size_t simplified = on("algebraic_simplification") ? detail::simplify_algebra(c) : 0;
  const std::size_t folded = on("constant_folding") ? detail::fold_constants(c) : 0;
  note("algebraic_simplification", fmt::format("{} factors of 1 left out", simplified));
  note("constant_folding", fmt::format("{} computed once per instance", folded));
  const std::size_t views = on("views") ? detail::share_views(c) : 0;
  note("views", fmt::format("{} share their input's memory", views));
  detail::own_outputs(c);
  detail::find_implied_checks(c);
  program_ir reference = c;
  detail::place_updates(reference);
  const std::size_t relaid = on("layout_assignment") ? detail::assign_layouts(c) : 0;
  note("layout_assignment", fmt::format("{} narrow states are kept transposed", relaid));
  detail::place_updates(c);
  const std::size_t overwritten = on("in_place_updates") ? detail::update_in_place(c) : 0;
  note("in_place_updates", fmt::format("{} states are updated where they are", overwritten));
  const std::size_t fused = on("elementwise_fusion") ? detail::fuse_elementwise(c) : 0;
  note("elementwise_fusion",
       fmt::format("{} elementwise instructions run in fusions, block by block", fused));
  const std::size_t cut = on("row_tiling") ? detail::tile_rows(c) : 0;
  note("row_tiling", fmt::format("{} instructions run in blocks of rows", cut));
  const std::size_t split_loops = on("split_reductions") ? detail::split_reductions(c) : 0;
  note("split_reductions", fmt::format("{} tiled loops sum in splits", split_loops));
  const std::size_t paired = on("sibling_fusion") ? detail::fuse_siblings(c) : 0;
  note("sibling_fusion", fmt::format("{} ops are computed along with another", paired));
  if (relaid + fused + cut + paired + overwritten > 0) {
    detail::find_lifetimes(reference);
    c.reference = std::make_shared<const program_ir>(std::move(reference));
  }
  detail::find_lifetimes(c);
  c.reuse_operands = on("operand_reuse");
  c.share_buffers = false;
  const std::size_t apart = detail::plan_memory(c, dtype::f32).bytes;
  c.share_buffers = on("buffer_sharing");
  note("operand_reuse", "elementwise ops write over dying inputs");
  note("buffer_sharing",
       fmt::format("arena of {} bytes in float, {} without sharing",
                   c.share_buffers ? detail::plan_memory(c, dtype::f32).bytes : apart, apart));

  program p;
  p.ir_ = std::make_shared<const program_ir>(std::move(c));
  return p;
}

program freeze(const var& output) { return freeze(freeze_request{.outputs = {output}}); }

const detail::program_ir& program::ir() const {
  if (ir_ == nullptr)
    throw error(errc::invalid_argument,
                "there is no program here: it was never frozen, or it was moved from. Use freeze(...).");
  return *ir_;
}

std::span<const program::slot> program::inputs() const { return ir().input_slots; }
std::span<const program::slot> program::states() const { return ir().state_slots; }
std::span<const program::slot> program::outputs() const { return ir().output_slots; }
std::size_t program::instructions() const { return ir().instructions.size() - ir().prologue; }
std::size_t program::arena_bytes(dtype number) const { return detail::plan_memory(*ir_, number).bytes; }

std::string program::explain() const {
  std::string text =
      fmt::format("program: {} instructions per run, {} once per instance, {} inputs, {} states\n",
                  instructions(), ir().prologue, inputs().size(), states().size());
  for (const auto& line : ir().report) text += "  " + line + "\n";
  for (std::size_t t = 0; t < ir().instructions.size(); ++t) {
    const auto& i = ir().instructions[t];
    const auto name = [&](value_id v) {
      static constexpr const char* homes[] = {"",      "instance ", "input ", "state ",
                                              "next ", "constant ", "block "};
      const auto& val = ir().values[v];
      return fmt::format("{}%{}{}", homes[static_cast<std::size_t>(ir().storages[val.storage].where)],
                         val.storage, to_string(val.shape));
    };
    const auto line = [&](const char* when, const instruction& one) {
      std::vector<std::string> x;
      for (const value_id v : one.inputs) x.push_back(name(v));
      const auto from = fmt::format(
          "{}{}", one.backward_of == nullptr ? "" : fmt::format("backward of {}, ", one.backward_of),
          to_string(one.where));
      const char* const op = one.op.type->name;
      if (is_in_place_update(one)) {
        const std::string alpha = x[x.size() - 2], beta = x.back();
        x.resize(x.size() - 2);
        text += fmt::format("  {:<6}{} = {} * {} + {} * {}({})  {}\n", "last", name(one.output), beta,
                            name(one.output), alpha, op, fmt::join(x, ", "), from);
      } else if (one.sibling != no_value) {
        text += fmt::format("  {:<6}{}, {} = {} and {}({})  {}\n", when, name(one.output), name(one.sibling),
                            op, one.op.type->sibling->name, fmt::join(x, ", "), from);
      } else {
        text += fmt::format("  {:<6}{} = {}({})  {}\n", when, name(one.output), op, fmt::join(x, ", "), from);
      }
    };
    const auto show = [&](const char* when, const instruction& any) {
      if (any.fused == nullptr) return line(when, any);
      for (const auto& one : any.fused->broadcasts) line("fused", one);
      for (const auto& one : any.fused->members) line("fused", one);
    };
    if (i.rows == nullptr) {
      show(t < ir().prologue ? "once" : "", i);
    } else {
      text += fmt::format("  {} rows in blocks of {}{}:\n", i.rows->rows, i.rows->block,
                          i.rows->split == 0 ? "" : fmt::format(", sums in splits of {}", i.rows->split));
      for (const auto& m : i.rows->members) show(m.use.reduces ? "sum" : "rows", m.what);
    }
  }
  return text;
}

}  // namespace reel
