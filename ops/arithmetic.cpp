// SPDX-License-Identifier: MIT
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/functions.hpp>
#include <reel/ops/select.hpp>

namespace reel {

namespace {

// z = a·d, and 0 where a is 0 (`either`: or where d is 0), whatever the other factor. Bilinear:
//   ā = z̄·d   d̄ = z̄·a,
// where d̄ must be 0 if either factor is, so that a branch not taken stays silent at every order.
struct scale_cotangent_op {
  static constexpr auto name = "scale_cotangent";
  static constexpr bool analytic = true, elementwise = true;
  bool either = false;
  shape infer(const shape& a, const shape& d) const { return broadcast_shape(a, d); }
  template <class T> void eval(out<T> z, in<T> a, in<T> d) const {
    const T zero(0);
    if (either)
      for (index_t i = 0, n = z.size(); i < n; ++i) z[i] = a[i] == zero || d[i] == zero ? zero : a[i] * d[i];
    else
      for (index_t i = 0, n = z.size(); i < n; ++i) z[i] = a[i] == zero ? zero : a[i] * d[i];
  }
  std::array<var, 2> pull(var zbar, var, var a, var d) const {
    return {apply(scale_cotangent_op{either}, operand(zbar), operand(d)),
            apply(scale_cotangent_op{true}, operand(zbar), operand(a))};
  }
  bool operator==(const scale_cotangent_op&) const = default;
};

// y = a − b:  dy = da − db
struct sub_op {
  static constexpr auto name = "sub";
  static constexpr bool analytic = true, elementwise = true;
  shape infer(const shape& a, const shape& b) const { return broadcast_shape(a, b); }
  template <class T> void eval(out<T> y, in<T> a, in<T> b) const {
    for (index_t i = 0, n = y.size(); i < n; ++i) y[i] = a[i] - b[i];
  }
  std::array<var, 2> pull(var ybar, var, var, var) const { return {ybar, -ybar}; }
  bool operator==(const sub_op&) const = default;
};

// y = −x:  dy = −dx
struct neg_op {
  static constexpr auto name = "neg";
  static constexpr bool analytic = true, elementwise = true;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0, n = y.size(); i < n; ++i) y[i] = -x[i];
  }
  var pull(var ybar, var, var) const { return -ybar; }
  bool operator==(const neg_op&) const = default;
};

// y = ab:  dy = b da + a db
struct mul_rule {
  static constexpr auto name = "mul";
  static constexpr bool analytic = true;
  static auto f(auto a, auto b) { return a * b; }
  static auto da(auto, auto b, auto) { return b; }
  static auto db(auto a, auto, auto) { return a; }
};

// y = a/b:  dy = da/b − (y/b) db
struct div_rule {
  static constexpr auto name = "div";
  static constexpr bool analytic = true;
  static auto f(auto a, auto b) { return a / b; }
  static auto da(auto, auto b, auto) { return 1.0 / b; }
  static auto db(auto, auto b, auto y) { return -y / b; }
};

// y = x²:  dy = 2x dx
struct square_rule {
  static constexpr auto name = "square";
  static constexpr bool analytic = true;
  static auto f(auto x) { return x * x; }
  static auto df(auto x, auto) { return x + x; }
};

// y = x^p:  dy = p x^(p−1) dx + x^p ln x dp.
// p = 0 makes the first term 0 for every x; at x = 0 the second is taken as 0, its limit for p > 0.
struct pow_rule {
  static constexpr auto name = "pow";
  static constexpr bool analytic = true;
  static auto f(auto x, auto p) { return num::pow(x, p); }
  static var da(var x, var p, var) { return scale_cotangent(p, pow(x, p - 1.0)); }
  static var db(var x, var, var y) { return where(x == 0.0, 0.0, xlogy(y, x)); }
};

// y = max(a, b), first operand at a tie:  dy = da where a ≥ b, else db
struct maximum_op {
  static constexpr auto name = "maximum";
  static constexpr bool elementwise = true;
  shape infer(const shape& a, const shape& b) const { return broadcast_shape(a, b); }
  template <class T> void eval(out<T> y, in<T> a, in<T> b) const {
    for (index_t i = 0, n = y.size(); i < n; ++i) y[i] = num::isnan(a[i]) || a[i] >= b[i] ? a[i] : b[i];
  }
  std::array<var, 2> pull(var ybar, var, var a, var b) const {
    const var first = a >= b;
    return {where(first, ybar, 0.0), where(first, 0.0, ybar)};
  }
  bool operator==(const maximum_op&) const = default;
};

// y = min(a, b), first operand at a tie:  dy = da where a ≤ b, else db
struct minimum_op {
  static constexpr auto name = "minimum";
  static constexpr bool elementwise = true;
  shape infer(const shape& a, const shape& b) const { return broadcast_shape(a, b); }
  template <class T> void eval(out<T> y, in<T> a, in<T> b) const {
    for (index_t i = 0, n = y.size(); i < n; ++i) y[i] = num::isnan(a[i]) || a[i] <= b[i] ? a[i] : b[i];
  }
  std::array<var, 2> pull(var ybar, var, var a, var b) const {
    const var first = a <= b;
    return {where(first, ybar, 0.0), where(first, 0.0, ybar)};
  }
  bool operator==(const minimum_op&) const = default;
};

template <class Op> var broadcast_apply(const Op& op, const operand& a, const operand& b) {
  const auto [x, y] = broadcast_together(Op::name, a, b);
  return apply(op, x, y);
}

}  // namespace

var scale_cotangent(operand ybar, operand d) { return broadcast_apply(scale_cotangent_op{}, ybar, d); }

var operator-(operand a, operand b) { return broadcast_apply(sub_op{}, a, b); }
var operator*(operand a, operand b) { return map<mul_rule>(a, b); }
var operator/(operand a, operand b) { return map<div_rule>(a, b); }
var operator-(operand x) { return apply(neg_op{}, x); }
var square(operand x) { return map<square_rule>(x); }
var pow(operand x, operand p) { return map<pow_rule>(x, p); }
var maximum(operand a, operand b) { return broadcast_apply(maximum_op{}, a, b); }
var minimum(operand a, operand b) { return broadcast_apply(minimum_op{}, a, b); }

}  // namespace reel
