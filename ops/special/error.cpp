// SPDX-License-Identifier: MIT
#include <reel/autodiff/special_functions.hpp>
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/elementary.hpp>
#include <reel/ops/functions.hpp>
#include <reel/ops/select.hpp>
#include <reel/ops/special.hpp>

namespace reel {
namespace {

// A number as x's constant, for expressions that need all digits x has.
var number_like(const var& x, double number) { return scalar_constant(x, number, kind::real, x.where()); }

// s = 2/√π e^−x²:  ds = −2x s dx, and 0 where s is 0
struct erf_slope_rule {
  static constexpr auto name = "erf_slope";
  static constexpr bool analytic = false;
  template <class T> static T f(T x) { return num::erf_slope(x); }
  static var df(var x, var y) { return -2.0 * scale_cotangent(y, x); }
};

// dy = 2/√π e^−x² dx
struct erf_rule {
  static constexpr auto name = "erf";
  static constexpr bool analytic = false;
  template <class T> static T f(T x) { return num::erf(x); }
  static var df(var x, var) { return map<erf_slope_rule>(x); }
};
struct erfc_rule {
  static constexpr auto name = "erfc";
  static constexpr bool analytic = false;
  template <class T> static T f(T x) { return num::erfc(x); }
  static var df(var x, var) { return -map<erf_slope_rule>(x); }
};

// E_n(x) = e^x² iⁿerfc(x), of the repeated integrals of erfc. As (iⁿerfc)' = −iⁿ⁻¹erfc and
// 2n iⁿerfc = iⁿ⁻²erfc − 2x iⁿ⁻¹erfc (DLMF 7.18),  E_n' = 2x E_n − E_{n−1} = −2(n + 1) E_{n+1}: nothing is
// subtracted.
struct erfcx_op {
  static constexpr auto name = "erfcx";
  static constexpr bool elementwise = true;
  int n = 0;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0, size = y.size(); i < size; ++i) y[i] = num::erfcx(x[i], n);
  }
  var vjp(var ybar, var, var x) const {
    return scale_cotangent(ybar, -2.0 * (n + 1) * apply(erfcx_op{n + 1}, operand(x)));
  }
  bool operator==(const erfcx_op&) const = default;
};

// s = √π/2 e^y² for y = erfinv(x):  dy = s dx, hence ds = 2y s² dx
struct erfinv_rule {
  static constexpr auto name = "erfinv";
  static constexpr bool analytic = false;
  template <class T> static T f(T x) { return num::erfinv(x); }
  static var df(var x, var);
};
struct erfinv_slope_rule {
  static constexpr auto name = "erfinv_slope";
  static constexpr bool analytic = false;
  template <class T> static T f(T x) { return num::erfinv_slope(x); }
  static var df(var x, var s) { return 2.0 * (map<erfinv_rule>(x) * square(s)); }
};
var erfinv_rule::df(var x, var) { return map<erfinv_slope_rule>(x); }

// φ = e^−x²/2/√(2π):  dφ = −x φ dx, and 0 where φ is 0
struct normal_density_rule {
  static constexpr auto name = "normal_density";
  static constexpr bool analytic = false;
  template <class T> static T f(T x) { return num::normal_density(x); }
  static var df(var x, var y) { return -scale_cotangent(y, x); }
};

// dΦ = φ dx
struct ndtr_rule {
  static constexpr auto name = "ndtr";
  static constexpr bool analytic = false;
  template <class T> static T f(T x) { return num::ndtr(x); }
  static var df(var x, var) { return map<normal_density_rule>(x); }
};

// λ = φ/Φ:  dλ = −λ (x + λ) dx. Far below 0 that cancels; there λ = √(2/π)/E_0(z) for z = −x/√2 (see erfcx),
// so that dλ = −√π λ² E_1(z) dx.
struct log_ndtr_slope_rule {
  static constexpr auto name = "log_ndtr_slope";
  static constexpr bool analytic = false;
  template <class T> static T f(T x) { return num::log_ndtr_slope(x); }
  static var df(var x, var y) {
    const var root_pi = sqrt(acos(number_like(x, -1))), z = -(x * sqrt(number_like(x, 0.5)));
    const var below = y * (root_pi * (y * apply(erfcx_op{1}, operand(z))));
    return -where(x < 0.0, below, y * (x + y));
  }
};
struct log_ndtr_rule {
  static constexpr auto name = "log_ndtr";
  static constexpr bool analytic = false;
  template <class T> static T f(T x) { return num::log_ndtr(x); }
  static var df(var x, var) { return map<log_ndtr_slope_rule>(x); }
};

// s = √(2π) e^y²/2 for y = ndtri(p):  dy = s dp, hence ds = y s² dp
struct ndtri_rule {
  static constexpr auto name = "ndtri";
  static constexpr bool analytic = false;
  template <class T> static T f(T p) { return num::ndtri(p); }
  static var df(var p, var);
};
struct ndtri_slope_rule {
  static constexpr auto name = "ndtri_slope";
  static constexpr bool analytic = false;
  template <class T> static T f(T p) { return num::ndtri_slope(p); }
  static var df(var p, var s) { return map<ndtri_rule>(p) * square(s); }
};
var ndtri_rule::df(var p, var) { return map<ndtri_slope_rule>(p); }

}  // namespace

var erf(operand x) { return map<erf_rule>(x); }
var erfc(operand x) { return map<erfc_rule>(x); }
var erfcx(operand x) { return apply(erfcx_op{}, x); }
var erfinv(operand x) { return map<erfinv_rule>(x); }
var ndtr(operand x) { return map<ndtr_rule>(x); }
var log_ndtr(operand x) { return map<log_ndtr_rule>(x); }
var ndtri(operand p) { return map<ndtri_rule>(p); }

}  // namespace reel
