// SPDX-License-Identifier: MIT
// Log-sum-exp and its gradient by hand: in plain C++, and in blocks that a compiler vectorises.
#include "../results.hpp"
#include "by_hand.hpp"
#include "exp.hpp"

#include <algorithm>
#include <cmath>

namespace bench {

namespace {

struct lse_loop {
  shared<log_sum_exp> p;
  double value = 0;
  std::vector<double> gradient;
  explicit lse_loop(const shared<log_sum_exp>& problem) : p(problem), gradient(p->x.size()) {}

  // Maximum; exponentials and their sum; division.
  void plain() {
    const std::vector<double>& x = p->x;
    const double top = *std::max_element(x.begin(), x.end());
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      gradient[i] = std::exp(x[i] - top);
      sum += gradient[i];
    }
    for (double& g : gradient) g /= sum;
    value = top + std::log(sum);
  }

  // Each block, 16 KB of x, relative to its own maximum, so that x is read from memory once; the
  // factors between the blocks' maxima and the whole one's join the division.
  static constexpr std::size_t block = 2048, lanes = 32;
  std::vector<double> tops, sums;

  // Of `lanes` numbers side by side, then across.
  template <class F> static double reduce(const double* x, std::size_t n, double start, F f) {
    double lane[lanes];
    std::fill_n(lane, lanes, start);
    std::size_t i = 0;
    for (; i + lanes <= n; i += lanes)
      for (std::size_t k = 0; k < lanes; ++k) lane[k] = f(lane[k], x[i + k]);
    double all = start;
    for (; i < n; ++i) all = f(all, x[i]);
    for (const double v : lane) all = f(all, v);
    return all;
  }

  void blocks() {
    const auto larger = [](double a, double b) { return a > b ? a : b; };
    const auto plus = [](double a, double b) { return a + b; };
    const std::size_t n = p->x.size();
    tops.clear();
    sums.clear();
    for (std::size_t begin = 0; begin < n; begin += block) {
      const std::size_t count = std::min(block, n - begin);
      const double* x = p->x.data() + begin;
      double* g = gradient.data() + begin;
      const double top = reduce(x, count, x[0], larger);
      for (std::size_t i = 0; i < count; ++i) g[i] = fast_exp(x[i] - top);
      tops.push_back(top);
      sums.push_back(reduce(g, count, 0, plus));
    }
    const double top = *std::max_element(tops.begin(), tops.end());
    double sum = 0;
    for (std::size_t b = 0; b < tops.size(); ++b) sum += sums[b] * std::exp(tops[b] - top);
    for (std::size_t b = 0; b < tops.size(); ++b) {
      const double factor = std::exp(tops[b] - top) / sum;
      double* g = gradient.data() + b * block;
      const std::size_t count = std::min(block, n - b * block);
      for (std::size_t i = 0; i < count; ++i) g[i] *= factor;
    }
    value = top + std::log(sum);
  }
};

contender enter(const char* name, const shared<log_sum_exp>& p, void (lse_loop::*run)()) {
  const auto loop = std::make_shared<lse_loop>(p);
  return {name, maker::hand, [=] { (loop.get()->*run)(); },
          [=] {
            return numbers{{loop->value}, loop->gradient};
          }};
}

}  // namespace

contenders by_hand(const shared<log_sum_exp>& p) {
  return {enter("plain C++", p, &lse_loop::plain), enter("SIMD blocks", p, &lse_loop::blocks)};
}

}  // namespace bench
