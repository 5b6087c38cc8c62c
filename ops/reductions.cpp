// SPDX-License-Identifier: MIT
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/cumulative.hpp>
#include <reel/ops/functions.hpp>
#include <reel/ops/rearrange.hpp>
#include <reel/ops/reductions.hpp>
#include <reel/ops/select.hpp>

#include "axes.hpp"
#include "lanes.hpp"
#include "rows.hpp"

#include <fmt/format.h>

namespace reel {

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

shape with_one(const shape& x, int axis) { return x.with(x.axis(axis), 1); }

// combine over the elements of each row along an axis, from `start` on: in lanes where they are neighbours,
// else rows side by side.
template <class T, class F> void fold(out<T> y, in<T> x, int axis, T start, F combine) {
  const stretches l(x.shape(), axis);
  if (l.inner == 1 && x.size() > 0) {
    for (index_t o = 0; o < l.outer; ++o)
      y[o] = fold_lanes(
          o * l.n, (o + 1) * l.n, start, [&](index_t i) { return x[i]; }, combine);
    return;
  }
  std::fill_n(y.data, y.size(), start);
  for (index_t o = 0; o < l.outer; ++o)
    for (index_t k = 0; k < l.n; ++k)
      for (index_t i = 0; i < l.inner; ++i) {
        T& all = y[o * l.inner + i];
        all = combine(all, x[(o * l.n + k) * l.inner + i]);
      }
}

// y = Π x_j along an axis, which stays with size 1.  dy = Σ_j (Π_{i<j} x_i)(Π_{i>j} x_i) dx_j: nothing is
// divided by x, and zeros are no exception.
struct prod_op {
  static constexpr auto name = "prod";
  static constexpr bool analytic = true;
  int axis = -1;
  shape infer(const shape& x) const { return with_one(x, axis); }
  template <class T> void eval(out<T> y, in<T> x) const {
    fold(y, x, axis, T(1), [](const T& a, const T& b) { return T(a * b); });
  }
  var vjp(var ybar, var, var x) const {
    const var before = cumprod(x, axis, {.exclusive = true});
    const var after = cumprod(x, axis, {.reversed = true, .exclusive = true});
    return scale_cotangent(broadcast_to(ybar, x.shape()), before * after);
  }
  bool operator==(const prod_op&) const = default;
};

// Whether one of the bools along an axis holds.
struct any_op {
  static constexpr auto name = "any";
  static constexpr bool analytic = true;
  int axis = -1;
  shape infer(const shape& x) const { return with_one(x, axis); }
  template <class T> void eval(out<bool> y, in<bool> x) const {
    fold(y, x, axis, false, [](bool a, bool b) { return a || b; });
  }
  bool operator==(const any_op&) const = default;
};

// The position of the first minimum, or of the first NaN.
template <class T> index_t first_min(const T* x, const row& r) {
  index_t best = 0;
  auto least = num::real_part(x[r.first]);
  for (index_t i = 0; i < r.n; ++i) {
    const auto& v = num::real_part(x[r.at(i)]);
    if (v >= least) continue;
    if (num::isnan(v)) return i;
    best = i, least = v;
  }
  return best;
}

struct argmin_op {
  static constexpr auto name = "argmin";
  static constexpr bool analytic = true;
  int axis = -1;
  shape infer(const shape& x) const {
    if (size_along(x, axis) == 0)
      throw error(errc::invalid_argument,
                  fmt::format("the minimum of nothing: axis {} of {} is empty.", x.axis(axis), to_string(x)));
    return with_one(x, axis);
  }
  template <class T> void eval(out<index_t> y, in<T> x) const {
    each_row(x.shape(), axis, [&](const row& r, index_t k) { y[k] = first_min(x.data, r); });
  }
  bool operator==(const argmin_op&) const = default;
};

// y = (Σ |x|^p)^(1/p) along an axis, which stays with size 1.  dy = Σ sign(x_j) (|x_j|/y)^(p−1) dx_j, taken
// as 0 where y is 0. For p = 2 that is Σ x_j/y dx_j.
struct norm_op {
  static constexpr auto name = "norm";
  int axis = -1;
  double p = 2;
  shape infer(const shape& x) const { return with_one(x, axis); }
  template <class T> void eval(out<T> y, in<T> x) const {
    std::fill_n(y.data, y.size(), T(0));
    each_row(x.shape(), axis,
             [&](const row& r, index_t k) { y[k] = p == 2 ? euclidean(x.data, r) : of(x.data, r); });
  }
  var vjp(var ybar, var y, var x) const {
    const var all = broadcast_to(y, x.shape());
    const var slope = p == 2 ? x / all : sign(x) * pow(abs(x) / all, p - 1);
    return scale_cotangent(broadcast_to(ybar, x.shape()), where(all == 0.0, 0.0, slope));
  }
  std::vector<identity> identities(const applied_vjp& r) const {  // y doubles with x
    return {{"x^T xbar = y ybar", sum(r.x[0] * r.xbar[0], axis, keep) - r.y * r.ybar}};
  }
  bool operator==(const norm_op&) const = default;

 private:
  // Without scaling, where squares neither overflow nor lose digits to underflow.
  template <class T> T euclidean(const T* x, const row& r) const {
    const T s = sum_in_lanes<T>(r.n, [&](index_t i) { return x[r.at(i)] * x[r.at(i)]; });
    constexpr double least = std::same_as<T, float> ? 0x1p-103 : 0x1p-970;
    return num::isfinite(s) && s > num::convert<T>(least) ? num::sqrt(s) : of(x, r);
  }
  // With the largest |x| as the unit.
  template <class T> T of(const T* x, const row& r) const {
    T top(0);
    for (index_t i = 0; i < r.n; ++i) {
      const T v = num::abs(x[r.at(i)]);
      if (num::isnan(v)) return v;
      if (v > top) top = v;
    }
    if (top == T(0) || !num::isfinite(top)) return top;
    const T power = num::convert<T>(p);
    const T s = sum_in_lanes<T>(r.n, [&](index_t i) { return num::pow(num::abs(x[r.at(i)]) / top, power); });
    return top * num::pow(s, T(1) / power);
  }
};

// The number of elements that a reduction over these axes makes one of.
index_t count_of(const shape& s, const axis_list& axes) {
  index_t n = 1;
  for (const int a : axes_of(s, axes)) n *= size_along(s, a);
  return n;
}

var any_of(const var& x, const axis_list& axes, axis_mode mode) {
  return reduce_each(x, axes, mode, [](const var& v, int a) { return apply(any_op{a}, operand(v)); });
}

}  // namespace

var prod(operand x, const axis_list& axes, axis_mode mode) {
  return composed(prod_op::name, {x}, [&] {
    return reduce_each(x.variable(), axes, mode,
                       [](const var& v, int a) { return apply(prod_op{a}, operand(v)); });
  });
}

var any(operand x, const axis_list& axes, axis_mode mode) {
  return composed(any_op::name, {x}, [&] { return any_of(x.variable(), axes, mode); });
}
var all(operand x, const axis_list& axes, axis_mode mode) {
  return composed("all", {x}, [&] { return !any_of(!x, axes, mode); });
}

var argmin(operand x, int axis) {
  return composed(argmin_op::name, {x}, [&] {
    const shape s = x.variable().shape();
    return reshape(apply(argmin_op{from_last(s, axis)}, x), s.without(s.axis(axis)));
  });
}

var min(operand x, int axis, axis_mode mode) {
  return composed("min", {x}, [&] {
    const shape s = x.variable().shape();
    const int a = from_last(s, axis);
    const var y = take_along_axis(x, apply(argmin_op{a}, x), a);
    return mode == keep ? y : reshape(y, s.without(s.axis(axis)));
  });
}
var min(operand x) {
  return composed("min", {x}, [&] { return min(reshape(x, {-1}), 0); });
}

var norm(operand x, double p, const axis_list& axes, axis_mode mode) {
  return composed(norm_op::name, {x}, [&] {
    const var& v = x.variable();
    if (!(p >= 1)) throw error(errc::invalid_argument, fmt::format("p = {}; a norm has p ≥ 1.", p));
    if (p == 1 || (p == infinite && count_of(v.shape(), axes) == 0)) return sum(abs(v), axes, mode);
    return reduce_each(p == infinite ? abs(v) : v, axes, mode, [p](const var& u, int a) {
      return p == infinite ? max(u, a, keep) : apply(norm_op{a, p}, operand(u));
    });
  });
}

}  // namespace reel
