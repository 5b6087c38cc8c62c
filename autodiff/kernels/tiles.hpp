// SPDX-License-Identifier: MIT
// Matrix products by tiles. A tile of C, M rows × N registers, stays in registers while k runs; per step N
// registers of B are loaded and each of M numbers of A multiplies them all. M is as even a split of the
// rows as can be, N what the register file then holds. A is read in place through its strides, or copied
// (to the stack) where these are far; panels of B are copied where enough rows share them, columns are not
// contiguous, or a tile would read beyond the last.
#pragma once

#include "simd.hpp"

namespace reel::kernels::REEL_KERNEL_SET {

// What becomes of a product: C, added to C from the first term on, or scaled and added at last: to C, or to
// a multiple of it.
template <class T> struct use {
  enum { set, add, accumulate_scaled, blend } how = set;
  T alpha = 1, beta = 1;
};

// acc[r][v] += a(r, p)·b(p, v) for all p. What is read of b may be copied on the way.
template <class T, int M, int N, bool Packs>
inline void accumulate(vec<T> (&acc)[M][N], index_t k, const T* a, index_t row, index_t column, const T* b,
                       index_t b_row, T* packed) {
  for (index_t p = 0; p < k; ++p, a += column, b += b_row) {
    vec<T> x[N];
    for (int v = 0; v < N; ++v) {
      x[v] = load(b + v * lanes<T>);
      if (Packs) store(packed + (p * N + v) * lanes<T>, x[v]);
    }
    for (int r = 0; r < M; ++r)
      for (int v = 0; v < N; ++v) acc[r][v] = multiply_add(x[v], broadcast(a[r * row]), acc[r][v]);
  }
}

struct strided {
  index_t row, column;
};

template <class T> struct tiles_of {
  static constexpr int most_rows = registers == 32 ? 8 : 4, most_columns = 8;
  static constexpr int accumulators = registers == 32 ? 24 : 12;
  static constexpr index_t panel_numbers = 49152 / static_cast<index_t>(sizeof(T));
  static constexpr index_t near_numbers = 32768 / static_cast<index_t>(sizeof(T));

  // Tiles side by side. Columns are a tile's, the last ones of its last register not all of them used; or
  // those of any number of whole tiles.
  using tile_fn = void(index_t k, const T* a, strided of_a, const T* b, index_t b_row, T* c, index_t c_row,
                       use<T> u, index_t columns);

  // The widest tiles, and those that are a row short of them.
  static constexpr int widest(int m) {
    return m * most_columns <= accumulators ? most_columns : accumulators / m;
  }
  template <int M, int N>
  static constexpr bool is_repeated = N == widest(M) || (M < most_rows && N == widest(M + 1));

  template <int M, int N>
  static void tile_row(index_t k, const T* a, strided of_a, const T* b, index_t b_row, T* c, index_t c_row,
                       use<T> u, index_t columns) {
    constexpr index_t width = N * lanes<T>;
    if constexpr (is_repeated<M, N>)
      if (columns % width == 0) {
        for (; columns > 0; columns -= width, b += width, c += width)
          one_tile<M, N, true>(k, a, of_a, b, b_row, c, c_row, u, lanes<T>);
        return;
      }
    one_tile<M, N, false>(k, a, of_a, b, b_row, c, c_row, u, columns - width + lanes<T>);
  }

  // One of the widest tiles, which leaves its columns of B in `packed`, close together, for the next rows of
  // A.
  using packing_fn = void(index_t k, const T* a, strided of_a, const T* b, index_t b_row, T* c, index_t c_row,
                          use<T> u, T* packed);
  template <int M>
  static void packing_tile(index_t k, const T* a, strided of_a, const T* b, index_t b_row, T* c,
                           index_t c_row, use<T> u, T* packed) {
    one_tile<M, widest(M), true, true>(k, a, of_a, b, b_row, c, c_row, u, lanes<T>, packed);
  }

  // `last`: columns in the last register, where they are not Whole.
  template <int M, int N, bool Whole, bool Packs = false>
  static void one_tile(index_t k, const T* a, strided of_a, const T* b, index_t b_row, T* c, index_t c_row,
                       use<T> u, index_t last, T* packed = nullptr) {
    const auto get = [=](const T* x, int v) {
      return Whole || v < N - 1 || last == lanes<T> ? load(x + v * lanes<T>)
                                                    : load_part(x + v * lanes<T>, last);
    };
    vec<T> acc[M][N];
#pragma GCC unroll 8
    for (int r = 0; r < M; ++r)
#pragma GCC unroll 8
      for (int v = 0; v < N; ++v) acc[r][v] = u.how == use<T>::add ? get(c + r * c_row, v) : vec<T>{};
    accumulate<T, M, N, Packs>(acc, k, a, of_a.row, of_a.column, b, b_row, packed);
    if (u.how == use<T>::accumulate_scaled)
#pragma GCC unroll 8
      for (int r = 0; r < M; ++r)
#pragma GCC unroll 8
        for (int v = 0; v < N; ++v)
          acc[r][v] = multiply_add(acc[r][v], broadcast(u.alpha), get(c + r * c_row, v));
    if (u.how == use<T>::blend)
#pragma GCC unroll 8
      for (int r = 0; r < M; ++r)
#pragma GCC unroll 8
        for (int v = 0; v < N; ++v)
          acc[r][v] = multiply_add(acc[r][v], broadcast(u.alpha), rounded(get(c + r * c_row, v) * u.beta));
#pragma GCC unroll 8
    for (int r = 0; r < M; ++r)
#pragma GCC unroll 8
      for (int v = 0; v < N; ++v) {
        T* const to = c + r * c_row + v * lanes<T>;
        if (Whole || v < N - 1 || last == lanes<T>) store(to, acc[r][v]);
        else store_part(to, acc[r][v], last);
      }
  }

  template <int M, int N> static constexpr tile_fn* tile_for() {
    if constexpr (M * N <= accumulators) return &tile_row<M, N>;
    else return nullptr;
  }
  struct table {
    tile_fn* of[most_rows][most_columns];
  };
  template <int M, int... N> static constexpr void fill_row(table& t, std::integer_sequence<int, N...>) {
    ((t.of[M][N] = tile_for<M + 1, N + 1>()), ...);
  }
  template <int... M> static constexpr table make_table(std::integer_sequence<int, M...>) {
    table t{};
    (fill_row<M>(t, std::make_integer_sequence<int, most_columns>{}), ...);
    return t;
  }
  static constexpr table tiles = make_table(std::make_integer_sequence<int, most_rows>{});
  struct packing_table {
    packing_fn* of[most_rows];
  };
  template <int... M> static constexpr packing_table make_packing(std::integer_sequence<int, M...>) {
    return {{&packing_tile<M + 1>...}};
  }
  static constexpr packing_table packing = make_packing(std::make_integer_sequence<int, most_rows>{});

  // Columns [j, j + width) of op(B), rows [p, p + k), padded with zeros to `padded`.
  static void copy_panel(T* to, index_t padded, const T* b, strided of_b, index_t k, index_t width) {
    if (of_b.column == 1) {
      for (index_t p = 0; p < k; ++p, to += padded, b += of_b.row) {
        index_t j = 0;
        for (; j + lanes<T> <= width; j += lanes<T>) store(to + j, load(b + j));
        if (j < width) store(to + j, load_part(b + j, width - j, T(0)));
      }
      return;
    }
    for (index_t j = 0; j < padded; ++j)
      for (index_t p = 0; p < k; ++p)
        to[p * padded + j] = j < width ? b[p * of_b.row + j * of_b.column] : T(0);
  }

  // Some columns of C, in tiles of n registers: all of A's rows, shared out evenly, with a panel of B. The
  // first of them pack it, if there is room for it, and the others read that.
  static void some_columns(const gemm_shape& s, index_t k, const T* a, strided of_a, const T* b,
                           index_t b_row, T* c, use<T> u, index_t n, index_t columns, T* room) {
    const index_t tiles_needed = ceil_div(s.m, most_rows), rows = s.m / tiles_needed;
    for (index_t t = 0, i = 0; t < tiles_needed; ++t) {
      const index_t m = rows + (t < s.m % tiles_needed ? 1 : 0);
      const T* const from = a + i * of_a.row;
      T* const to = c + i * s.c_row;
      if (room != nullptr && t == 0) {
        packing.of[m - 1](k, from, of_a, b, b_row, to, s.c_row, u, room);
        b = room, b_row = columns;
      } else {
        tiles.of[m - 1][n - 1](k, from, of_a, b, b_row, to, s.c_row, u, columns);
      }
      i += m;
    }
  }

  // Of terms that one pass over C goes through.
  static index_t depth_of(index_t k, index_t width) {
    return k <= most_terms_held ? k : ceil_div(k, ceil_div(k, panel_numbers / width));
  }
  static constexpr index_t panel_space = panel_numbers > most_terms_held* most_columns* lanes<T>
                                             ? panel_numbers
                                             : most_terms_held* most_columns* lanes<T>;
  static void near_product(const gemm_shape& s, const T* a, const T* b, T* c, use<T> u) {
    const strided of_a = s.transpose_a ? strided{1, s.a_row} : strided{s.a_row, 1};
    const strided of_b = s.transpose_b ? strided{1, s.b_row} : strided{s.b_row, 1};
    const auto M = static_cast<int>(ceil_div(s.m, ceil_div(s.m, most_rows)));
    const index_t N = min(widest(M), ceil_div(s.n, lanes<T>)), width = N * lanes<T>;
    const bool reused = s.m >= 6 * most_rows, copies = of_b.column != 1 || (reused && N < widest(M));
    const index_t depth = depth_of(s.k, width);
    alignas(64) T panel[panel_space];
    for (index_t p = 0; p < s.k; p += depth) {
      const index_t k = min(depth, s.k - p), panels = copies || reused ? 1 : 1 + near_numbers / (k * width);
      const use<T> here = p > 0 ? use<T>{use<T>::add} : u;
      for (index_t j = 0, columns = 0; j < s.n; j += columns) {
        // Whole panels, as many as stay in cache for the next rows of A; and what is left over, copied, so
        // that nothing is read beyond it.
        const index_t left = s.n - j, whole = min(panels, left / width);
        columns = whole > 0 ? whole * width : left;
        const index_t n = whole > 0 ? N : ceil_div(left, lanes<T>);
        const T* const from = b + p * of_b.row + j * of_b.column;
        const bool copied = copies || whole == 0;
        if (copied) copy_panel(panel, n * lanes<T>, from, of_b, k, columns);
        some_columns(s, k, a + p * of_a.column, of_a, copied ? panel : from, copied ? n * lanes<T> : of_b.row,
                     c + j, here, n, columns, reused && !copied ? panel : nullptr);
      }
    }
  }

  // Where A is transposed and wide, what a few rows of C take of it lies in as many pages of memory as there
  // are terms: it is brought together first.
  static constexpr index_t near_rows = 4 * most_rows, near_terms = near_numbers / near_rows;
  static_assert(near_terms >= most_terms_held, "accumulate_scaled in one part");
  static bool is_far(const gemm_shape& s) {
    return s.transpose_a && s.a_row * static_cast<index_t>(sizeof(T)) >= 1024 && s.n >= 128;
  }
  static void product(const gemm_shape& s, const T* a, const T* b, T* c, use<T> u) {
    if (!is_far(s)) return near_product(s, a, b, c, u);
    alignas(64) T near[near_rows * near_terms];
    const index_t rows = ceil_div(s.m, ceil_div(s.m, near_rows) * most_rows) * most_rows;
    const index_t terms = ceil_div(s.k, ceil_div(s.k, near_terms));
    for (index_t i = 0; i < s.m; i += rows)
      for (index_t p = 0; p < s.k; p += terms) {
        gemm_shape part = s;
        part.m = min(rows, s.m - i);
        part.a_row = ceil_div(part.m, lanes<T>) * lanes<T>;
        part.k = min(terms, s.k - p);
        copy_panel(near, part.a_row, a + p * s.a_row + i, {s.a_row, 1}, part.k, part.m);
        near_product(part, near, b + p * (s.transpose_b ? 1 : s.b_row), c + i * s.c_row,
                     p > 0 ? use<T>{use<T>::add} : u);
      }
  }
};

}  // namespace reel::kernels::REEL_KERNEL_SET
