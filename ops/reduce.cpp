// SPDX-License-Identifier: MIT
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/reduce.hpp>
#include <reel/ops/select.hpp>
#include <reel/ops/softmax.hpp>

#include "rows.hpp"

#include <fmt/format.h>

namespace reel {

namespace {

// The axis, counted from the front. Throws invalid_argument where it is empty.
std::size_t axis_with_maximum(const shape& x, int axis) {
  const std::size_t a = x.axis(axis);
  if (x[a] == 0)
    throw error(errc::invalid_argument,
                fmt::format("the maximum of nothing: axis {} of {} is empty.", a, to_string(x)));
  return a;
}

// y = x at the first maximum along an axis (which stays with size 1):  dy = dx there.
struct max_op {
  static constexpr auto name = "max";
  int axis = -1;
  shape infer(const shape& x) const { return x.with(axis_with_maximum(x, axis), 1); }
  template <class T> void eval(out<T> y, in<T> x) const {
    each_row(x.shape(), axis, [&](const row& r, index_t i) { y[i] = x[r.at(first_max(x.data, r))]; });
  }
  var vjp(var ybar, var, var x) const;
  std::vector<identity> identities(const applied_vjp& r) const {
    return {{"1^T xbar = ybar", sum(r.xbar[0], axis, keep) - r.ybar}};
  }
  bool operator==(const max_op&) const = default;
};

// Where the first maximum along an axis is, as a mask of x's shape.
struct is_first_max_op {
  static constexpr auto name = "is_first_max";
  static constexpr bool analytic = true;
  int axis = -1;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<bool> y, in<T> x) const {
    std::fill_n(y.data, y.size(), false);
    each_row(x.shape(), axis, [&](const row& r, index_t) { y[r.at(first_max(x.data, r))] = true; });
  }
  bool operator==(const is_first_max_op&) const = default;
};

var max_op::vjp(var ybar, var, var x) const {
  return where(apply(is_first_max_op{axis}, operand(x)), broadcast_to(ybar, x.shape()), 0.0);
}

// y_i = Σ_{j≠i} x_j along an axis.  dy = (1 1ᵀ − I) dx, symmetric, hence   x̄_i = Σ_{j≠i} ȳ_j
struct sum_others_op {
  static constexpr auto name = "sum_others";
  static constexpr bool analytic = true;
  int axis = -1;
  shape infer(const shape& x) const {
    static_cast<void>(x.axis(axis));
    return x;
  }
  template <class T> void eval(out<T> y, in<T> x) const {
    if constexpr (std::floating_point<T>)
      return along(x.shape(), axis, y.data, x.data, kernels::active<T>().sum_others);
    each_row(x.shape(), axis, [&](const row& r, index_t) {
      T sum(0);
      for (index_t i = 0; i < r.n; ++i) y[r.at(i)] = sum, sum = sum + x[r.at(i)];
      sum = T(0);
      for (index_t i = r.n; i-- > 0; sum = sum + x[r.at(i)]) y[r.at(i)] = y[r.at(i)] + sum;
    });
  }
  var vjp(var ybar, var, var) const { return sum_others(ybar, axis); }
  row_slices slices(const shape& x) const { return slices_unless_first(x, axis); }
  std::vector<identity> identities(const applied_vjp& r) const {
    const auto others = static_cast<double>(r.x[0].shape()[r.x[0].shape().axis(axis)] - 1);
    return {{"1^T xbar = (n - 1) 1^T ybar", sum(r.xbar[0], axis) - others * sum(r.ybar, axis)}};
  }
  bool operator==(const sum_others_op&) const = default;
};

struct argmax_op {
  static constexpr auto name = "argmax";
  static constexpr bool analytic = true;
  int axis = -1;
  shape infer(const shape& x) const { return x.without(axis_with_maximum(x, axis)); }
  template <class T> void eval(out<index_t> y, in<T> x) const {
    each_row(x.shape(), axis, [&](const row& r, index_t i) { y[i] = first_max(x.data, r); });
  }
  bool operator==(const argmax_op&) const = default;
};

// The shapes of a reduction with its axes kept and dropped.
struct reduced {
  shape kept, dropped;
  index_t count = 1;  // elements per sum
};

reduced reduce_shape(const char* op, const operand& x, const axis_list& axes) {
  const shape& s = x.variable().shape();
  std::array<bool, shape::max_rank> gone{};
  try {
    if (axes.all) gone.fill(true);
    for (const int a : axes.axes) {
      const std::size_t i = s.axis(a);
      if (gone[i])
        throw error(errc::invalid_axis, fmt::format("axis {} of {} is named twice.", a, to_string(s)));
      gone[i] = true;
    }
  } catch (const error& e) {
    throw error(e.code(), op, x.where(), e.detail());
  }
  reduced r{s, {}, 1};
  std::vector<index_t> rest;
  for (std::size_t i = 0; i < s.rank(); ++i) {
    if (!gone[i]) rest.push_back(s[i]);
    else r.count *= s[i], r.kept = r.kept.with(i, 1);
  }
  r.dropped = shape(rest);
  return r;
}

void check_var(const operand& x, const char* op) {
  if (x.is_number())
    throw error(errc::empty_variable, op, x.where(),
                "a plain number has no tape. Use tape.constant(number).");
}

operand at(const operand& x, const var& v) { return operand(v, x.where().file, x.where().line); }

}  // namespace

// Summing is the adjoint of broadcasting: see sum_to in autodiff.
var sum(operand x, const axis_list& axes, axis_mode mode) {
  return composed("sum", {x}, [&] {
    check_var(x, "sum");
    const reduced r = reduce_shape("sum", x, axes);
    const var y = sum_to(x, r.kept);
    return mode == keep ? y : reshape(at(x, y), r.dropped);
  });
}

var mean(operand x, const axis_list& axes, axis_mode mode) {
  return composed("mean", {x}, [&] {
    check_var(x, "mean");
    const reduced r = reduce_shape("mean", x, axes);
    if (r.count == 0)
      throw error(errc::invalid_argument, fmt::format("the mean of nothing: {} is empty along the axes.",
                                                      to_string(x.variable().shape())));
    return at(x, sum(x, axes, mode)) / operand(static_cast<double>(r.count), x.where().file, x.where().line);
  });
}

var max(operand x, int axis, axis_mode mode) {
  return composed("max", {x}, [&] {
    check_var(x, "max");
    const var y = apply(max_op{axis}, x);
    const shape& s = x.variable().shape();
    return mode == keep ? y : reshape(at(x, y), s.without(s.axis(axis)));
  });
}

var max(operand x) {
  return composed("max", {x}, [&] {
    check_var(x, "max");
    return max(at(x, reshape(x, {-1})), 0);
  });
}

var argmax(operand x, int axis) { return apply(argmax_op{axis}, x); }

var sum_others(operand x, int axis) { return apply(sum_others_op{axis}, x); }

}  // namespace reel
