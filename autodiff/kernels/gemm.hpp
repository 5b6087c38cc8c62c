// SPDX-License-Identifier: MIT
// Matrix products. A tile of C, M rows × N registers, stays in registers while k runs; per step N
// registers of B are loaded and each of M numbers of A multiplies them all. M is as even a split of the
// rows as can be, N what the register file then holds. A is read in place through its strides, or copied
// (to the stack) where these are far; panels of B are copied where enough rows share them, columns are not
// contiguous, or a tile would read beyond the last.
//
// Where B alone is transposed and has few rows, products are dots of rows of A and of B, which needs no
// copies: R rows of A × N of B in registers, lanes summed at the end.
#pragma once

#include "simd.hpp"

namespace reel::kernels::REEL_KERNEL_SET {

inline constexpr int registers = register_bytes == 64 ? 32 : 16;

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
      for (int v = 0; v < N; ++v) acc[r][v] = multiply_add(x[v], all(a[r * row]), acc[r][v]);
  }
}

struct strided {
  index_t row, column;
};

template <class T> struct gemm_of {
  static constexpr int most_rows = registers == 32 ? 8 : 4, most_columns = 8;
  static constexpr int accumulators = registers == 32 ? 24 : 12;
  static constexpr index_t panel_numbers = 49152 / static_cast<index_t>(sizeof(T));
  static constexpr index_t near_numbers = 32768 / static_cast<index_t>(sizeof(T));

  // What becomes of a product: C, added to C from the first term on, or scaled and added at last: to C, or to
  // a multiple of it.
  struct use {
    enum { set, add, add_scaled, blend } how = set;
    T scale = 1, keep = 1;
  };

  // What sums begin with: added to it, a number stays what it is, −0 among them. A product of one term is
  // then that term, which an outer product makes with one multiplication.
  static constexpr T nothing = -T(0);

  // Tiles side by side. Columns are a tile's, the last ones of its last register not all of them used; or
  // those of any number of whole tiles.
  using tile_fn = void(index_t k, const T* a, strided of_a, const T* b, index_t b_row, T* c, index_t c_row,
                       use u, index_t columns);

  // The widest tiles, and those that are a row short of them.
  static constexpr int widest(int m) {
    return m * most_columns <= accumulators ? most_columns : accumulators / m;
  }
  template <int M, int N>
  static constexpr bool is_repeated = N == widest(M) || (M < most_rows && N == widest(M + 1));

  template <int M, int N>
  static void tile_row(index_t k, const T* a, strided of_a, const T* b, index_t b_row, T* c, index_t c_row,
                       use u, index_t columns) {
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
                          use u, T* packed);
  template <int M>
  static void packing_tile(index_t k, const T* a, strided of_a, const T* b, index_t b_row, T* c,
                           index_t c_row, use u, T* packed) {
    one_tile<M, widest(M), true, true>(k, a, of_a, b, b_row, c, c_row, u, lanes<T>, packed);
  }

  // `last`: columns in the last register, where they are not Whole.
  template <int M, int N, bool Whole, bool Packs = false>
  static void one_tile(index_t k, const T* a, strided of_a, const T* b, index_t b_row, T* c, index_t c_row,
                       use u, index_t last, T* packed = nullptr) {
    const auto get = [=](const T* x, int v) {
      return Whole || v < N - 1 || last == lanes<T> ? load(x + v * lanes<T>)
                                                    : load_part(x + v * lanes<T>, last);
    };
    vec<T> acc[M][N];
#pragma GCC unroll 8
    for (int r = 0; r < M; ++r)
#pragma GCC unroll 8
      for (int v = 0; v < N; ++v) acc[r][v] = u.how == use::add ? get(c + r * c_row, v) : all(nothing);
    accumulate<T, M, N, Packs>(acc, k, a, of_a.row, of_a.column, b, b_row, packed);
    if (u.how == use::add_scaled)
#pragma GCC unroll 8
      for (int r = 0; r < M; ++r)
#pragma GCC unroll 8
        for (int v = 0; v < N; ++v) acc[r][v] = multiply_add(acc[r][v], all(u.scale), get(c + r * c_row, v));
    if (u.how == use::blend)
#pragma GCC unroll 8
      for (int r = 0; r < M; ++r)
#pragma GCC unroll 8
        for (int v = 0; v < N; ++v)
          acc[r][v] = multiply_add(acc[r][v], all(u.scale), rounded(get(c + r * c_row, v) * u.keep));
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
                           index_t b_row, T* c, use u, index_t n, index_t columns, T* room) {
    const index_t tiles_needed = pieces(s.m, most_rows), rows = s.m / tiles_needed;
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
    return k <= most_terms_held ? k : pieces(k, pieces(k, panel_numbers / width));
  }
  static constexpr index_t panel_space = panel_numbers > most_terms_held* most_columns* lanes<T>
                                             ? panel_numbers
                                             : most_terms_held* most_columns* lanes<T>;
  static void near_product(const gemm_shape& s, const T* a, const T* b, T* c, use u) {
    const strided of_a = s.transpose_a ? strided{1, s.a_row} : strided{s.a_row, 1};
    const strided of_b = s.transpose_b ? strided{1, s.b_row} : strided{s.b_row, 1};
    const auto M = static_cast<int>(pieces(s.m, pieces(s.m, most_rows)));
    const index_t N = least(widest(M), pieces(s.n, lanes<T>)), width = N * lanes<T>;
    const bool reused = s.m >= 6 * most_rows, copies = of_b.column != 1 || (reused && N < widest(M));
    const index_t depth = depth_of(s.k, width);
    alignas(64) T panel[panel_space];
    for (index_t p = 0; p < s.k; p += depth) {
      const index_t k = least(depth, s.k - p), panels = copies || reused ? 1 : 1 + near_numbers / (k * width);
      const use here = p > 0 ? use{use::add} : u;
      for (index_t j = 0, columns = 0; j < s.n; j += columns) {
        // Whole panels, as many as stay in cache for the next rows of A; and what is left over, copied, so
        // that nothing is read beyond it.
        const index_t left = s.n - j, whole = least(panels, left / width);
        columns = whole > 0 ? whole * width : left;
        const index_t n = whole > 0 ? N : pieces(left, lanes<T>);
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
  static_assert(near_terms >= most_terms_held, "add_scaled in one part");
  static bool is_far(const gemm_shape& s) {
    return s.transpose_a && s.a_row * static_cast<index_t>(sizeof(T)) >= 1024 && s.n >= 128;
  }
  static void product(const gemm_shape& s, const T* a, const T* b, T* c, use u) {
    if (!is_far(s)) return near_product(s, a, b, c, u);
    alignas(64) T near[near_rows * near_terms];
    const index_t rows = pieces(s.m, pieces(s.m, near_rows) * most_rows) * most_rows;
    const index_t terms = pieces(s.k, pieces(s.k, near_terms));
    for (index_t i = 0; i < s.m; i += rows)
      for (index_t p = 0; p < s.k; p += terms) {
        gemm_shape part = s;
        part.m = least(rows, s.m - i);
        part.a_row = pieces(part.m, lanes<T>) * lanes<T>;
        part.k = least(terms, s.k - p);
        copy_panel(near, part.a_row, a + p * s.a_row + i, {s.a_row, 1}, part.k, part.m);
        near_product(part, near, b + p * (s.transpose_b ? 1 : s.b_row), c + i * s.c_row,
                     p > 0 ? use{use::add} : u);
      }
  }

  // Dots of R rows of A with N rows of B, which lie as they are or packed: per register of columns N
  // registers, one of each row, the last ones filled up with zeros.
  static constexpr int dot_rows = registers == 32 ? 4 : 2, most_dots = registers == 32 ? 10 : 5;
  static constexpr int dot_sums = registers == 32 ? 24 : 10;
  using dots_fn = void(index_t k, const T* a, index_t a_row, const T* b, index_t b_row, T* c, index_t c_row);
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
  struct dots_table {
    dots_fn* of[dot_rows][most_dots];
  };
  template <bool Packed, int R, int N> static constexpr dots_fn* dots_for() {
    if constexpr (R * N <= dot_sums) return &dots<R, N, Packed>;
    else return nullptr;
  }
  template <bool Packed, int R, int... N>
  static constexpr void fill_dots(dots_table& t, std::integer_sequence<int, N...>) {
    ((t.of[R][N] = dots_for<Packed, R + 1, N + 1>()), ...);
  }
  template <bool Packed, int... R> static constexpr dots_table make_dots(std::integer_sequence<int, R...>) {
    dots_table t{};
    (fill_dots<Packed, R>(t, std::make_integer_sequence<int, most_dots>{}), ...);
    return t;
  }
  template <bool Packed>
  static constexpr dots_table some_dots = make_dots<Packed>(std::make_integer_sequence<int, dot_rows>{});

  static void pack(T* to, const T* b, index_t b_row, index_t rows, index_t k) {
    for (index_t p = 0; p < k; p += lanes<T>)
      for (index_t j = 0; j < rows; ++j, to += lanes<T>) {
        const T* const from = b + j * b_row + p;
        store(to, p + lanes<T> <= k ? load(from) : load_part(from, k - p, T(0)));
      }
  }

  // Some rows of B with all of A. Registers that begin anywhere mostly cross from one cache line into the
  // next: where rows of B do not begin alike, they are packed if enough rows of A make it worth.
  static void all_dots(const gemm_shape& s, const T* a, const T* b, T* c) {
    constexpr index_t worth_packing = 32;
    const index_t b_row = s.transpose_b ? s.b_row : s.k;
    // As many rows of A at a time as can be, so that B is read less often.
    const index_t parts = s.m >= dot_rows ? pieces(s.n, dot_sums / dot_rows) : pieces(s.n, most_dots);
    const index_t whole = pieces(s.k, lanes<T>) * lanes<T>;
    const bool packs = b_row % lanes<T> != 0 && s.m >= worth_packing && most_dots * whole <= panel_numbers;
    const auto& table = packs ? some_dots<true> : some_dots<false>;
    alignas(64) T panel[panel_numbers];
    for (index_t t = 0, j = 0; t < parts; ++t) {
      const index_t n = (s.n - j) / (parts - t), most = rows_with(n);
      const T* const from = b + j * b_row;
      if (packs) pack(panel, from, b_row, n, s.k);
      for (index_t i = 0; i < s.m; i += most) {
        const index_t rows = least(most, s.m - i);
        table.of[rows - 1][n - 1](s.k, a + i * s.a_row, s.a_row, packs ? panel : from, b_row,
                                  c + i * s.c_row + j, s.c_row);
      }
      j += n;
    }
  }
  // Rows of A that fit beside n of B: found by trying, which takes less than a division.
  static constexpr index_t rows_with(index_t n) {
    index_t rows = dot_rows;
    while (rows * n > dot_sums) --rows;
    return rows;
  }

  static void gemm(const gemm_shape& shape, const T* a, const T* b, T* c, bool add) {
    const gemm_shape s = with_rows(shape);
    if (s.m == 0 || s.n == 0) return;
    if (s.k == 0) {
      if (add) return;
      for (index_t i = 0; i < s.m; ++i)
        for (index_t j = 0; j < s.n; ++j) c[i * s.c_row + j] = 0;
      return;
    }
    if (has_lane_sums(s) && !add) return all_dots(s, a, b, c);
    oriented_product(s, a, b, c, {add ? use::add : use::set});
  }

  static void add_scaled_product(const gemm_shape& s, T scale, T keep, const T* a, const T* b, T* c) {
    if (s.m > 0 && s.n > 0)
      oriented_product(with_rows(s), a, b, c, {keep == 1 ? use::add_scaled : use::blend, scale, keep});
  }

  // A column of C is a row: cᵀ = bᵀ·A.
  static void oriented_product(const gemm_shape& s, const T* a, const T* b, T* c, use u) {
    if (s.n == 1 && s.m > 1 && s.c_row == 1 && (s.transpose_b || s.b_row == 1))
      return oriented_product({false, !s.transpose_a, 1, s.m, s.k, s.k, s.a_row, s.m}, b, a, c, u);
    if (s.k > 1 || (s.transpose_b && s.b_row != 1)) return product(s, a, b, c, u);
    switch (u.how) {
      case use::set:
        return outer(s, a, b, c, [](vec<T> x, vec<T> y, auto) { return x * y; });
      case use::add:
        return outer(s, a, b, c, [](vec<T> x, vec<T> y, auto old) { return multiply_add(x, y, old()); });
      case use::add_scaled:
        return outer(s, a, b, c, [=](vec<T> x, vec<T> y, auto old) {
          return multiply_add(rounded(x * y), all(u.scale), old());
        });
      case use::blend:
        return outer(s, a, b, c, [=](vec<T> x, vec<T> y, auto old) {
          return multiply_add(rounded(x * y), all(u.scale), rounded(old() * u.keep));
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
    for (int r = 0; r < R; ++r) x[r] = all(a[r * a_step]);
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
