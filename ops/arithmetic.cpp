// SPDX-License-Identifier: MIT
#include "indices.hpp"

#include <reel/autodiff/kernels.hpp>
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/functions.hpp>
#include <reel/ops/select.hpp>

namespace reel {

namespace {

// y = a − b:  dy = da − db
struct sub_op {
  static constexpr auto name = "sub";
  static constexpr bool analytic = true, elementwise = true, difference = true;
  shape infer(const shape& a, const shape& b) const { return same_shape(a, b); }
  template <class T> void eval(out<T> y, in<T> a, in<T> b) const {
    if constexpr (std::floating_point<T>) kernels::active<T>().sub(y.data, a.data, b.data, y.size());
    else
      for (index_t i = 0, n = y.size(); i < n; ++i) y[i] = a[i] - b[i];
  }
  template <std::floating_point T> const kernels::stages& stages() const {
    return kernels::active<T>().sub.stages;
  }
  std::array<var, 2> vjp(var ybar, var, var, var) const { return {ybar, -ybar}; }
  bool operator==(const sub_op&) const = default;
};

// y = −x:  dy = −dx
struct neg_op {
  static constexpr auto name = "neg";
  static constexpr bool analytic = true, elementwise = true;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    if constexpr (std::floating_point<T>) kernels::active<T>().neg(y.data, x.data, y.size());
    else
      for (index_t i = 0, n = y.size(); i < n; ++i) y[i] = -x[i];
  }
  template <std::floating_point T> const kernels::stages& stages() const {
    return kernels::active<T>().neg.stages;
  }
  var vjp(var ybar, var, var) const { return -ybar; }
  bool operator==(const neg_op&) const = default;
};

// y = ab:  dy = b da + a db
struct mul_rule {
  static constexpr auto name = "mul";
  static constexpr bool analytic = true, product = true;
  static constexpr unsigned identity_elements = 0b11;
  static auto f(auto a, auto b) { return a * b; }
  template <class T> static constexpr auto kernel = &kernels::dispatch_table<T>::mul;
  static auto da(auto, auto b, auto) { return b; }
  static auto db(auto a, auto, auto) { return a; }
  static std::vector<identity> identities(const applied_vjp& r) {
    return {{"a abar = y ybar", r.x[0] * r.xbar[0] - r.y * r.ybar},
            {"b bbar = y ybar", r.x[1] * r.xbar[1] - r.y * r.ybar}};
  }
};

// y = a/b:  dy = da/b − (y/b) db
struct div_rule {
  static constexpr auto name = "div";
  static constexpr bool analytic = true;
  static constexpr unsigned identity_elements = 0b10;
  static auto f(auto a, auto b) { return a / b; }
  template <class T> static constexpr auto kernel = &kernels::dispatch_table<T>::div;
  static auto da(auto, auto b, auto) { return 1.0 / b; }
  static auto db(auto, auto b, auto y) { return -y / b; }
  static std::vector<identity> identities(const applied_vjp& r) {
    return {{"a abar = y ybar", r.x[0] * r.xbar[0] - r.y * r.ybar},
            {"b bbar = -y ybar", r.x[1] * r.xbar[1] + r.y * r.ybar}};
  }
};

// y = x²:  dy = 2x dx
struct square_rule {
  static constexpr auto name = "square";
  static constexpr bool analytic = true;
  static auto f(auto x) { return x * x; }
  template <class T> static constexpr auto kernel = &kernels::dispatch_table<T>::square;
  static auto df(auto x, auto) { return x + x; }
  static std::vector<identity> identities(const applied_vjp& r) {
    return {{"x xbar = 2 y ybar", r.x[0] * r.xbar[0] - 2.0 * (r.y * r.ybar)}};
  }
};

// y = x^(p − k) for a whole k:  dy = (p − k) x^(p−k−1) dx + x^(p−k) ln x dp.
// p = k makes the first term 0 for every x; at x = 0 ≤ p − k the second is taken as 0, its limit for p > k.
// The exponent is rounded once, and what that loses is made up for: x^(q+δ) ≈ x^q (1 + δ ln x).
struct pow_op {
  static constexpr auto name = "pow";
  static constexpr bool analytic = true, elementwise = true;
  int less = 0;  // k
  shape infer(const shape& x, const shape& p) const { return same_shape(x, p); }
  template <class T> void eval(out<T> y, in<T> x, in<T> p) const {
    for (index_t i = 0, n = y.size(); i < n; ++i)
      y[i] = less == 0 ? num::pow(x[i], p[i]) : lowered(x[i], p[i]);
  }
  std::array<var, 2> vjp(var ybar, var y, var x, var p) const {
    const var exponent = less == 0 ? p : p - static_cast<double>(less);
    return {scale_cotangent(ybar, scale_cotangent(exponent, apply(pow_op{less + 1}, operand(x), operand(p)))),
            scale_cotangent(ybar, where(x == 0.0 && exponent >= 0.0, 0.0, xlogy(y, x)))};
  }
  std::vector<identity> identities(const applied_vjp& r) const {
    const double k = less;
    return {{"x xbar = (p - k) y ybar", r.x[0] * r.xbar[0] - (r.x[1] - k) * (r.y * r.ybar)}};
  }
  bool operator==(const pow_op&) const = default;

 private:
  template <class T> T lowered(const T& x, const T& p) const {
    const T k = num::convert<T>(static_cast<double>(less)), q = p - k, y = num::pow(x, q);
    const T low = q - p, lost = (p - (q - low)) - (k + low);  // p − k − q
    if (lost == T(0) || y == T(0) || !num::isfinite(lost) || !num::isfinite(y)) return y;
    if constexpr (std::same_as<T, complex>) return y + y * (lost * num::log(x));
    else return y + y * (lost * num::log(num::abs(x)));
  }
};

// Where an extremum's value comes from: the first operand at a tie, and the NaN if there is one.
struct maximum_rule {
  static constexpr auto name = "maximum";
  static bool first(const auto& a, const auto& b) { return num::isnan(a) || a >= b; }
};
struct minimum_rule {
  static constexpr auto name = "minimum";
  static bool first(const auto& a, const auto& b) { return num::isnan(a) || a <= b; }
};

// That choice as a mask.
template <class F> struct takes_first_op {
  static constexpr auto name = "takes_first";
  shape infer(const shape& a, const shape& b) const { return same_shape(a, b); }
  template <class T> void eval(out<bool> y, in<T> a, in<T> b) const {
    for (index_t i = 0, n = y.size(); i < n; ++i) y[i] = F::first(a[i], b[i]);
  }
  bool operator==(const takes_first_op&) const = default;
};

// y = a or b, whichever the rule chooses:  dy = da where it is a, else db
template <class F> struct extremum_op {
  static constexpr auto name = F::name;
  static constexpr bool elementwise = true;
  shape infer(const shape& a, const shape& b) const { return same_shape(a, b); }
  template <class T> void eval(out<T> y, in<T> a, in<T> b) const {
    for (index_t i = 0, n = y.size(); i < n; ++i) y[i] = F::first(a[i], b[i]) ? a[i] : b[i];
  }
  std::array<var, 2> vjp(var ybar, var, var a, var b) const {
    const var first = apply(takes_first_op<F>{}, operand(a), operand(b));
    return {where(first, ybar, 0.0), where(first, 0.0, ybar)};
  }
  std::vector<identity> identities(const applied_vjp& r) const {
    return {{"abar + bbar = ybar", r.xbar[0] + r.xbar[1] - r.ybar},
            {"a abar + b bbar = y ybar", r.x[0] * r.xbar[0] + r.x[1] * r.xbar[1] - r.y * r.ybar}};
  }
  bool operator==(const extremum_op&) const = default;
};

}  // namespace

var operator-(operand a, operand b) {
  return detail::is_of_indices(a, b) ? subtract_indices(a, b) : apply_broadcast(sub_op{}, a, b);
}
var operator*(operand a, operand b) {
  return detail::is_of_indices(a, b) ? multiply_indices(a, b) : map<mul_rule>(a, b);
}
var operator/(operand a, operand b) { return map<div_rule>(a, b); }
var operator-(operand x) {
  if (!detail::is_of_indices(x, x)) return apply(neg_op{}, x);
  return subtract_indices(operand(0, x.where().file, x.where().line), x);
}
var square(operand x) { return map<square_rule>(x); }
var pow(operand x, operand p) { return apply_broadcast(pow_op{}, x, p); }
var maximum(operand a, operand b) { return apply_broadcast(extremum_op<maximum_rule>{}, a, b); }
var minimum(operand a, operand b) { return apply_broadcast(extremum_op<minimum_rule>{}, a, b); }

}  // namespace reel
