// SPDX-License-Identifier: MIT
// Elementwise loops and sums.
#pragma once

#include "functions.hpp"

namespace reel::kernels::REEL_KERNEL_SET {

// Functions of registers, lane by lane.
template <class T> struct lanewise {
  using v = vec<T>;
  static v add(v a, v b) { return a + b; }
  static v sub(v a, v b) { return a - b; }
  static v mul(v a, v b) { return a * b; }
  static v div(v a, v b) { return a / b; }
  static v scale(v a, v b) { return a == T(0) ? v{} : a * b; }
  static v scale_either(v a, v b) { return ((a == T(0)) | (b == T(0))) ? v{} : a * b; }

  static v neg(v x) { return -x; }
  static v square(v x) { return x * x; }
  static v sqrt(v x) { return REEL_KERNEL_SET::sqrt(x); }
  static v abs(v x) { return magnitude<T>(x); }
  static v relu(v x) { return x <= T(0) ? v{} : x; }
  static v exp(v x) { return REEL_KERNEL_SET::exp<T>(x); }
  static v log(v x) { return REEL_KERNEL_SET::log<T>(x); }
  static v log1p(v x) { return REEL_KERNEL_SET::log1p<T>(x); }
  static v tanh(v x) { return REEL_KERNEL_SET::tanh<T>(x); }
  static v sech_square(v x) { return REEL_KERNEL_SET::sech_square<T>(x); }
  static v softplus(v x) { return REEL_KERNEL_SET::softplus<T>(x); }
  static v sigmoid(v x) { return REEL_KERNEL_SET::sigmoid<T>(x); }

  static bits<T> less(v a, v b) { return a < b; }
  static bits<T> less_equal(v a, v b) { return a <= b; }
  static v select(bits<T> c, v a, v b) { return c ? a : b; }
};

// The same along arrays.
template <class T> struct elementwise {
  using v = vec<T>;
  template <v f(v)> static void loop(T* y, const T* x, index_t n) {
    map(y, x, n, [](v a) { return f(a); });
  }
  template <v f(v, v)> static void loop(T* y, const T* a, const T* b, index_t n) {
    map(y, a, b, n, [](v x, v z) { return f(x, z); });
  }
  static void select(T* y, const bool* c, const T* a, const T* b, index_t n) {
    index_t i = 0;
    for (; i + lanes<T> <= n; i += lanes<T>)
      store<T>(y + i, lanewise<T>::select(load_bools<T>(c + i), load(a + i), load(b + i)));
    for (; i < n; ++i) y[i] = c[i] ? a[i] : b[i];
  }
  // These three are left to the compiler, which packs and unpacks well once it knows that nothing overlaps.
  static void scale_bytes(T* __restrict y, const std::uint8_t* x, T high, T low, index_t n) {
    for (index_t i = 0; i < n; ++i) {
      const T number = x[i];
      y[i] = number * high + number * low;
    }
  }
  static void less(bool* __restrict y, const T* a, const T* b, index_t n) {
    for (index_t i = 0; i < n; ++i) y[i] = a[i] < b[i];
  }
  static void less_equal(bool* __restrict y, const T* a, const T* b, index_t n) {
    for (index_t i = 0; i < n; ++i) y[i] = a[i] <= b[i];
  }

  // As bits magnitudes compare like numbers, and a NaN is larger than all.
  static lane<T> largest_bits(const T* x, index_t n) {
    bits<T> most[4]{};
    const auto take = [&](index_t r, v a) {
      const bits<T> b = as_bits<T>(magnitude<T>(a));
      most[r] = b > most[r] ? b : most[r];
    };
    if (n < lanes<T>) {
      if (n > 0) take(0, load_part(x, n, T(0)));
      return largest_lane<T>(most[0]);
    }
    // From the first whole cache line on, and what is before and after it; some numbers are looked at twice.
    take(0, load(x));
    index_t i = lanes<T> - static_cast<index_t>(reinterpret_cast<std::uintptr_t>(x) / sizeof(T)) % lanes<T>;
    for (; i + 4 * lanes<T> <= n; i += 4 * lanes<T>)
      for (index_t r = 0; r < 4; ++r) take(r, load(x + i + r * lanes<T>));
    for (; i + lanes<T> <= n; i += lanes<T>) take(0, load(x + i));
    take(1, load(x + n - lanes<T>));
    for (index_t r = 1; r < 4; ++r) most[0] = most[r] > most[0] ? most[r] : most[0];
    return largest_lane<T>(most[0]);
  }
  static bool finite(const T* x, index_t n) { return largest_bits(x, n) < format<T>::exponent; }
  static T largest(const T* x, index_t n) {
    const lane<T> top = largest_bits(x, n);
    T y;
    std::memcpy(&y, &top, sizeof y);
    return y;
  }
};

// Sums in blocks, each in `width` lanes whatever the register's, so that every set of instructions
// gives the same bits; the blocks are folded pairwise, so that the error grows with their logarithm.
template <class T> struct summing {
  static constexpr index_t width = 32, block = 32 * width;
  static constexpr index_t registers = width / lanes<T>;

  // Partial sums by how many blocks they hold: 1, 2, 4 …, where bit i of `blocks` says if 2^i is held.
  struct pairs {
    T held[48];
    std::uint64_t blocks = 0;
    void add(T s) {
      int level = 0;
      for (std::uint64_t b = blocks++; b & 1; b >>= 1) s = held[level++] + s;
      held[level] = s;
    }
    T total() const {
      T s = 0;
      bool any = false;
      for (int level = 0; level < 48; ++level)
        if (blocks >> level & 1) s = any ? held[level] + s : held[level], any = true;
      return s;
    }
  };

  static T of_block(const T* x, index_t n) {
    vec<T> lane[registers] = {};
    index_t i = 0;
    for (; i + width <= n; i += width)
      for (index_t r = 0; r < registers; ++r) lane[r] += load(x + i + r * lanes<T>);
    for (index_t r = 0; i < n; ++r, i += lanes<T>)
      lane[r] += i + lanes<T> <= n ? load(x + i) : load_part(x + i, n - i, T(0));
    for (index_t half = registers / 2; half > 0; half /= 2)
      for (index_t r = 0; r < half; ++r) lane[r] += lane[r + half];
    return sum_lanes<T>(lane[0]);
  }

  static T sum(const T* x, index_t n) {
    if (n <= block) return of_block(x, n);
    pairs all;
    for (index_t i = 0; i < n; i += block) all.add(of_block(x + i, min(block, n - i)));
    return all.total();
  }

  // Columns side by side; of each, blocks of 16 rows folded pairwise.
  static void sum_rows(T* y, const T* x, index_t rows, index_t columns) {
    index_t j = 0;
    for (; j + 4 * lanes<T> <= columns; j += 4 * lanes<T>) strip<4>(y + j, x + j, rows, columns, lanes<T>);
    for (; j + lanes<T> <= columns; j += lanes<T>) strip<1>(y + j, x + j, rows, columns, lanes<T>);
    if (j < columns) strip<1>(y + j, x + j, rows, columns, columns - j);
  }

  template <index_t N> static void strip(T* y, const T* x, index_t rows, index_t columns, index_t used) {
    const auto get = [&](const T* p) { return used == lanes<T> ? load(p) : load_part(p, used); };
    vec<T> held[48][N];
    std::uint64_t blocks = 0;
    for (index_t i = 0; i < rows; i += 16) {
      vec<T> s[N] = {};
      for (index_t k = i; k < min(i + 16, rows); ++k)
        for (index_t r = 0; r < N; ++r) s[r] += get(x + k * columns + r * lanes<T>);
      int level = 0;
      for (std::uint64_t b = blocks++; b & 1; b >>= 1, ++level)
        for (index_t r = 0; r < N; ++r) s[r] = held[level][r] + s[r];
      for (index_t r = 0; r < N; ++r) held[level][r] = s[r];
    }
    vec<T> total[N] = {};
    bool any = false;
    for (int level = 0; level < 48; ++level) {
      if (!(blocks >> level & 1)) continue;
      for (index_t r = 0; r < N; ++r) total[r] = any ? held[level][r] + total[r] : held[level][r];
      any = true;
    }
    for (index_t r = 0; r < N; ++r) {
      if (used == lanes<T>) store(y + r * lanes<T>, total[r]);
      else store_part(y, total[r], used);
    }
  }
};

}  // namespace reel::kernels::REEL_KERNEL_SET
