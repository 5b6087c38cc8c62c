// SPDX-License-Identifier: MIT
#include <reel/autodiff/special_functions.hpp>
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/elementary.hpp>
#include <reel/ops/functions.hpp>
#include <reel/ops/select.hpp>
#include <reel/ops/special.hpp>

#include <fmt/format.h>

namespace reel {
namespace {

// ψ⁽ⁿ⁾:  dψ⁽ⁿ⁾ = ψ⁽ⁿ⁺¹⁾ dx
struct polygamma_op {
  static constexpr auto name = "polygamma";
  static constexpr bool elementwise = true;
  int n = 0;
  shape infer(const shape& x) const {
    if (n < 0 || n > num::max_polygamma)
      throw error(errc::invalid_argument,
                  fmt::format("order {}: 0 to {} can be computed.", n, num::max_polygamma));
    return x;
  }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0, size = y.size(); i < size; ++i) y[i] = num::polygamma(n, x[i]);
  }
  var vjp(var ybar, var, var x) const {
    return scale_cotangent(ybar, apply(polygamma_op{n + 1}, operand(x)));
  }
  bool operator==(const polygamma_op&) const = default;
};

// ψ:  dψ = ψ' dx
struct digamma_rule {
  static constexpr auto name = "digamma";
  static constexpr bool analytic = false;
  template <class T> static T f(T x) { return num::digamma(x); }
  static var df(var x, var) { return polygamma(1, x); }
};

// y = ln |Γ(x)|:  dy = ψ(x) dx
struct lgamma_rule {
  static constexpr auto name = "lgamma";
  static constexpr bool analytic = false;
  template <class T> static T f(T x) { return num::lgamma(x); }
  static var df(var x, var) { return digamma(x); }
};

// y = Γ(a)Γ(b)/Γ(a + b):  dy = y (ψ(a) − ψ(a + b)) da + y (ψ(b) − ψ(a + b)) db
struct beta_rule {
  static constexpr auto name = "beta";
  static constexpr bool analytic = false;
  template <class T> static T f(T a, T b) { return num::beta(a, b); }
  static var da(var a, var b, var y) { return y * (digamma(a) - digamma(a + b)); }
  static var db(var a, var b, var y) { return y * (digamma(b) - digamma(a + b)); }
};

// s = e^x/x:  ds = s (1 − 1/x) dx
struct expint_slope_rule {
  static constexpr auto name = "expint_slope";
  static constexpr bool analytic = false;
  template <class T> static T f(T x) { return num::expint_slope(x); }
  static var df(var x, var y) { return y * ((x - 1.0) / x); }
};

// y = Ei(x):  dy = e^x/x dx
struct expint_rule {
  static constexpr auto name = "expint";
  static constexpr bool analytic = false;
  template <class T> static T f(T x) { return num::expint(x); }
  static var df(var x, var) { return map<expint_slope_rule>(x); }
};

// The n-th derivative of sin(πx)/(πx).
struct sinc_op {
  static constexpr auto name = "sinc";
  static constexpr bool elementwise = true;
  int n = 0;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0, size = y.size(); i < size; ++i) y[i] = num::sinc(x[i], n);
  }
  var vjp(var ybar, var, var x) const { return scale_cotangent(ybar, apply(sinc_op{n + 1}, operand(x))); }
  bool operator==(const sinc_op&) const = default;
};

// y = ln(a/b):  dy = da/a − db/b
struct log_ratio_rule {
  static constexpr auto name = "log_ratio";
  static constexpr bool analytic = false;
  template <class T> static T f(T a, T b) { return num::log_ratio(a, b); }
  static var da(var a, var, var) { return reciprocal(a); }
  static var db(var, var b, var) { return -reciprocal(b); }
};

// z = x ln(x/y):  dz = (ln(x/y) + 1) dx − (x/y) dy, both slopes taken as 0 at x = y = 0
struct rel_entr_rule {
  static constexpr auto name = "rel_entr";
  static constexpr bool analytic = false;
  template <class T> static T f(T x, T y) {
    if (num::isnan(x) || num::isnan(y)) return x + y;
    if (x == T(0) && y >= T(0)) return T(0);
    return x > T(0) && y > T(0) ? x * num::log_ratio(x, y) : num::infinity<T>();
  }
  static var da(var x, var y, var) {
    return where(x == 0.0 && y == 0.0, 0.0, map<log_ratio_rule>(x, y) + 1.0);
  }
  static var db(var x, var y, var) { return where(x == 0.0 && y == 0.0, 0.0, -(x / y)); }
};

// z = x ln(x/y) − x + y:  dz = ln(x/y) dx + (y − x)/y dy, both slopes taken as 0 at x = y = 0
struct kl_div_rule {
  static constexpr auto name = "kl_div";
  static constexpr bool analytic = false;
  template <class T> static T f(T x, T y) { return num::kl_div(x, y); }
  static var da(var x, var y, var) { return where(x == 0.0 && y == 0.0, 0.0, map<log_ratio_rule>(x, y)); }
  static var db(var x, var y, var) { return where(x == 0.0 && y == 0.0, 0.0, (y - x) / y); }
};

}  // namespace

var lgamma(operand x) { return map<lgamma_rule>(x); }
var digamma(operand x) { return map<digamma_rule>(x); }
var polygamma(int n, operand x) { return apply(polygamma_op{n}, x); }
var beta(operand a, operand b) { return map<beta_rule>(a, b); }
var expint(operand x) { return map<expint_rule>(x); }
var sinc(operand x) { return apply(sinc_op{}, x); }
var rel_entr(operand x, operand y) { return map<rel_entr_rule>(x, y); }
var kl_div(operand x, operand y) { return map<kl_div_rule>(x, y); }

}  // namespace reel
