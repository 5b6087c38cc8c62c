// SPDX-License-Identifier: MIT
// An optional interface of an op: a multiple of its result is added to something in one pass.
//
//   bool accumulates_scaled(const shape&... x) const;
//     Whether that pays for these shapes. Then it has
//       template <class T> void accumulate_scaled(out<T> y, in<T>... x, T alpha, T beta) const;
//     y = beta·y + alpha·op(x), with the bits of op(x) and of beta·y. The sum is rounded once (as std::fma
//     does) or after the product. And it has
//       template <class T> double magnitude_bound(in<T>... x) const;
//     which no number on the way to op(x) exceeds in magnitude; infinite or NaN where it cannot tell.
#pragma once

#include <reel/autodiff/op/contract.hpp>

namespace reel::detail {

struct accumulation {
  using magnitude_bound_fn = double (*)(const void* op, std::span<const operand_view> x);

  bool (*pays)(const void* op, std::span<const shape* const> x);
  // They read alpha and beta as the last inputs. Null where the op has no body.
  std::array<eval_fn, dtype_count> accumulate_scaled;
  std::array<magnitude_bound_fn, dtype_count> magnitude_bound;
};

template <class Op>
concept accumulating = requires {
  &Op::accumulates_scaled;
};

template <class Op> bool accumulation_pays(const void* op, std::span<const shape* const> x) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return static_cast<const Op*>(op)->accumulates_scaled(*x[I]...);
  }
  (inputs_of<Op>{});
}

template <class Op, class T>
void accumulate_scaled(const void* op, const operand_view& y, std::span<const operand_view> x) {
  const T alpha = *static_cast<const T*>(x[x.size() - 2].data), beta = *static_cast<const T*>(x.back().data);
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    static_cast<const Op*>(op)->template accumulate_scaled<T>(out<T>{static_cast<T*>(y.data), y.dims},
                                                              parameter<in<T>>::make(x, I)..., alpha, beta);
  }
  (inputs_of<Op>{});
}

template <class Op, class T> double magnitude_bound(const void* op, std::span<const operand_view> x) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return static_cast<const Op*>(op)->template magnitude_bound<T>(parameter<in<T>>::make(x, I)...);
  }
  (inputs_of<Op>{});
}

template <accumulating Op>
inline constexpr accumulation accumulation_of = {
    &accumulation_pays<Op>,
    bodies<Op, eval_fn, float, double, real50, complex>([]<class T> { return &accumulate_scaled<Op, T>; }),
    bodies<Op, accumulation::magnitude_bound_fn, float, double>(
        []<class T> { return &magnitude_bound<Op, T>; })};

}  // namespace reel::detail
