// SPDX-License-Identifier: MIT
// An optional interface of an op: it goes through its inputs by blocks of rows.
//
//   row_slices slices(const shape& x) const;
//     How it goes through x, its first input, by blocks of rows. With `reduces`, it also has
//       template <class T> void accumulate(out<T> y, in<T>... x) const;      y += op(x)
#pragma once

#include <reel/autodiff/op/contract.hpp>

namespace reel::detail {

struct slicing {
  row_slices (*of)(const void* op, const shape& x);
  std::array<eval_fn, dtype_count> accumulate;  // null where the op has no body
};

template <class Op>
concept sliced = requires(const Op& op, const shape& x) {
  op.slices(x);
};

template <class Op, class T> constexpr eval_fn accumulate_for() {
  return [](const void* op, const operand_view& y, std::span<const operand_view> x) {
    signature<Op, T>::call(*static_cast<const Op*>(op), &Op::template accumulate<T>, y, x);
  };
}

template <class Op> constexpr std::array<eval_fn, dtype_count> accumulate_bodies() {
  if constexpr (requires { &Op::template accumulate<double>; })
    return bodies<Op, eval_fn, float, double, real50>([]<class T> { return accumulate_for<Op, T>(); });
  else return {};
}

template <sliced Op>
inline constexpr slicing slicing_of = {
    [](const void* op, const shape& x) -> row_slices { return static_cast<const Op*>(op)->slices(x); },
    accumulate_bodies<Op>()};

}  // namespace reel::detail
