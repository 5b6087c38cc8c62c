// SPDX-License-Identifier: MIT
// Matrix products as dots. Where B alone is transposed and has few rows, products are dots of rows of A and
// of B, which needs no copies: R rows of A × N of B in registers, lanes summed at the end.
#pragma once

#include "simd.hpp"

namespace reel::kernels::REEL_KERNEL_SET {

template <class T> struct dots_of {
  static constexpr int most_rows = registers == 32 ? 4 : 2, most_dots = registers == 32 ? 10 : 5;
  static constexpr int most_sums = registers == 32 ? 24 : 10;
  static constexpr index_t panel_numbers = 49152 / static_cast<index_t>(sizeof(T));
  using tile_fn = void(index_t k, const T* a, index_t a_row, const T* b, index_t b_row, T* c, index_t c_row);

  // Dots of R rows of A with N rows of B, which lie as they are or packed: per register of columns N
  // registers, one of each row, the last ones filled up with zeros.
  template <int R, int N, bool Packed>
  static void dots(index_t k, const T* a, index_t a_row, const T* b, index_t b_row, T* c, index_t c_row) {
    vec<T> acc[R][N] = {};
    const auto step = [&](index_t p, auto get) {
      vec<T> x[R];
#pragma GCC unroll 8
      for (int r = 0; r < R; ++r) x[r] = get(a + r * a_row + p);
#pragma GCC unroll 16
      for (int j = 0; j < N; ++j) {
        // In a register: the compiler would rather read it again for each row.
        const vec<T> y = rounded(Packed ? load(b + p * N + j * lanes<T>) : get(b + j * b_row + p));
#pragma GCC unroll 8
        for (int r = 0; r < R; ++r) acc[r][j] = multiply_add(x[r], y, acc[r][j]);
      }
    };
    index_t p = 0;
    for (; p + lanes<T> <= k; p += lanes<T>) step(p, [](const T* x) { return load(x); });
    if (p < k) step(p, [=](const T* x) { return load_part(x, k - p, T(0)); });
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) put_sums<N>(acc[r], c + r * c_row);
  }
  // The sums over lanes of N registers.
  template <int N> static void put_sums(const vec<T>* v, T* c) {
    constexpr int width = static_cast<int>(lanes<T>);
    if constexpr (N >= width) store(c, sums<T, static_cast<std::size_t>(width)>(v));
    if constexpr (N > width) put_sums<N - width>(v + width, c + width);
    if constexpr (N < width) store_part(c, sums<T, static_cast<std::size_t>(N)>(v), N);
  }

  struct table {
    tile_fn* of[most_rows][most_dots];
  };
  template <bool Packed, int R, int N> static constexpr tile_fn* tile_for() {
    if constexpr (R * N <= most_sums) return &dots<R, N, Packed>;
    else return nullptr;
  }
  template <bool Packed, int R, int... N>
  static constexpr void fill_row(table& t, std::integer_sequence<int, N...>) {
    ((t.of[R][N] = tile_for<Packed, R + 1, N + 1>()), ...);
  }
  template <bool Packed, int... R> static constexpr table make_table(std::integer_sequence<int, R...>) {
    table t{};
    (fill_row<Packed, R>(t, std::make_integer_sequence<int, most_dots>{}), ...);
    return t;
  }
  template <bool Packed>
  static constexpr table tiles = make_table<Packed>(std::make_integer_sequence<int, most_rows>{});

  static void pack(T* to, const T* b, index_t b_row, index_t rows, index_t k) {
    for (index_t p = 0; p < k; p += lanes<T>)
      for (index_t j = 0; j < rows; ++j, to += lanes<T>) {
        const T* const from = b + j * b_row + p;
        store(to, p + lanes<T> <= k ? load(from) : load_part(from, k - p, T(0)));
      }
  }

  // Some rows of B with all of A. Registers that begin anywhere mostly cross from one cache line into the
  // next: where rows of B do not begin alike, they are packed if enough rows of A make it worth.
  static void product(const gemm_shape& s, const T* a, const T* b, T* c) {
    constexpr index_t worth_packing = 32;
    const index_t b_row = s.transpose_b ? s.b_row : s.k;
    // As many rows of A at a time as can be, so that B is read less often.
    const index_t parts = s.m >= most_rows ? ceil_div(s.n, most_sums / most_rows) : ceil_div(s.n, most_dots);
    const index_t whole = ceil_div(s.k, lanes<T>) * lanes<T>;
    const bool packs = b_row % lanes<T> != 0 && s.m >= worth_packing && most_dots * whole <= panel_numbers;
    const auto& some = packs ? tiles<true> : tiles<false>;
    alignas(64) T panel[panel_numbers];
    for (index_t t = 0, j = 0; t < parts; ++t) {
      const index_t n = (s.n - j) / (parts - t), most = rows_with(n);
      const T* const from = b + j * b_row;
      if (packs) pack(panel, from, b_row, n, s.k);
      for (index_t i = 0; i < s.m; i += most) {
        const index_t rows = min(most, s.m - i);
        some.of[rows - 1][n - 1](s.k, a + i * s.a_row, s.a_row, packs ? panel : from, b_row,
                                 c + i * s.c_row + j, s.c_row);
      }
      j += n;
    }
  }

  // Rows of A that fit beside n of B: found by trying, which takes less than a division.
  static constexpr index_t rows_with(index_t n) {
    index_t rows = most_rows;
    while (rows * n > most_sums) --rows;
    return rows;
  }
};

}  // namespace reel::kernels::REEL_KERNEL_SET
