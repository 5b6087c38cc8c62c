// SPDX-License-Identifier: MIT
// Least squares of a polynomial, value and gradient by hand: from powers computed once, in plain C++;
// and with powers made on the way in blocks that a compiler vectorises, which needs no memory.
#include "../results.hpp"
#include "by_hand.hpp"

#include <algorithm>

namespace bench {

namespace {

constexpr std::size_t m = least_squares::coefficients;

struct llsq_loop {
  shared<least_squares> p;
  double value = 0;
  std::vector<double> gradient;
  explicit llsq_loop(const shared<least_squares>& problem) : p(problem), gradient(m) {}

  void plain() {
    value = 0;
    std::fill(gradient.begin(), gradient.end(), 0.0);
    for (std::size_t i = 0; i < p->t.size(); ++i) {
      const double* power = p->powers.data() + i * m;
      double r = p->s[i];
      for (std::size_t j = 0; j < m; ++j) r -= p->x[j] * power[j];
      for (std::size_t j = 0; j < m; ++j) gradient[j] -= r * power[j];
      value += r * r / 2;
    }
  }

  // Points side by side, in a few registers at a time so that their multiply-adds overlap; the
  // gradient's sums stay apart by lane until the end.
  using lanes [[gnu::vector_size(64)]] = double;
  static constexpr std::size_t width = sizeof(lanes) / sizeof(double);
  std::vector<lanes> apart = std::vector<lanes>(m);

  void blocks() {
    std::fill(apart.begin(), apart.end(), lanes{});
    value = 0;
    const std::size_t n = p->t.size();
    std::size_t i = 0;
    for (; i + 8 * width <= n; i += 8 * width) one_block<8>(i, 8 * width);
    for (; i < n; i += 2 * width) one_block<2>(i, std::min(2 * width, n - i));
    for (std::size_t j = 0; j < m; ++j) {
      gradient[j] = 0;
      for (std::size_t k = 0; k < width; ++k) gradient[j] -= apart[j][k];
    }
  }

  // `count` points from the first one on; those that fill up the registers get a residual of 0.
  template <std::size_t N> void one_block(std::size_t first, std::size_t count) {
    lanes t[N] = {}, r[N], fit[N] = {};
    for (std::size_t i = 0; i < count; ++i) t[i / width][i % width] = p->t[first + i];
    for (std::size_t j = m; j-- > 0;)
      for (std::size_t k = 0; k < N; ++k) fit[k] = fit[k] * t[k] + p->x[j];
    for (std::size_t i = 0; i < N * width; ++i) {
      const double residual = i < count ? p->s[first + i] - fit[i / width][i % width] : 0;
      r[i / width][i % width] = residual;
      value += residual * residual / 2;
    }
    for (std::size_t j = 0; j < m; ++j) {  // r becomes r·t^j
      lanes sum[N];
      for (std::size_t k = 0; k < N; ++k) sum[k] = r[k];
      for (std::size_t half = N / 2; half > 0; half /= 2)
        for (std::size_t k = 0; k < half; ++k) sum[k] += sum[k + half];
      apart[j] += sum[0];
      for (std::size_t k = 0; k < N; ++k) r[k] *= t[k];
    }
  }
};

contender enter(const char* name, const shared<least_squares>& p, void (llsq_loop::*run)()) {
  const auto loop = std::make_shared<llsq_loop>(p);
  return {name, maker::hand, [=] { (loop.get()->*run)(); },
          [=] {
            return numbers{{loop->value}, loop->gradient};
          }};
}

}  // namespace

contenders by_hand(const shared<least_squares>& p) {
  return {enter("plain C++", p, &llsq_loop::plain), enter("SIMD blocks", p, &llsq_loop::blocks)};
}

}  // namespace bench
