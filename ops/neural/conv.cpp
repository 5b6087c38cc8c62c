// SPDX-License-Identifier: MIT
// Convolutions and pooling, as compositions of windows and products of matrices.
#include "windows.hpp"

#include <reel/ops/arithmetic.hpp>
#include <reel/ops/matmul.hpp>
#include <reel/ops/movement.hpp>
#include <reel/ops/neural.hpp>
#include <reel/ops/select.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace reel {
namespace {

constexpr double minus_infinity = -std::numeric_limits<double>::infinity();

// How many zeros stand before and after each axis of positions.
struct margins {
  std::array<index_t, 3> before{}, after{};
};

std::vector<index_t> positions_of(const shape& x) { return {x.begin() + 2, x.end()}; }
std::vector<index_t> joined(std::vector<index_t> a, const std::vector<index_t>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
index_t product(const std::vector<index_t>& sizes) {
  index_t n = 1;
  for (const index_t s : sizes) n *= s;
  return n;
}

void check_rank(const char* what, const shape& s, std::size_t axes) {
  if (s.rank() != axes + 2)
    throw error(errc::shape_mismatch, fmt::format("{} {} needs {} axes: two and {} of positions.", what,
                                                  to_string(s), axes + 2, axes));
}

var padded(var x, const margins& m) {
  for (std::size_t i = 2; i < x.rank(); ++i)
    if (m.before[i - 2] > 0 || m.after[i - 2] > 0)
      x = pad(x, static_cast<int>(i), m.before[i - 2], m.after[i - 2]);
  return x;
}

// Shapes and options of a convolution that have been checked.
struct convolution {
  window_geometry g;
  index_t groups;
  shape x, w;
  std::vector<index_t> size;

  convolution(const shape& x_, const shape& w_, const conv_options& o, std::size_t axes)
      : g((check_rank("the kernel", w_, axes), positions_of(w_)), o.stride, o.dilation),
        groups(o.groups),
        x(x_),
        w(w_),
        size(positions_of(w_)) {
    check_rank("x", x, axes);
    if (groups < 1 || w[0] % groups != 0)
      throw error(errc::invalid_argument,
                  fmt::format("{} groups do not divide the {} channels of the kernel {}.", groups, w[0],
                              to_string(w)));
  }
  // Of the axes of positions of a result, or of what a result was made of.
  margins margin(const conv_options& o) const {
    margins m;
    const auto fixed = per_axis("padding", o.padding, g.axes, 0);
    for (std::size_t i = 0; i < g.axes; ++i) {
      m.before[i] = m.after[i] = fixed[i];
      if (!o.same) continue;
      if (fixed[i] != 0) throw error(errc::invalid_argument, "same padding and a padding: give one of them.");
      const index_t n = x[2 + i], count = (n + g.stride[i] - 1) / g.stride[i];
      const index_t zeros = std::max<index_t>((count - 1) * g.stride[i] + g.extent(i) - n, 0);
      m.before[i] = zeros / 2, m.after[i] = zeros - zeros / 2;
    }
    return m;
  }
};

operand at(const operand& x, const var& v) { return operand(v, x.where().file, x.where().line); }

// Y = W·windows(X), group by group: [out/g, c/g·size]·[n, g, c/g·size, count].
var conv(const char* name, std::size_t axes, operand x, operand w, const conv_options& o) {
  return composed(name, {x, w}, [&] {
    x = x.sibling(w), w = w.sibling(x);
    const convolution c(x.variable().shape(), w.variable().shape(), o, axes);
    const index_t n = c.x[0], channels = c.x[1], outputs = c.w[0],
                  inner = c.w.size() / std::max<index_t>(outputs, 1);
    if (channels != c.groups * c.w[1])
      throw error(errc::shape_mismatch,
                  fmt::format("{} channels of {} are not {} groups of the {} of the kernel {}.", channels,
                              to_string(c.x), c.groups, c.w[1], to_string(c.w)));
    const var seen = windows(padded(x.variable(), c.margin(o)), c.g);
    const shape& s = seen.shape();
    const std::vector<index_t> counts(s.end() - axes, s.end());
    var y;
    if (c.groups == 1)
      y = matmul(reshape(w, shape{outputs, inner}), reshape(at(x, seen), shape{n, inner, product(counts)}));
    else
      y = matmul(reshape(w, shape{c.groups, outputs / c.groups, inner}),
                 reshape(at(x, seen), shape{n, c.groups, inner, product(counts)}));
    return reshape(y, shape(joined({n, outputs}, counts)));
  });
}

// The transpose of conv in x: X = fold(Wᵀ·Y), without the margins.
var conv_transpose(const char* name, std::size_t axes, operand x, operand w, const conv_options& o,
                   const std::vector<index_t>& extra) {
  return composed(name, {x, w}, [&] {
    x = x.sibling(w), w = w.sibling(x);
    const convolution c(x.variable().shape(), w.variable().shape(), o, axes);
    if (o.same)
      throw error(errc::invalid_argument, "a transposed convolution has no same padding: give numbers.");
    if (c.x[1] != c.w[0])
      throw error(errc::shape_mismatch, fmt::format("{} channels of {} and {} of the kernel {} differ.",
                                                    c.x[1], to_string(c.x), c.w[0], to_string(c.w)));
    const auto more = per_axis("extra", extra, axes, 0), margin = per_axis("padding", o.padding, axes, 0);
    const index_t n = c.x[0], inner = c.w.size() / std::max<index_t>(c.w[0], 1), channels = c.groups * c.w[1];
    std::vector<index_t> counts = positions_of(c.x);
    std::array<index_t, 3> into{};
    for (std::size_t i = 0; i < axes; ++i) {
      if (more[i] >= std::max(c.g.stride[i], c.g.dilation[i]))
        throw error(errc::invalid_argument,
                    fmt::format("extra {} is not below the stride {} or the dilation {}.", more[i],
                                c.g.stride[i], c.g.dilation[i]));
      if (counts[i] == 0)
        throw error(errc::shape_mismatch, fmt::format("{} has no positions.", to_string(c.x)));
      into[i] = (counts[i] - 1) * c.g.stride[i] + c.g.extent(i) + more[i];
    }
    const var kernel = permute(at(w, reshape(w, shape{c.groups, c.w[0] / c.groups, inner})), {0, 2, 1});
    var y = matmul(kernel, reshape(x, shape{n, c.groups, c.w[0] / c.groups, product(counts)}));
    // Windows that would begin within `extra` are not there: their elements are zeros.
    std::vector<index_t> here = counts;
    y = reshape(y, shape(joined(joined({n * channels}, c.size), counts)));
    for (std::size_t i = 0; i < axes; ++i) {
      const index_t there = (into[i] - c.g.extent(i)) / c.g.stride[i] + 1;
      if (there > counts[i]) y = pad(y, static_cast<int>(1 + axes + i), 0, there - counts[i]);
    }
    y = fold(y, into, c.g);
    std::vector<index_t> sizes{n, channels};
    for (std::size_t i = 0; i < axes; ++i) sizes.push_back(into[i]);
    y = reshape(y, shape(sizes));
    for (std::size_t i = 0; i < axes; ++i) {
      if (2 * margin[i] >= into[i])
        throw error(errc::invalid_argument,
                    fmt::format("a padding of {} leaves nothing of {}.", margin[i], into[i]));
      if (margin[i] > 0) y = slice(y, static_cast<int>(2 + i), margin[i], into[i] - margin[i]);
    }
    return y;
  });
}

// The windows of x for pooling as [n·c, elements, counts], and the shape of the result.
struct pools {
  window_geometry g;
  margins m;
  shape result;

  pools(const shape& x, const std::vector<index_t>& size, const pool_options& o)
      : g(size, o.stride.empty() ? size : o.stride, o.dilation) {
    check_rank("x", x, g.axes);
    const auto margin = per_axis("padding", o.padding, g.axes, 0);
    shape wide = x;
    for (std::size_t i = 0; i < g.axes; ++i) {
      if (2 * margin[i] > g.size[i])
        throw error(
            errc::invalid_argument,
            fmt::format("a padding of {} is more than half of the window's {}.", margin[i], g.size[i]));
      m.before[i] = m.after[i] = margin[i];
      wide = wide.with(2 + i, wide[2 + i] + 2 * margin[i]);
    }
    const auto counts = g.counts(wide);
    result = x;
    for (std::size_t i = 0; i < g.axes; ++i) result = result.with(2 + i, counts[i]);
  }
  bool has_margins() const { return m.before != std::array<index_t, 3>{}; }
  var of(const var& x) const {
    index_t elements = 1;
    for (std::size_t i = 0; i < g.axes; ++i) elements *= g.size[i];
    const var seen = windows(x, g);
    return reshape(seen, shape{result[0] * result[1], elements,
                               result.size() == 0 ? 0 : result.size() / (result[0] * result[1])});
  }
};

}  // namespace

var conv1d(operand x, operand w, const conv_options& o) { return conv("conv1d", 1, x, w, o); }
var conv2d(operand x, operand w, const conv_options& o) { return conv("conv2d", 2, x, w, o); }
var conv3d(operand x, operand w, const conv_options& o) { return conv("conv3d", 3, x, w, o); }
var conv1d_transpose(operand x, operand w, const conv_options& o, const std::vector<index_t>& extra) {
  return conv_transpose("conv1d_transpose", 1, x, w, o, extra);
}
var conv2d_transpose(operand x, operand w, const conv_options& o, const std::vector<index_t>& extra) {
  return conv_transpose("conv2d_transpose", 2, x, w, o, extra);
}
var conv3d_transpose(operand x, operand w, const conv_options& o, const std::vector<index_t>& extra) {
  return conv_transpose("conv3d_transpose", 3, x, w, o, extra);
}

// Margins are −∞, which no element of x loses against.
var max_pool(operand x, const std::vector<index_t>& size, const pool_options& o) {
  return composed("max_pool", {x}, [&] {
    const var v = x.variable();
    const pools p(v.shape(), size, o);
    var wide = padded(v, p.m);
    if (p.has_margins()) wide = where(padded(ones_like(v), p.m) == 1.0, wide, minus_infinity);
    return reshape(max(at(x, p.of(wide)), 1), p.result);
  });
}
var avg_pool(operand x, const std::vector<index_t>& size, const pool_options& o) {
  return composed("avg_pool", {x}, [&] {
    const var v = x.variable();
    const pools p(v.shape(), size, o);
    const var all = p.of(padded(v, p.m));
    if (o.count_padding || !p.has_margins()) return reshape(mean(at(x, all), 1), p.result);
    return reshape(sum(at(x, all), 1) / sum(p.of(padded(ones_like(v), p.m)), 1), p.result);
  });
}
var global_max_pool(operand x) {
  return composed("global_max_pool", {x}, [&] {
    const shape s = x.variable().shape();
    if (s.rank() < 3) check_rank("x", s, 1);
    const index_t positions = product(positions_of(s));
    return max(at(x, reshape(x, shape{s[0], s[1], positions})), 2);
  });
}
var global_avg_pool(operand x) {
  return composed("global_avg_pool", {x}, [&] {
    const shape s = x.variable().shape();
    if (s.rank() < 3) check_rank("x", s, 1);
    return mean(at(x, reshape(x, shape{s[0], s[1], product(positions_of(s))})), 2);
  });
}

}  // namespace reel
