// SPDX-License-Identifier: MIT
#include <reel/autodiff/number.hpp>

#include <algorithm>
#include <numbers>

namespace reel {

std::size_t size_of(dtype e) noexcept {
  constexpr std::size_t bytes[] = {sizeof(float),   sizeof(double),  sizeof(real50),
                                   sizeof(complex), sizeof(index_t), sizeof(bool)};
  return bytes[static_cast<std::size_t>(e)];
}

std::string_view name(dtype e) noexcept {
  constexpr std::string_view names[] = {"float", "double", "50 digits", "complex", "index", "bool"};
  return names[static_cast<std::size_t>(e)];
}

std::string_view name(kind k) noexcept {
  constexpr std::string_view names[] = {"real", "index", "bool"};
  return names[static_cast<std::size_t>(k)];
}

namespace num {

// A step of Newton's method on y³ = x, for which y² is taken in two parts. Small numbers are scaled by 2^300,
// so that the remainder is a normal number.
double cbrt(double x) {
  if (x == 0 || !std::isfinite(x)) return x;
  if (std::abs(x) < 0x1p-900) return cbrt(x * 0x1p300) * 0x1p-100;
  const double y = std::cbrt(x), square = y * y, low = std::fma(y, y, -square);
  const double excess = std::fma(square, y, -x) + low * y;
  return y - excess / (3 * square);
}

complex exp2(const complex& x) { return std::exp(x * std::numbers::ln2); }
complex log2(const complex& x) { return std::log(x) / std::numbers::ln2; }

// With z = a + ib:  e^z − 1 = (e^a − 1) cos b − 2 sin²(b/2) + i e^a sin b.
complex expm1(const complex& x) {
  const double half = std::sin(x.imag() / 2);
  return {std::expm1(x.real()) * std::cos(x.imag()) - 2 * half * half,
          std::exp(x.real()) * std::sin(x.imag())};
}
// ln(1 + z) = ½ ln(1 + 2a + a² + b²) + i arg(1 + z), where |z| is small; there the logarithm's own argument
// would lose z's digits.
complex log1p(const complex& x) {
  const double a = x.real(), b = x.imag();
  if (std::abs(a) > 0.5 || std::abs(b) > 0.5) return std::log(1.0 + x);
  return {std::log1p(a * (2 + a) + b * b) / 2, std::atan2(b, 1 + a)};
}
complex cbrt(const complex& x) {
  if (x == 0.0) return x;
  return x.real() < 0 ? -std::pow(-x, 1.0 / 3) : std::pow(x, 1.0 / 3);
}
complex hypot(const complex& x, const complex& y) {
  const double scale =
      std::max({std::abs(x.real()), std::abs(y.real()), std::abs(x.imag()), std::abs(y.imag())});
  if (scale == 0 || !std::isfinite(scale)) return std::sqrt(x * x + y * y);
  const complex a = x / scale, b = y / scale;
  return scale * std::sqrt(a * a + b * b);
}
// The arctangent of the smaller over the larger, and the quarter turns that this leaves.
complex atan2(const complex& y, const complex& x) {
  const double turn = std::copysign(std::numbers::pi / 2, y.real());
  if (std::abs(y.real()) > std::abs(x.real())) return turn - std::atan(x / y);
  return std::signbit(x.real()) ? std::atan(y / x) + 2 * turn : std::atan(y / x);
}

}  // namespace num

}  // namespace reel
