// SPDX-License-Identifier: MIT
// Variances and standard deviations over any axes.
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/reductions.hpp>
#include <reel/ops/select.hpp>

#include "axes.hpp"
#include "lanes.hpp"

#include <fmt/format.h>

#include <cmath>

namespace reel {

namespace {

// Σ f(offset) over these axes.
template <class T, class F> T sum_over(loops::axes a, F f) {
  if (a.rank == 0) return f(index_t{0});
  const index_t run = a.size[--a.rank], step = a.stride[a.rank];
  const auto along = [&](index_t first) {
    return sum_in_lanes<T>(run, [&](index_t i) { return f(first + i * step); });
  };
  if (a.rank == 0) return along(0);
  loops::pairwise<T, 1> total(1);
  loops::odometer at(a);
  for (index_t k = 0, n = a.count(); k < n; ++k, at.next()) {
    const T part = along(at.offset());
    total.add(&part);
  }
  T sum;
  total.finish(&sum);
  return sum;
}

// The same for `width` neighbours, side by side: f(offset, i) for the i-th of them.
template <class T, std::size_t N, class F>
void sums_over(const loops::axes& a, std::size_t width, T* sums, F f) {
  constexpr index_t block = 16;
  loops::pairwise<T, N> total(width);
  std::array<T, N> part;
  loops::odometer at(a);
  for (index_t k = 0, n = a.count(); k < n;) {
    std::fill_n(part.data(), width, T(0));
    for (const index_t end = std::min(k + block, n); k < end; ++k, at.next())
      for (std::size_t i = 0; i < width; ++i) part[i] = part[i] + f(at.offset(), i);
    total.add(part.data());
  }
  total.finish(sums);
}

// y = Σ (x − m)²/d with the mean m and a divisor d, or its root.  As Σ (x − m) = 0,
//   dy = 2/d Σ (x_j − m) dx_j,  and of the root  dy = 1/(d·y) Σ (x_j − m) dx_j, taken as 0 where y is 0.
struct moment_op {
  static constexpr auto name = "moment";
  static constexpr bool analytic = true;
  unsigned axes = 0;  // bit i: axis −1 − i is summed over, and stays with size 1
  double divisor = 1;
  bool root = false;
  shape infer(const shape& x) const { return with_ones(x, list().axes); }
  template <class T> void eval(out<T> y, in<T> x) const {
    if (y.size() == 0) return;
    loops::reduction r(x.shape(), y.shape());
    const bool side_by_side = r.kept.rank > 0 && r.kept.stride[r.kept.rank - 1] == 1;
    if (side_by_side) columns(y, x, r);
    else {
      loops::odometer at(r.kept);
      for (index_t k = 0; k < y.size(); ++k, at.next()) y[k] = one(x.data + at.offset(), r.summed);
    }
  }
  var vjp(var ybar, var y, var x) const {
    const var apart = x - mean(x, list(), keep), seed = broadcast_to(ybar, x.shape());
    if (!root) return scale_cotangent(seed, 2.0 * apart / divisor);
    const var all = broadcast_to(y, x.shape());
    return scale_cotangent(seed, where(all == 0.0, 0.0, apart / (divisor * all)));
  }
  std::vector<identity> identities(const applied_vjp& r) const {  // a shift of x changes nothing
    return {{"1^T xbar = 0", sum(r.xbar[0], list())}};
  }
  bool operator==(const moment_op&) const = default;

  axis_list list() const {
    axis_list all;
    all.all = false;
    for (int i = 0; i < static_cast<int>(shape::max_rank); ++i)
      if (axes >> i & 1U) all.axes.push_back(-1 - i);
    return all;
  }

 private:
  template <class T> T of(const T& squares) const {
    const T v = squares / num::convert<T>(divisor);
    return root ? num::sqrt(v) : v;
  }
  // Whether squares may have overflowed, or lost their digits to underflow. Where there is no root, so does
  // the result.
  template <class T> bool is_unsafe(const T& squares) const {
    constexpr double least = std::same_as<T, float> ? 0x1p-103 : 0x1p-970;
    if constexpr (std::same_as<T, complex>) return false;
    else return root && !(num::isfinite(squares) && squares > num::convert<T>(least));
  }
  template <class T> T one(const T* x, const loops::axes& a) const {
    const T mean =
        sum_over<T>(a, [&](index_t i) { return x[i]; }) / num::convert<T>(static_cast<double>(a.count()));
    const T squares = sum_over<T>(a, [&](index_t i) { return (x[i] - mean) * (x[i] - mean); });
    return is_unsafe(squares) ? scaled(x, a, mean) : of(squares);
  }
  // The root, with the largest deviation as the unit.
  template <class T> T scaled(const T* x, const loops::axes& a, const T& mean) const {
    if constexpr (std::same_as<T, complex>) return mean;  // not called
    else {
      T top(0);
      loops::odometer at(a);
      for (index_t k = 0, n = a.count(); k < n; ++k, at.next()) {
        const T v = num::abs(x[at.offset()] - mean);
        if (num::isnan(v)) return v;
        if (v > top) top = v;
      }
      if (top == T(0) || !num::isfinite(top)) return top;
      return top * of<T>(sum_over<T>(a, [&](index_t i) {
               const T v = (x[i] - mean) / top;
               return v * v;
             }));
    }
  }
  // Neighbours in memory belong to neighbouring results.
  template <class T> void columns(out<T> y, in<T> x, loops::reduction& r) const {
    constexpr std::size_t most = std::max<std::size_t>(4, 256 / sizeof(T));
    const index_t run = r.kept.size[--r.kept.rank];
    const T n = num::convert<T>(static_cast<double>(r.summed.count()));
    loops::odometer at(r.kept);
    for (index_t k = 0; k < y.size(); k += run, at.next())
      for (index_t j = 0; j < run; j += static_cast<index_t>(most)) {
        const auto width = static_cast<std::size_t>(std::min<index_t>(static_cast<index_t>(most), run - j));
        const T* from = x.data + at.offset() + j;
        std::array<T, most> mean, squares;
        sums_over<T, most>(r.summed, width, mean.data(),
                           [&](index_t o, std::size_t i) { return from[o + static_cast<index_t>(i)]; });
        for (std::size_t i = 0; i < width; ++i) mean[i] = mean[i] / n;
        sums_over<T, most>(r.summed, width, squares.data(), [&](index_t o, std::size_t i) {
          const T v = from[o + static_cast<index_t>(i)] - mean[i];
          return v * v;
        });
        for (std::size_t i = 0; i < width; ++i)
          y[k + j + static_cast<index_t>(i)] =
              is_unsafe(squares[i]) ? scaled(from + i, r.summed, mean[i]) : of(squares[i]);
      }
  }
};

var moment(const char* what, const operand& x, const axis_list& axes, double correction, axis_mode mode,
           bool root) {
  const var& v = x.variable();
  const shape s = v.shape();
  moment_op op{.root = root};
  index_t n = 1;
  const std::vector<int> list = axes_of(s, axes);
  for (const int a : list) op.axes |= 1U << (-1 - a), n *= size_along(s, a);
  op.divisor = static_cast<double>(n) - correction;
  if (n == 0 || !(op.divisor > 0) || !std::isfinite(op.divisor))
    throw error(errc::invalid_argument,
                fmt::format("the {} of {} numbers of {} with a correction of {}: there must be more numbers "
                            "than that.",
                            what, n, to_string(s), correction));
  const var y = apply(op, x);
  return mode == keep ? y : reshape(y, without_axes(s, list));
}

}  // namespace

var variance(operand x, const axis_list& axes, double correction, axis_mode mode) {
  return composed("variance", {x}, [&] { return moment("variance", x, axes, correction, mode, false); });
}

var standard_deviation(operand x, const axis_list& axes, double correction, axis_mode mode) {
  return composed("standard_deviation", {x},
                  [&] { return moment("standard deviation", x, axes, correction, mode, true); });
}

}  // namespace reel
