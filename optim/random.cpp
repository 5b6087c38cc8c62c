// SPDX-License-Identifier: MIT
#include <reel/optim/random.hpp>

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace reel::optim {

namespace {

struct wide {
  std::uint64_t high, low;
};

wide multiply(std::uint64_t a, std::uint64_t b) noexcept {
  constexpr std::uint64_t mask = 0xffffffff;
  const std::uint64_t ll = (a & mask) * (b & mask), lh = (a & mask) * (b >> 32), hl = (a >> 32) * (b & mask);
  const std::uint64_t middle = (ll >> 32) + (lh & mask) + hl;
  return {(a >> 32) * (b >> 32) + (lh >> 32) + (middle >> 32), (middle << 32) | (ll & mask)};
}

std::uint32_t word_of(index_t value, const char* what) {
  if (value < 0 || value > std::numeric_limits<std::uint32_t>::max())
    throw error(errc::invalid_argument,
                fmt::format("random_stream: {} {} is outside 0 … 2^32 − 1.", what, value));
  return static_cast<std::uint32_t>(value);
}

template <std::size_t N> double polynomial(const double (&coefficients)[N], double x) noexcept {
  double sum = 0;
  for (std::size_t i = N; i-- > 0;) sum = sum * x + coefficients[i];
  return sum;
}

// The natural logarithm from the five correctly rounded operations alone. With x = m·2^e and
// f = (m − 1)/(m + 1), log m = 2 (f + f³/3 + f⁵/5 + …), and |f| < 0.172 for m in [√½, √2).
double portable_log(double x) noexcept {
  int exponent = 0;
  double m = std::frexp(x, &exponent);
  if (m < 0.70710678118654752) {
    m *= 2;
    --exponent;
  }
  const double f = (m - 1) / (m + 1), square = f * f;
  double sum = 0;
  for (int k = 25; k >= 1; k -= 2) sum = sum * square + 1.0 / k;
  return 2 * f * sum + exponent * 0.69314718055994531;
}

}  // namespace

philox_counter philox4x32(philox_counter c, philox_key k) noexcept {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53} * c[0], b = std::uint64_t{0xCD9E8D57} * c[2];
    c = {static_cast<std::uint32_t>(b >> 32) ^ c[1] ^ k[0], static_cast<std::uint32_t>(b),
         static_cast<std::uint32_t>(a >> 32) ^ c[3] ^ k[1], static_cast<std::uint32_t>(a)};
    k = {k[0] + 0x9E3779B9, k[1] + 0xBB67AE85};
  }
  return c;
}

random_stream::random_stream(std::uint64_t seed, purpose what, index_t epoch, index_t step)
    : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)},
      counter_{0, word_of(step, "step"), word_of(epoch, "epoch"), static_cast<std::uint32_t>(what)} {}

std::uint32_t random_stream::bits32() {
  if (used_ == words_.size()) {
    words_ = philox4x32(counter_, key_);
    ++counter_[0];
    used_ = 0;
  }
  return words_[used_++];
}

std::uint64_t random_stream::bits64() {
  const std::uint64_t low = bits32();
  return std::uint64_t{bits32()} << 32 | low;
}

// Lemire's multiply-shift: the high half of (random word)·n, where a word whose low half is below
// 2^w mod n is drawn again, since those words are one too many for some results.
index_t random_stream::below(index_t n) {
  if (n <= 0) throw error(errc::invalid_argument, fmt::format("random_stream: below({}) is empty.", n));
  const auto size = static_cast<std::uint64_t>(n);
  if (size <= std::numeric_limits<std::uint32_t>::max()) {
    const auto small = static_cast<std::uint32_t>(size);
    const std::uint32_t excess = (0 - small) % small;
    std::uint64_t product;
    do product = bits32() * size;
    while (static_cast<std::uint32_t>(product) < excess);
    return static_cast<index_t>(product >> 32);
  }
  const std::uint64_t excess = (0 - size) % size;
  wide product;
  do product = multiply(bits64(), size);
  while (product.low < excess);
  return static_cast<index_t>(product.high);
}

double random_stream::uniform() { return static_cast<double>(bits64() >> 11) * 0x1p-53; }

double random_stream::normal() {
  return normal_quantile((static_cast<double>(bits64() >> 12) + 0.5) * 0x1p-52);
}

// Algorithm AS 241, PPND16 (Wichura, Applied Statistics 37, 1988): a rational function of (p − ½)² in
// the middle, two of √(−log tail) outside.
double normal_quantile(double p) noexcept {
  constexpr double a[] = {3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3,
                          1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                          3.3430575583588128105e+4, 2.5090809287301226727e+3};
  constexpr double b[] = {1.0,
                          4.2313330701600911252e+1,
                          6.8718700749205790830e+2,
                          5.3941960214247511077e+3,
                          2.1213794301586595867e+4,
                          3.9307895800092710610e+4,
                          2.8729085735721942674e+4,
                          5.2264952788528545610e+3};
  constexpr double c[] = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                          3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                          2.27238449892691845833e-2, 7.74545014278341407640e-4};
  constexpr double d[] = {1.0,
                          2.05319162663775882187e0,
                          1.67638483018380384940e0,
                          6.89767334985100004550e-1,
                          1.48103976427480074590e-1,
                          1.51986665636164571966e-2,
                          5.47593808499534494600e-4,
                          1.05075007164441684324e-9};
  constexpr double e[] = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                          2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                          2.71155556874348757815e-5, 2.01033439929228813265e-7};
  constexpr double f[] = {1.0,
                          5.99832206555887937690e-1,
                          1.36929880922735805310e-1,
                          1.48753612908506148525e-2,
                          7.86869131145613259100e-4,
                          1.84631831751005468180e-5,
                          1.42151175831644588870e-7,
                          2.04426310338993978564e-15};
  const double q = p - 0.5;
  if (std::abs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(a, r) / polynomial(b, r);
  }
  const double r = std::sqrt(-portable_log(q < 0 ? p : 1 - p));
  const double x =
      r <= 5 ? polynomial(c, r - 1.6) / polynomial(d, r - 1.6) : polynomial(e, r - 5) / polynomial(f, r - 5);
  return q < 0 ? -x : x;
}

}  // namespace reel::optim
