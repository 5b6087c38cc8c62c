// SPDX-License-Identifier: MIT
// Rows along an axis of a tensor: n elements, `step` apart. For bodies of ops.
#pragma once

#include <reel/autodiff/kernels.hpp>
#include <reel/autodiff/loops.hpp>

namespace reel {

struct row {
  index_t first, step, n;
  index_t at(index_t i) const { return first + i * step; }
};

// Calls f(row, k) for the k-th row along `axis`, in the order of the other axes.
template <class F> void each_row(const shape& s, int axis, F f) {
  if (s.size() == 0) return;
  const std::size_t a = s.axis(axis);
  index_t inner = 1;
  for (std::size_t i = a + 1; i < s.rank(); ++i) inner *= s[i];
  const index_t n = s[a], rows = s.size() / n;
  for (index_t k = 0; k < rows; ++k) f(row{k / inner * n * inner + k % inner, inner, n}, k);
}

// Where the rows along an axis lie: elements `inner` apart, `inner` rows side by side, `outer` times.
struct stretches {
  index_t outer, n, inner = 1;
  stretches(const shape& s, int axis) {
    const std::size_t a = s.axis(axis);
    for (std::size_t i = a + 1; i < s.rank(); ++i) inner *= s[i];
    n = s[a];
    outer = s.size() == 0 ? 0 : s.size() / n / inner;
  }
};

// Runs a kernel on the rows along `axis`.
template <class T>
void along(const shape& s, int axis, T* y, const T* x, typename kernels::dispatch_table<T>::rows* f) {
  const stretches l(s, axis);
  if (s.size() > 0) f(y, x, l.outer, l.n, l.inner);
}

// The position of the first maximum, or of the first NaN.
template <class T> index_t first_max(const T* x, const row& r) {
  index_t best = 0;
  for (index_t i = 0; i < r.n; ++i) {
    const auto& v = num::real_part(x[r.at(i)]);
    if (num::isnan(v)) return i;
    if (v > num::real_part(x[r.at(best)])) best = i;
  }
  return best;
}

template <class T> bool is_infinite(const T& x) {
  return !num::isfinite(num::real_part(x)) && !num::isnan(num::real_part(x));
}

// Σ f(i), i < n, in blocks of 16 folded pairwise.
template <class T, class F> T sum_of(index_t n, F f) {
  constexpr index_t block = 16;
  const auto part = [&](index_t from, index_t to) {
    T s(0);
    for (index_t i = from; i < to; ++i) s = s + f(i);
    return s;
  };
  if (n <= block) return part(0, n);
  loops::pairwise<T, 1> total(1);
  for (index_t i = 0; i < n; i += block) {
    const T p = part(i, std::min(i + block, n));
    total.add(&p);
  }
  T s;
  total.finish(&s);
  return s;
}

// A row seen from its maximum, so that no e^(x_i − max) can overflow. ln Σ e^(x_i − max) is log1p of the
// sum without the maximum's own 1, which keeps its digits where the maximum dominates. It is NaN in a
// row whose maximum is infinite or NaN, where max − max is not 0.
template <class T> struct shifted_row {
  index_t best;  // where the maximum is
  T top, others, rest, log_sum;
  shifted_row(const T* x, const row& r) : best(first_max(x, r)), top(num::real_part(x[r.at(best)])) {
    others = sum_of<T>(r.n, [&](index_t i) { return i == best ? T(0) : num::exp(x[r.at(i)] - top); });
    rest = others;
    if constexpr (std::same_as<T, complex>) rest += num::expm1(x[r.at(best)] - top);
    log_sum = num::log1p(rest) + (top - top);
  }
};

}  // namespace reel
