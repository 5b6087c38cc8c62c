// SPDX-License-Identifier: MIT
// The number types a tape can be evaluated in, and the functions to call inside `eval` and `f`:
// reel::num::exp and friends work on float, double, real50 and (the analytic ones)
// std::complex<double> alike. (An unqualified `exp` inside the namespace finds the var overload; std::exp
// knows nothing of 50 digits, and <reel/autodiff/std_functions.hpp> makes the compiler say so.)
#pragma once

#include <reel/autodiff/real50.hpp>
#include <reel/autodiff/shape.hpp>

#include <cmath>
#include <complex>
#include <concepts>
#include <limits>
#include <string_view>
#include <utility>

namespace reel {

// What a node holds. Index and bool nodes mean the same in every number type and have no cotangent.
enum class kind : std::uint8_t { real, index, boolean };

// What an array of numbers in memory holds; the first four are number types for kind::real.
enum class dtype : std::uint8_t { f32, f64, real50, complex, index, boolean };
inline constexpr std::size_t dtype_count = 6;
inline constexpr std::size_t number_count = 4;

using complex = std::complex<double>;

template <class T> inline constexpr dtype dtype_of = dtype::f64;
template <> inline constexpr dtype dtype_of<float> = dtype::f32;
template <> inline constexpr dtype dtype_of<double> = dtype::f64;
template <> inline constexpr dtype dtype_of<real50> = dtype::real50;
template <> inline constexpr dtype dtype_of<complex> = dtype::complex;
template <> inline constexpr dtype dtype_of<index_t> = dtype::index;
template <> inline constexpr dtype dtype_of<bool> = dtype::boolean;

template <class T>
concept real_number = std::same_as<T, float> || std::same_as<T, double> || std::same_as<T, real50>;
template <class T>
concept number = real_number<T> || std::same_as<T, complex>;

std::size_t size_of(dtype e) noexcept;    // bytes
std::string_view name(dtype e) noexcept;  // "float", "double", "50 digits", ...
std::string_view name(kind k) noexcept;   // "real", "index", "bool"

// The dtype of a node of kind `k` when the tape is evaluated in number type `number`.
constexpr dtype dtype_for(kind k, dtype number) noexcept {
  return k == kind::real ? number : k == kind::index ? dtype::index : dtype::boolean;
}

namespace num {

template <class T>
concept builtin = std::floating_point<T> || std::same_as<T, complex>;

// Analytic functions: of all four number types.
template <builtin T> T exp(T x) { return std::exp(x); }
template <builtin T> T log(T x) { return std::log(x); }
template <builtin T> T log10(T x) { return std::log10(x); }
template <builtin T> T sqrt(T x) { return std::sqrt(x); }
template <builtin T> T sin(T x) { return std::sin(x); }
template <builtin T> T cos(T x) { return std::cos(x); }
template <builtin T> T tan(T x) { return std::tan(x); }
template <builtin T> T asin(T x) { return std::asin(x); }
template <builtin T> T acos(T x) { return std::acos(x); }
template <builtin T> T atan(T x) { return std::atan(x); }
template <builtin T> T sinh(T x) { return std::sinh(x); }
template <builtin T> T cosh(T x) { return std::cosh(x); }
template <builtin T> T tanh(T x) { return std::tanh(x); }
template <builtin T> T asinh(T x) { return std::asinh(x); }
template <builtin T> T acosh(T x) { return std::acosh(x); }
template <builtin T> T atanh(T x) { return std::atanh(x); }
template <builtin T> T pow(T x, T y) { return std::pow(x, y); }
template <std::floating_point T> T exp2(T x) { return std::exp2(x); }
template <std::floating_point T> T expm1(T x) { return std::expm1(x); }
template <std::floating_point T> T log2(T x) { return std::log2(x); }
template <std::floating_point T> T log1p(T x) { return std::log1p(x); }
inline float cbrt(float x) { return static_cast<float>(std::cbrt(static_cast<double>(x))); }
double cbrt(double x);  // to the last place, which libraries miss by up to four
template <std::floating_point T> T hypot(T x, T y) { return std::hypot(x, y); }
template <std::floating_point T> T atan2(T y, T x) { return std::atan2(y, x); }
template <std::floating_point T> T fma(T x, T y, T z) { return std::fma(x, y, z); }  // xy + z, rounded once

// Of reals alone.
template <std::floating_point T> T abs(T x) { return std::abs(x); }
template <std::floating_point T> T floor(T x) { return std::floor(x); }
template <std::floating_point T> T ceil(T x) { return std::ceil(x); }
template <std::floating_point T> T trunc(T x) { return std::trunc(x); }
template <std::floating_point T> T round(T x) { return std::round(x); }  // halves away from 0
template <std::floating_point T> T fmod(T x, T y) { return std::fmod(x, y); }
template <std::floating_point T> T remainder(T x, T y) { return std::remainder(x, y); }
template <std::floating_point T> T copysign(T x, T s) { return std::copysign(x, s); }
template <std::floating_point T> bool signbit(T x) { return std::signbit(x); }
template <std::floating_point T> bool isnan(T x) { return std::isnan(x); }
template <std::floating_point T> bool isinf(T x) { return std::isinf(x); }
template <std::floating_point T> bool isfinite(T x) { return std::isfinite(x); }

real50 exp(const real50& x);
real50 log(const real50& x);
real50 log10(const real50& x);
real50 sqrt(const real50& x);
real50 sin(const real50& x);  // right for |x| up to about 1e50, NaN beyond: a period has no 50 digits there
real50 cos(const real50& x);
real50 tan(const real50& x);
real50 asin(const real50& x);
real50 acos(const real50& x);
real50 atan(const real50& x);
real50 sinh(const real50& x);
real50 cosh(const real50& x);
real50 tanh(const real50& x);
real50 asinh(const real50& x);
real50 acosh(const real50& x);
real50 atanh(const real50& x);
real50 pow(const real50& x, const real50& y);
real50 exp2(const real50& x);
real50 expm1(const real50& x);
real50 log2(const real50& x);
real50 log1p(const real50& x);
real50 cbrt(const real50& x);
real50 hypot(const real50& x, const real50& y);
real50 atan2(const real50& y, const real50& x);
real50 fma(const real50& x, const real50& y, const real50& z);
real50 abs(const real50& x);
real50 floor(const real50& x);
real50 ceil(const real50& x);
real50 trunc(const real50& x);
real50 round(const real50& x);
real50 fmod(const real50& x, const real50& y);
real50 remainder(const real50& x, const real50& y);
real50 copysign(const real50& x, const real50& s);
bool signbit(const real50& x);
bool isnan(const real50& x);
bool isinf(const real50& x);
bool isfinite(const real50& x);

// Where the standard library has none for complex numbers: the analytic continuation of the real function
// from the right half-plane, of cbrt from both.
complex exp2(const complex& x);
complex expm1(const complex& x);
complex log2(const complex& x);
complex log1p(const complex& x);
complex cbrt(const complex& x);
complex hypot(const complex& x, const complex& y);
complex atan2(const complex& y, const complex& x);
inline complex fma(const complex& x, const complex& y, const complex& z) { return x * y + z; }
inline bool isnan(const complex& x) { return isnan(x.real()) || isnan(x.imag()); }
inline bool isfinite(const complex& x) { return isfinite(x.real()) && isfinite(x.imag()); }

// What an order is taken by: the number itself, a complex number's real part.
template <class T> const T& real_part(const T& x) { return x; }
inline double real_part(const complex& x) { return x.real(); }

template <class T> T infinity() { return T(std::numeric_limits<double>::infinity()); }
template <> inline float infinity<float>() { return std::numeric_limits<float>::infinity(); }

// From one number type to another: to nearest, real part of a complex number.
template <class To, class From> To convert(const From& x) {
  if constexpr (std::same_as<To, From>) return x;
  else if constexpr (std::same_as<From, complex>) return convert<To>(x.real());
  else if constexpr (std::same_as<To, complex>) return complex(convert<double>(x));
  else return static_cast<To>(x);
}

}  // namespace num
}  // namespace reel
