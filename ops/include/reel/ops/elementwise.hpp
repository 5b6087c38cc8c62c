// SPDX-License-Identifier: MIT
// Elementwise ops in three lines. A rule names the function, computes it on a number, and gives its
// slope as an expression in x and y:
//
//   // y = e^x,  dy = e^x dx
//   struct exp_rule { static constexpr auto name = "exp"; static constexpr bool analytic = true;
//                     static auto f(auto x) { return num::exp(x); }
//                     static auto df(auto, auto y) { return y; } };
//   var exp(operand x) { return map<exp_rule>(x); }
//
// A rule may name the kernel that computes f on many floats or doubles at once, and declare identities of its
// cotangents: static std::vector<identity> identities(const applied_vjp& r).
//
// The vjp multiplies through scale_cotangent, so that an element whose cotangent is exactly 0 (the
// branch a where() did not take) stays 0 whatever the slope is there, infinite or NaN.
#pragma once

#include <reel/autodiff/kernels.hpp>
#include <reel/autodiff/structural.hpp>

namespace reel {

// ȳ·d, and 0 where ȳ is 0 even if d is infinite or NaN. Linear in ȳ.
var scale_cotangent(operand ybar, operand d);

// The shape of two inputs that agree. (Functions broadcast before they record a binary op.)
// Throws shape_mismatch.
const shape& same_shape(const shape& a, const shape& b);

// Whether a rule has `template <class T> static constexpr auto kernel = &kernels::dispatch_table<T>::…` for
// T.
template <class F, class T> constexpr bool find_kernel() {
  if constexpr (std::floating_point<T>) return requires {
      F::template kernel<T>;
    };
  else return false;
}
template <class F, class T> inline constexpr bool has_kernel = find_kernel<F, T>();
template <class F, class T> const auto& kernel_of() { return kernels::active<T>().*F::template kernel<T>; }

template <class F>
concept declares_identities = requires(const applied_vjp& r) {
  F::identities(r);
};

template <class F> struct unary_op {
  static constexpr auto name = F::name;
  static constexpr bool analytic = F::analytic, elementwise = true;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    if constexpr (has_kernel<F, T>) kernel_of<F, T>()(y.data, x.data, y.size());
    else
      for (index_t i = 0, n = y.size(); i < n; ++i) y[i] = F::f(x[i]);
  }
  template <class T> const kernels::stages& stages() const requires has_kernel<F, T> {
    return kernel_of<F, T>().stages;
  }
  // x̄ = f'(x) ȳ
  var vjp(var ybar, var y, var x) const { return scale_cotangent(ybar, F::df(x, y)); }
  auto identities(const applied_vjp& r) const requires declares_identities<F> { return F::identities(r); }
  bool operator==(const unary_op&) const = default;
};

template <class F> struct binary_op {
  static constexpr auto name = F::name;
  static constexpr bool analytic = F::analytic, elementwise = true;
  static constexpr bool product = requires { requires F::product; };
  shape infer(const shape& a, const shape& b) const { return same_shape(a, b); }
  template <class T> void eval(out<T> y, in<T> a, in<T> b) const {
    if constexpr (has_kernel<F, T>) kernel_of<F, T>()(y.data, a.data, b.data, y.size());
    else
      for (index_t i = 0, n = y.size(); i < n; ++i) y[i] = F::f(a[i], b[i]);
  }
  template <class T> const kernels::stages& stages() const requires has_kernel<F, T> {
    return kernel_of<F, T>().stages;
  }
  // ā = ∂f/∂a ȳ, b̄ = ∂f/∂b ȳ
  std::array<var, 2> vjp(var ybar, var y, var a, var b) const {
    return {scale_cotangent(ybar, F::da(a, b, y)), scale_cotangent(ybar, F::db(a, b, y))};
  }
  auto identities(const applied_vjp& r) const requires declares_identities<F> { return F::identities(r); }
  unsigned identity_elements() const {
    if constexpr (requires { F::identity_elements; }) return F::identity_elements;
    else return 0;
  }
  bool operator==(const binary_op&) const = default;
};

template <class F> var map(operand x) { return apply(unary_op<F>{}, x); }
template <class F> var map(operand a, operand b) { return apply_broadcast(binary_op<F>{}, a, b); }

}  // namespace reel
