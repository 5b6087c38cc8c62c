// SPDX-License-Identifier: MIT
// What an op may tell freeze, beside its contract, so that more can be made of it. Included by op.hpp.
//
//   row_slices slices(const shape& x) const;
//     How it goes through x, its first input, by blocks of rows. With `reduces`, it also has
//       template <class T> void accumulate(out<T> y, in<T>... x) const;      y += op(x)
//
//   relaid<Op> relaid_for(unsigned inputs, bool result, index_t row) const;
//     The op for matrices that lie transposed in memory: the inputs of the mask, and the result. Where `row`
//     is not 0, their rows have that many numbers and, after them, zeros up to the next multiple of 16, which
//     are part of the shapes: it reads past them and writes them.
//
//   Op transposed() const;
//     Of a matrix, where it makes another: the op f' with f'(xᵀ) = f(x)ᵀ. (Elementwise ops are their own.)
//
//   unsigned identity_elements() const;
//     Bit i set: operand i has 1 as its identity element. If all of operand i is 1, the result is the other
//     operand.
//
//   bool accumulates_scaled(const shape&... x) const;
//     Whether adding a multiple of its result to something pays in one pass; then it has
//       template <class T> void accumulate_scaled(out<T> y, in<T>... x, T alpha, T beta) const;  y = beta·y +
//       alpha·op(x)
//     with the bits of op(x) and of beta·y, and the sum rounded once (as std::fma does) or after the product;
//     and
//       template <class T> double magnitude_bound(in<T>... x) const;
//     which no number on the way to op(x) exceeds in magnitude; infinite or NaN where it cannot tell.
//
//   using sibling = Other;
//   bool computes(const Other& other) const;
//     Whether it can compute that other op, of its first inputs, along with its own result, by
//       template <class T> void eval_with_sibling(out<T> y, out<T> of_other, in<T>... x) const;
//
//   template <class T> const kernels::stages& stages() const;
//     Of an elementwise op of reel's own, for float and double: what computes it on numbers in registers, so
//     that it can be part of a pipeline (kernels.hpp). Its inputs are real, but for the first of three, a
//     bool.
#pragma once

#include <reel/autodiff/op.hpp>

namespace reel::detail {

template <class Op> constexpr auto slices_of() -> row_slices (*)(const void*, const shape&) {
  if constexpr (requires(const Op& op, const shape& x) { op.slices(x); })
    return [](const void* op, const shape& x) { return static_cast<const Op*>(op)->slices(x); };
  else return nullptr;
}

template <class Op, class T> constexpr eval_fn accumulate_for() {
  return [](const void* op, const operand_view& y, std::span<const operand_view> x) {
    signature<Op, T>::call(*static_cast<const Op*>(op), &Op::template accumulate<T>, y, x);
  };
}

template <class Op> constexpr std::array<eval_fn, dtype_count> accumulates() {
  if constexpr (requires { &Op::template accumulate<double>; })
    return bodies<Op, eval_fn, float, double, real50>([]<class T> { return accumulate_for<Op, T>(); });
  else return {};
}

template <class Op>
constexpr auto relaid_by() -> std::shared_ptr<const void> (*)(const void*, unsigned, bool, index_t, bool&) {
  if constexpr (requires(const Op& op) { op.relaid_for(0U, true, index_t{0}); })
    return [](const void* op, unsigned inputs, bool result, index_t row,
              bool& swap) -> std::shared_ptr<const void> {
      const relaid<Op> t = static_cast<const Op*>(op)->relaid_for(inputs, result, row);
      swap = t.swap;
      return std::make_shared<const Op>(t.op);
    };
  else return nullptr;
}

template <class Op> constexpr auto transposed() -> std::shared_ptr<const void> (*)(const void*) {
  if constexpr (requires(const Op& op) { op.transposed(); })
    return [](const void* op) -> std::shared_ptr<const void> {
      return std::make_shared<const Op>(static_cast<const Op*>(op)->transposed());
    };
  else return nullptr;
}

template <class Op> constexpr auto identity_elements_of() -> unsigned (*)(const void*) {
  if constexpr (requires(const Op& op) { op.identity_elements(); })
    return
        [](const void* op) { return static_cast<unsigned>(static_cast<const Op*>(op)->identity_elements()); };
  else return nullptr;
}

template <class Op>
concept scalable = requires {
  &Op::accumulates_scaled;
};

template <class Op>
constexpr auto accumulates_scaled() -> bool (*)(const void*, std::span<const shape* const>) {
  if constexpr (scalable<Op>)
    return [](const void* op, std::span<const shape* const> x) {
      return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return static_cast<const Op*>(op)->accumulates_scaled(*x[I]...);
      }
      (inputs_of<Op>{});
    };
  else return nullptr;
}

// Reads alpha and beta as the last inputs.
template <class Op, class T> constexpr eval_fn accumulate_scaled_for() {
  return [](const void* op, const operand_view& y, std::span<const operand_view> x) {
    const T alpha = *static_cast<const T*>(x[x.size() - 2].data),
            beta = *static_cast<const T*>(x.back().data);
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      static_cast<const Op*>(op)->template accumulate_scaled<T>(out<T>{static_cast<T*>(y.data), y.dims},
                                                                parameter<in<T>>::make(x, I)..., alpha, beta);
    }
    (inputs_of<Op>{});
  };
}

template <class Op> constexpr std::array<eval_fn, dtype_count> accumulate_scaled_bodies() {
  if constexpr (scalable<Op>)
    return bodies<Op, eval_fn, float, double, real50, complex>(
        []<class T> { return accumulate_scaled_for<Op, T>(); });
  else return {};
}

template <class Op, class T> constexpr magnitude_bound_fn magnitude_bound_for() {
  return [](const void* op, std::span<const operand_view> x) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return static_cast<const Op*>(op)->template magnitude_bound<T>(parameter<in<T>>::make(x, I)...);
    }
    (inputs_of<Op>{});
  };
}

template <class Op> constexpr std::array<magnitude_bound_fn, dtype_count> magnitude_bounds() {
  if constexpr (scalable<Op>)
    return bodies<Op, magnitude_bound_fn, float, double>(
        []<class T> { return magnitude_bound_for<Op, T>(); });
  else return {};
}

template <class Op> constexpr const op_type* sibling_of() {
  if constexpr (requires { typename Op::sibling; }) return &op_type_of<typename Op::sibling>;
  else return nullptr;
}

template <class Op> constexpr auto computes() -> bool (*)(const void*, const void*) {
  if constexpr (requires { typename Op::sibling; })
    return [](const void* op, const void* other) {
      return static_cast<const Op*>(op)->computes(*static_cast<const typename Op::sibling*>(other));
    };
  else return nullptr;
}

template <class Op, class T> constexpr eval_with_sibling_fn sibling_body() {
  return [](const void* op, const operand_view& y, const operand_view& z, std::span<const operand_view> x) {
    signature<Op, T>::call_with_sibling(*static_cast<const Op*>(op), &Op::template eval_with_sibling<T>, y, z,
                                        x);
  };
}

template <class Op> constexpr std::array<eval_with_sibling_fn, dtype_count> sibling_bodies() {
  if constexpr (requires { typename Op::sibling; })
    return bodies<Op, eval_with_sibling_fn, float, double, real50, complex>(
        []<class T> { return sibling_body<Op, T>(); });
  else return {};
}

template <class Op> constexpr auto stages_of() -> const kernels::stages* (*)(const void*, dtype) {
  if constexpr (requires(const Op& op) { op.template stages<float>(); })
    return [](const void* op, dtype number) {
      const auto& self = *static_cast<const Op*>(op);
      return number == dtype::f32   ? &self.template stages<float>()
             : number == dtype::f64 ? &self.template stages<double>()
                                    : nullptr;
    };
  else return nullptr;
}

}  // namespace reel::detail

#include <reel/autodiff/op_impl.hpp>
