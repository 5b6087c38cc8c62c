// SPDX-License-Identifier: MIT
#include "runtime/memory.hpp"

#include "tape/evaluate.hpp"
#include "tape/inspect.hpp"

#include <algorithm>
#include <cstring>

namespace reel::detail {

executor::execution_state::execution_state(const program_ir& c, dtype n, const reel::workers& w)
    : number(n), workers(w) {
  const memory_plan plan = plan_memory(c, number);
  arena = allocate(plan.bytes);
  arena_bytes = plan.bytes;
  make_buffers(c);
  std::vector<const void*> constants;
  for (const op_ref& op : c.constants)
    constants.push_back(load_constant(*static_cast<const leaf*>(op.self.get())));
  find_input_uses(c);
  make_blocks(c);
  sides = c.updates.empty() ? 1 : 2;
  for (std::size_t side = 0; side < sides; ++side) make_calls(c, plan, constants, side);
  for (std::size_t i = 0; i < c.prologue; ++i) execute(c, i);
}

std::size_t executor::execution_state::bytes(kind k, index_t n) const {
  return static_cast<std::size_t>(n) * size_of(dtype_for(k, number));
}

void executor::execution_state::make_blocks(const program_ir& c) {
  std::size_t most = 0;
  for (const auto& i : c.instructions) most = std::max(most, fused_loop::scratch_bytes(i, number));
  blocks = allocate(most);
}

namespace {

bool is_relaid(const program_ir& c, std::size_t state) {
  return state < c.relaid.size() && c.relaid[state] != 0;
}

}  // namespace

void executor::execution_state::make_buffers(const program_ir& c) {
  known_finite.assign(c.states.size(), false);
  will_be_finite.assign(c.epilogue.size(), false);
  natural.resize(c.states.size());
  std::vector<char> is_double_buffered(c.states.size());  // a state that no update names stays where it is
  for (const auto& [state, next] : c.updates) is_double_buffered[state] = true;
  for (std::size_t i = 0; i < c.states.size(); ++i) {
    const value& own = c.values[c.states[i]];
    const shape& s = c.state_slots[i].shape;
    const aligned_bytes numbers = allocate(bytes(own.kind, s.size()));
    load(number, numbers.get(), *static_cast<const leaf*>(c.leaves[i].self.get()));
    const auto make = [&] {
      owned.push_back(allocate(bytes(own.kind, own.shape.size())));
      put_state(c, i, numbers.get(), owned.back().get());
      return owned.back().get();
    };
    std::byte* const first = make();
    buffers.push_back({first, is_double_buffered[i] != 0 ? make() : first});
  }
}

namespace {

// A matrix of elements of any size, in rows of `row` of them, `used` of which are its own.
struct matrix {
  std::byte* data;
  std::size_t rows, used, row, size;
  std::byte* at(std::size_t i, std::size_t j) const { return data + (i * row + j) * size; }
};

void transpose(const matrix& to, const matrix& from) {
  for (std::size_t i = 0; i < to.rows; ++i)
    for (std::size_t j = 0; j < to.used; ++j) std::memcpy(to.at(i, j), from.at(j, i), to.size);
}

// A state as it is kept and as it is read, where these differ.
matrix kept_matrix(const shape& kept, const shape& read, std::size_t size, std::byte* data) {
  return {data, static_cast<std::size_t>(kept[0]), static_cast<std::size_t>(read[0]),
          static_cast<std::size_t>(kept[1]), size};
}
matrix read_matrix(const shape& read, std::size_t size, std::byte* data) {
  const auto columns = static_cast<std::size_t>(read[1]);
  return {data, static_cast<std::size_t>(read[0]), columns, columns, size};
}

}  // namespace

// From the layout a state is read in to the one it is kept in: transposed, maybe, in rows that end with
// zeros.
void executor::execution_state::put_state(const program_ir& c, std::size_t state, const void* from,
                                          std::byte* to) const {
  const value& own = c.values[c.states[state]];
  const shape& read = c.state_slots[state].shape;
  if (!is_relaid(c, state)) {
    if (read.size() > 0) std::memmove(to, from, bytes(own.kind, read.size()));
    return;
  }
  const std::size_t size = bytes(own.kind, 1);
  std::memset(to, 0, bytes(own.kind, own.shape.size()));
  transpose(kept_matrix(own.shape, read, size, to),
            read_matrix(read, size, static_cast<std::byte*>(const_cast<void*>(from))));
}

void executor::execution_state::get_state(const program_ir& c, std::size_t state, std::byte* to) const {
  const value& own = c.values[c.states[state]];
  const shape& read = c.state_slots[state].shape;
  auto* const from = static_cast<std::byte*>(at[front][c.states[state]]);
  const std::size_t size = bytes(own.kind, 1);
  if (!is_relaid(c, state)) std::memcpy(to, from, bytes(own.kind, read.size()));
  else transpose(read_matrix(read, size, to), kept_matrix(own.shape, read, size, from));
}

const void* executor::execution_state::state(const program_ir& c, std::size_t i) {
  if (!is_relaid(c, i)) return at[front][c.states[i]];
  if (natural[i] == nullptr)
    natural[i] = allocate(bytes(c.state_slots[i].kind, c.state_slots[i].shape.size()));
  get_state(c, i, natural[i].get());
  return natural[i].get();
}

void executor::execution_state::set_state(const program_ir& c, std::size_t i, const void* data) {
  put_state(c, i, data, static_cast<std::byte*>(at[front][c.states[i]]));
  known_finite[i] = false;
}

const void* executor::execution_state::load_constant(const leaf& l) {
  if (number == dtype::f64 || l.type != dtype::f64) return l.data.get();
  owned.push_back(allocate(bytes(kind::real, l.dims.size())));
  load(number, owned.back().get(), l);
  return owned.back().get();
}

void executor::execution_state::make_calls(const program_ir& c, const memory_plan& plan,
                                           const std::vector<const void*>& constants, std::size_t side) {
  const auto home_of = [&](const value& v) -> void* {
    const storage& s = c.storages[v.storage];
    switch (s.where) {
      case home::arena:
      case home::instance_constant:
        return arena.get() + plan.offset[v.storage];
      case home::input:
        return nullptr;  // bound by each run
      case home::state:
        return buffers[s.index][side];
      case home::back_buffer:
        return buffers[s.index][1 - side];
      case home::constant:
        return const_cast<void*>(constants[s.index]);
      case home::block:
        return nullptr;  // a fusion knows where
    }
    return nullptr;
  };
  at[side].reserve(c.values.size());
  for (const value& v : c.values) at[side].push_back(home_of(v));
  const auto locate = [&](value_id v) { return at[side][v]; };
  const auto view = [&](value_id v) { return operand_view{at[side][v], &c.values[v].shape}; };
  const thread_tiling tiling(c, workers.threads());
  auto& table = operands[side];
  for (const auto& i : c.instructions)
    for (const value_id v : i.inputs) table.push_back(view(v));
  std::size_t first = 0;
  for (const auto& i : c.instructions) {
    const std::span<const operand_view> inputs(table.data() + first, i.inputs.size());
    first += i.inputs.size();
    kernel_call s{nullptr, nullptr, i.op.self.get(), view(i.output), {}, inputs, nullptr, nullptr};
    const auto rows = i.rows != nullptr ? i.rows : tiling.cut(i);
    if (rows != nullptr) {
      const bool shared = i.rows == nullptr || worth_sharing(c, *rows);
      parallel_loops[side].push_back(std::make_unique<parallel_loop>(
          c, *rows, number, shared ? workers.pool() : nullptr, blocks.get(), locate));
      s.rows = parallel_loops[side].back().get();
    } else if (i.fused != nullptr) {
      fused_loops[side].push_back(std::make_unique<fused_loop>(c, *i.fused, number, blocks.get(), locate));
      s.fused = fused_loops[side].back().get();
    } else if (i.sibling != no_value) {
      s.with_sibling = i.op.type->with->eval[static_cast<std::size_t>(number)];
      s.sibling = view(i.sibling);
    } else {
      s.body = body_of(i, number);
    }
    if (s.rows != nullptr || s.fused != nullptr)
      for (const value_id v : i.inputs) {
        const storage& x = c.storages[c.values[v].storage];
        if (x.where != home::input) continue;
        if (s.rows != nullptr) input_uses[x.index].parallel_loops[side].emplace_back(s.rows, v);
        else input_uses[x.index].fused_loops[side].emplace_back(s.fused, v);
      }
    calls[side].push_back(s);
  }
}

// A view of an input has the input's storage, so it is patched with it.
void executor::execution_state::find_input_uses(const program_ir& c) {
  input_uses.resize(c.inputs.size());
  bound.resize(c.inputs.size());
  std::size_t n = 0;
  for (const auto& i : c.instructions)
    for (const value_id v : i.inputs) {
      const storage& s = c.storages[c.values[v].storage];
      if (s.where == home::input) input_uses[s.index].operands.push_back(n);
      ++n;
    }
  for (value_id v = 0; v < c.values.size(); ++v) {
    const storage& s = c.storages[c.values[v].storage];
    if (s.where == home::input) input_uses[s.index].values.push_back(v);
  }
}

void executor::execution_state::bind(std::size_t input, void* data) {
  if (bound[input] == data) return;  // where it was in the last run
  bound[input] = data;
  const input_use& use = input_uses[input];
  for (std::size_t side = 0; side < sides; ++side) {
    for (const std::size_t i : use.operands) operands[side][i].data = data;
    for (const value_id v : use.values) at[side][v] = data;
    for (const auto& [fusion, v] : use.fused_loops[side]) fusion->bind(v, data);
    for (const auto& [team, v] : use.parallel_loops[side]) team->bind(v, data);
  }
}

void executor::execution_state::execute(const program_ir& c, std::size_t i) {
  const kernel_call& s = calls[front][i];
  try {
    if (s.rows != nullptr) s.rows->run();
    else if (s.fused != nullptr) s.fused->run();
    else if (s.with_sibling != nullptr) s.with_sibling(s.op, s.output, s.sibling, s.inputs);
    else s.body(s.op, s.output, s.inputs);
  } catch (const error& e) {
    if (c.instructions[i].unused) return;  // nothing depends on what it would have made
    if (s.rows != nullptr) refuse_again(c);
    if (e.has_context()) throw;
    const op_type& op = *c.instructions[i].op.type;  // of a pair what came first when it was recorded
    throw error(e.code(), (s.with_sibling != nullptr ? *op.with->type : op).name, c.instructions[i].where,
                e.detail());
  }
}

bool executor::execution_state::guarded_finite() const {
  const auto saw = [](const auto& all) {
    return std::ranges::all_of(all, [](const auto& one) { return one->finite(); });
  };
  return saw(fused_loops[front]) && saw(parallel_loops[front]);
}

bool executor::execution_state::is_finite(value_id v, const value& x) const {
  const auto n = static_cast<std::size_t>(x.shape.size());
  return first_not_finite(dtype_for(x.kind, number), at[front][v], n) == n;
}

bool executor::execution_state::was_not_finite(const program_ir& c, const checked_value& f) const {
  if (!f.state) return false;
  const value_id before = c.states[*f.state];
  return stays_finite(number, at[front][before], at[front][f.value],
                      static_cast<std::size_t>(c.values[f.value].shape.size()));
}

}  // namespace reel::detail
