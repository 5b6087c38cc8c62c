// SPDX-License-Identifier: MIT
// An optional interface of an op: it computes the same on matrices that lie transposed in memory.
//
//   relaid<Op> relaid_for(unsigned inputs, bool result, index_t row) const;
//     The op for matrices that lie transposed: the inputs of the mask, and the result. If `row` is not 0,
//     their rows have that many numbers and, after them, zeros up to the next multiple of 16. The zeros are
//     part of the shapes: the op reads past them and writes them.
//
//   Op transposed() const;
//     Of an op that makes a matrix of another: the op f' with f'(xᵀ) = f(x)ᵀ. (Elementwise ops are their
//     own.)
//
// An op has one of the two.
#pragma once

#include <reel/autodiff/op/contract.hpp>

namespace reel::detail {

struct layout {
  // Null if the op has `transposed`.
  std::shared_ptr<const void> (*relaid_for)(const void* op, unsigned inputs, bool result, index_t row,
                                            bool& swap);
  // Null if the op has `relaid_for`.
  std::shared_ptr<const void> (*transposed)(const void* op);
};

inline bool relays(const op_type& type) {
  return type.layouts != nullptr && type.layouts->relaid_for != nullptr;
}
inline bool transposes(const op_type& type) {
  return type.layouts != nullptr && type.layouts->transposed != nullptr;
}

template <class Op>
concept relaying = requires(const Op& op) {
  op.relaid_for(0U, true, index_t{0});
};
template <class Op>
concept transposing = requires(const Op& op) {
  op.transposed();
};

template <class Op>
std::shared_ptr<const void> relaid_for(const void* op, unsigned inputs, bool result, index_t row,
                                       bool& swap) {
  const relaid<Op> t = static_cast<const Op*>(op)->relaid_for(inputs, result, row);
  swap = t.swap;
  return std::make_shared<const Op>(t.op);
}

template <class Op> std::shared_ptr<const void> transposed(const void* op) {
  return std::make_shared<const Op>(static_cast<const Op*>(op)->transposed());
}

template <class Op> constexpr layout make_layout() {
  layout l{nullptr, nullptr};
  if constexpr (relaying<Op>) l.relaid_for = &detail::relaid_for<Op>;
  if constexpr (transposing<Op>) l.transposed = &detail::transposed<Op>;
  return l;
}

template <class Op>
requires(relaying<Op> || transposing<Op>) inline constexpr layout layout_of = make_layout<Op>();

}  // namespace reel::detail
