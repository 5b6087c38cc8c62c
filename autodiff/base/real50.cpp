// SPDX-License-Identifier: MIT
// The only translation unit of the library that includes Boost.Multiprecision.
#include <reel/autodiff/error.hpp>
#include <reel/autodiff/number.hpp>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <fmt/format.h>

#include <cstring>

namespace reel {

namespace mp = boost::multiprecision;
using big = mp::number<mp::cpp_bin_float<50>, mp::et_off>;

struct real50_access {
  using category = real50::category;

  static big open(const real50& x) {
    big y;  // +0
    auto& b = y.backend();
    switch (x.category_) {
      case category::zero:
        break;
      case category::infinite:
        y = std::numeric_limits<big>::infinity();
        break;
      case category::nan:
        y = std::numeric_limits<big>::quiet_NaN();
        break;
      case category::finite:
        b.bits().resize(3, 3);
        std::memcpy(b.bits().limbs(), x.mantissa_.data(), sizeof x.mantissa_);
        b.bits().normalize();
        b.exponent() = x.exponent_;
    }
    b.sign() = x.negative_;
    return y;
  }

  static real50 close(const big& y) {
    real50 x;
    const auto& b = y.backend();
    using backend = std::remove_cvref_t<decltype(b)>;
    x.negative_ = b.sign();
    if (b.exponent() == backend::exponent_zero) x.category_ = category::zero;
    else if (b.exponent() == backend::exponent_infinity) x.category_ = category::infinite;
    else if (b.exponent() == backend::exponent_nan) x.category_ = category::nan;
    else {
      static_assert(sizeof(mp::limb_type) == 8 && backend::bit_count <= 192);
      x.category_ = category::finite;
      x.exponent_ = b.exponent();
      std::memcpy(x.mantissa_.data(), b.bits().limbs(), b.bits().size() * sizeof(mp::limb_type));
    }
    return x;
  }
};

namespace {
big open(const real50& x) { return real50_access::open(x); }
real50 close(const big& x) { return real50_access::close(x); }
}  // namespace

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
real50 operator*(const real50& a, const real50& b) { return close(open(a) * open(b)); }
real50 operator/(const real50& a, const real50& b) { return close(open(a) / open(b)); }
bool operator==(const real50& a, const real50& b) { return open(a) == open(b); }
bool operator<(const real50& a, const real50& b) { return open(a) < open(b); }
bool operator<=(const real50& a, const real50& b) { return open(a) <= open(b); }

namespace num {
real50 exp(const real50& x) { return close(mp::exp(open(x))); }
real50 log(const real50& x) { return close(mp::log(open(x))); }
real50 sqrt(const real50& x) { return close(mp::sqrt(open(x))); }
real50 tanh(const real50& x) { return close(mp::tanh(open(x))); }
// mp::pow has no answer of IEEE's for a NaN, nor for a negative base with an exponent beyond int.
real50 pow(const real50& x, const real50& y) {
  const big a = open(x), b = open(y);
  if (isnan(x) || isnan(y)) return a == 1 || b == 0 ? real50(1) : isnan(x) ? x : y;
  if (a >= 0 || !isfinite(y) || b != mp::trunc(b)) return close(mp::pow(a, b));
  const big r = mp::pow(big(-a), b);
  return close(mp::fmod(b, big(2)) == 0 ? r : big(-r));
}
real50 log1p(const real50& x) { return close(mp::log1p(open(x))); }
real50 expm1(const real50& x) { return close(mp::expm1(open(x))); }
real50 abs(const real50& x) { return close(mp::abs(open(x))); }
bool isnan(const real50& x) { return (mp::isnan)(open(x)); }
bool isfinite(const real50& x) { return (mp::isfinite)(open(x)); }
}  // namespace num

}  // namespace reel
