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

// The third derivative in a shape: refused when it is asked for, not when it is recorded along with others.
struct third_in_shape_op {
  static constexpr auto name = "third_derivative_in_shape";
  static constexpr bool elementwise = true;
  shape infer(const shape& a) const { return a; }
  template <class T> void eval(out<T> y, in<T>) const {
    if (y.size() > 0)
      throw error(errc::not_differentiable,
                  "incomplete gamma and beta functions have derivatives of order 1 and 2 in their shapes.");
  }
  var vjp(var, var, var a) const { return apply(*this, operand(a)); }
  bool operator==(const third_in_shape_op&) const = default;
};

// g = x^(a−1) e^−x/Γ(a):  dg = g (ln x − ψ(a)) da + g ((a − 1)/x − 1) dx, both 0 where g is 0
struct gamma_density_rule {
  static constexpr auto name = "gamma_density";
  static constexpr bool analytic = false;
  template <class T> static T f(T a, T x) { return num::gamma_density(a, x); }
  static var da(var a, var x, var g) { return scale_cotangent(g, log(x) - digamma(a)); }
  static var db(var a, var x, var g) {
    return scale_cotangent(g, where(a == 1.0, -1.0, (a - 1.0) / x - 1.0));
  }
};

// ∂ⁿP/∂aⁿ, n = 1 or 2: its slope in a is the next one; in x it is ∂ⁿg/∂aⁿ = g L or g (L² − ψ'(a)) with
// L = ln x − ψ(a).
struct gammainc_in_a_op {
  static constexpr auto name = "gammainc_in_a";
  static constexpr bool elementwise = true;
  int order = 1;
  shape infer(const shape& a, const shape& x) const { return same_shape(a, x); }
  template <class T> void eval(out<T> y, in<T> a, in<T> x) const {
    for (index_t i = 0, size = y.size(); i < size; ++i) y[i] = num::gammainc_in_a(a[i], x[i], order);
  }
  std::array<var, 2> vjp(var ybar, var, var a, var x) const {
    const var g = map<gamma_density_rule>(a, x), l = log(x) - digamma(a);
    const var in_x = order == 1 ? l : square(l) - polygamma(1, a);
    const var in_a = order == 1 ? apply(gammainc_in_a_op{2}, operand(a), operand(x))
                                : apply(third_in_shape_op{}, operand(a));
    return {scale_cotangent(ybar, in_a), scale_cotangent(ybar, scale_cotangent(g, in_x))};
  }
  bool operator==(const gammainc_in_a_op&) const = default;
};

// P:  dP = ∂P/∂a da + g dx, and Q = 1 − P
struct gammainc_rule {
  static constexpr auto name = "gammainc";
  static constexpr bool analytic = false;
  template <class T> static T f(T a, T x) { return num::gammainc(a, x); }
  static var da(var a, var x, var) { return apply(gammainc_in_a_op{1}, operand(a), operand(x)); }
  static var db(var a, var x, var) { return map<gamma_density_rule>(a, x); }
};
struct gammaincc_rule {
  static constexpr auto name = "gammaincc";
  static constexpr bool analytic = false;
  template <class T> static T f(T a, T x) { return num::gammaincc(a, x); }
  static var da(var a, var x, var) { return -apply(gammainc_in_a_op{1}, operand(a), operand(x)); }
  static var db(var a, var x, var) { return -map<gamma_density_rule>(a, x); }
};

// P(a, x) = p:  g dx = dp − ∂P/∂a da
struct gammaincinv_rule {
  static constexpr auto name = "gammaincinv";
  static constexpr bool analytic = false;
  template <class T> static T f(T a, T p) { return num::gammaincinv(a, p); }
  static var da(var a, var, var x) {
    return -(apply(gammainc_in_a_op{1}, operand(a), operand(x)) / map<gamma_density_rule>(a, x));
  }
  static var db(var a, var, var x) { return reciprocal(map<gamma_density_rule>(a, x)); }
};

// h = x^(a−1) (1−x)^(b−1)/B(a, b):  dh = h L da + h M db + h ((a − 1)/x − (b − 1)/(1 − x)) dx with
// L = ln x − ψ(a) + ψ(a + b) and M = ln(1 − x) − ψ(b) + ψ(a + b); all 0 where h is 0
struct beta_logarithms {
  var l, m;
  beta_logarithms(const var& a, const var& b, const var& x)
      : l(log(x) - digamma(a) + digamma(a + b)), m(log1p(-x) - digamma(b) + digamma(a + b)) {}
};
struct beta_density_op {
  static constexpr auto name = "beta_density";
  static constexpr bool elementwise = true;
  shape infer(const shape& a, const shape& b, const shape& x) const {
    return same_shape(a, same_shape(b, x));
  }
  template <class T> void eval(out<T> y, in<T> a, in<T> b, in<T> x) const {
    for (index_t i = 0, size = y.size(); i < size; ++i) y[i] = num::beta_density(a[i], b[i], x[i]);
  }
  std::array<var, 3> vjp(var ybar, var h, var a, var b, var x) const {
    const beta_logarithms by(a, b, x);
    const var in_x = where(a == 1.0, 0.0, (a - 1.0) / x) - where(b == 1.0, 0.0, (b - 1.0) / (1.0 - x));
    return {scale_cotangent(ybar, scale_cotangent(h, by.l)), scale_cotangent(ybar, scale_cotangent(h, by.m)),
            scale_cotangent(ybar, scale_cotangent(h, in_x))};
  }
  bool operator==(const beta_density_op&) const = default;
};
var beta_density(const var& a, const var& b, const var& x) {
  return apply(beta_density_op{}, operand(a), operand(b), operand(x));
}

// A derivative of I_x(a, b) in a and b, of orders that sum to 1 or 2. Its slope in x is that derivative of h:
// with p = ψ'(a + b), h L and h M, then h (L² + p − ψ'(a)), h (LM + p) and h (M² + p − ψ'(b)).
struct betainc_in_ab_op {
  static constexpr auto name = "betainc_in_ab";
  static constexpr bool elementwise = true;
  int in_a = 0, in_b = 0;
  shape infer(const shape& a, const shape& b, const shape& x) const {
    return same_shape(a, same_shape(b, x));
  }
  template <class T> void eval(out<T> y, in<T> a, in<T> b, in<T> x) const {
    for (index_t i = 0, size = y.size(); i < size; ++i)
      y[i] = num::betainc_in_ab(a[i], b[i], x[i], in_a, in_b);
  }
  var next(const var& a, const var& b, const var& x, int more_a, int more_b) const {
    if (in_a + in_b == 2) return apply(third_in_shape_op{}, operand(a));
    return apply(betainc_in_ab_op{in_a + more_a, in_b + more_b}, operand(a), operand(b), operand(x));
  }
  var density_factor(const var& a, const var& b, const var& x) const {
    const beta_logarithms by(a, b, x);
    const var &first = in_a > 0 ? by.l : by.m, &second = in_b > 0 ? by.m : by.l;
    if (in_a + in_b == 1) return first;
    const var both = first * second + polygamma(1, a + b);
    return in_a == 1 ? both : both - polygamma(1, in_a == 2 ? a : b);
  }
  std::array<var, 3> vjp(var ybar, var, var a, var b, var x) const {
    return {scale_cotangent(ybar, next(a, b, x, 1, 0)), scale_cotangent(ybar, next(a, b, x, 0, 1)),
            scale_cotangent(ybar, scale_cotangent(beta_density(a, b, x), density_factor(a, b, x)))};
  }
  bool operator==(const betainc_in_ab_op&) const = default;
};

// I:  dI = ∂I/∂a da + ∂I/∂b db + h dx
struct betainc_op {
  static constexpr auto name = "betainc";
  static constexpr bool elementwise = true;
  shape infer(const shape& a, const shape& b, const shape& x) const {
    return same_shape(a, same_shape(b, x));
  }
  template <class T> void eval(out<T> y, in<T> a, in<T> b, in<T> x) const {
    for (index_t i = 0, size = y.size(); i < size; ++i) y[i] = num::betainc(a[i], b[i], x[i]);
  }
  std::array<var, 3> vjp(var ybar, var, var a, var b, var x) const {
    const betainc_in_ab_op none_yet{};
    return {scale_cotangent(ybar, none_yet.next(a, b, x, 1, 0)),
            scale_cotangent(ybar, none_yet.next(a, b, x, 0, 1)),
            scale_cotangent(ybar, beta_density(a, b, x))};
  }
  bool operator==(const betainc_op&) const = default;
};

}  // namespace

var gammainc(operand a, operand x) { return map<gammainc_rule>(a, x); }
var gammaincc(operand a, operand x) { return map<gammaincc_rule>(a, x); }
var gammaincinv(operand a, operand p) { return map<gammaincinv_rule>(a, p); }

var betainc(operand a, operand b, operand x) {
  constexpr auto name = betainc_op::name;
  return composed(name, {a, b, x}, [&] {
    const operand& any = a.is_var() ? a : b.is_var() ? b : x;
    for (operand* v : {&a, &b, &x}) {
      *v = v->sibling(any);
      if (v->is_number() && any.is_var())
        *v = operand(scalar_constant(any.variable(), v->number(), kind::real, v->where()), v->where().file,
                     v->where().line);
    }
    const operand_pair shapes = broadcast_together(name, a, b), first = broadcast_together(name, shapes.a, x),
                       second = broadcast_together(name, shapes.b, first.b);
    return apply(betainc_op{}, first.a, second.a, second.b);
  });
}

}  // namespace reel
