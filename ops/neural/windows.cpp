// SPDX-License-Identifier: MIT
#include "windows.hpp"

#include <reel/ops/neural.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace reel {

std::array<index_t, 3> per_axis(const char* what, const std::vector<index_t>& list, std::size_t axes,
                                index_t least) {
  if (list.size() != 1 && list.size() != axes)
    throw error(
        errc::invalid_argument,
        fmt::format("{} numbers of {} for {} axes: give one for each, or one.", list.size(), what, axes));
  std::array<index_t, 3> numbers{least, least, least};
  for (std::size_t i = 0; i < axes; ++i) {
    numbers[i] = list[list.size() == 1 ? 0 : i];
    if (numbers[i] < least || numbers[i] > (index_t{1} << 40))
      throw error(errc::invalid_argument,
                  fmt::format("a {} of {}: it is a number from {} on.", what, numbers[i], least));
  }
  return numbers;
}

window_geometry::window_geometry(const std::vector<index_t>& sizes, const std::vector<index_t>& strides,
                                 const std::vector<index_t>& dilations)
    : axes(sizes.size()) {
  if (axes < 1 || axes > 3)
    throw error(errc::invalid_argument, fmt::format("windows of {} axes: there are those of 1 to 3.", axes));
  size = per_axis("size", sizes, axes, 1);
  stride = per_axis("stride", strides, axes, 1);
  dilation = per_axis("dilation", dilations, axes, 1);
}

std::array<index_t, 3> window_geometry::counts(const shape& x) const {
  if (x.rank() < axes)
    throw error(errc::shape_mismatch, fmt::format("windows of {} axes in {}.", axes, to_string(x)));
  std::array<index_t, 3> n{1, 1, 1};
  for (std::size_t i = 0; i < axes; ++i) {
    const index_t along = x[x.rank() - axes + i];
    if (extent(i) > along)
      throw error(errc::shape_mismatch, fmt::format("a window that extends over {} does not fit into the {} "
                                                    "elements of axis {} of {}.",
                                                    extent(i), along, x.rank() - axes + i, to_string(x)));
    n[i] = (along - extent(i)) / stride[i] + 1;
  }
  return n;
}

shape window_geometry::windows_of(const shape& x) const {
  const auto n = counts(x);
  std::vector<index_t> sizes(x.begin(), x.end() - axes);
  sizes.insert(sizes.end(), size.begin(), size.begin() + axes);
  sizes.insert(sizes.end(), n.begin(), n.begin() + axes);
  return shape(sizes);
}

namespace {

// f(w, x, n, step): elements w … w + n − 1 of the windows are the elements x, x + step, … of the tensor.
template <class F> void each_run(const window_geometry& g, const shape& x, F f) {
  const auto counts = g.counts(x);
  std::array<index_t, 3> along{1, 1, 1};
  for (std::size_t i = 0; i < g.axes; ++i) along[i + 3 - g.axes] = x[x.rank() - g.axes + i];
  // Axes that are missing come first, with one window of one element.
  std::array<index_t, 3> size{1, 1, 1}, stride{1, 1, 1}, dilation{1, 1, 1}, count{1, 1, 1};
  for (std::size_t i = 0; i < g.axes; ++i) {
    const std::size_t k = i + 3 - g.axes;
    size[k] = g.size[i], stride[k] = g.stride[i], dilation[k] = g.dilation[i], count[k] = counts[i];
  }
  const index_t block = along[0] * along[1] * along[2], outer = block == 0 ? 0 : x.size() / block;
  index_t w = 0;
  for (index_t o = 0; o < outer; ++o)
    for (index_t a = 0; a < size[0]; ++a)
      for (index_t b = 0; b < size[1]; ++b)
        for (index_t c = 0; c < size[2]; ++c)
          for (index_t i = 0; i < count[0]; ++i)
            for (index_t j = 0; j < count[1]; ++j, w += count[2]) {
              const index_t plane = (o * along[0] + i * stride[0] + a * dilation[0]) * along[1];
              const index_t row = (plane + j * stride[1] + b * dilation[1]) * along[2];
              f(w, row + c * dilation[2], count[2], stride[2]);
            }
}

// windows: y_j = x_{i(j)};  fold: y_k = Σ_{j: i(j) = k} x_j. Adjoints of each other.
struct windows_op {
  static constexpr auto name = "windows";
  static constexpr bool analytic = true;
  window_geometry g;
  shape infer(const shape& x) const { return g.windows_of(x); }
  template <class T> void eval(out<T> y, in<T> x) const {
    each_run(g, x.shape(), [&](index_t w, index_t from, index_t n, index_t step) {
      for (index_t i = 0; i < n; ++i) y[w + i] = x[from + i * step];
    });
  }
  var vjp(var ybar, var, var x) const;
  bool operator==(const windows_op&) const = default;
};

struct fold_op {
  static constexpr auto name = "fold";
  static constexpr bool analytic = true;
  std::array<index_t, 3> into{};
  window_geometry g;
  shape infer(const shape& x) const {
    if (x.rank() < 2 * g.axes)
      throw error(errc::shape_mismatch,
                  fmt::format("{} has no {} axes of windows and of their elements.", to_string(x), g.axes));
    std::vector<index_t> sizes(x.begin(), x.end() - 2 * g.axes);
    sizes.insert(sizes.end(), into.begin(), into.begin() + g.axes);
    const shape y(sizes), right = g.windows_of(y);
    if (right != x)
      throw error(errc::shape_mismatch,
                  fmt::format("{} has windows {}, not {}.", to_string(y), to_string(right), to_string(x)));
    return y;
  }
  template <class T> void eval(out<T> y, in<T> x) const {
    std::fill_n(y.data, y.size(), T(0));
    each_run(g, y.shape(), [&](index_t w, index_t to, index_t n, index_t step) {
      for (index_t i = 0; i < n; ++i) y[to + i * step] = y[to + i * step] + x[w + i];
    });
  }
  var vjp(var ybar, var, var) const { return apply(windows_op{g}, operand(ybar)); }
  bool operator==(const fold_op&) const = default;
};

var windows_op::vjp(var ybar, var, var x) const {
  const shape& s = x.shape();
  fold_op back{{}, g};
  for (std::size_t i = 0; i < g.axes; ++i) back.into[i] = s[s.rank() - g.axes + i];
  return apply(back, operand(ybar));
}

}  // namespace

var windows(const var& x, const window_geometry& g) { return apply(windows_op{g}, operand(x)); }
var fold(const var& x, const std::array<index_t, 3>& into, const window_geometry& g) {
  return apply(fold_op{into, g}, operand(x));
}

var windows(operand x, const std::vector<index_t>& size, const window_options& o) {
  return composed(windows_op::name, {x}, [&] { return apply(windows_op{{size, o.stride, o.dilation}}, x); });
}
var fold(operand x, const std::vector<index_t>& into, const window_options& o) {
  return composed(fold_op::name, {x}, [&] {
    const std::array<index_t, 3> axes = per_axis("size", into, into.size(), 0);
    const shape s = x.variable().shape();
    if (into.empty() || into.size() > 3 || s.rank() < 2 * into.size())
      throw error(errc::shape_mismatch, fmt::format("{} has no {} axes of windows and of their elements.",
                                                    to_string(s), into.size()));
    const index_t* const first = s.end() - 2 * into.size();
    const std::vector<index_t> sizes(first, first + into.size());
    return apply(fold_op{axes, {sizes, o.stride, o.dilation}}, x);
  });
}

}  // namespace reel
