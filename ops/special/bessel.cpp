// SPDX-License-Identifier: MIT
#include <reel/autodiff/special_functions.hpp>
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/special.hpp>

#include <fmt/format.h>

namespace reel {
namespace {

struct first_kind {
  static constexpr auto name = "bessel_j";
  template <class T> static T f(double order, const T& x) { return num::bessel_j(order, x); }
  static constexpr double below = 0.5, above = -0.5;
};
struct second_kind {
  static constexpr auto name = "bessel_y";
  template <class T> static T f(double order, const T& x) { return num::bessel_y(order, x); }
  static constexpr double below = 0.5, above = -0.5;
};
struct modified_first_kind {
  static constexpr auto name = "bessel_i";
  template <class T> static T f(double order, const T& x) { return num::bessel_i(order, x); }
  static constexpr double below = 0.5, above = 0.5;
};
struct modified_second_kind {
  static constexpr auto name = "bessel_k";
  template <class T> static T f(double order, const T& x) { return num::bessel_k(order, x); }
  static constexpr double below = -0.5, above = -0.5;
};

// DLMF 10.6.1 and 10.29.1:  J' = ½(J_{ν−1} − J_{ν+1}), Y' likewise, I' = ½(I_{ν−1} + I_{ν+1}) and
// K' = −½(K_{ν−1} + K_{ν+1}).
template <class F> struct bessel_op {
  static constexpr auto name = F::name;
  static constexpr bool elementwise = true;
  double order = 0;
  shape infer(const shape& x) const {
    if (!num::isfinite(order)) throw error(errc::invalid_argument, fmt::format("order {}.", order));
    return x;
  }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0, size = y.size(); i < size; ++i) y[i] = F::f(order, x[i]);
  }
  var vjp(var ybar, var, var x) const {
    const var below = apply(bessel_op{order - 1}, operand(x)),
              above = apply(bessel_op{order + 1}, operand(x));
    return scale_cotangent(ybar, F::below * below + F::above * above);
  }
  bool operator==(const bessel_op&) const = default;
};

}  // namespace

var bessel_j(double order, operand x) { return apply(bessel_op<first_kind>{order}, x); }
var bessel_y(double order, operand x) { return apply(bessel_op<second_kind>{order}, x); }
var bessel_i(double order, operand x) { return apply(bessel_op<modified_first_kind>{order}, x); }
var bessel_k(double order, operand x) { return apply(bessel_op<modified_second_kind>{order}, x); }

}  // namespace reel
