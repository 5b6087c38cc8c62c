// SPDX-License-Identifier: MIT
// Softmax, its logarithm and logsumexp against the forward error bounds of Blanchard, Higham & Higham
// (IMA J. Numer. Anal. 41, 2021), equations 4.2 to 4.4, with reel's sums in place of recursive ones:
// the n of a sum is log₂ of the number of blocks plus a block. REEL_CHECK_SIZE sets the longest row.
#include "rows.hpp"

#include <reel/autodiff/check/precision.hpp>
#include <reel/ops/softmax.hpp>

#include <cmath>
#include <cstdlib>

using namespace reel;
using namespace reel::test;

namespace {

// Roundings on the way from a term to its sum, and of an exponential besides the one of its result.
double depth(std::size_t n) {
  return n <= 128 ? static_cast<double>(n) : 128 + std::log2(static_cast<double>(n) / 128);
}
constexpr double exponential = 2;

std::size_t longest() {
  const char* text = std::getenv("REEL_CHECK_SIZE");
  return text == nullptr ? 50 : std::strtoull(text, nullptr, 10);
}

struct row_case {
  array<double> x;
  double low, high, y;  // y = logsumexp(x)
  std::vector<double> p;
  row_case(std::size_t n, double range, std::uint64_t seed)
      : x(make_array<double>({static_cast<index_t>(n)})) {
    std::mt19937_64 bits(seed);
    for (std::size_t i = 0; i < n; ++i)
      x(i) = std::floor(range * (static_cast<double>(bits() >> 11) * 0x1p-53 - 0.5) * 64) / 64;
    low = *std::min_element(x.data(), x.data() + n);
    high = *std::max_element(x.data(), x.data() + n);
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += std::exp(x(i) - high);
    y = high + std::log(sum);
    for (std::size_t i = 0; i < n; ++i) p.push_back(std::exp(x(i) - high) / sum);
  }
};

const check::rounding_study& of(const std::vector<check::rounding_study>& all, dtype number) {
  for (const auto& s : all)
    if (s.number == number) return s;
  throw std::runtime_error("not evaluated");
}

void check_row(std::size_t n, double range, dtype number) {
  BOOST_TEST_CONTEXT("n = " << n << ", range " << range << " in " << name(number)) {
    const row_case r(n, range, 7 * n + static_cast<std::uint64_t>(range));
    const double m = depth(n) + exponential;
    // 4.3: the largest error of softmax, relative to its largest element.
    const auto softmax_study = of(check::ulps({softmax_op{}, {r.x}}), number);
    const double top = *std::max_element(r.p.begin(), r.p.end());
    const double worst = *std::max_element(softmax_study.value.begin(), softmax_study.value.end());
    const double relative = m + 2 + 2 * (r.high - r.low);
    BOOST_TEST(worst <= relative * top);
    // Its backward rule: |err_i| ≤ p_i[(c+2)|ȳ_i − s| + (n+c) Σ p_j|ȳ_j|], with |ȳ| < 1, c·u the error of p.
    for (std::size_t i = 0; i < n; ++i)
      BOOST_TEST(softmax_study.cotangent[i] <= r.p[i] * ((relative + 2) * 2 + (m + relative)));
    // 4.2 and 4.4
    const auto sum_study = of(check::ulps({logsumexp_op{}, {r.x}}), number);
    BOOST_TEST(sum_study.value[0] <= std::abs(r.y + m - r.low) + std::abs(r.y));
    const auto log_study = of(check::ulps({log_softmax_op{}, {r.x}}), number);
    for (std::size_t i = 0; i < n; ++i)
      BOOST_TEST(log_study.value[i] <=
                 std::abs(r.x(i) - r.y) + std::abs(r.y + m - r.low) + std::abs(r.x(i)) + 1);
    BOOST_TEST_MESSAGE("n = " << n << ", range " << range << ", " << name(number) << ": softmax at "
                              << worst / (relative * top) << " of its bound, logsumexp at "
                              << sum_study.value[0] / (std::abs(r.y + m - r.low) + std::abs(r.y)));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bounds)

BOOST_AUTO_TEST_CASE(softmax_keeps_published_bounds) {
  for (std::size_t n = 1; n <= longest(); n *= 10)
    for (const double range : {1.0, 20.0}) check_row(n, range, dtype::f64);
  const auto in_both = [](std::size_t n) {
    check_row(n, 80, dtype::f32);
    check_row(n, 700, dtype::f64);
    check_row(n, 1, dtype::f32);
  };
  for (const std::size_t n : {3, 50}) in_both(n);
  for (std::size_t n = 1; n <= longest(); n *= 10) in_both(n);
}

BOOST_AUTO_TEST_SUITE_END()
