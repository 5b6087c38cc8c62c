// SPDX-License-Identifier: MIT
#include "program/ir.hpp"

#include <numeric>

namespace reel::detail {

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
    if (i.op.type->is == algebra::broadcast || i.op.type->is == algebra::reshape)
      ones[i.output] = ones[i.inputs[0]];
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

}  // namespace reel::detail
