// SPDX-License-Identifier: MIT
// A real number with 50 decimal digits: the reference every derivative rule is held against. A plain
// 32-byte value; the arithmetic (Boost.Multiprecision's cpp_bin_float_50) stays in real50.cpp, so
// that including this costs nothing.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <string>
#include <type_traits>

namespace reel {

class real50 {
 public:
  real50() = default;                                                             // +0
  real50(double x);                                                               // exact
  template <std::integral I> real50(I x) : real50(from_integer(widest<I>(x))) {}  // exact
  explicit real50(const std::string& decimal);                                    // throws parse_error

  explicit operator double() const;  // to nearest
  explicit operator float() const;   // to nearest, in one rounding
  std::string str(int digits = 50) const;

  real50 operator-() const;
  real50& operator+=(const real50& b) { return *this = *this + b; }
  real50& operator-=(const real50& b) { return *this = *this - b; }
  real50& operator*=(const real50& b) { return *this = *this * b; }
  real50& operator/=(const real50& b) { return *this = *this / b; }

  friend real50 operator+(const real50& a, const real50& b);
  friend real50 operator-(const real50& a, const real50& b);
  friend real50 operator*(const real50& a, const real50& b);
  friend real50 operator/(const real50& a, const real50& b);
  friend bool operator==(const real50& a, const real50& b);
  friend bool operator<(const real50& a, const real50& b);
  friend bool operator<=(const real50& a, const real50& b);
  friend bool operator>(const real50& a, const real50& b) { return b < a; }
  friend bool operator>=(const real50& a, const real50& b) { return b <= a; }

 private:
  friend struct real50_access;
  template <class I> using widest = std::conditional_t<std::is_signed_v<I>, std::int64_t, std::uint64_t>;
  static real50 from_integer(std::int64_t x);
  static real50 from_integer(std::uint64_t x);

  // ±mantissa · 2^exponent, as cpp_bin_float keeps it.
  enum class category : std::uint8_t { zero, finite, infinite, nan };
  std::array<std::uint64_t, 3> mantissa_{};
  std::int32_t exponent_ = 0;
  category category_ = category::zero;
  bool negative_ = false;
};

}  // namespace reel
