// SPDX-License-Identifier: MIT
// Softmax and its relatives on rows of numbers. With t the maximum of a row, Σ e^(x_i − t) is 1 for a
// maximum itself and `rest` for all others; log1p(rest) keeps its digits where the maximum dominates.
//
// Rows that are short, or lie side by side in memory: one per lane, `lanes` of them at a time. Long ones:
// along the row.
#pragma once

#include "functions.hpp"

namespace reel::kernels::REEL_KERNEL_SET {

// `lanes` rows side by side: element k of all of them is one register, `step` after element k − 1.
template <class T, class P = T> struct side_by_side {
  P* x;
  index_t step, used;
  vec<T> get(index_t k) const {
    return used == lanes<T> ? load<T>(x + k * step) : load_part(x + k * step, used);
  }
  void set(index_t k, vec<T> v) const {
    if (used == lanes<T>) store(x + k * step, v);
    else store_part(x + k * step, v, used);
  }
};

// What shifted exponentials of such rows come to.
template <class T> struct shifted {
  vec<T> top, rest;

  // Hands each e^(x − top) to `keep`.
  template <class Rows, class Keep> shifted(const Rows& x, index_t n, Keep keep) {
    top = x.get(0);
    for (index_t k = 1; k < n; ++k) top = larger_or_nan<T>(top, x.get(k));
    rest = vec<T>{};
    vec<T> tops{};
    for (index_t k = 0; k < n; ++k) {
      const vec<T> v = x.get(k), e = exp<T>(v - top);
      const bits<T> is_top = v == top;
      rest += is_top ? vec<T>{} : e;
      tops += is_top ? all(T(1)) : vec<T>{};
      keep(k, e);
    }
    rest += (tops - T(1)) + (top - top);  // NaN where the maximum is infinite
  }
  vec<T> log_sum() const { return log1p<T>(rest) + (rest - rest); }
  vec<T> log_of_sum() const {  // of the e^x themselves
    return magnitude<T>(top) == std::numeric_limits<T>::infinity() ? top : top + log_sum();
  }
  vec<T> scale() const { return T(1) / (T(1) + rest); }
};

// One long row.
template <class T> struct long_row {
  T top, rest;

  long_row(const T* x, index_t n) {
    vec<T> most[4];
    for (auto& m : most) m = all(x[0]);
    index_t i = 0;
    for (; i + 4 * lanes<T> <= n; i += 4 * lanes<T>)
      for (index_t r = 0; r < 4; ++r) most[r] = larger_or_nan<T>(most[r], load(x + i + r * lanes<T>));
    for (; i + lanes<T> <= n; i += lanes<T>) most[0] = larger_or_nan<T>(most[0], load(x + i));
    if (i < n) most[1] = larger_or_nan<T>(most[1], load_part(x + i, n - i, x[0]));
    top = largest_lane<T>(
        larger_or_nan<T>(larger_or_nan<T>(most[0], most[1]), larger_or_nan<T>(most[2], most[3])));
  }

  // Gives each register of e^(x − top) to `keep`; sums blocks of 4096 apart.
  template <class Keep> void exponentials(const T* x, index_t n, Keep keep) {
    constexpr index_t block = 4096;
    rest = 0;
    T tops = 0;
    for (index_t from = 0; from < n; from += block) {
      const index_t to = least(from + block, n);
      vec<T> sum{}, count{};
      const auto take = [&](vec<T> v, bits<T> used) {
        const vec<T> e = exp<T>(v - top);
        const bits<T> is_top = v == top;
        sum += is_top | ~used ? vec<T>{} : e;
        count += is_top & used ? all(T(1)) : vec<T>{};
        return e;
      };
      index_t i = from;
      for (; i + lanes<T> <= to; i += lanes<T>) keep(i, take(load(x + i), all_bits<T>(-1)), lanes<T>);
      if (i < to) {
        bits<T> used{};
        for (index_t k = 0; k < to - i; ++k) used[k] = -1;
        keep(i, take(load_part(x + i, to - i), used), to - i);
      }
      rest += sum_lanes<T>(sum);
      tops += sum_lanes<T>(count);
    }
    rest += (tops - 1) + (top - top);
  }
  T log_sum() const { return log1p<T>(all(rest))[0] + (rest - rest); }
  T log_of_sum() const {
    constexpr T infinity = std::numeric_limits<T>::infinity();
    return top == infinity || top == -infinity ? top : top + log_sum();
  }
};

// Which rows: `outer` stretches of n·inner numbers, in each of which `inner` rows lie side by side.
struct rows_layout {
  index_t outer, n, inner;
};

template <class T> struct rows_of {
  static constexpr index_t few = 32;
  static constexpr auto nothing = [](auto...) {};

  // f(registers of rows, first row, how many) for short or interleaved rows of x, which f may write to
  // a y of the same layout. Short rows are turned into a buffer and back.
  template <class F> static void each(const T* x, T* y, const rows_layout& l, F f) {
    if (l.inner == 1) {
      alignas(64) T buffer[few * lanes<T>] = {};
      for (index_t i = 0; i < l.outer; i += lanes<T>) {
        const index_t rows = least(lanes<T>, l.outer - i);
        for (index_t r = 0; r < rows; ++r)
          for (index_t k = 0; k < l.n; ++k) buffer[k * lanes<T> + r] = x[(i + r) * l.n + k];
        const side_by_side<T> turned{buffer, lanes<T>, lanes<T>};
        f(turned, turned, i, rows);
        if (y == nullptr) continue;
        for (index_t r = 0; r < rows; ++r)
          for (index_t k = 0; k < l.n; ++k) y[(i + r) * l.n + k] = buffer[k * lanes<T> + r];
      }
      return;
    }
    for (index_t o = 0; o < l.outer; ++o)
      for (index_t q = 0; q < l.inner; q += lanes<T>) {
        const index_t at = o * l.n * l.inner + q, rows = least(lanes<T>, l.inner - q);
        const side_by_side<T, const T> from{x + at, l.inner, rows};
        f(from, side_by_side<T>{y == nullptr ? nullptr : y + at, l.inner, rows}, o * l.inner + q, rows);
      }
  }
  static void put(T* y, vec<T> v, index_t rows) {
    if (rows == lanes<T>) store(y, v);
    else store_part(y, v, rows);
  }
  static bool along(const rows_layout& l) { return l.inner == 1 && l.n > few; }

  static void softmax(T* p, const T* x, index_t outer, index_t n, index_t inner) {
    softmax_and_logsumexp(p, nullptr, x, outer, n, inner);
  }

  // y may be null.
  static void softmax_and_logsumexp(T* p, T* y, const T* x, index_t outer, index_t n, index_t inner) {
    if (!along({outer, n, inner}))
      return each(x, p, {outer, n, inner}, [=](auto from, auto to, index_t row, index_t rows) {
        const shifted<T> s(from, n, [&](index_t k, vec<T> e) { to.set(k, e); });
        const vec<T> scale = s.scale();
        for (index_t k = 0; k < n; ++k) to.set(k, to.get(k) * scale);
        if (y != nullptr) put(y + row, s.log_of_sum(), rows);
      });
    for (index_t row = 0; row < outer; ++row, x += n, p += n) {
      long_row<T> r(x, n);
      r.exponentials(x, n, [=](index_t i, vec<T> e, index_t used) { put(p + i, e, used); });
      const T scale = 1 / (1 + r.rest);
      map(p, static_cast<const T*>(p), n, [=](vec<T> e) { return e * scale; });
      if (y != nullptr) y[row] = r.log_of_sum();
    }
  }

  static void log_softmax(T* y, const T* x, index_t outer, index_t n, index_t inner) {
    if (!along({outer, n, inner}))
      return each(x, y, {outer, n, inner}, [=](auto from, auto to, index_t, index_t) {
        const shifted<T> s(from, n, nothing);
        const vec<T> log_sum = s.log_sum();
        for (index_t k = 0; k < n; ++k) to.set(k, (from.get(k) - s.top) - log_sum);
      });
    for (; outer > 0; --outer, x += n, y += n) {
      long_row<T> r(x, n);
      r.exponentials(x, n, nothing);
      const T top = r.top, log_sum = r.log_sum();
      map(y, x, n, [=](vec<T> v) { return (v - top) - log_sum; });
    }
  }

  static void logsumexp(T* y, const T* x, index_t outer, index_t n, index_t inner) {
    if (!along({outer, n, inner}))
      return each(x, nullptr, {outer, n, inner}, [=](auto from, auto, index_t row, index_t rows) {
        put(y + row, shifted<T>(from, n, nothing).log_of_sum(), rows);
      });
    for (; outer > 0; --outer, x += n, ++y) {
      long_row<T> r(x, n);
      r.exponentials(x, n, nothing);
      *y = r.log_of_sum();
    }
  }

  static void cross_entropy(T* loss, const T* z, const index_t* labels, index_t rows, index_t n) {
    if (n <= few)
      return each(z, nullptr, {rows, n, 1}, [=](auto from, auto, index_t row, index_t used) {
        vec<T> at_label{};
        for (index_t r = 0; r < used; ++r) at_label[r] = z[(row + r) * n + labels[row + r]];
        const shifted<T> s(from, n, nothing);
        put(loss + row, s.log_sum() - (at_label - s.top), used);
      });
    for (; rows > 0; --rows, z += n, ++labels, ++loss) {
      long_row<T> r(z, n);
      r.exponentials(z, n, nothing);
      *loss = r.log_sum() - (z[*labels] - r.top);
    }
  }

  static void cross_entropy_slope(T* dz, const T* z, const index_t* labels, const T* l, index_t rows,
                                  index_t n) {
    if (n <= few)
      return each(z, dz, {rows, n, 1}, [=](auto from, auto to, index_t row, index_t used) {
        bits<T> label{};
        vec<T> factor{};
        for (index_t r = 0; r < used; ++r) {
          label[r] = static_cast<lane<T>>(labels[row + r]);
          factor[r] = l[row + r];
        }
        const shifted<T> s(from, n, [&](index_t k, vec<T> e) { to.set(k, e); });
        const vec<T> scale = s.scale();
        for (index_t k = 0; k < n; ++k) {
          const vec<T> hot = label == static_cast<lane<T>>(k) ? all(T(1)) : vec<T>{};
          to.set(k, factor == T(0) ? vec<T>{} : factor * (to.get(k) * scale - hot));
        }
      });
    for (index_t i = 0; i < rows; ++i, z += n, dz += n) {
      softmax(dz, z, 1, n, 1);
      dz[labels[i]] -= 1;
      const T factor = l[i];
      map(dz, static_cast<const T*>(dz), n, [=](vec<T> e) { return factor == T(0) ? vec<T>{} : factor * e; });
    }
  }
};

}  // namespace reel::kernels::REEL_KERNEL_SET
