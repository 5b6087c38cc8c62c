// SPDX-License-Identifier: MIT
// The pass common_subexpressions. Two instructions are the same when op, attributes (bit for bit) and inputs
// are. The later one's uses move to the earlier one, and it is dropped. Constants of equal bits are one
// constant.
#include "program/hash_index.hpp"
#include "program/ir.hpp"

#include <numeric>

namespace reel::detail {

namespace {

// By value: the first constant of its bits, or itself.
std::vector<value_id> merged_constants(program_ir& c) {
  std::vector<value_id> same(c.values.size());
  std::iota(same.begin(), same.end(), value_id{0});
  std::vector<std::uint32_t> first(c.constants.size());  // by constant: the first one like it
  hash_index known(c.constants.size());
  for (std::uint32_t i = 0; i < c.constants.size(); ++i) {
    const op_ref& op = c.constants[i];
    first[i] = known.find_or_add(op.type->hash(op.self.get()), i,
                                 [&](std::uint32_t other) { return same_op(c.constants[other], op); });
    if (first[i] != i) c.constants[i] = c.constants[first[i]];
  }
  std::vector<value_id> value_of(c.constants.size(), no_value);
  for (value_id v = 0; v < c.values.size(); ++v) {
    const storage& s = c.storages[c.values[v].storage];
    if (s.where != home::constant) continue;
    value_id& earliest = value_of[first[s.index]];
    if (earliest == no_value) earliest = v;
    same[v] = earliest;
  }
  return same;
}

std::size_t hash_of_instruction(const instruction& i) {
  std::size_t hash = hash_with(reinterpret_cast<std::uintptr_t>(i.op.type), i.op.type->hash(i.op.self.get()));
  for (const value_id v : i.inputs) hash = hash_with(hash, v);
  return hash;
}

}  // namespace

std::size_t merge_common_subexpressions(program_ir& c) {
  std::vector<value_id> same = merged_constants(c);
  std::vector<instruction>& all = c.instructions;  // of which the first `kept` stay
  std::uint32_t kept = 0;
  hash_index known(all.size());
  for (instruction& i : all) {
    for (value_id& v : i.inputs) v = same[v];
    const std::uint32_t twin = known.find_or_add(hash_of_instruction(i), kept, [&](std::uint32_t other) {
      return all[other].inputs == i.inputs && same_op(all[other].op, i.op);
    });
    if (twin != kept) {
      same[i.output] = all[twin].output;
      all[twin].unused = all[twin].unused && i.unused;
    } else {
      if (&all[kept] != &i) all[kept] = std::move(i);
      ++kept;
    }
  }
  const std::size_t merged = all.size() - kept;
  all.erase(all.begin() + kept, all.end());
  for (value_id& v : c.outputs) v = same[v];
  for (auto& u : c.updates) u.second = same[u.second];
  for (auto& f : c.finite) f.value = same[f.value];
  return merged;
}

}  // namespace reel::detail
