// SPDX-License-Identifier: MIT
#include "base/real50_boost.hpp"
#include "base/real50_work.hpp"

#include <reel/autodiff/error.hpp>
#include <reel/autodiff/number.hpp>

#include <boost/math/constants/constants.hpp>
#include <fmt/format.h>

namespace reel {

using wide = mp::number<mp::cpp_bin_float<420>, mp::et_off>;

namespace {
thread_local std::uint64_t work_done = 0;

big open(const real50& x) { return real50_access::open(x); }
real50 close(const big& x) {
  work_done += 100;
  return real50_access::close(x);
}
// The result of a function that takes so many nanoseconds more than a sum.
real50 close(const big& x, std::uint64_t nanoseconds) {
  work_done += nanoseconds;
  return close(x);
}

// A finite number in another number of digits, handed over in doubles: Boost 1.74 converts to more digits by
// reading beyond the number's end.
template <class To, class From> To in_digits(const From& x) {
  if (x == 0) return To(0);
  const int exponent = ilogb(x);
  From rest = ldexp(x, -exponent);
  To y = 0;
  for (int k = 0; k < 5; ++k) {
    const auto part = static_cast<double>(rest);
    y += part;
    rest -= part;
  }
  return ldexp(y, exponent);
}

}  // namespace

std::uint64_t detail::real50_work() noexcept { return work_done; }
void detail::add_real50_work(std::uint64_t nanoseconds) noexcept { work_done += nanoseconds; }

real50::real50(double x) : real50(close(big(x))) {}
real50::real50(const std::string& decimal) {
  const auto refuse = [&] {
    throw error(errc::parse_error, fmt::format("'{}' is not a decimal number.", decimal));
  };
  if (decimal.empty()) refuse();
  try {
    *this = close(big(decimal));
  } catch (const std::runtime_error&) {
    refuse();
  }
}
real50 real50::from_integer(std::int64_t x) { return close(big(x)); }
real50 real50::from_integer(std::uint64_t x) { return close(big(x)); }
real50::operator double() const { return open(*this).convert_to<double>(); }
real50::operator float() const { return open(*this).convert_to<float>(); }
std::string real50::str(int digits) const { return open(*this).str(digits); }

real50 real50::operator-() const { return close(-open(*this)); }
real50 operator+(const real50& a, const real50& b) { return close(open(a) + open(b)); }
real50 operator-(const real50& a, const real50& b) { return close(open(a) - open(b)); }
real50 operator*(const real50& a, const real50& b) { return close(open(a) * open(b), 100); }
real50 operator/(const real50& a, const real50& b) { return close(open(a) / open(b), 200); }
bool operator==(const real50& a, const real50& b) { return open(a) == open(b); }
bool operator<(const real50& a, const real50& b) { return open(a) < open(b); }
bool operator<=(const real50& a, const real50& b) { return open(a) <= open(b); }

namespace num {
real50 exp(const real50& x) { return close(mp::exp(open(x)), 12'000); }
real50 log(const real50& x) { return close(mp::log(open(x)), 18'000); }
real50 sqrt(const real50& x) { return close(mp::sqrt(open(x)), 5'000); }
real50 log10(const real50& x) { return close(mp::log10(open(x)), 20'000); }
real50 exp2(const real50& x) { return close(mp::exp2(open(x)), 14'000); }
real50 log2(const real50& x) { return close(mp::log2(open(x)), 20'000); }
real50 cbrt(const real50& x) { return close(mp::cbrt(open(x)), 30'000); }

// An angle less its nearest multiple of π/2, and how many of these there were, modulo 4. The multiple is
// taken away in so many digits that 50 are left of the angle.
struct angle {
  big rest;
  int quarters;
  explicit angle(const real50& x) : rest(open(x)), quarters(0) {
    constexpr int most = 1100;  // binary digits before the point, at most: all doubles have fewer
    if (!isfinite(x) || ilogb(rest) > most) {
      rest = std::numeric_limits<big>::quiet_NaN();
      return;
    }
    if (mp::abs(rest) < 0.5) return;
    const wide quarter = boost::math::constants::half_pi<wide>(), all = in_digits<wide>(rest);
    const wide n = mp::round(all / quarter);
    rest = in_digits<big>(wide(all - n * quarter));
    quarters = static_cast<int>(mp::fmod(n, wide(4)) + 4) % 4;
  }
};
real50 sin(const real50& x) {
  const angle a(x);
  const big y = a.quarters % 2 == 0 ? mp::sin(a.rest) : mp::cos(a.rest);
  return close(a.quarters < 2 ? y : big(-y), 15'000);
}
real50 cos(const real50& x) {
  const angle a(x);
  const big y = a.quarters % 2 == 0 ? mp::cos(a.rest) : mp::sin(a.rest);
  return close(a.quarters == 0 || a.quarters == 3 ? y : big(-y), 15'000);
}
real50 tan(const real50& x) {
  const angle a(x);
  const big y = mp::tan(a.rest);
  return close(a.quarters % 2 == 0 ? y : big(-1 / y), 20'000);
}
real50 asin(const real50& x) { return close(mp::asin(open(x)), 30'000); }
real50 acos(const real50& x) { return close(mp::acos(open(x)), 30'000); }
real50 atan(const real50& x) { return close(mp::atan(open(x)), 25'000); }
real50 sinh(const real50& x) { return close(mp::sinh(open(x)), 15'000); }
real50 cosh(const real50& x) { return close(mp::cosh(open(x)), 15'000); }
real50 tanh(const real50& x) { return close(mp::tanh(open(x)), 16'000); }
real50 asinh(const real50& x) { return close(mp::asinh(open(x)), 25'000); }
real50 acosh(const real50& x) { return x == 1 ? real50(0) : close(mp::acosh(open(x)), 25'000); }
real50 atanh(const real50& x) {
  if (abs(x) == 1) return x / real50(0);
  return close(mp::atanh(open(x)), 20'000);
}
real50 hypot(const real50& x, const real50& y) {
  if (isinf(x) || isinf(y)) return infinity<real50>();
  return close(mp::hypot(open(x), open(y)), 6'000);
}
real50 fma(const real50& x, const real50& y, const real50& z) {
  if (!isfinite(x) || !isfinite(y) || !isfinite(z)) return x * y + z;
  return close(
      in_digits<big>(wide(in_digits<wide>(open(x)) * in_digits<wide>(open(y)) + in_digits<wide>(open(z)))));
}
// The arctangent of the smaller over the larger, and the quarter turns that this leaves.
real50 atan2(const real50& y, const real50& x) {
  const big quarter = boost::math::constants::half_pi<big>(), a = open(x), b = open(y);
  if (isnan(x) || isnan(y)) return x + y;
  const auto signed_as_y = [&](const big& turn) { return close(signbit(y) ? big(-turn) : turn, 25'000); };
  if (isinf(x) && isinf(y)) return signed_as_y(signbit(x) ? big(3 * quarter / 2) : big(quarter / 2));
  if (a == 0 && b == 0) return signbit(x) ? signed_as_y(2 * quarter) : y;
  if (mp::abs(b) > mp::abs(a)) return signed_as_y(quarter - mp::atan(a / mp::abs(b)));
  const big t = mp::atan(mp::abs(b) / mp::abs(a));
  return signed_as_y(signbit(x) ? big(2 * quarter - t) : t);
}
real50 floor(const real50& x) { return isfinite(x) ? close(mp::floor(open(x))) : x; }
real50 ceil(const real50& x) { return isfinite(x) ? close(mp::ceil(open(x))) : x; }
real50 trunc(const real50& x) { return isfinite(x) ? close(mp::trunc(open(x))) : x; }
real50 round(const real50& x) { return isfinite(x) ? close(mp::round(open(x))) : x; }
real50 copysign(const real50& x, const real50& s) { return signbit(x) == signbit(s) ? x : -x; }
// x less the multiple of y that is nearest to it on the side of 0. It is exact: with mantissas m and n and
// exponents that differ by d, it is m 2^d mod n in integers, however large the quotient.
real50 fmod(const real50& x, const real50& y) {
  if (!isfinite(x) || isnan(y) || y == 0) return close(std::numeric_limits<big>::quiet_NaN());
  const big a = mp::abs(open(x)), b = mp::abs(open(y));
  if (a < b || x == 0) return x;
  const int d = ilogb(a) - ilogb(b);
  const mp::cpp_int m = real50_access::mantissa(x), n = real50_access::mantissa(y);
  const mp::cpp_int power = mp::powm(mp::cpp_int(2), mp::cpp_int(d), n), r = m * power % n;
  return copysign(close(ldexp(big(r), ilogb(b) - ilogb(big(n))), 10'000), x);
}
// x less the multiple of y that is nearest to it, and of two of them the even one. Every difference is exact.
real50 remainder(const real50& x, const real50& y) {
  const real50 b = abs(y);
  real50 r = abs(fmod(x, b + b));
  if (isnan(r)) return r;
  if (r + r > b) {
    r -= b;
    if (r + r >= b) r -= b;
  }
  return signbit(x) ? -r : r;
}
// mp::pow has no answer of IEEE's for a NaN, nor for a negative base with an exponent beyond int.
real50 pow(const real50& x, const real50& y) {
  const big a = open(x), b = open(y);
  if (isnan(x) || isnan(y)) return a == 1 || b == 0 ? real50(1) : isnan(x) ? x : y;
  if (a >= 0 || !isfinite(y) || b != mp::trunc(b)) return close(mp::pow(a, b), 29'000);
  const big r = mp::pow(big(-a), b);
  return close(mp::fmod(b, big(2)) == 0 ? r : big(-r), 29'000);
}
real50 log1p(const real50& x) { return close(mp::log1p(open(x)), 15'000); }
real50 expm1(const real50& x) { return close(mp::expm1(open(x)), 13'000); }
real50 abs(const real50& x) { return close(mp::abs(open(x))); }
bool signbit(const real50& x) { return (mp::signbit)(open(x)) != 0; }
bool isinf(const real50& x) { return (mp::isinf)(open(x)); }
bool isnan(const real50& x) { return (mp::isnan)(open(x)); }
bool isfinite(const real50& x) { return (mp::isfinite)(open(x)); }
}  // namespace num

}  // namespace reel
