// SPDX-License-Identifier: MIT
// An optional interface of an op: it computes another op along with itself.
//
//   using sibling = Other;
//   bool computes(const Other& other) const;
//     Whether it can compute that other op, of its first inputs, along with its own result, by
//       template <class T> void eval_with_sibling(out<T> y, out<T> of_other, in<T>... x) const;
#pragma once

#include <reel/autodiff/op/contract.hpp>

namespace reel::detail {

struct sibling {
  using eval_fn = void (*)(const void* op, const operand_view& y, const operand_view& other,
                           std::span<const operand_view> x);

  const op_type* type;
  bool (*computes)(const void* op, const void* other);
  std::array<eval_fn, dtype_count> eval;  // of both; null where the op has no body
};

template <class Op>
concept has_sibling = requires {
  typename Op::sibling;
};

template <class Op, class T>
void eval_with_sibling(const void* op, const operand_view& y, const operand_view& z,
                       std::span<const operand_view> x) {
  signature<Op, T>::call_with_sibling(*static_cast<const Op*>(op), &Op::template eval_with_sibling<T>, y, z,
                                      x);
}

template <has_sibling Op>
inline constexpr sibling sibling_of = {
    &op_type_of<typename Op::sibling>,
    [](const void* op, const void* other) {
      return static_cast<const Op*>(op)->computes(*static_cast<const typename Op::sibling*>(other));
    },
    bodies<Op, sibling::eval_fn, float, double, real50, complex>(
        []<class T> { return &eval_with_sibling<Op, T>; })};

}  // namespace reel::detail
