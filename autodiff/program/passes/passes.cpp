// SPDX-License-Identifier: MIT
// The passes of freeze, in the order they run.
#include "program/ir.hpp"
#include "tape/evaluate.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <unordered_map>

namespace reel::detail {

// Instructions that no output, update, check or effect needs, found from the last to the first.
std::size_t drop_dead_code(code& c) {
  std::vector<char> needed(c.values.size());
  for (const value_id v : c.outputs) needed[v] = true;
  for (const auto& [state, next] : c.updates) needed[next] = true;
  for (const auto& f : c.finite) needed[f.value] = true;
  for (auto i = c.instructions.rbegin(); i != c.instructions.rend(); ++i) {
    if (i->op.traits->effect) needed[i->output] = true;
    if (needed[i->output])
      for (const value_id v : i->inputs) needed[v] = true;
  }
  return std::erase_if(c.instructions, [&](const instruction& i) { return !needed[i.output]; });
}

// Two instructions are the same when op, attributes (bit for bit) and inputs are. The later one's
// uses move to the earlier one, and it is dropped.
std::size_t merge_common_subexpressions(code& c) {
  std::vector<value_id> same(c.values.size());
  for (value_id v = 0; v < same.size(); ++v) same[v] = v;

  for (std::size_t i = 0; i < c.constants.size(); ++i) {  // constants of equal bits first
    const auto equal = std::find_if(c.constants.begin(), c.constants.begin() + static_cast<std::ptrdiff_t>(i),
                                    [&](const op_ref& other) { return same_op(other, c.constants[i]); });
    c.constants[i] = *equal;
  }
  std::map<const void*, value_id> first_constant;
  for (value_id v = 0; v < c.values.size(); ++v) {
    const storage& s = c.storages[c.values[v].storage];
    if (s.where == home::constant)
      same[v] = first_constant.try_emplace(c.constants[s.index].self.get(), v).first->second;
  }

  std::unordered_multimap<std::size_t, const instruction*> seen;
  std::size_t merged = 0;
  std::vector<instruction> kept;
  kept.reserve(c.instructions.size());
  for (auto& i : c.instructions) {
    std::size_t hash = reinterpret_cast<std::uintptr_t>(i.op.traits);
    for (value_id& v : i.inputs) {
      v = same[v];
      hash = (hash ^ v) * 0x9e3779b97f4a7c15u;
    }
    const auto [from, to] = seen.equal_range(hash);
    const auto twin = std::find_if(from, to, [&](const auto& other) {
      return other.second->inputs == i.inputs && same_op(other.second->op, i.op);
    });
    if (twin != to) {
      same[i.output] = twin->second->output;
      ++merged;
      continue;
    }
    kept.push_back(std::move(i));
    seen.emplace(hash, &kept.back());
  }
  c.instructions = std::move(kept);
  for (value_id& v : c.outputs) v = same[v];
  for (auto& u : c.updates) u.second = same[u.second];
  for (auto& f : c.finite) f.value = same[f.value];
  return merged;
}

namespace {

// Whether a value is the constant number 1.
bool is_one(const code& c, value_id v) {
  const storage& s = c.storages[c.values[v].storage];
  if (s.where != home::constant || s.kind != kind::real || s.size != 1) return false;
  const op_ref& op = c.constants[s.index];
  return op.traits == &leaf_traits(tape::role::constant) &&
         *static_cast<const double*>(static_cast<const leaf*>(op.self.get())->data.get()) == 1;
}

}  // namespace

// A product with a constant that is 1 throughout is its other factor.
std::size_t drop_unit_factors(code& c) {
  std::vector<char> ones(c.values.size());
  for (value_id v = 0; v < c.values.size(); ++v) ones[v] = is_one(c, v);
  std::vector<value_id> same(c.values.size());
  std::iota(same.begin(), same.end(), value_id{0});
  std::vector<instruction> kept;
  for (auto& i : c.instructions) {
    for (value_id& v : i.inputs) v = same[v];
    if (i.op.traits->stretch || i.op.traits->view) ones[i.output] = ones[i.inputs[0]];
    const unsigned units = i.op.traits->units == nullptr ? 0 : i.op.traits->units(i.op.self.get());
    if ((units & 0b01) != 0 && ones[i.inputs[0]] != 0) same[i.output] = i.inputs[1];
    else if ((units & 0b10) != 0 && ones[i.inputs[1]] != 0) same[i.output] = i.inputs[0];
    else kept.push_back(std::move(i));
  }
  const std::size_t dropped = c.instructions.size() - kept.size();
  c.instructions = std::move(kept);
  for (value_id& v : c.outputs) v = same[v];
  for (auto& u : c.updates) u.second = same[u.second];
  for (auto& f : c.finite) f.value = same[f.value];
  return dropped;
}

// What depends on constants alone (not on variables) moves to the front, to run once per instance: in
// the instance's own number type, so that the results are those of evaluation. A stretched scalar is
// left where it is: filling a block costs less than reading the numbers again.
std::size_t fold_constants(code& c) {
  std::vector<char> constant(c.values.size());
  for (value_id v = 0; v < c.values.size(); ++v) {
    const storage& s = c.storages[c.values[v].storage];
    constant[v] =
        s.where == home::constant && c.constants[s.index].traits == &leaf_traits(tape::role::constant);
  }
  for (auto& i : c.instructions) {
    const bool fills = i.op.traits->stretch && c.values[i.inputs[0]].shape.size() == 1 &&
                       c.values[i.output].shape.size() > 1;
    i.constant = !i.op.traits->effect && !fills &&
                 std::ranges::all_of(i.inputs, [&](value_id v) { return constant[v] != 0; });
    constant[i.output] = i.constant;
    if (i.constant) c.storages[c.values[i.output].storage].where = home::kept;
  }
  std::stable_partition(c.instructions.begin(), c.instructions.end(),
                        [](const instruction& i) { return i.constant; });
  c.once = static_cast<std::size_t>(std::ranges::count_if(c.instructions, &instruction::constant));
  return c.once;
}

// A view has its input's bytes under another shape, and so has what is stretched to as many elements: give it
// the same storage and drop the copy.
std::size_t share_views(code& c) {
  const auto shares = [&](const instruction& i) {
    const auto size = [&](value_id v) { return c.values[v].shape.size(); };
    const bool stretched = i.op.traits->stretch && size(i.inputs[0]) == size(i.output);
    if (!i.op.traits->view && !stretched) return false;
    c.values[i.output].storage = c.values[i.inputs[0]].storage;
    return true;
  };
  const std::size_t before = c.instructions.size();
  std::size_t once = 0, at = 0;
  std::erase_if(c.instructions, [&](const instruction& i) {
    const bool gone = shares(i);
    if (at++ < c.once && !gone) ++once;
    return gone;
  });
  c.once = once;
  return before - c.instructions.size();
}

// Each update's next value is computed straight into the state's other bank; where its storage is
// not free for that (an input, another state, an output, a view), a copy is added.
void place_updates(code& c) {
  static constexpr identity_op copy{};
  std::vector<std::uint32_t> taken;
  for (const value_id v : c.outputs) taken.push_back(c.values[v].storage);
  for (auto& [state, next] : c.updates) {
    const std::uint32_t s = c.values[next].storage;
    const bool free = c.storages[s].where == home::arena && std::ranges::find(taken, s) == taken.end();
    if (free) {
      c.storages[s].where = home::next;
      c.storages[s].index = state;
    } else {
      const value from = c.values[next];
      c.storages.push_back({home::next, from.kind, from.shape.size(), state, 0, 0});
      c.values.push_back({from.shape, from.kind, static_cast<std::uint32_t>(c.storages.size() - 1)});
      instruction i{{&traits_of<identity_op>, traits_of<identity_op>.copy(&copy)},
                    from.kind,
                    {next},
                    static_cast<value_id>(c.values.size() - 1),
                    c.state_slots[state].where,
                    0,
                    nullptr,
                    false,
                    nullptr};
      c.instructions.push_back(std::move(i));
      next = static_cast<value_id>(c.values.size() - 1);
    }
    taken.push_back(c.values[next].storage);
  }
}

bool is_exact(const code& c) {
  return c.commits.empty() && std::ranges::none_of(c.turned, [](char turned) { return turned != 0; }) &&
         std::ranges::none_of(c.instructions,
                              [](const instruction& i) { return i.rows != nullptr && i.rows->chunk > 0; });
}

std::vector<value_id> outputs_of(const instruction& i) {
  if (i.rows != nullptr) return i.rows->outputs;
  if (i.fused != nullptr) return i.fused->outputs;
  return i.beside == no_value ? std::vector<value_id>{i.output} : std::vector<value_id>{i.output, i.beside};
}

eval_fn body_of(const instruction& i, element number) {
  const auto n = static_cast<std::size_t>(number);
  if (is_commit(i)) return i.op.traits->add_scaled[n];
  return eval_of(*i.op.traits, i.followed, number, i.where);
}

// From the instruction that writes a storage to the last that reads it.
void find_lifetimes(code& c) {
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
    if (s.where == home::kept) s.last = end;
}

}  // namespace reel::detail
