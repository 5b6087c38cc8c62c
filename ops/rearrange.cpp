// SPDX-License-Identifier: MIT
// Movement made of reshapes, slices and one pair of ops: every step-th element, and its adjoint.
#include <reel/autodiff/loops.hpp>
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/rearrange.hpp>
#include <reel/ops/select.hpp>

#include "axes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace reel {

namespace {

// Positions begin, begin + step, … of an axis; `count` of them.
struct positions {
  index_t begin, step, count;
};

// Where the elements at these positions lie in a tensor of shape `whole`.
struct strided_view {
  index_t first;
  loops::strides strides;
  strided_view(const shape& whole, int axis, index_t begin, index_t step) : strides(loops::row_major(whole)) {
    const std::size_t a = whole.axis(axis);
    first = begin * strides[a];
    strides[a] *= step;
  }
};

// y_i = x_{begin + i·step} along an axis;  its adjoint puts ȳ_i there, among zeros.
struct strided_slice_op {
  static constexpr auto name = "strided_slice";
  static constexpr bool any_kind = true, analytic = true;
  int axis = -1;
  index_t begin = 0, step = 1, count = 0;
  shape infer(const shape& x) const { return x.with(x.axis(axis), count); }
  template <class T> void eval(out<T> y, in<T> x) const {
    if (y.size() == 0) return;
    const strided_view v(x.shape(), axis, begin, step);
    loops::gather_strided(y, x.data + v.first, v.strides);
  }
  var vjp(var ybar, var, var x) const;
  bool operator==(const strided_slice_op&) const = default;
};

struct strided_pad_op {
  static constexpr auto name = "strided_pad";
  static constexpr bool analytic = true;
  int axis = -1;
  index_t begin = 0, step = 1, size = 0;  // of the axis afterwards
  shape infer(const shape& x) const { return x.with(x.axis(axis), size); }
  template <class T> void eval(out<T> y, in<T> x) const {
    std::fill_n(y.data, y.size(), T(0));
    if (x.size() == 0) return;
    const strided_view v(y.shape(), axis, begin, step);
    loops::walk(x.shape(), v.strides, [&](index_t from, index_t to, index_t n, index_t apart) {
      for (index_t i = 0; i < n; ++i) y[v.first + to + i * apart] = x[from + i];
    });
  }
  var vjp(var ybar, var, var x) const {
    return apply(strided_slice_op{axis, begin, step, size_along(x.shape(), axis)}, operand(ybar));
  }
  bool operator==(const strided_pad_op&) const = default;
};

var strided_slice_op::vjp(var ybar, var, var x) const {
  return apply(strided_pad_op{axis, begin, step, size_along(x.shape(), axis)}, operand(ybar));
}

// The positions that x[begin:end:step] names. Throws invalid_argument.
positions positions_of(const shape& s, int axis, std::optional<index_t> begin, std::optional<index_t> end,
                       index_t step) {
  const index_t n = size_along(s, axis);
  const auto refuse = [&](const std::string& why) {
    throw error(errc::invalid_argument, fmt::format("axis {} of {}: {}", s.axis(axis), to_string(s), why));
  };
  if (step == 0) refuse("a step of 0 leads nowhere.");
  const bool forward = step > 0;
  step = std::clamp(step, -std::max<index_t>(n, 1), std::max<index_t>(n, 1));  // longer ones stop as soon
  const auto from_front = [n](std::optional<index_t> at, index_t otherwise) {
    return !at ? otherwise : *at < 0 ? *at + n : *at;
  };
  const index_t first = from_front(begin, forward ? 0 : n - 1), last = from_front(end, forward ? n : -1);
  const index_t low = forward ? first : last, high = forward ? last : first;
  if (low < (forward || end ? 0 : -1) || low > high || high > (forward ? n : n - 1))
    refuse(fmt::format("no slice goes from {} to {} in steps of {} among {} elements.",
                       begin ? std::to_string(*begin) : "the end",
                       end ? std::to_string(*end) : "the other end", step, n));
  const index_t apart = forward ? step : -step;
  return {first, step, (high - low + apart - 1) / apart};
}

void needs_matrices(const char* what, const shape& s) {
  if (s.rank() < 2)
    throw error(errc::invalid_axis, fmt::format("the {} of {}, which has {} axes: give matrices, with two.",
                                                what, to_string(s), s.rank()));
}

// x seen as `before` × 1 × the rest, `times` times along the axis in the middle, under another shape.
var repeated(const var& x, index_t before, index_t times, const shape& to) {
  const index_t rest = before == 0 ? 0 : x.size() / before;
  return reshape(broadcast_to(reshape(x, shape{before, 1, rest}), shape{before, times, rest}), to);
}

// The product of the sizes of the axes in front of one.
index_t size_before(const shape& s, std::size_t axis) {
  index_t n = 1;
  for (std::size_t i = 0; i < axis; ++i) n *= s[i];
  return n;
}

void check_times(index_t times) {
  if (times < 0) throw error(errc::invalid_argument, fmt::format("{} times; give 0 or more.", times));
}

// s with one axis `times` as long. Throws size_overflow.
shape longer(const shape& s, std::size_t axis, index_t times) {
  index_t n = 0;
  if (__builtin_mul_overflow(s[axis], times, &n)) n = shape::max_size + 1;
  return s.with(axis, n);
}

// x in parts of these sizes, in order.
std::vector<var> cut(const var& x, const std::vector<index_t>& sizes, int axis) {
  std::vector<var> parts;
  index_t at = 0;
  for (const index_t n : sizes) {
    parts.push_back(slice(x, axis, at, at + n));
    at += n;
  }
  return parts;
}

// Elements at i + offset ≥ j, or ≤: a mask of the last two axes.
var triangle(const var& x, index_t offset, bool lower) {
  const shape& s = x.shape();
  needs_matrices(lower ? "lower triangle" : "upper triangle", s);
  const index_t rows = s[s.rank() - 2], columns = s.back();
  offset = std::clamp(offset, -rows - 1, columns + 1);
  const var i = reshape(constant_like(x, iota(rows)), shape{rows, 1}) + offset;
  const var j = constant_like(x, iota(columns));
  return where(lower ? i >= j : i <= j, x, 0.0);
}

}  // namespace

var squeeze(operand x, const axis_list& axes) {
  return composed("squeeze", {x}, [&] {
    const shape s = x.variable().shape();
    std::vector<int> gone;
    for (const int a : axes_of(s, axes)) {
      const index_t n = size_along(s, a);
      if (n == 1) gone.push_back(a);
      else if (!axes.all)
        throw error(errc::invalid_argument,
                    fmt::format("axis {} of {} has size {}. Only 1 can go.", s.axis(a), to_string(s), n));
    }
    return reshape(x, without_axes(s, gone));
  });
}

var expand_dims(operand x, int axis) {
  return composed("expand_dims", {x}, [&] {
    const shape s = x.variable().shape();
    const auto rank = static_cast<int>(s.rank());
    if (axis < -rank - 1 || axis > rank)
      throw error(errc::invalid_axis, fmt::format("axis {} of {} with one more axis; it has axes {} to {}.",
                                                  axis, to_string(s), -rank - 1, rank));
    return reshape(x, s.inserted(static_cast<std::size_t>(axis < 0 ? axis + rank + 1 : axis), 1));
  });
}

var slice(operand x, int axis, std::optional<index_t> begin, std::optional<index_t> end, index_t step) {
  return composed("slice", {x}, [&] {
    const shape s = x.variable().shape();
    const positions p = positions_of(s, axis, begin, end, step);
    if (p.step == 1) return slice(x, axis, p.begin, p.begin + p.count);
    return apply(strided_slice_op{from_last(s, axis), p.begin, p.step, p.count}, x);
  });
}

var dilate(operand x, int axis, index_t step) {
  return composed("dilate", {x}, [&] {
    const shape s = x.variable().shape();
    const index_t n = size_along(s, axis);
    if (step < 1) throw error(errc::invalid_argument, fmt::format("a step of {}; give 1 or more.", step));
    const index_t size = n == 0 ? 0 : longer(shape{n - 1}, 0, step).size() + 1;
    return step == 1 ? x.variable() : apply(strided_pad_op{from_last(s, axis), 0, step, size}, x);
  });
}

var flip(operand x, const axis_list& axes) {
  return composed("flip", {x}, [&] {
    var y = x.variable();
    const shape s = y.shape();
    for (const int a : axes_of(s, axes)) {
      const index_t n = size_along(s, a);
      if (n > 1) y = apply(strided_slice_op{a, n - 1, -1, n}, operand(y));
    }
    return y;
  });
}

var roll(operand x, index_t shift, int axis) {
  return composed("roll", {x}, [&] {
    const var& v = x.variable();
    const index_t n = size_along(v.shape(), axis);
    const index_t moved = n == 0 ? 0 : (shift % n + n) % n;
    if (moved == 0) return v;
    return concat({slice(v, axis, n - moved, n), slice(v, axis, 0, n - moved)}, axis);
  });
}

var tile(operand x, const std::vector<index_t>& times) {
  return composed("tile", {x}, [&] {
    shape s = x.variable().shape();
    while (s.rank() < times.size()) s = s.inserted(0, 1);
    var y = reshape(x, s);
    for (std::size_t i = 0; i < times.size(); ++i) {
      const std::size_t axis = s.rank() - times.size() + i;
      check_times(times[i]);
      s = longer(s, axis, times[i]);
      if (times[i] != 1) y = repeated(y, size_before(y.shape(), axis), times[i], s);
    }
    return y;
  });
}

var repeat(operand x, index_t times, int axis) {
  return composed("repeat", {x}, [&] {
    const shape s = x.variable().shape();
    const std::size_t a = s.axis(axis);
    check_times(times);
    return repeated(x.variable(), size_before(s, a + 1), times, longer(s, a, times));
  });
}

std::vector<var> split_with_sizes(operand x, const std::vector<index_t>& sizes, int axis) {
  std::vector<var> parts;
  composed("split_with_sizes", {x}, [&] {
    const shape s = x.variable().shape();
    index_t left = size_along(s, axis);
    for (const index_t n : sizes) left = n < 0 || n > left ? -1 : left - n;
    if (left != 0 || sizes.empty())
      throw error(errc::invalid_argument,
                  fmt::format("sizes {{{}}} are not the {} elements of axis {} of {}.",
                              fmt::join(sizes, ", "), size_along(s, axis), s.axis(axis), to_string(s)));
    parts = cut(x.variable(), sizes, axis);
    return parts.back();
  });
  return parts;
}

std::vector<var> split(operand x, index_t parts, int axis) {
  std::vector<var> all;
  composed("split", {x}, [&] {
    const shape s = x.variable().shape();
    const index_t n = size_along(s, axis);
    if (parts < 1 || n % parts != 0)
      throw error(errc::invalid_argument,
                  fmt::format("{} elements of axis {} of {} in {} equal parts. Use split_with_sizes.", n,
                              s.axis(axis), to_string(s), parts));
    all = cut(x.variable(), std::vector<index_t>(static_cast<std::size_t>(parts), n / parts), axis);
    return all.back();
  });
  return all;
}

// Along the rows of a matrix, one after the other, its diagonal has every (columns + 1)-th element.
var diagonal(operand x, index_t offset) {
  return composed("diagonal", {x}, [&] {
    const shape s = x.variable().shape();
    needs_matrices("diagonal", s);
    const std::size_t r = s.rank() - 2;
    const index_t rows = s[r], columns = s.back();
    offset = std::clamp(offset, -rows, columns);
    const index_t count = std::max<index_t>(
        0, std::min(rows + std::min<index_t>(offset, 0), columns - std::max<index_t>(offset, 0)));
    const var flat = reshape(x, s.without(r + 1).with(r, rows * columns));
    return apply(strided_slice_op{-1, offset < 0 ? -offset * columns : offset, columns + 1, count},
                 operand(flat));
  });
}

var diag(operand x, index_t offset) {
  return composed("diag", {x}, [&] {
    const shape s = x.variable().shape();
    const std::size_t r = s.axis(-1);
    constexpr index_t most = index_t{1} << 30;
    const index_t n = s.back() + std::clamp(offset < 0 ? -std::max(offset, -most) : offset, index_t{0}, most);
    const shape to = s.with(r, n).inserted(r, n);
    const var flat = apply(strided_pad_op{-1, offset < 0 ? -offset * n : offset, n + 1, n * n}, x);
    return reshape(flat, to);
  });
}

var tril(operand x, index_t offset) {
  return composed("tril", {x}, [&] { return triangle(x.variable(), offset, true); });
}
var triu(operand x, index_t offset) {
  return composed("triu", {x}, [&] { return triangle(x.variable(), offset, false); });
}

}  // namespace reel
