// SPDX-License-Identifier: MIT
// Optional interfaces of an op for its algebra: what the check kit holds its cotangents to, and the operands
// that may be left out.
//
//   std::vector<identity> identities(const applied_vjp& r) const;
//     What holds of all its cotangents, for the check kit.
//
//   unsigned identity_elements() const;
//     Bit i set: operand i has 1 as its identity element. If all of operand i is 1, the result is the other
//     operand.
#pragma once

#include <reel/autodiff/op/contract.hpp>

namespace reel::detail {

struct identity_list {
  std::vector<identity> (*of)(const void* op, const applied_vjp& r);
};

template <class Op>
concept states_identities = requires(const Op& op, const applied_vjp& r) {
  op.identities(r);
};

template <states_identities Op>
inline constexpr identity_list identity_list_of = {
    [](const void* op, const applied_vjp& r) { return static_cast<const Op*>(op)->identities(r); }};

template <class Op> constexpr auto identity_elements_of() -> unsigned (*)(const void*) {
  if constexpr (requires(const Op& op) { op.identity_elements(); })
    return [](const void* op) -> unsigned { return static_cast<const Op*>(op)->identity_elements(); };
  else return nullptr;
}

}  // namespace reel::detail
