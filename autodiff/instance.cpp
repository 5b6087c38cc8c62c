// SPDX-License-Identifier: MIT
// Running a program: a loop over {body, op, operands}. Operand tables exist twice, one per bank of
// the states: a run reads one bank and writes the other, and succeeds by switching tables. Until then
// nothing it did can be seen, which is what makes a step all or nothing.
#include "code.hpp"
#include "evaluate.hpp"
#include "group_runner.hpp"
#include "inspect.hpp"
#include "row_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <optional>

namespace reel::detail {

namespace {

struct aligned_delete {
  void operator()(std::byte* p) const noexcept { ::operator delete[](p, std::align_val_t{64}); }
};
using aligned_bytes = std::unique_ptr<std::byte[], aligned_delete>;

aligned_bytes allocate(std::size_t bytes) {
  const std::size_t n = std::max<std::size_t>(bytes, 64);
  aligned_bytes p(static_cast<std::byte*>(::operator new[](n, std::align_val_t{64})));
  std::memset(p.get(), 0, n);  // touched now, so that the first run meets no page faults
  return p;
}

struct step {
  eval_fn body;
  const void* op;
  operand_view output;
  std::span<const operand_view> inputs;
  group_runner* fused;  // or null
  row_runner* rows;     // or null
};

}  // namespace

struct machine::memory {
  element number;
  aligned_bytes arena;
  std::vector<aligned_bytes> owned;              // converted constants, both banks of the states
  std::vector<std::array<std::byte*, 2>> banks;  // by state
  std::array<std::vector<operand_view>, 2> operands;
  std::array<std::vector<step>, 2> steps;
  aligned_bytes blocks;  // scratch of fused groups
  std::array<std::vector<std::unique_ptr<group_runner>>, 2> groups;
  std::array<std::vector<std::unique_ptr<row_runner>>, 2> row_groups;
  std::vector<std::vector<std::size_t>> input_uses;  // where in operands each input stands
  std::vector<std::vector<value_id>> input_values;   // the input and its views
  std::vector<void*> bound;                          // by input
  std::array<std::vector<void*>, 2> at;              // by value
  std::vector<aligned_bytes> natural;                // by state: what is kept transposed, as it is read
  std::vector<std::byte> turning;
  std::size_t bank = 0;  // the current one
  std::size_t ran = 0;   // the one the last run read
  bool has_run = false;

  memory(const code& c, element n) : number(n) {
    const arena_plan plan = plan_arena(c, number);
    arena = allocate(plan.bytes);
    make_banks(c);
    std::vector<const void*> constants;
    for (const op_ref& op : c.constants)
      constants.push_back(load_constant(*static_cast<const leaf*>(op.self.get())));
    find_input_uses(c);
    std::size_t slots = 0;
    const auto reserve = [&](const instruction& i) {
      if (i.fused != nullptr) slots = std::max(slots, i.fused->slots);
    };
    for (const auto& i : c.instructions) {
      reserve(i);
      if (i.rows != nullptr)
        for (const auto& m : i.rows->members) reserve(m.what);
    }
    blocks = allocate(slots * group_runner::block_bytes(number));
    for (std::size_t side = 0; side < 2; ++side) make_steps(c, plan, constants, side);
    for (std::size_t i = 0; i < c.once; ++i) execute(c, i);
  }

  std::size_t bytes(kind k, index_t n) const {
    return static_cast<std::size_t>(n) * size_of(element_for(k, number));
  }

  void make_banks(const code& c) {
    for (std::size_t i = 0; i < c.states.size(); ++i) {
      const value& v = c.values[c.states[i]];
      std::array<std::byte*, 2> both{};
      for (auto& b : both) {
        owned.push_back(allocate(bytes(v.kind, v.shape.size())));
        b = owned.back().get();
        load(number, b, *static_cast<const leaf*>(c.leaves[i].self.get()));
        turn_in(c, i, b, b);
      }
      banks.push_back(both);
    }
  }

  // A state as its owner sees it, or as it is kept: these differ where it is kept transposed.
  void turn_in(const code& c, std::size_t state, const void* from, std::byte* to) {
    move(c, state, from, to, true);
  }
  void turn_out(const code& c, std::size_t state, const void* from, std::byte* to) {
    move(c, state, from, to, false);
  }
  void move(const code& c, std::size_t state, const void* from, std::byte* to, bool in) {
    const shape& s = c.state_slots[state].shape;
    const std::size_t size = size_of(element_for(c.state_slots[state].kind, number));
    const std::size_t n = static_cast<std::size_t>(s.size()) * size;
    if (from != to) std::memcpy(to, from, n);
    if (!is_turned(c, state)) return;
    if (turning.size() < n) turning.resize(n);
    std::memcpy(turning.data(), to, n);
    const auto rows = static_cast<std::size_t>(s[in ? 0 : 1]),
               columns = static_cast<std::size_t>(s[in ? 1 : 0]);
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t j = 0; j < columns; ++j)
        std::memcpy(to + (j * rows + i) * size, turning.data() + (i * columns + j) * size, size);
  }
  static bool is_turned(const code& c, std::size_t state) {
    return state < c.turned.size() && c.turned[state] != 0;
  }
  // The state's current numbers in its own layout, valid until the next run.
  const void* state(const code& c, std::size_t i) {
    const void* const kept = at[bank][c.states[i]];
    if (!is_turned(c, i)) return kept;
    if (natural.empty()) natural.resize(c.states.size());
    if (natural[i] == nullptr)
      natural[i] = allocate(bytes(c.state_slots[i].kind, c.state_slots[i].shape.size()));
    turn_out(c, i, kept, natural[i].get());
    return natural[i].get();
  }

  const void* load_constant(const leaf& l) {
    if (number == element::f64 || l.type != element::f64) return l.data.get();
    owned.push_back(allocate(bytes(kind::real, l.dims.size())));
    load(number, owned.back().get(), l);
    return owned.back().get();
  }

  // A state that no update names stays in its bank on both sides.
  std::byte* state_bank(const code& c, std::uint32_t state, std::size_t side) const {
    const bool updated = std::ranges::any_of(c.updates, [&](const auto& u) { return u.first == state; });
    return banks[state][updated ? side : 0];
  }

  void make_steps(const code& c, const arena_plan& plan, const std::vector<const void*>& constants,
                  std::size_t side) {
    const auto home_of = [&](const value& v) -> void* {
      const storage& s = c.storages[v.storage];
      switch (s.where) {
        case home::arena:
        case home::kept:
          return arena.get() + plan.offset[v.storage];
        case home::input:
          return nullptr;  // bound by each run
        case home::state:
          return state_bank(c, s.index, side);
        case home::next:
          return banks[s.index][1 - side];
        case home::constant:
          return const_cast<void*>(constants[s.index]);
        case home::block:
          return nullptr;  // a group knows where
      }
      return nullptr;
    };
    for (const value& v : c.values) at[side].push_back(home_of(v));
    const auto view = [&](value_id v) { return operand_view{at[side][v], &c.values[v].shape}; };
    auto& table = operands[side];
    for (const auto& i : c.instructions)
      for (const value_id v : i.inputs) table.push_back(view(v));
    std::size_t first = 0;
    for (const auto& i : c.instructions) {
      const std::span<const operand_view> inputs(table.data() + first, i.inputs.size());
      first += i.inputs.size();
      const auto locate = [&](value_id v) { return at[side][v]; };
      step s{nullptr, i.op.self.get(), view(i.output), inputs, nullptr, nullptr};
      if (i.rows != nullptr) {
        row_groups[side].push_back(std::make_unique<row_runner>(c, *i.rows, number, blocks.get(), locate));
        s.rows = row_groups[side].back().get();
      } else if (i.fused != nullptr) {
        groups[side].push_back(std::make_unique<group_runner>(c, *i.fused, number, blocks.get(), locate));
        s.fused = groups[side].back().get();
      } else {
        s.body = eval_of(*i.op.traits, i.followed, number, i.where);
      }
      steps[side].push_back(s);
    }
  }

  // A view of an input has the input's storage, so it is patched with it.
  void find_input_uses(const code& c) {
    input_uses.resize(c.inputs.size());
    bound.resize(c.inputs.size());
    std::size_t n = 0;
    for (const auto& i : c.instructions)
      for (const value_id v : i.inputs) {
        const storage& s = c.storages[c.values[v].storage];
        if (s.where == home::input) input_uses[s.index].push_back(n);
        ++n;
      }
    input_values.resize(c.inputs.size());
    for (value_id v = 0; v < c.values.size(); ++v) {
      const storage& s = c.storages[c.values[v].storage];
      if (s.where == home::input) input_values[s.index].push_back(v);
    }
  }

  void bind(std::size_t input, void* data) {
    if (bound[input] == data) return;  // where it was in the last run
    bound[input] = data;
    for (std::size_t side = 0; side < 2; ++side) {
      for (const std::size_t i : input_uses[input]) operands[side][i].data = data;
      for (const value_id v : input_values[input]) {
        at[side][v] = data;
        for (const auto& g : groups[side]) g->bind(v, data);
        for (const auto& g : row_groups[side]) g->bind(v, data);
      }
    }
  }

  void execute(const code& c, std::size_t i) {
    const step& s = steps[bank][i];
    try {
      if (s.rows != nullptr) s.rows->run();
      else if (s.fused != nullptr) s.fused->run();
      else s.body(s.op, s.output, s.inputs);
    } catch (const error& e) {
      if (s.rows != nullptr) refuse_again(c);
      if (e.has_context()) throw;
      throw error(e.code(), c.instructions[i].op.traits->name, c.instructions[i].where, e.detail());
    }
  }

  // Repeats a run that came out wrong in memory of its own, op by op, nothing overwritten.
  [[noreturn]] void blame(const code& c, std::size_t culprit) {
    code apart = c.plain != nullptr ? *c.plain : c;
    apart.in_place = apart.share = false;
    memory again(apart, number);
    repeat_into(again, c);
    again.trace(apart, apart.finite[culprit]);
  }
  // The same for a run in blocks of rows that an op refused: it saw one block, and could tell no more.
  void refuse_again(const code& c) {
    memory again(*c.plain, number);
    repeat_into(again, c);
    for (std::size_t i = c.plain->once; i < c.plain->instructions.size(); ++i) again.execute(*c.plain, i);
  }
  void repeat_into(memory& again, const code& c) {
    for (std::size_t i = 0; i < banks.size(); ++i) turn_out(c, i, banks[i][bank], again.banks[i][0]);
    for (std::size_t i = 0; i < c.inputs.size(); ++i) again.bind(i, at[bank][c.inputs[i]]);
  }

  // Which instructions a value is computed by.
  static std::vector<bool> computing(const code& c, value_id wanted) {
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
  static std::string leaf_name(const code& c, value_id v) {
    const storage& s = c.storages[c.values[v].storage];
    if (s.where != home::input && s.where != home::state) return "a constant";
    const bool input = s.where == home::input;
    const auto& slot = (input ? c.input_slots : c.state_slots)[s.index];
    return fmt::format("{} {}{}", input ? "input" : "state", s.index,
                       slot.name.empty() ? "" : fmt::format(" '{}'", slot.name));
  }

  // The first op on the way to the culprit that makes a NaN of numbers, or an infinity of finite
  // numbers. (An infinity that was put there on purpose, such as a mask's, is not its reader's fault.)
  // Where there is none, the first that reads an infinity or NaN the program was given.
  [[noreturn]] void trace(const code& c, const checked_value& culprit) {
    const auto blemish_at = [&](value_id v, const void* data) {
      const value& x = c.values[v];
      return blemish_of(element_for(x.kind, number), data, static_cast<std::size_t>(x.shape.size()));
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
      const step& s = steps[bank][i];
      const blemish y = blemish_at(ins.output, s.output.data);
      if (y.degree == blemish::none) continue;
      bool inherited = false;
      for (std::size_t k = 0; k < ins.inputs.size(); ++k) {
        const blemish x = blemish_at(ins.inputs[k], s.inputs[k].data);
        inherited = inherited || x.degree >= y.degree;
        const home where = c.storages[c.values[ins.inputs[k]].storage].where;
        if (x.degree != blemish::none && !reader && where != home::arena && where != home::kept)
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
      const void* data = steps[bank][reader->first].inputs[reader->second].data;
      const std::size_t bad = blemish_at(v, data).at;
      refuse(ins, fmt::format("read {} at {} of {}", number_at(number, data, bad),
                              position(c.values[v].shape, bad), leaf_name(c, v)));
    }
    throw error(errc::non_finite, "run", {},
                fmt::format("{} is {}, which is not finite; no state has changed.", culprit.name,
                            leaf_name(c, culprit.value)));
  }
};

machine::machine(const program& p, element number)
    : program_(p), memory_(std::make_unique<memory>(p.code(), number)) {}
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
  for (std::size_t i = c.once; i < c.instructions.size(); ++i) m.execute(c, i);
  const auto saw = [](const auto& groups) {
    return std::ranges::all_of(groups, [](const auto& g) { return g->finite(); });
  };
  const bool watched = saw(m.groups[m.bank]) && saw(m.row_groups[m.bank]);
  for (std::size_t i = 0; i < c.finite.size(); ++i) {
    const checked_value& f = c.finite[i];
    if (f.watched && watched) continue;
    const value& v = c.values[f.value];
    const auto n = static_cast<std::size_t>(v.shape.size());
    if (first_not_finite(element_for(v.kind, m.number), m.at[m.bank][f.value], n) != n) m.blame(c, i);
  }
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
  memory_->turn_in(c, i, data, static_cast<std::byte*>(memory_->at[memory_->bank][c.states[i]]));
}

void machine::check(std::size_t i, std::size_t count, const char* what) const {
  if (i >= count)
    throw error(errc::invalid_argument, fmt::format("{} {} of a program that has {}.", what, i, count));
}

}  // namespace reel::detail
