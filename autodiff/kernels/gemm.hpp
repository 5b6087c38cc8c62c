// SPDX-License-Identifier: MIT
// Matrix products: by tiles, as dots, or, of two vectors, by rows.
#pragma once

#include "dots.hpp"
#include "tiles.hpp"

namespace reel::kernels::REEL_KERNEL_SET {

template <class T> struct gemm_of {
  static void gemm(const gemm_shape& shape, const T* a, const T* b, T* c, bool add) {
    const gemm_shape s = with_rows(shape);
    if (s.m == 0 || s.n == 0) return;
    if (s.k == 0) {
      if (add) return;
      for (index_t i = 0; i < s.m; ++i)
        for (index_t j = 0; j < s.n; ++j) c[i * s.c_row + j] = 0;
      return;
    }
    if (has_lane_sums(s) && !add) return dots_of<T>::product(s, a, b, c);
    oriented_product(s, a, b, c, {add ? use<T>::add : use<T>::set});
  }

  static void accumulate_scaled_product(const gemm_shape& s, T alpha, T beta, const T* a, const T* b, T* c) {
    if (s.m > 0 && s.n > 0)
      oriented_product(with_rows(s), a, b, c,
                       {beta == 1 ? use<T>::accumulate_scaled : use<T>::blend, alpha, beta});
  }

  // A column of C is a row: cᵀ = bᵀ·A.
  static void oriented_product(const gemm_shape& s, const T* a, const T* b, T* c, use<T> u) {
    if (s.n == 1 && s.m > 1 && s.c_row == 1 && (s.transpose_b || s.b_row == 1))
      return oriented_product({false, !s.transpose_a, 1, s.m, s.k, s.k, s.a_row, s.m}, b, a, c, u);
    if (s.k > 1 || (s.transpose_b && s.b_row != 1)) return tiles_of<T>::product(s, a, b, c, u);
    switch (u.how) {
      case use<T>::set:
        return outer(s, a, b, c, [](vec<T> x, vec<T> y, auto) { return multiply_add(x, y, vec<T>{}); });
      case use<T>::add:
        return outer(s, a, b, c, [](vec<T> x, vec<T> y, auto old) { return multiply_add(x, y, old()); });
      case use<T>::accumulate_scaled:  // a multiplication takes less time than a multiply-add to 0
        return outer(s, a, b, c, [=](vec<T> x, vec<T> y, auto old) {
          return multiply_add(rounded(x * y), broadcast(u.alpha), old());
        });
      case use<T>::blend:
        return outer(s, a, b, c, [=](vec<T> x, vec<T> y, auto old) {
          return multiply_add(rounded(x * y), broadcast(u.alpha), rounded(old() * u.beta));
        });
    }
  }

  // The product a·bᵀ of two vectors: c_ij = next(b_j, a_i, old), where old() is what c_ij holds. A register
  // of b is used for several rows.
  template <class Next> static void outer(const gemm_shape& s, const T* a, const T* b, T* c, Next next) {
    const index_t a_step = s.transpose_a ? 1 : s.a_row;
    index_t i = 0;
    for (; i + outer_rows <= s.m; i += outer_rows)
      outer_tile<outer_rows>(s, a + i * a_step, a_step, b, c + i * s.c_row, next);
    for (; i < s.m; ++i) outer_tile<1>(s, a + i * a_step, a_step, b, c + i * s.c_row, next);
  }
  static constexpr int outer_rows = 5;
  template <int R, class Next>
  static void outer_tile(const gemm_shape& s, const T* a, index_t a_step, const T* b, T* c, Next next) {
    vec<T> x[R];
    for (int r = 0; r < R; ++r) x[r] = broadcast(a[r * a_step]);
    const index_t n = s.n, c_row = s.c_row;
    const auto step = [&](vec<T> y, index_t j, auto get, auto put) {
#pragma GCC unroll 8
      for (int r = 0; r < R; ++r) {
        T* const to = c + r * c_row + j;
        put(to, next(y, x[r], [=] { return get(to); }));
      }
    };
    index_t j = 0;
    for (; j + lanes<T> <= n; j += lanes<T>)
      step(
          load(b + j), j, [](const T* p) { return load(p); }, [](T* p, vec<T> v) { store(p, v); });
    if (const index_t left = n - j; left > 0)
      step(
          load_part(b + j, left), j, [=](const T* p) { return load_part(p, left); },
          [=](T* p, vec<T> v) { store_part(p, v, left); });
  }
};

}  // namespace reel::kernels::REEL_KERNEL_SET
