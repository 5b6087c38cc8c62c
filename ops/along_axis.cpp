// SPDX-License-Identifier: MIT
// Elements taken by an index of their own, added at one, and slices replaced.
#include <reel/ops/movement.hpp>
#include <reel/ops/rearrange.hpp>

#include "axes.hpp"
#include "rows.hpp"

#include <fmt/format.h>

namespace reel {

namespace {

// take_along_axis: y_j = x_{k(j)} in every row along an axis;  add_along_axis: y_k = Σ_{j: k(j) = k} x_j.
// Adjoints of each other.
struct take_along_axis_op {
  static constexpr auto name = "take_along_axis";
  static constexpr bool any_kind = true, analytic = true;
  int axis = -1;
  shape infer(const shape& x, const shape& indices) const {
    const std::size_t a = x.axis(axis);
    if (indices.rank() != x.rank() || indices.with(a, 1) != x.with(a, 1))
      throw error(errc::shape_mismatch, fmt::format("indices {} into {}: the shapes agree beside axis {}.",
                                                    to_string(indices), to_string(x), a));
    return indices;
  }
  template <class T> void eval(out<T> y, in<T> x, in<index_t> indices) const {
    check_indices_below(indices, size_along(x.shape(), axis));
    const stretches from(x.shape(), axis), to(y.shape(), axis);
    for (index_t o = 0, at = 0; o < to.outer; ++o)
      for (index_t j = 0; j < to.n; ++j)
        for (index_t i = 0; i < to.inner; ++i, ++at) y[at] = x[(o * from.n + indices[at]) * from.inner + i];
  }
  std::array<var, 2> vjp(var ybar, var, var x, var indices) const;
  bool operator==(const take_along_axis_op&) const = default;
};

struct add_along_axis_op {
  static constexpr auto name = "add_along_axis";
  static constexpr bool analytic = true;
  int axis = -1;
  index_t size = 0;  // of the axis afterwards
  shape infer(const shape& x, const shape& indices) const {
    if (x != indices)
      throw error(errc::shape_mismatch, fmt::format("{} at indices {}: give every element its index.",
                                                    to_string(x), to_string(indices)));
    if (size < 0) throw error(errc::invalid_argument, fmt::format("a size of {}; give 0 or more.", size));
    return x.with(x.axis(axis), size);
  }
  template <class T> void eval(out<T> y, in<T> x, in<index_t> indices) const {
    check_indices_below(indices, size);
    std::fill_n(y.data, y.size(), T(0));
    const stretches from(x.shape(), axis);
    for (index_t o = 0, at = 0; o < from.outer; ++o)
      for (index_t j = 0; j < from.n; ++j)
        for (index_t i = 0; i < from.inner; ++i, ++at) {
          T& sum = y[(o * size + indices[at]) * from.inner + i];
          sum = sum + x[at];
        }
  }
  std::array<var, 2> vjp(var ybar, var, var, var indices) const {
    return {apply(take_along_axis_op{axis}, operand(ybar), operand(indices)), none};
  }
  bool operator==(const add_along_axis_op&) const = default;
};

std::array<var, 2> take_along_axis_op::vjp(var ybar, var, var x, var indices) const {
  return {apply(add_along_axis_op{axis, size_along(x.shape(), axis)}, operand(ybar), operand(indices)), none};
}

// For each position k of an axis of `size`, where its slice stands among [updates, x]: at the last update
// whose index is k, or at k of x.
struct last_write_op {
  static constexpr auto name = "last_write";
  static constexpr bool analytic = true;
  index_t size = 0;
  shape infer(const shape&) const { return {size}; }
  template <class T> void eval(out<index_t> y, in<index_t> indices) const {
    check_indices_below(indices, size);
    const index_t n = indices.size();
    for (index_t k = 0; k < size; ++k) y[k] = n + k;
    for (index_t j = 0; j < n; ++j) y[indices[j]] = j;
  }
  bool operator==(const last_write_op&) const = default;
};

}  // namespace

var take_along_axis(operand x, operand indices, int axis) {
  return composed(take_along_axis_op::name, {x, indices}, [&] {
    x = x.sibling(indices), indices = indices.sibling(x);
    return apply(take_along_axis_op{from_last(x.variable().shape(), axis)}, x, indices);
  });
}

var add_along_axis(operand x, operand indices, index_t size, int axis) {
  return composed(add_along_axis_op::name, {x, indices}, [&] {
    x = x.sibling(indices), indices = indices.sibling(x);
    return apply(add_along_axis_op{from_last(x.variable().shape(), axis), size}, x, indices);
  });
}

var scatter(operand x, operand indices, operand updates, int axis) {
  return composed("scatter", {x, indices, updates}, [&] {
    const operand& any = x.is_var() ? x : indices.is_var() ? indices : updates;
    for (operand* o : {&x, &indices, &updates}) *o = o->sibling(any);
    const var &v = x.variable(), &k = indices.variable();
    const shape s = v.shape(), of_indices = k.shape();
    const std::size_t a = s.axis(axis);
    shape slices = s.without(a);
    for (std::size_t i = 0; i < of_indices.rank(); ++i) slices = slices.inserted(a + i, of_indices[i]);
    const var u = updates.is_number() ? scalar_constant(v, updates.number(), v.kind(), updates.where())
                                      : updates.variable();
    const var rows = reshape(broadcast_to(u, slices), s.with(a, of_indices.size()));
    return gather(concat({rows, v}, static_cast<int>(a)), apply(last_write_op{s[a]}, operand(k)),
                  static_cast<int>(a));
  });
}

}  // namespace reel
