// SPDX-License-Identifier: MIT
#include <reel/autodiff/kernels.hpp>
#include <reel/ops/elementwise.hpp>
#include <reel/ops/select.hpp>

namespace reel {
namespace {

// A comparison. Its result is of kind bool, which has no cotangent. Complex numbers are compared by
// their real parts, so that the complex step follows the branch the real computation takes.
template <class F> struct predicate_op {
  static constexpr auto name = F::name;
  static constexpr bool any_kind = true, analytic = true, elementwise = true;
  shape infer(const shape& a, const shape& b) const { return same_shape(a, b); }
  template <class T> void eval(out<bool> y, in<T> a, in<T> b) const {
    if constexpr (has_kernel<F, T>) kernel_of<F, T>()(y.data, a.data, b.data, y.size());
    else
      for (index_t i = 0, n = y.size(); i < n; ++i) y[i] = F::f(num::real_part(a[i]), num::real_part(b[i]));
  }
  template <class T> const kernels::stages& stages() const requires has_kernel<F, T> {
    return kernel_of<F, T>().stages;
  }
  bool operator==(const predicate_op&) const = default;
};

// a > b is recorded as b < a, so that equal questions are equal nodes.
struct less_rule {
  static constexpr auto name = "less";
  static bool f(const auto& a, const auto& b) { return a < b; }
  template <class T> static constexpr auto kernel = &kernels::dispatch_table<T>::less;
};
struct less_equal_rule {
  static constexpr auto name = "less_equal";
  static bool f(const auto& a, const auto& b) { return a <= b; }
  template <class T> static constexpr auto kernel = &kernels::dispatch_table<T>::less_equal;
};
struct equal_rule {
  static constexpr auto name = "equal";
  static bool f(const auto& a, const auto& b) { return a == b; }
};

// Connectives of bools.
struct and_op {
  static constexpr auto name = "and";
  static constexpr bool analytic = true, elementwise = true;
  shape infer(const shape& a, const shape& b) const { return same_shape(a, b); }
  template <class T> void eval(out<bool> y, in<bool> a, in<bool> b) const {
    for (index_t i = 0, n = y.size(); i < n; ++i) y[i] = a[i] && b[i];
  }
  bool operator==(const and_op&) const = default;
};

struct not_op {
  static constexpr auto name = "not";
  static constexpr bool analytic = true, elementwise = true;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<bool> y, in<bool> x) const {
    for (index_t i = 0, n = y.size(); i < n; ++i) y[i] = !x[i];
  }
  bool operator==(const not_op&) const = default;
};

// y = a where c, else b: ȳ goes to the one taken, 0 to the other.
struct where_op {
  static constexpr auto name = "where";
  static constexpr bool any_kind = true, analytic = true, elementwise = true;
  shape infer(const shape& c, const shape& a, const shape& b) const {
    return same_shape(c, same_shape(a, b));
  }
  template <class T> void eval(out<T> y, in<bool> c, in<T> a, in<T> b) const {
    if constexpr (std::floating_point<T>)
      kernels::active<T>().select(y.data, c.data, a.data, b.data, y.size());
    else
      for (index_t i = 0, n = y.size(); i < n; ++i) y[i] = c[i] ? a[i] : b[i];
  }
  template <std::floating_point T> const kernels::stages& stages() const {
    return kernels::active<T>().select.stages;
  }
  std::array<var, 3> vjp(var ybar, var, var c, var, var) const {
    return {none, where(c, ybar, 0.0), where(c, 0.0, ybar)};
  }
  bool operator==(const where_op&) const = default;
};

template <class F> var compare(const operand& a, const operand& b) {
  return apply_broadcast(predicate_op<F>{}, a, b);
}

}  // namespace

var operator<(operand a, operand b) { return compare<less_rule>(a, b); }
var operator<=(operand a, operand b) { return compare<less_equal_rule>(a, b); }
var operator>(operand a, operand b) { return compare<less_rule>(b, a); }
var operator>=(operand a, operand b) { return compare<less_equal_rule>(b, a); }
var operator==(operand a, operand b) { return compare<equal_rule>(a, b); }
var operator!=(operand a, operand b) {
  return composed("not_equal", {a, b}, [&] { return !(a == b); });
}

var operator&&(operand a, operand b) { return apply_broadcast(and_op{}, a, b); }
var operator||(operand a, operand b) {
  return composed("or", {a, b}, [&] {
    a = a.sibling(b), b = b.sibling(a);
    return !(!a && !b);
  });
}
var operator!(operand a) { return apply(not_op{}, a); }

var where(operand condition, operand a, operand b) {
  return composed(where_op::name, {condition, a, b}, [&] {
    // A number takes the kind of the other choice; two numbers are reals beside the condition.
    const operand& any = a.is_var() ? a : b.is_var() ? b : condition;
    if (!any.is_var()) return apply(where_op{}, condition, a, b);  // refused there: no tape
    for (operand* x : {&condition, &a, &b}) *x = x->sibling(any);
    const operand& like = !a.is_number() ? a : !b.is_number() ? b : condition;
    const kind k = a.is_number() && b.is_number() ? kind::real : like.variable().kind();
    const auto lift = [&](const operand& x) -> operand {
      if (!x.is_number()) return x;
      return {scalar_constant(like.variable(), x.number(), k, x.where()), x.where().file, x.where().line};
    };
    const operand x = lift(a), y = lift(b);
    const operand_pair values = broadcast_together(where_op::name, x, y);
    const operand_pair left = broadcast_together(where_op::name, condition, values.a);
    const operand_pair right = broadcast_together(where_op::name, left.a, values.b);
    return apply(where_op{}, right.a, left.b, right.b);
  });
}

}  // namespace reel
