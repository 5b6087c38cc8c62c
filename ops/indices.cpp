// SPDX-License-Identifier: MIT
// Indices: their arithmetic, and conversions between kinds. Nothing here has a derivative.
#include "indices.hpp"

#include <reel/ops/arithmetic.hpp>
#include <reel/ops/select.hpp>

#include <fmt/format.h>

#include <cmath>

namespace reel {

namespace {

struct index_subtract_op {
  static constexpr auto name = "index_sub";
  static constexpr bool analytic = true, elementwise = true;
  shape infer(const shape& a, const shape& b) const { return same_shape(a, b); }
  template <class T> void eval(out<index_t> y, in<index_t> a, in<index_t> b) const {
    for (index_t i = 0, n = y.size(); i < n; ++i)
      if (__builtin_sub_overflow(a[i], b[i], &y[i])) index_add_op::refuse_overflow("-", a[i], b[i], i);
  }
  bool operator==(const index_subtract_op&) const = default;
};

struct index_multiply_op {
  static constexpr auto name = "index_mul";
  static constexpr bool analytic = true, elementwise = true;
  shape infer(const shape& a, const shape& b) const { return same_shape(a, b); }
  template <class T> void eval(out<index_t> y, in<index_t> a, in<index_t> b) const {
    for (index_t i = 0, n = y.size(); i < n; ++i)
      if (__builtin_mul_overflow(a[i], b[i], &y[i])) index_add_op::refuse_overflow("*", a[i], b[i], i);
  }
  bool operator==(const index_multiply_op&) const = default;
};

// y = k as a real. An index has no cotangent.
struct to_real_op {
  static constexpr auto name = "to_real";
  static constexpr bool analytic = true, elementwise = true;
  shape infer(const shape& k) const { return k; }
  template <class T> void eval(out<T> y, in<index_t> k) const {
    for (index_t i = 0, n = y.size(); i < n; ++i) y[i] = T(static_cast<double>(k[i]));
  }
  var vjp(var, var, var) const { return none; }
  bool operator==(const to_real_op&) const = default;
};

// The largest whole number not above x, of a complex number's real part. A double tells it but for one, where
// it had to be rounded.
template <class T> double floor_of(const T& x) {
  const double near = std::floor(num::convert<double>(x));
  if constexpr (std::floating_point<T>) return near;
  else return real50(near) > real50(num::real_part(x)) ? near - 1 : near;
}

// k = ⌊x⌋. An index has no cotangent.
struct to_index_op {
  static constexpr auto name = "to_index";
  static constexpr bool analytic = true, elementwise = true;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<index_t> y, in<T> x) const {
    for (index_t i = 0, n = y.size(); i < n; ++i) {
      const double floor = floor_of(x[i]);
      if (!(std::abs(floor) < 0x1p53))
        throw error(errc::invalid_label, fmt::format("{} at position {} is no index.", floor, i));
      y[i] = static_cast<index_t>(floor);
    }
  }
  bool operator==(const to_index_op&) const = default;
};

// 1 where a mask holds, 0 elsewhere, of kind k.
var of_mask(const operand& mask, kind k) {
  return composed(k == kind::real ? "to_real" : "to_index", {mask}, [&] {
    const var& m = mask.variable();
    return where(mask, scalar_constant(m, 1, k, mask.where()), scalar_constant(m, 0, k, mask.where()));
  });
}

}  // namespace

var subtract_indices(const operand& a, const operand& b) {
  return apply_broadcast(index_subtract_op{}, a, b);
}
var multiply_indices(const operand& a, const operand& b) {
  return apply_broadcast(index_multiply_op{}, a, b);
}

var to_real(operand x) {
  return composed(to_real_op::name, {x}, [&] {
    if (!x.is_var()) return apply(to_real_op{}, x);  // refused there: no tape
    const kind k = x.variable().kind();
    if (k == kind::real) return x.variable();
    return k == kind::boolean ? of_mask(x, kind::real) : apply(to_real_op{}, x);
  });
}

var to_index(operand x) {
  return composed(to_index_op::name, {x}, [&] {
    if (!x.is_var()) return apply(to_index_op{}, x);  // refused there: no tape
    const kind k = x.variable().kind();
    if (k == kind::index) return x.variable();
    return k == kind::boolean ? of_mask(x, kind::index) : apply(to_index_op{}, x);
  });
}

}  // namespace reel
