// SPDX-License-Identifier: MIT
// A processor's registers as the compiler's own vectors. Everything here is compiled once per
// instruction set, in a namespace of that name, and nothing of the standard library is called: a
// function the linker may share between sets must not contain one set's instructions.
// Arithmetic contracts to fused multiply-adds (-ffp-contract=fast) where the set has them.
#pragma once

#include <reel/autodiff/kernels.hpp>

#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>

#if defined(__AVX__)
#include <immintrin.h>
#endif

namespace reel::kernels::REEL_KERNEL_SET {

#if defined(__AVX512F__)
inline constexpr index_t register_bytes = 64;
#elif defined(__AVX__)
inline constexpr index_t register_bytes = 32;
#else
inline constexpr index_t register_bytes = 16;
#endif
inline constexpr int registers = register_bytes == 64 ? 32 : 16;

// Clears the upper halves of the vector registers. A caller's scalar code may be compiled for SSE, and many
// processors run such code ten times slower while these halves are in use. Compilers clear them at the end of
// a function whose registers they know of; a function that calls stages of a chain has to say so.
inline void clear_upper_halves() {
#if defined(__AVX__)
  _mm256_zeroupper();
#endif
}

template <class T> struct pack;
template <> struct pack<float> {
  typedef float vec __attribute__((vector_size(register_bytes)));
  typedef std::int32_t bits __attribute__((vector_size(register_bytes)));
  typedef std::int8_t bytes __attribute__((vector_size(register_bytes / 4)));
  typedef std::int32_t lane;
};
template <> struct pack<double> {
  typedef double vec __attribute__((vector_size(register_bytes)));
  typedef std::int64_t bits __attribute__((vector_size(register_bytes)));
  typedef std::int8_t bytes __attribute__((vector_size(register_bytes / 8)));
  typedef std::int64_t lane;
};
template <class T> using vec = typename pack<T>::vec;
template <class T> using bits = typename pack<T>::bits;    // of a comparison: −1 where true
template <class T> using bytes = typename pack<T>::bytes;  // as many as lanes
template <class T> using lane = typename pack<T>::lane;
template <class T> inline constexpr index_t lanes = register_bytes / static_cast<index_t>(sizeof(T));

constexpr index_t min(index_t a, index_t b) { return a < b ? a : b; }
// n over m, rounded up: how many pieces of m numbers it takes; how long the longest of m pieces is.
constexpr index_t ceil_div(index_t n, index_t m) { return (n + m - 1) / m; }

template <class T> inline vec<T> broadcast(T x) { return x - vec<T>{}; }
template <class T> inline bits<T> all_bits(lane<T> x) { return x - bits<T>{}; }
template <class T> inline bits<T> as_bits(vec<T> x) { return reinterpret_cast<bits<T>>(x); }
template <class T> inline vec<T> as_numbers(bits<T> x) { return reinterpret_cast<vec<T>>(x); }

template <class T> inline vec<T> load(const T* x) {
  vec<T> v;
  std::memcpy(&v, x, sizeof v);
  return v;
}
// x as it is, rounded: no multiply-add goes through here. (Where a sum has two products, which of them is
// part of a multiply-add is the compiler's choice, and may differ from one inlined copy of a function to the
// next.)
template <class V> inline V rounded(V x) {
#if defined(__x86_64__)
  asm("" : "+v"(x));
#elif defined(__aarch64__)
  asm("" : "+w"(x));
#else
  asm("" : "+m"(x));
#endif
  return x;
}

// a·b + c, rounded once where the set can: the same in every copy of a loop and in what is left over.
#if defined(__AVX512F__)
inline vec<float> multiply_add(vec<float> a, vec<float> b, vec<float> c) {
  return (vec<float>)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
}
inline vec<double> multiply_add(vec<double> a, vec<double> b, vec<double> c) {
  return (vec<double>)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
}
#elif defined(__FMA__)
inline vec<float> multiply_add(vec<float> a, vec<float> b, vec<float> c) {
  return (vec<float>)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
}
inline vec<double> multiply_add(vec<double> a, vec<double> b, vec<double> c) {
  return (vec<double>)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
}
#else
template <class V> inline V multiply_add(V a, V b, V c) { return a * b + c; }
#endif

#if defined(__AVX512F__)
inline vec<float> sqrt(vec<float> x) { return (vec<float>)_mm512_sqrt_ps((__m512)x); }
inline vec<double> sqrt(vec<double> x) { return (vec<double>)_mm512_sqrt_pd((__m512d)x); }
#elif defined(__FMA__)
inline vec<float> sqrt(vec<float> x) { return (vec<float>)_mm256_sqrt_ps((__m256)x); }
inline vec<double> sqrt(vec<double> x) { return (vec<double>)_mm256_sqrt_pd((__m256d)x); }
#else
inline vec<float> sqrt(vec<float> x) {
  for (index_t k = 0; k < lanes<float>; ++k) x[k] = __builtin_sqrtf(x[k]);
  return x;
}
inline vec<double> sqrt(vec<double> x) {
  for (index_t k = 0; k < lanes<double>; ++k) x[k] = __builtin_sqrt(x[k]);
  return x;
}
#endif

template <class T> inline void store(T* y, vec<T> v) { std::memcpy(y, &v, sizeof v); }

// The first n lanes, 0 < n < lanes; the others are `rest`: by default 1, for which every function is
// defined.
#if defined(__AVX512F__)
inline __mmask16 first_lanes(index_t n) { return static_cast<__mmask16>((1U << n) - 1); }
inline vec<float> load_part(const float* x, index_t n, float rest = 1) {
  return (vec<float>)_mm512_mask_loadu_ps((__m512)broadcast(rest), first_lanes(n), x);
}
inline vec<double> load_part(const double* x, index_t n, double rest = 1) {
  return (vec<double>)_mm512_mask_loadu_pd((__m512d)broadcast(rest), static_cast<__mmask8>(first_lanes(n)),
                                           x);
}
inline void store_part(float* y, vec<float> v, index_t n) {
  _mm512_mask_storeu_ps(y, first_lanes(n), (__m512)v);
}
inline void store_part(double* y, vec<double> v, index_t n) {
  _mm512_mask_storeu_pd(y, static_cast<__mmask8>(first_lanes(n)), (__m512d)v);
}
#else
template <class T> inline vec<T> load_part(const T* x, index_t n, T rest = 1) {
  vec<T> v = broadcast(rest);
  for (index_t k = 0; k < lanes<T> - 1; ++k)
    if (k < n) v[k] = x[k];
  return v;
}
template <class T> inline void store_part(T* y, vec<T> v, index_t n) {
  for (index_t k = 0; k < lanes<T> - 1; ++k)
    if (k < n) y[k] = v[k];
}
#endif

// The first n lanes, 0 < n ≤ lanes.
template <class T> inline vec<T> load_some(const T* x, index_t n) {
  return n == lanes<T> ? load(x) : load_part(x, n);
}
template <class T> inline void store_some(T* y, vec<T> v, index_t n) {
  if (n == lanes<T>) store(y, v);
  else store_part(y, v, n);
}

// As many bools as lanes: −1 for each that is true; and back.
template <class T> inline bits<T> load_bools(const bool* x) {
  bytes<T> b;
  std::memcpy(&b, x, sizeof b);
  return -__builtin_convertvector(b, bits<T>);
}
template <class T> inline void store_bools(bool* y, bits<T> v) {
  const bytes<T> b = __builtin_convertvector(-v, bytes<T>);
  std::memcpy(y, &b, sizeof b);
}
// The first n of them, 0 < n ≤ lanes.
template <class T> inline bits<T> load_bools(const bool* x, index_t n) {
  bits<T> v{};
  for (index_t k = 0; k < n; ++k) v[k] = -static_cast<lane<T>>(x[k]);
  return v;
}
template <class T> inline void store_bools(bool* y, bits<T> v, index_t n) {
  for (index_t k = 0; k < n; ++k) y[k] = v[k] != 0;
}

// The larger number, or a NaN if there is one.
template <class T> inline vec<T> larger_or_nan(vec<T> a, vec<T> b) { return ((b > a) | (b != b)) ? b : a; }

// f on every element: the last ones in a register of their own.
template <class T, class F> inline void map(T* y, const T* x, index_t n, F f) {
  index_t i = 0;
  for (; i + lanes<T> <= n; i += lanes<T>) store<T>(y + i, f(load(x + i)));
  if (i < n) store_part(y + i, f(load_part(x + i, n - i)), n - i);
}
template <class T, class F> inline void map(T* y, const T* a, const T* b, index_t n, F f) {
  index_t i = 0;
  for (; i + lanes<T> <= n; i += lanes<T>) store<T>(y + i, f(load(a + i), load(b + i)));
  if (i < n) store_part(y + i, f(load_part(a + i, n - i), load_part(b + i, n - i)), n - i);
}

// x in [low, high]; a NaN stays.
#if defined(__AVX512F__)
inline vec<float> between(vec<float> x, vec<float> low, vec<float> high) {
  return (vec<float>)_mm512_min_ps((__m512)high, _mm512_max_ps((__m512)low, (__m512)x));
}
inline vec<double> between(vec<double> x, vec<double> low, vec<double> high) {
  return (vec<double>)_mm512_min_pd((__m512d)high, _mm512_max_pd((__m512d)low, (__m512d)x));
}
#else
template <class V> inline V between(V x, V low, V high) { return x < low ? low : x > high ? high : x; }
#endif
template <class T> inline vec<T> clamped(vec<T> x, T low, T high) {
  return between(x, broadcast(low), broadcast(high));
}

// Half the groups of g lanes in two registers: of each group one half, `offset` in, the groups of a
// before those of b.
template <class T, std::size_t G, std::size_t Offset, std::size_t... I>
inline vec<T> halves(vec<T> a, vec<T> b, std::index_sequence<I...>) {
  return __builtin_shufflevector(a, b, static_cast<int>(I / (G / 2) * G + Offset + I % (G / 2))...);
}

// Sums groups of G lanes into groups of G/2: those of a, then those of b.
template <class T, std::size_t G> inline vec<T> fold(vec<T> a, vec<T> b) {
  constexpr std::make_index_sequence<static_cast<std::size_t>(lanes<T>)> all_lanes{};
  return halves<T, G, 0>(a, b, all_lanes) + halves<T, G, G / 2>(a, b, all_lanes);
}

// Lane k is the sum of v[k], k < N ≤ lanes.
template <class T, std::size_t N, std::size_t G = static_cast<std::size_t>(lanes<T>)>
inline vec<T> sums(const vec<T>* v) {
  if constexpr (G == 1) {
    return v[0];
  } else {
    constexpr std::size_t half = (N + 1) / 2;
    vec<T> folded[half];
#pragma GCC unroll 8
    for (std::size_t k = 0; k < half; ++k)
      folded[k] = fold<T, G>(v[2 * k], 2 * k + 1 < N ? v[2 * k + 1] : vec<T>{});
    return sums<T, half, G / 2>(folded);
  }
}

template <class T> inline T sum_lanes(vec<T> v) { return sums<T, 1>(&v)[0]; }

// All lanes put together by `larger`, of two registers.
template <class T, std::size_t G = static_cast<std::size_t>(lanes<T>), class F>
inline vec<T> reduced(vec<T> v, F larger) {
  if constexpr (G == 1) {
    return v;
  } else {
    constexpr std::make_index_sequence<static_cast<std::size_t>(lanes<T>)> all_lanes{};
    return reduced<T, G / 2>(larger(halves<T, G, 0>(v, v, all_lanes), halves<T, G, G / 2>(v, v, all_lanes)),
                             larger);
  }
}
template <class T> inline T largest_lane(vec<T> v) { return reduced<T>(v, larger_or_nan<T>)[0]; }
template <class T> inline lane<T> largest_lane(bits<T> v) {
  const auto larger = [](vec<T> a, vec<T> b) {
    const bits<T> x = as_bits<T>(a), y = as_bits<T>(b);
    return as_numbers<T>(x > y ? x : y);
  };
  return as_bits<T>(reduced<T>(as_numbers<T>(v), larger))[0];
}

// Lanes of a where their number has not the bit D, else those of b, D before (D behind for `high`).
template <class T, std::size_t D, bool High, std::size_t... I>
inline vec<T> exchange(vec<T> a, vec<T> b, std::index_sequence<I...> lane_numbers) {
  constexpr std::size_t count = lane_numbers.size();
  return __builtin_shufflevector(
      a, b, static_cast<int>((I & D) == 0 ? I + (High ? D : 0) : count + I - (High ? 0 : D))...);
}

// As many registers as lanes: lane i of v[j] becomes lane j of v[i], blocks of 2D by 2D at a time.
template <class T, std::size_t D = static_cast<std::size_t>(lanes<T>) / 2> inline void transpose(vec<T>* v) {
  constexpr auto count = static_cast<std::size_t>(lanes<T>);
  constexpr std::make_index_sequence<count> all_lanes{};
#pragma GCC unroll 16
  for (std::size_t i = 0; i < count; ++i) {
    if ((i & D) != 0) continue;
    const vec<T> a = v[i], b = v[i + D];
    v[i] = exchange<T, D, false>(a, b, all_lanes);
    v[i + D] = exchange<T, D, true>(a, b, all_lanes);
  }
  if constexpr (D > 1) transpose<T, D / 2>(v);
}

}  // namespace reel::kernels::REEL_KERNEL_SET
