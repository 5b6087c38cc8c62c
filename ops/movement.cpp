// SPDX-License-Identifier: MIT
#include <reel/autodiff/loops.hpp>
#include <reel/ops/movement.hpp>

#include "axes.hpp"
#include "labels.hpp"

#include <fmt/format.h>

namespace reel {

void check_labels(in<index_t> labels, index_t classes) {
  for (index_t i = 0; i < labels.size(); ++i)
    if (labels[i] < 0 || labels[i] >= classes)
      throw error(errc::invalid_label,
                  fmt::format("label {} in row {} is outside 0 … {}.", labels[i], i, classes - 1));
}

namespace {

using axis_order = std::array<std::int8_t, shape::max_rank>;

// y_{i_0 i_1 …} = x with its axes in another order; x̄ is ȳ with them put back.
struct permute_op {
  static constexpr auto name = "permute";
  static constexpr bool any_kind = true, analytic = true, rearranges = true;
  axis_order order{};
  shape infer(const shape& x) const {
    shape y = x;
    for (std::size_t i = 0; i < x.rank(); ++i) y = y.with(i, x[source(i)]);
    return y;
  }
  template <class T> void eval(out<T> y, in<T> x) const {
    const auto own = loops::row_major(x.shape());
    loops::strides st{};
    for (std::size_t i = 0; i < x.shape().rank(); ++i) st[i] = own[source(i)];
    loops::gather_strided(y, x.data, st);
  }
  var vjp(var ybar, var, var x) const {
    permute_op back;
    for (std::size_t i = 0; i < x.rank(); ++i) back.order[source(i)] = static_cast<std::int8_t>(i);
    return apply(back, operand(ybar));
  }
  std::size_t source(std::size_t i) const { return static_cast<std::size_t>(order[i]); }
  bool operator==(const permute_op&) const = default;
};

// A tensor as [outer, axis, inner].
struct sliced {
  index_t outer = 1, size, inner = 1;
  sliced(const shape& s, std::size_t axis) : size(s[axis]) {
    for (std::size_t i = 0; i < axis; ++i) outer *= s[i];
    for (std::size_t i = axis + 1; i < s.rank(); ++i) inner *= s[i];
  }
};

shape replace_axis(const shape& x, std::size_t axis, const shape& by) {
  std::vector<index_t> sizes(x.begin(), x.begin() + axis);
  sizes.insert(sizes.end(), by.begin(), by.end());
  sizes.insert(sizes.end(), x.begin() + axis + 1, x.end());
  return shape(sizes);
}

// gather: y_j = x_{i(j)};  scatter_add: y_k = Σ_{j: i(j) = k} x_j. Adjoints of each other.
struct gather_op {
  static constexpr auto name = "gather";
  static constexpr bool any_kind = true, analytic = true;
  int axis = 0;
  shape infer(const shape& x, const shape& indices) const { return replace_axis(x, x.axis(axis), indices); }
  template <class T> void eval(out<T> y, in<T> x, in<index_t> indices) const {
    const sliced s(x.shape(), x.shape().axis(axis));
    check_indices_below(indices, s.size);
    T* to = y.data;
    for (index_t o = 0; o < s.outer; ++o)
      for (index_t j = 0; j < indices.size(); ++j, to += s.inner)
        std::copy_n(x.data + (o * s.size + indices[j]) * s.inner, s.inner, to);
  }
  std::array<var, 2> vjp(var ybar, var, var x, var indices) const;
  bool operator==(const gather_op&) const = default;
};

struct scatter_add_op {
  static constexpr auto name = "scatter_add";
  static constexpr bool analytic = true;
  std::size_t axis = 0;  // where the index axes start; they become one axis of `size`
  index_t size = 0;
  shape infer(const shape& x, const shape& indices) const {
    bool fits = axis + indices.rank() <= x.rank();
    for (std::size_t i = 0; fits && i < indices.rank(); ++i) fits = x[axis + i] == indices[i];
    if (!fits)
      throw error(errc::shape_mismatch,
                  fmt::format("{} does not have the axes of the indices {} from axis {} on.", to_string(x),
                              to_string(indices), axis));
    std::vector<index_t> sizes(x.begin(), x.begin() + axis);
    sizes.push_back(size);
    sizes.insert(sizes.end(), x.begin() + axis + indices.rank(), x.end());
    return shape(sizes);
  }
  template <class T> void eval(out<T> y, in<T> x, in<index_t> indices) const {
    const sliced s(y.shape(), axis);
    check_indices_below(indices, s.size);
    std::fill_n(y.data, y.size(), T(0));
    const T* from = x.data;
    for (index_t o = 0; o < s.outer; ++o)
      for (index_t j = 0; j < indices.size(); ++j, from += s.inner) {
        T* to = y.data + (o * s.size + indices[j]) * s.inner;
        for (index_t i = 0; i < s.inner; ++i) to[i] = to[i] + from[i];
      }
  }
  std::array<var, 2> vjp(var ybar, var, var, var indices) const {
    return {apply(gather_op{static_cast<int>(axis)}, operand(ybar), operand(indices)), none};
  }
  static var sum_of(std::span<const var> terms);
  bool operator==(const scatter_add_op&) const = default;
};

// The shape of what is scattered, with the axes of its indices made one.
shape with_one_index_axis(const shape& x, std::size_t axis, const shape& indices) {
  std::vector<index_t> sizes(x.begin(), x.begin() + axis);
  sizes.push_back(indices.size());
  sizes.insert(sizes.end(), x.begin() + axis + indices.rank(), x.end());
  return shape(sizes);
}

// All slices side by side, with all their indices, scattered at once: what many gathers from one table give
// back to it takes the memory of one result. Apart by the axis they are scattered along.
var scatter_add_op::sum_of(std::span<const var> terms) {
  var total;
  for (std::size_t axis = 0; axis < terms[0].rank(); ++axis) {
    std::vector<var> slices, indices;
    for (const var& v : terms) {
      if (recorded_by<scatter_add_op>(v)->axis != axis) continue;
      const std::vector<var> x = operands_of(v);
      slices.push_back(reshape(x[0], with_one_index_axis(x[0].shape(), axis, x[1].shape())));
      indices.push_back(reshape(x[1], shape{x[1].size()}));
    }
    if (slices.empty()) continue;
    const scatter_add_op op{axis, terms[0].shape()[axis]};
    const var sum = apply(op, operand(concat(slices, static_cast<int>(axis))), operand(concat(indices)));
    total = total.empty() ? sum : total + sum;
  }
  return total;
}

std::array<var, 2> gather_op::vjp(var ybar, var, var x, var indices) const {
  const std::size_t a = x.shape().axis(axis);
  return {apply(scatter_add_op{a, x.shape()[a]}, operand(ybar), operand(indices)), none};
}

// y_{ik} = [k = label_i]. Labels have no cotangent.
struct one_hot_op {
  static constexpr auto name = "one_hot";
  static constexpr bool analytic = true;
  index_t classes = 0;
  shape infer(const shape& labels) const {
    if (classes < 1)
      throw error(errc::invalid_argument, fmt::format("{} classes; there must be 1 or more.", classes));
    return labels.inserted(labels.rank(), classes);
  }
  template <class T> void eval(out<T> y, in<index_t> labels) const {
    check_labels(labels, classes);
    std::fill_n(y.data, y.size(), T(0));
    for (index_t i = 0; i < labels.size(); ++i) y[i * classes + labels[i]] = T(1);
  }
  var vjp(var, var, var) const { return none; }
  bool operator==(const one_hot_op&) const = default;
};

}  // namespace

var permute(operand x, std::initializer_list<int> order) {
  return composed(permute_op::name, {x}, [&] {
    if (x.is_number()) return apply(permute_op{}, x);
    const shape& s = x.variable().shape();
    permute_op op;
    std::array<bool, shape::max_rank> seen{};
    if (order.size() != s.rank())
      throw error(errc::invalid_axis,
                  fmt::format("{} axes named for {}, which has {}.", order.size(), to_string(s), s.rank()));
    std::size_t i = 0;
    for (const int a : order) {
      const std::size_t from = s.axis(a);
      if (seen[from])
        throw error(errc::invalid_axis, fmt::format("axis {} of {} is named twice.", a, to_string(s)));
      seen[from] = true;
      op.order[i++] = static_cast<std::int8_t>(from);
    }
    return apply(op, x);
  });
}

var transpose(operand x) {
  return composed("transpose", {x}, [&] {
    permute_op op;
    const std::size_t rank = x.is_number() ? 0 : x.variable().rank();
    if (rank < 2 && !x.is_number()) return x.variable();
    for (std::size_t i = 0; i < rank; ++i) op.order[i] = static_cast<std::int8_t>(rank - 1 - i);
    return apply(op, x);
  });
}

var gather(operand x, operand indices, int axis) { return apply(gather_op{axis}, x, indices); }

var scatter_add(operand x, operand indices, index_t size, int axis) {
  return composed(scatter_add_op::name, {x, indices}, [&] {
    x = x.sibling(indices), indices = indices.sibling(x);
    if (!x.is_var() || !indices.is_var()) return apply(scatter_add_op{0, size}, x, indices);
    // A negative axis counts from the last axis of the result.
    const auto rank = static_cast<int>(x.variable().rank()) - static_cast<int>(indices.variable().rank()) + 1;
    if (size < 0 || axis < -rank || axis >= rank)
      throw error(size < 0 ? errc::invalid_argument : errc::invalid_axis,
                  fmt::format("axis {} of size {} in a result with {} axes.", axis, size, rank));
    return apply(scatter_add_op{static_cast<std::size_t>(axis < 0 ? axis + rank : axis), size}, x, indices);
  });
}

var one_hot(operand labels, index_t classes) { return apply(one_hot_op{classes}, labels); }

}  // namespace reel
