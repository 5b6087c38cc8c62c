// SPDX-License-Identifier: MIT
// Softmax and its relatives on rows of numbers. With t the maximum of a row, Σ e^(x_i − t) is 1 for a
// maximum itself and `rest` for all others; log1p(rest) keeps its digits where the maximum dominates.
//
// Rows that are short, or lie side by side in memory: one per lane, `lanes` of them at a time. Long ones, and
// a few short ones: along the row. A short row's terms are summed one after the other either way.
#pragma once

#include "functions.hpp"

namespace reel::kernels::REEL_KERNEL_SET {

// `lanes` rows side by side: element k of all of them is one register, `step` after element k − 1.
template <class T, class P = T> struct side_by_side {
  P* x;
  index_t step, used;
  vec<T> get(index_t k) const { return load_some<T>(x + k * step, used); }
  void set(index_t k, vec<T> v) const { store_some(x + k * step, v, used); }
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
      tops += is_top ? broadcast(T(1)) : vec<T>{};
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

inline constexpr index_t few = 32;  // terms of a short row, at most

// One row, along it.
template <class T> struct one_row {
  T top, rest;

  one_row(const T* x, index_t n) {
    vec<T> most[4];
    for (auto& m : most) m = broadcast(x[0]);
    index_t i = 0;
    for (; i + 4 * lanes<T> <= n; i += 4 * lanes<T>)
      for (index_t r = 0; r < 4; ++r) most[r] = larger_or_nan<T>(most[r], load(x + i + r * lanes<T>));
    for (; i + lanes<T> <= n; i += lanes<T>) most[0] = larger_or_nan<T>(most[0], load(x + i));
    if (i < n) most[1] = larger_or_nan<T>(most[1], load_part(x + i, n - i, x[0]));
    top = largest_lane<T>(
        larger_or_nan<T>(larger_or_nan<T>(most[0], most[1]), larger_or_nan<T>(most[2], most[3])));
  }

  // Gives each register of e^(x − top) to `keep`.
  template <class Keep> void exponentials(const T* x, index_t n, Keep keep) {
    rest = 0;
    T tops = 0;
    if (n <= few) add_terms(x, n, tops, keep);
    else add_blocks(x, n, tops, keep);
    rest += (tops - 1) + (top - top);
  }
  T log_sum() const { return log1p<T>(broadcast(rest))[0] + (rest - rest); }
  T log_of_sum() const {
    constexpr T infinity = std::numeric_limits<T>::infinity();
    return top == infinity || top == -infinity ? top : top + log_sum();
  }
  T scale() const { return 1 / (1 + rest); }

 private:
  template <class Keep> void add_terms(const T* x, index_t n, T& tops, Keep keep) {
    T terms[few + lanes<T>], is_top[few + lanes<T>];
    for (index_t i = 0; i < n; i += lanes<T>) {
      const index_t used = min(lanes<T>, n - i);
      const vec<T> v = load_some(x + i, used), e = exp<T>(v - top);
      store<T>(terms + i, v == top ? vec<T>{} : e);
      store<T>(is_top + i, v == top ? broadcast(T(1)) : vec<T>{});
      keep(i, e, used);
    }
    for (index_t k = 0; k < n; ++k) rest += terms[k], tops += is_top[k];
  }
  // Blocks of 4096 are summed apart.
  template <class Keep> void add_blocks(const T* x, index_t n, T& tops, Keep keep) {
    constexpr index_t block = 4096;
    for (index_t from = 0; from < n; from += block) {
      const index_t to = min(from + block, n);
      vec<T> sum{}, count{};
      const auto take = [&](vec<T> v, bits<T> used) {
        const vec<T> e = exp<T>(v - top);
        const bits<T> is_top = v == top;
        sum += is_top | ~used ? vec<T>{} : e;
        count += is_top & used ? broadcast(T(1)) : vec<T>{};
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
  }
};

// Which rows: `outer` stretches of n·inner numbers, in each of which `inner` rows lie side by side.
struct rows_layout {
  index_t outer, n, inner;
};

template <class T> struct rows_of {
  static constexpr auto nothing = [](auto...) {};

  // buffer[k][r] = x[r][k] for as many rows of n numbers.
  static void pack(T* buffer, const T* x, index_t rows, index_t n) {
    for (index_t q = 0; q < n; q += lanes<T>) {
      const index_t width = min(lanes<T>, n - q);
      vec<T> v[lanes<T>];
      for (index_t r = 0; r < lanes<T>; ++r) v[r] = r < rows ? load_some(x + r * n + q, width) : vec<T>{};
      transpose<T>(v);
      for (index_t k = 0; k < width; ++k) store(buffer + (q + k) * lanes<T>, v[k]);
    }
  }
  static void unpack(T* y, const T* buffer, index_t rows, index_t n) {
    for (index_t q = 0; q < n; q += lanes<T>) {
      const index_t width = min(lanes<T>, n - q);
      vec<T> v[lanes<T>];
      for (index_t k = 0; k < lanes<T>; ++k) v[k] = k < width ? load(buffer + (q + k) * lanes<T>) : vec<T>{};
      transpose<T>(v);
      for (index_t r = 0; r < rows; ++r) store_some(y + r * n + q, v[r], width);
    }
  }

  // f(registers of rows, first row, how many) for short or interleaved rows of x, which f may write to
  // a y of the same layout. Short rows are packed into a buffer and back.
  template <class F> static void each(const T* x, T* y, const rows_layout& l, F f) {
    if (l.inner == 1) {
      alignas(64) T buffer[few * lanes<T>];
      for (index_t i = 0; i < l.outer; i += lanes<T>) {
        const index_t rows = min(lanes<T>, l.outer - i);
        pack(buffer, x + i * l.n, rows, l.n);
        const side_by_side<T> packed{buffer, lanes<T>, lanes<T>};
        f(packed, packed, i, rows);
        if (y != nullptr) unpack(y + i * l.n, buffer, rows, l.n);
      }
      return;
    }
    for (index_t o = 0; o < l.outer; ++o)
      for (index_t q = 0; q < l.inner; q += lanes<T>) {
        const index_t at = o * l.n * l.inner + q, rows = min(lanes<T>, l.inner - q);
        const side_by_side<T, const T> from{x + at, l.inner, rows};
        f(from, side_by_side<T>{y == nullptr ? nullptr : y + at, l.inner, rows}, o * l.inner + q, rows);
      }
  }
  static constexpr index_t few_rows = lanes<T> / 4;
  static bool along(const rows_layout& l) { return l.inner == 1 && (l.n > few || l.outer <= few_rows); }

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
        if (y != nullptr) store_some(y + row, s.log_of_sum(), rows);
      });
    for (index_t row = 0; row < outer; ++row, x += n, p += n) {
      one_row<T> r(x, n);
      r.exponentials(x, n, [=](index_t i, vec<T> e, index_t used) { store_some(p + i, e, used); });
      const T scale = r.scale();
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
      one_row<T> r(x, n);
      r.exponentials(x, n, nothing);
      const T top = r.top, log_sum = r.log_sum();
      map(y, x, n, [=](vec<T> v) { return (v - top) - log_sum; });
    }
  }

  static void logsumexp(T* y, const T* x, index_t outer, index_t n, index_t inner) {
    if (!along({outer, n, inner}))
      return each(x, nullptr, {outer, n, inner}, [=](auto from, auto, index_t row, index_t rows) {
        store_some(y + row, shifted<T>(from, n, nothing).log_of_sum(), rows);
      });
    for (; outer > 0; --outer, x += n, ++y) {
      one_row<T> r(x, n);
      r.exponentials(x, n, nothing);
      *y = r.log_of_sum();
    }
  }

  // What stands before an element, going up, and what stands behind it, going down.
  template <class From, class To> static void add_others(const From& from, const To& to, index_t n) {
    vec<T> sum{};
    for (index_t k = 0; k < n; ++k) to.set(k, sum), sum += from.get(k);
    sum = vec<T>{};
    for (index_t k = n; k-- > 0; sum += from.get(k)) to.set(k, to.get(k) + sum);
  }
  // One row along it: a short one in the same order, a long one within each lane, and the sums of the other
  // lanes.
  static void add_others_along(T* y, const T* x, index_t n) {
    if (n <= few) {
      T before = 0, behind = 0;
      for (index_t k = 0; k < n; ++k) y[k] = before, before += x[k];
      for (index_t k = n; k-- > 0; behind += x[k]) y[k] += behind;
      return;
    }
    const index_t whole = n / lanes<T> * lanes<T>, left = n - whole;
    const vec<T> last = left > 0 ? load_part(x + whole, left, T(0)) : vec<T>{};
    vec<T> sum{};
    for (index_t i = 0; i < whole; i += lanes<T>) store(y + i, sum), sum += load(x + i);
    const vec<T> before_last = sum;
    sum += last;
    const vec<T> lane_sums = sum;
    T before = 0, behind = 0;
    for (index_t l = 0; l < lanes<T>; ++l) sum[l] = before, before += lane_sums[l];
    for (index_t l = lanes<T>; l-- > 0;) sum[l] += behind, behind += lane_sums[l];
    if (left > 0) store_part(y + whole, before_last + sum, left), sum += last;
    for (index_t i = whole; i > 0; i -= lanes<T>) {
      const index_t at = i - lanes<T>;
      store(y + at, load(y + at) + sum), sum += load(x + at);
    }
  }
  static void sum_others(T* y, const T* x, index_t outer, index_t n, index_t inner) {
    if (along({outer, n, inner}))
      for (; outer > 0; --outer, x += n, y += n) add_others_along(y, x, n);
    else if (inner == 1)
      for (index_t i = 0; i < outer; i += lanes<T>) {
        alignas(64) T in[few * lanes<T>], out[few * lanes<T>];
        const index_t rows = min(lanes<T>, outer - i);
        pack(in, x + i * n, rows, n);
        add_others(side_by_side<T>{in, lanes<T>, lanes<T>}, side_by_side<T>{out, lanes<T>, lanes<T>}, n);
        unpack(y + i * n, out, rows, n);
      }
    else
      for (index_t o = 0; o < outer; ++o)
        for (index_t q = 0; q < inner; q += lanes<T>) {
          const index_t at = o * n * inner + q, rows = min(lanes<T>, inner - q);
          add_others(side_by_side<T, const T>{x + at, inner, rows}, side_by_side<T>{y + at, inner, rows}, n);
        }
  }

  // The loss and its slope; either may be null. At a label that is the row's maximum the slope p − 1 is taken
  // as −Σ of the other p, which keeps its digits however close p is to 1.
  static void cross_entropy(T* loss, T* dz, const T* z, const index_t* labels, const T* l, index_t rows,
                            index_t n) {
    if (!along({rows, n, 1}))
      return each(z, dz, {rows, n, 1}, [=](auto from, auto to, index_t row, index_t used) {
        T at_label[lanes<T>] = {};
        lane<T> label[lanes<T>] = {};
        for (index_t r = 0; r < used; ++r) {
          label[r] = static_cast<lane<T>>(labels[row + r]);
          at_label[r] = z[(row + r) * n + labels[row + r]];
        }
        const shifted<T> s(from, n, [=](index_t k, vec<T> e) {
          if (dz != nullptr) to.set(k, e);
        });
        if (loss != nullptr) store_some(loss + row, s.log_sum() - (load(at_label) - s.top), used);
        if (dz == nullptr) return;
        bits<T> hot;
        std::memcpy(&hot, label, sizeof hot);
        const vec<T> scale = s.scale(), factor = load_some(l + row, used);
        const bits<T> is_top = load(at_label) == s.top;
        const vec<T> others = -(s.rest * scale);
        for (index_t k = 0; k < n; ++k) {
          const bits<T> here = hot == static_cast<lane<T>>(k);
          const vec<T> p = rounded(to.get(k) * scale), one = here ? broadcast(T(1)) : vec<T>{};
          to.set(k, slope(here & is_top ? others : p - one, factor));
        }
      });
    for (index_t i = 0; i < rows; ++i, z += n) {
      one_row<T> r(z, n);
      r.exponentials(z, n, [=](index_t k, vec<T> e, index_t used) {
        if (dz != nullptr) store_some(dz + k, e, used);
      });
      if (loss != nullptr) loss[i] = r.log_sum() - (z[labels[i]] - r.top);
      if (dz == nullptr) continue;
      const vec<T> scale = broadcast(r.scale()), factor = broadcast(l[i]);
      const bool is_top = z[labels[i]] == r.top;
      const vec<T> others = -(broadcast(r.rest) * scale);
      const vec<T> at_label =
          slope(is_top ? others : rounded(broadcast(dz[labels[i]]) * scale) - T(1), factor);
      map(dz, static_cast<const T*>(dz), n, [=](vec<T> e) { return slope(rounded(e * scale), factor); });
      dz[labels[i]] = at_label[0];
      dz += n;
    }
  }
  static vec<T> slope(vec<T> x, vec<T> factor) { return factor == T(0) ? vec<T>{} : x * factor; }
};

}  // namespace reel::kernels::REEL_KERNEL_SET
