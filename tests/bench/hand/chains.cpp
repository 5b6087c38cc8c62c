// SPDX-License-Identifier: MIT
// Chains of elementwise ops by hand: one loop, values in registers.
#include "../results.hpp"
#include "by_hand.hpp"
#include "exp.hpp"

namespace bench {

namespace {

struct small_loop {
  shared<small_chain> p;
  std::vector<float> y, dx, dz;
  explicit small_loop(const shared<small_chain>& problem)
      : p(problem), y(p->n), dx(p->gradients ? p->n : 0), dz(dx.size()) {}

  void run() {
    constexpr std::size_t n = small_chain::n;
    const float* z = p->z.data();
    float v[n], slope[n];  // slope: ∂v/∂z
    for (std::size_t i = 0; i < n; ++i) v[i] = p->x[i], slope[i] = 0;
    if (p->op == link::add) {
      for (std::size_t k = 0; k < p->ops; ++k)
        for (std::size_t i = 0; i < n; ++i) v[i] += z[i], slope[i] += 1;
    } else {
      for (std::size_t k = 0; k < p->ops; ++k)
        for (std::size_t i = 0; i < n; ++i) slope[i] = slope[i] * z[i] + v[i], v[i] *= z[i];
    }
    for (std::size_t i = 0; i < n; ++i) y[i] = v[i];
    if (!p->gradients) return;
    for (std::size_t i = 0; i < n; ++i) {
      dx[i] = p->op == link::add ? 1 : v[i] / p->x[i];
      dz[i] = slope[i];
    }
  }
};

struct long_loop {
  shared<long_chain> p;
  std::vector<float> y;
  explicit long_loop(const shared<long_chain>& problem) : p(problem), y(p->x.size()) {}

  void run() {
    const float* x = p->x.data();
    const float* z = p->z.data();
    const auto chain = [&](std::size_t i) {
      float v = x[i];
      for (std::size_t k = 0; k < long_chain::links; ++k) v = v * x[i] + z[i];
      return v;
    };
    if (p->exponential)
      for (std::size_t i = 0; i < y.size(); ++i) y[i] = fast_exp(-chain(i));
    else
      for (std::size_t i = 0; i < y.size(); ++i) y[i] = chain(i);
  }

  void read_and_write() {
    for (std::size_t i = 0; i < y.size(); ++i) y[i] = p->x[i] + p->z[i];
  }
};

}  // namespace

contenders by_hand(const shared<small_chain>& p) {
  const auto loop = std::make_shared<small_loop>(p);
  return {{"one loop", maker::hand, [=] { loop->run(); },
           [=] {
             numbers all{in_double(loop->y)};
             if (loop->p->gradients) all.insert(all.end(), {in_double(loop->dx), in_double(loop->dz)});
             return all;
           }}};
}

contenders by_hand(const shared<long_chain>& p) {
  const auto loop = std::make_shared<long_loop>(p);
  return {{"one loop", maker::hand, [=] { loop->run(); }, [=] { return numbers{in_double(loop->y)}; }},
          {"read and write once", maker::other, [=] { loop->read_and_write(); }, {}}};
}

}  // namespace bench
