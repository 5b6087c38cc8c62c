// SPDX-License-Identifier: MIT
#include <reel/autodiff/kernels.hpp>
#include <reel/ops/elementwise.hpp>

#include "multiply_or_zero.hpp"

#include <fmt/format.h>

namespace reel {

const shape& same_shape(const shape& a, const shape& b) {
  if (a != b)
    throw error(errc::shape_mismatch, fmt::format("{} and {} differ. An op works element by element: stretch "
                                                  "its inputs first, with broadcast_to.",
                                                  to_string(a), to_string(b)));
  return a;
}

namespace {

// z = a·d, and 0 where a is 0 (`either`: or where d is 0), whatever the other factor. Bilinear:
//   ā = z̄·d   d̄ = z̄·a,
// where d̄ must be 0 if either factor is, so that a branch not taken stays silent at every order.
struct scale_cotangent_op {
  static constexpr auto name = "scale_cotangent";
  static constexpr bool analytic = true, elementwise = true, finite_product = true;
  bool either = false;
  shape infer(const shape& a, const shape& d) const { return same_shape(a, d); }
  template <class T> void eval(out<T> z, in<T> a, in<T> d) const {
    const T zero(0);
    if constexpr (std::floating_point<T>) kernel<T>()(z.data, a.data, d.data, z.size());
    else if (either)
      for (index_t i = 0, n = z.size(); i < n; ++i) z[i] = a[i] == zero || d[i] == zero ? zero : a[i] * d[i];
    else
      for (index_t i = 0, n = z.size(); i < n; ++i) z[i] = a[i] == zero ? zero : a[i] * d[i];
  }
  template <class T> const auto& kernel() const {
    return either ? kernels::active<T>().scale_either : kernels::active<T>().scale;
  }
  template <std::floating_point T> const kernels::stages& stages() const { return kernel<T>().stages; }
  std::array<var, 2> vjp(var zbar, var, var a, var d) const {
    return {apply(scale_cotangent_op{either}, operand(zbar), operand(d)),
            apply(scale_cotangent_op{true}, operand(zbar), operand(a))};
  }
  unsigned identity_elements() const { return either ? 0 : 0b01; }  // of 1·d; a·1 makes -0 to 0
  bool operator==(const scale_cotangent_op&) const = default;
};

}  // namespace

var scale_cotangent(operand ybar, operand d) { return apply_broadcast(scale_cotangent_op{}, ybar, d); }
var multiply_or_zero(const var& a, const var& b) {
  return apply(scale_cotangent_op{true}, operand(a), operand(b));
}

}  // namespace reel
