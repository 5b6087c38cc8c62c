// SPDX-License-Identifier: MIT
// The passes of freeze, in the order they run.
#include "program/ir.hpp"
#include "tape/evaluate.hpp"

#include <algorithm>
#include <numeric>

namespace reel::detail {

// Instructions that no output, update, check or effect needs, found from the last to the first.
std::size_t drop_dead_code(program_ir& c) {
  std::vector<char> needed(c.values.size());
  for (const value_id v : c.outputs) needed[v] = true;
  for (const auto& [state, next] : c.updates) needed[next] = true;
  for (const auto& f : c.finite) needed[f.value] = true;
  for (auto i = c.instructions.rbegin(); i != c.instructions.rend(); ++i) {
    if (i->op.type->effect) needed[i->output] = true;
    if (needed[i->output])
      for (const value_id v : i->inputs) needed[v] = true;
  }
  return std::erase_if(c.instructions, [&](const instruction& i) { return !needed[i.output]; });
}

namespace {

// Whether a value is the constant number 1.
bool is_one(const program_ir& c, value_id v) {
  const storage& s = c.storages[c.values[v].storage];
  if (s.where != home::constant || s.kind != kind::real || s.size != 1) return false;
  const op_ref& op = c.constants[s.index];
  return op.type == &leaf_type(tape::role::constant) &&
         *static_cast<const double*>(static_cast<const leaf*>(op.self.get())->data.get()) == 1;
}

}  // namespace

// A product with a constant that is 1 throughout is its other factor.
std::size_t simplify_algebra(program_ir& c) {
  std::vector<char> ones(c.values.size());
  for (value_id v = 0; v < c.values.size(); ++v) ones[v] = is_one(c, v);
  std::vector<value_id> same(c.values.size());
  std::iota(same.begin(), same.end(), value_id{0});
  std::vector<instruction>& all = c.instructions;
  std::size_t kept = 0;  // the first of them
  for (instruction& i : all) {
    for (value_id& v : i.inputs) v = same[v];
    if (i.op.type->stretch || i.op.type->view) ones[i.output] = ones[i.inputs[0]];
    const unsigned identity_elements =
        i.op.type->identity_elements == nullptr ? 0 : i.op.type->identity_elements(i.op.self.get());
    if ((identity_elements & 0b01) != 0 && ones[i.inputs[0]] != 0) same[i.output] = i.inputs[1];
    else if ((identity_elements & 0b10) != 0 && ones[i.inputs[1]] != 0) same[i.output] = i.inputs[0];
    if (same[i.output] != i.output) continue;
    if (&all[kept] != &i) all[kept] = std::move(i);
    ++kept;
  }
  const std::size_t dropped = all.size() - kept;
  all.erase(all.begin() + static_cast<std::ptrdiff_t>(kept), all.end());
  for (value_id& v : c.outputs) v = same[v];
  for (auto& u : c.updates) u.second = same[u.second];
  for (auto& f : c.finite) f.value = same[f.value];
  return dropped;
}

// What depends on constants alone (not on variables) moves to the front, to run once per instance: in
// the instance's own number type, so that the results are those of evaluation. A stretched scalar is
// left where it is: filling a block costs less than reading the numbers again.
std::size_t fold_constants(program_ir& c) {
  std::vector<char> constant(c.values.size());
  for (value_id v = 0; v < c.values.size(); ++v) {
    const storage& s = c.storages[c.values[v].storage];
    constant[v] = s.where == home::constant && c.constants[s.index].type == &leaf_type(tape::role::constant);
  }
  for (auto& i : c.instructions) {
    const bool broadcasts =
        i.op.type->stretch && c.values[i.inputs[0]].shape.size() == 1 && c.values[i.output].shape.size() > 1;
    i.constant = !i.op.type->effect && !broadcasts &&
                 std::ranges::all_of(i.inputs, [&](value_id v) { return constant[v] != 0; });
    constant[i.output] = i.constant;
    if (i.constant) c.storages[c.values[i.output].storage].where = home::instance_constant;
  }
  std::stable_partition(c.instructions.begin(), c.instructions.end(),
                        [](const instruction& i) { return i.constant; });
  c.prologue = static_cast<std::size_t>(std::ranges::count_if(c.instructions, &instruction::constant));
  return c.prologue;
}

// A view has its input's bytes under another shape, and so has what is stretched to as many elements: give it
// the same storage and drop the copy.
std::size_t share_views(program_ir& c) {
  const auto shares = [&](const instruction& i) {
    const auto size = [&](value_id v) { return c.values[v].shape.size(); };
    const bool stretched = i.op.type->stretch && size(i.inputs[0]) == size(i.output);
    if (!i.op.type->view && !stretched) return false;
    c.values[i.output].storage = c.values[i.inputs[0]].storage;
    return true;
  };
  const std::size_t before = c.instructions.size();
  std::size_t prologue = 0, at = 0;
  std::erase_if(c.instructions, [&](const instruction& i) {
    const bool gone = shares(i);
    if (at++ < c.prologue && !gone) ++prologue;
    return gone;
  });
  c.prologue = prologue;
  return before - c.instructions.size();
}

bool is_exact(const program_ir& c) {
  return c.epilogue.empty() && std::ranges::none_of(c.relaid, [](char relaid) { return relaid != 0; }) &&
         std::ranges::none_of(c.instructions,
                              [](const instruction& i) { return i.rows != nullptr && i.rows->split > 0; });
}

eval_fn body_of(const instruction& i, dtype number) {
  const auto n = static_cast<std::size_t>(number);
  if (is_in_place_update(i)) return i.op.type->accumulate_scaled[n];
  return eval_of(*i.op.type, i.kind, number, i.where);
}

// From the instruction that writes a storage to the last that reads it.
void find_lifetimes(program_ir& c) {
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
    if (s.where == home::instance_constant) s.last = end;
}

}  // namespace reel::detail
