// SPDX-License-Identifier: MIT
// Positions are computed by ops without a derivative; the elements there are taken by take_along_axis.
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/movement.hpp>
#include <reel/ops/ordering.hpp>
#include <reel/ops/rearrange.hpp>

#include "axes.hpp"
#include "order_keys.hpp"
#include "rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace reel {

namespace {

template <class T> using key_of = decltype(order_key(std::declval<const T&>()));

// The keys of a row, in buffers of this thread.
template <class T> struct row_keys {
  std::vector<keyed<key_of<T>>>& keys;
  std::vector<keyed<key_of<T>>>& spare;
  row_keys(const T* x, const row& r, bool descending) : keys(buffer<0>()), spare(buffer<1>()) {
    keys.resize(static_cast<std::size_t>(r.n));
    for (index_t i = 0; i < r.n; ++i) {
      const auto key = order_key(x[r.at(i)]);
      keys[static_cast<std::size_t>(i)] = {descending ? ~key : key, i};
    }
  }

 private:
  template <int> static std::vector<keyed<key_of<T>>>& buffer() {
    thread_local std::vector<keyed<key_of<T>>> memory;
    return memory;
  }
};

// Where the first `count` in order stand.
struct argsort_op {
  static constexpr auto name = "argsort";
  static constexpr bool any_kind = true, analytic = true;
  int axis = -1;
  bool descending = false;
  index_t count = 0;
  shape infer(const shape& x) const { return x.with(x.axis(axis), count); }
  template <class T> void eval(out<index_t> y, in<T> x) const {
    if (count == 0) return;
    const index_t inner = stretches(x.shape(), axis).inner;
    each_row(x.shape(), axis, [&](const row& r, index_t k) {
      auto [keys, spare] = row_keys<T>(x.data, r, descending);
      if (count < r.n / 8) std::partial_sort(keys.begin(), keys.begin() + count, keys.end());
      else sort_keys(keys, spare);
      const index_t first = k / inner * count * inner + k % inner;
      for (index_t i = 0; i < count; ++i) y[first + i * inner] = keys[static_cast<std::size_t>(i)].at;
    });
  }
  bool operator==(const argsort_op&) const = default;
};

// Where the elements stand that come at `rank` in order, from 0, and next: one or two of them. In a row with
// a NaN both are the first NaN.
struct order_statistic_op {
  static constexpr auto name = "order_statistic";
  static constexpr bool analytic = true;
  int axis = -1;
  index_t rank = 0, count = 1;
  shape infer(const shape& x) const { return x.with(x.axis(axis), count); }
  template <class T> void eval(out<index_t> y, in<T> x) const {
    const index_t inner = stretches(x.shape(), axis).inner;
    each_row(x.shape(), axis, [&](const row& r, index_t k) {
      const index_t first = k / inner * count * inner + k % inner;
      for (index_t i = 0; i < r.n; ++i)
        if (num::isnan(num::real_part(x[r.at(i)]))) {
          for (index_t j = 0; j < count; ++j) y[first + j * inner] = i;
          return;
        }
      auto& keys = row_keys<T>(x.data, r, false).keys;
      const auto chosen = keys.begin() + rank;
      std::nth_element(keys.begin(), chosen, keys.end());
      y[first] = chosen->at;
      if (count == 2) y[first + inner] = std::min_element(chosen + 1, keys.end())->at;
    });
  }
  bool operator==(const order_statistic_op&) const = default;
};

// Where the first largest slice element of each segment stands along the axis, or the first NaN: n where none
// does.
struct segment_argmax_op {
  static constexpr auto name = "segment_argmax";
  static constexpr bool analytic = true;
  int axis = -1;
  index_t count = 0;
  shape infer(const shape& x, const shape& segments) const {
    const std::size_t a = x.axis(axis);
    if (segments != shape{x[a]})
      throw error(errc::shape_mismatch, fmt::format("segments {} of axis {} of {}: give one for each slice.",
                                                    to_string(segments), a, to_string(x)));
    return x.with(a, count);
  }
  template <class T> void eval(out<index_t> y, in<T> x, in<index_t> segments) const {
    check_indices_below(segments, count);
    const stretches l(x.shape(), axis);
    std::fill_n(y.data, y.size(), l.n);
    for (index_t o = 0; o < l.outer; ++o)
      for (index_t k = 0; k < l.n; ++k)
        for (index_t i = 0; i < l.inner; ++i) {
          const auto element = [&](index_t at) -> decltype(auto) {
            return num::real_part(x[(o * l.n + at) * l.inner + i]);
          };
          index_t& best = y[(o * count + segments[k]) * l.inner + i];
          if (best == l.n || is_above(element(k), element(best))) best = k;
        }
  }
  template <class T> static bool is_above(const T& a, const T& b) {
    return num::isnan(a) ? !num::isnan(b) : a > b;
  }
  bool operator==(const segment_argmax_op&) const = default;
};

void check_count(index_t count) {
  if (count < 0) throw error(errc::invalid_argument, fmt::format("{} segments; give 0 or more.", count));
}

var quantile_of(const char* what, const operand& x, double q, int axis, axis_mode mode) {
  const shape s = x.variable().shape();
  const int a = from_last(s, axis);
  const index_t n = size_along(s, a);
  if (n == 0)
    throw error(errc::invalid_argument,
                fmt::format("the {} of nothing: axis {} of {} is empty.", what, s.axis(a), to_string(s)));
  if (!(q >= 0 && q <= 1)) throw error(errc::invalid_argument, fmt::format("q = {}; give 0 to 1.", q));
  const double position = q * static_cast<double>(n - 1), below = std::floor(position);
  const double weight = position - below;
  const order_statistic_op op{a, static_cast<index_t>(below), weight > 0 ? 2 : 1};
  var y = take_along_axis(x, apply(op, x), a);
  if (weight > 0) y = (1 - weight) * slice(y, a, 0, 1) + weight * slice(y, a, 1, 2);
  return mode == keep ? y : reshape(y, s.without(s.axis(a)));
}

}  // namespace

var argsort(operand x, int axis, bool descending) {
  return composed(argsort_op::name, {x}, [&] {
    const shape& s = x.variable().shape();
    return apply(argsort_op{from_last(s, axis), descending, size_along(s, axis)}, x);
  });
}

var sort(operand x, int axis, bool descending) {
  return composed("sort", {x}, [&] { return take_along_axis(x, argsort(x, axis, descending), axis); });
}

top_k_result top_k(operand x, index_t k, int axis) {
  top_k_result all;
  composed("top_k", {x}, [&] {
    const shape s = x.variable().shape();
    const index_t n = size_along(s, axis);
    if (k < 0 || k > n)
      throw error(errc::invalid_argument, fmt::format("the {} largest of the {} along axis {} of {}.", k, n,
                                                      s.axis(axis), to_string(s)));
    all.indices = apply(argsort_op{from_last(s, axis), true, k}, x);
    all.values = take_along_axis(x, all.indices, axis);
    return all.values;
  });
  return all;
}

var quantile(operand x, double q, int axis, axis_mode mode) {
  return composed("quantile", {x}, [&] { return quantile_of("quantile", x, q, axis, mode); });
}
var median(operand x, int axis, axis_mode mode) {
  return composed("median", {x}, [&] { return quantile_of("median", x, 0.5, axis, mode); });
}

var segment_sum(operand x, operand segments, index_t count, int axis) {
  return composed("segment_sum", {x, segments}, [&] {
    x = x.sibling(segments), segments = segments.sibling(x);
    check_count(count);
    const shape s = x.variable().shape(), k = segments.variable().shape();
    if (k != shape{size_along(s, axis)})
      throw error(errc::shape_mismatch, fmt::format("segments {} of axis {} of {}: give one for each slice.",
                                                    to_string(k), s.axis(axis), to_string(s)));
    return scatter_add(x, segments, count, from_last(s, axis));
  });
}

var segment_max(operand x, operand segments, index_t count, int axis) {
  return composed("segment_max", {x, segments}, [&] {
    x = x.sibling(segments), segments = segments.sibling(x);
    check_count(count);
    const var v = x.variable();
    const shape s = v.shape();
    const int a = from_last(s, axis);
    const var none_yet =
        constant_like(v, full(s.with(s.axis(a), 1), -std::numeric_limits<double>::infinity()));
    return take_along_axis(concat({v, none_yet}, a), apply(segment_argmax_op{a, count}, x, segments), a);
  });
}

}  // namespace reel
