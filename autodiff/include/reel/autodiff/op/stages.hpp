// SPDX-License-Identifier: MIT
// An optional interface of an elementwise op of reel's own: what computes it on numbers in registers.
//
//   template <class T> const kernels::stages& stages() const;
//     For float and double, so that the op can be part of a pipeline (kernels.hpp). Its inputs are real, but
//     for the first of three, a bool.
#pragma once

#include <reel/autodiff/op/contract.hpp>

namespace reel::detail {

struct stage_table {
  const kernels::stages* (*of)(const void* op, dtype number);  // null for other numbers
};

template <class Op>
concept staged = requires(const Op& op) {
  op.template stages<float>();
};

template <staged Op>
inline constexpr stage_table stage_table_of = {[](const void* op, dtype number) -> const kernels::stages* {
  const auto& self = *static_cast<const Op*>(op);
  return number == dtype::f32   ? &self.template stages<float>()
         : number == dtype::f64 ? &self.template stages<double>()
                                : nullptr;
}};

}  // namespace reel::detail
