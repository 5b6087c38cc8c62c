// SPDX-License-Identifier: MIT
// Elementary functions on registers, without branches. The reductions and polynomials are those of
// Moshier's Cephes library (floats, tanh) and of Sun's fdlibm (log in double).
#pragma once

#include "simd.hpp"

#include <type_traits>

namespace reel::kernels::REEL_KERNEL_SET {

template <class T> struct format;  // of IEEE numbers
template <> struct format<float> {
  static constexpr int fraction = 23;
  static constexpr std::int32_t bias = 127, exponent = 0x7f800000;
  static constexpr float shift = 0x1.8p23f;  // adding it leaves an integer in the low bits
};
template <> struct format<double> {
  static constexpr int fraction = 52;
  static constexpr std::int64_t bias = 1023, exponent = 0x7ff0000000000000;
  static constexpr double shift = 0x1.8p52;
};

// a₀ + x(a₁ + x(a₂ + …))
template <class T> inline vec<T> polynomial(vec<T>, T a0) { return broadcast(a0); }
template <class T, class... A> inline vec<T> polynomial(vec<T> x, T a0, A... a) {
  return polynomial<T>(x, a...) * x + a0;
}

template <class T> inline vec<T> magnitude(vec<T> x) {
  return as_numbers<T>(as_bits<T>(x) & all_bits<T>(std::numeric_limits<lane<T>>::max()));
}
template <class T> inline vec<T> with_sign_of(vec<T> x, vec<T> s) {
  return as_numbers<T>(as_bits<T>(x) | (as_bits<T>(s) & all_bits<T>(std::numeric_limits<lane<T>>::min())));
}

// e^r for |r| ≤ ½ ln 2.
inline vec<float> exp_near_0(vec<float> r) {
  const vec<float> q = polynomial<float>(r, 5.0000001201e-1f, 1.6666665459e-1f, 4.1665795894e-2f,
                                         8.3334519073e-3f, 1.3981999507e-3f, 1.9875691500e-4f);
  return q * (r * r) + r + 1.0f;
}
inline vec<double> exp_near_0(vec<double> r) {  // Taylor; the next term is below 2^−56
  const vec<double> q =
      polynomial<double>(r, 1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040, 1.0 / 40320,
                         1.0 / 362880, 1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800);
  return q * (r * r) + r + 1.0;
}

template <class T> struct exp_constants;
template <> struct exp_constants<float> {
  static constexpr float low = -104, high = 89, log2e = 1.44269504f;
  static constexpr float ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;
};
template <> struct exp_constants<double> {
  static constexpr double low = -746, high = 710, log2e = 0x1.71547652b82fep0;
  static constexpr double ln2_high = 0x1.62e42fee00000p-1, ln2_low = 0x1.a39ef35793c76p-33;
};

// x·2^n for whole n, rounded once where the result is below the normal numbers.
#if defined(__AVX512F__)
inline vec<float> scaled(vec<float> x, vec<float> n) {
  return (vec<float>)_mm512_scalef_ps((__m512)x, (__m512)n);
}
inline vec<double> scaled(vec<double> x, vec<double> n) {
  return (vec<double>)_mm512_scalef_pd((__m512d)x, (__m512d)n);
}
#else
template <class V, class T = std::remove_cvref_t<decltype(V{}[0])>> inline V scaled(V x, V n) {
  const bits<T> whole = as_bits<T>(n + format<T>::shift) - as_bits<T>(broadcast(format<T>::shift));
  const bits<T> half = whole >> 1;  // in two factors, each the bits of a normal power of 2
  const auto power = [](bits<T> e) { return as_numbers<T>((e + format<T>::bias) << format<T>::fraction); };
  return x * power(half) * power(whole - half);
}
#endif

// x = n ln 2 + r:  e^x = 2^n e^r.
template <class T> inline vec<T> exp(vec<T> x) {
  using c = exp_constants<T>;
  const vec<T> bounded = clamped<T>(x, c::low, c::high);
  const vec<T> n = (bounded * c::log2e + format<T>::shift) - format<T>::shift;
  const vec<T> r = bounded - n * c::ln2_high - n * c::ln2_low;
  return scaled(exp_near_0(r), n);
}

// m and e with x = m·2^e, √½ ≤ m < √2, for positive x.
template <class T> struct split {
  vec<T> m, e;
  explicit split(vec<T> x) {
    constexpr T least_normal = std::numeric_limits<T>::min();
    constexpr T up = T(lane<T>{1} << format<T>::fraction);
    const bits<T> small = x < least_normal;
    const bits<T> b = as_bits<T>(small ? x * up : x);
    // 0x1.6a09e6p-1: √½. Subtracted, the exponent field counts from there.
    const bits<T> root = as_bits<T>(broadcast(T(0.70710678118654752)));
    const bits<T> n = (b - root) >> format<T>::fraction;
    m = as_numbers<T>(b - (n << format<T>::fraction));
    // an integer in the low bits of `shift` is that number
    e = as_numbers<T>(as_bits<T>(broadcast(format<T>::shift)) + n) - format<T>::shift;
    e = small ? e - T(format<T>::fraction) : e;
  }
};

// Of two products in a sum one is rounded, lest the compiler choose, here this way and there that.
inline vec<float> log_of(const split<float>& s) {
  const vec<float> f = s.m - 1.0f, z = f * f;
  const vec<float> q = polynomial<float>(f, 3.3333331174e-1f, -2.4999993993e-1f, 2.0000714765e-1f,
                                         -1.6668057665e-1f, 1.4249322787e-1f, -1.2420140846e-1f,
                                         1.1676998740e-1f, -1.1514610310e-1f, 7.0376836292e-2f);
  return f + (q * z * f + rounded(s.e * -2.12194440e-4f) - z * 0.5f) + s.e * 0.693359375f;
}
// With t = f/(2 + f), log(1 + f) = f − f²/2 + t(f²/2 + R(t²)).
inline vec<double> log_of(const split<double>& s) {
  const vec<double> f = s.m - 1.0, t = f / (f + 2.0), z = t * t, square = rounded(f * f * 0.5);
  const vec<double> r =
      z * polynomial<double>(z, 6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01,
                             2.222219843214978396e-01, 1.818357216161805012e-01, 1.531383769920937332e-01,
                             1.479819860511658591e-01);
  return s.e * 6.93147180369123816490e-01 -
         ((square - (t * (square + r) + rounded(s.e * 1.90821492927058770002e-10))) - f);
}

template <class T> inline vec<T> log(vec<T> x) {
  constexpr T infinity = std::numeric_limits<T>::infinity();
  const vec<T> y = log_of(split<T>(x));
  // ∞ and NaN are their own logarithms; below 0 there is none.
  const vec<T> edge = x == T(0)  ? broadcast(-infinity)
                      : x < T(0) ? broadcast(std::numeric_limits<T>::quiet_NaN())
                                 : x;
  return x > T(0) && x < infinity ? y : edge;
}

// With u = 1 + x rounded: log u, corrected by what rounding lost, (x − (u − 1))/u.
template <class T> inline vec<T> log1p(vec<T> x) {
  const vec<T> u = x + T(1);
  const vec<T> y = log_of(split<T>(u)) + (x - (u - T(1))) / u;
  return x < std::numeric_limits<T>::infinity() ? (u == T(1) ? x : y) : x;
}

// x + x z P(z) near 0, z = x².
inline vec<float> tanh_near_0(vec<float> x) {
  const vec<float> z = x * x;
  return polynomial<float>(z, -3.33332819422e-1f, 1.33314422036e-1f, -5.37397155531e-2f, 2.06390887954e-2f,
                           -5.70498872745e-3f) *
             z * x +
         x;
}
inline vec<double> tanh_near_0(vec<double> x) {
  const vec<double> z = x * x;
  const vec<double> p =
      polynomial<double>(z, -1.61468768441708447952e3, -9.92877231001918586564e1, -9.64399179425052238628e-1);
  const vec<double> q = polynomial<double>(z, 4.84406305325125486048e3, 2.23548839060100448583e3,
                                           1.12811678491632931402e2, 1.0);
  return p / q * z * x + x;
}

// 1 − 2/(e^2|x| + 1) away from 0.
template <class T> inline vec<T> tanh(vec<T> x) {
  const vec<T> a = magnitude<T>(x);
  const vec<T> far = T(1) - T(2) / (exp<T>(a + a) + T(1));
  return with_sign_of<T>(a < T(0.625) ? tanh_near_0(a) : far, x);
}

// 4e/(1 + e)² for e = e^−2|x|: nothing is subtracted, so that digits are kept however small the result.
template <class T> inline vec<T> sech_square(vec<T> x) {
  const vec<T> e = exp<T>(magnitude<T>(x) * T(-2));
  return e * T(4) / (e * (e + T(2)) + T(1));
}

// 1/(1 + e^−x), and e^x/(1 + e^x) where x < 0: the exponential is at most 1.
template <class T> inline vec<T> sigmoid(vec<T> x) {
  const vec<T> e = exp<T>(with_sign_of<T>(magnitude<T>(x), broadcast(T(-1))));
  return (x < T(0) ? e : broadcast(T(1))) / (e + T(1));
}

// ln(1 + e^x) as max(x, 0) + ln(1 + e^−|x|): no overflow, and digits where e^x is small.
template <class T> inline vec<T> softplus(vec<T> x) {
  const vec<T> rest = log1p<T>(exp<T>(with_sign_of<T>(magnitude<T>(x), broadcast(T(-1)))));
  return x > T(0) ? x + rest : rest;
}

}  // namespace reel::kernels::REEL_KERNEL_SET
