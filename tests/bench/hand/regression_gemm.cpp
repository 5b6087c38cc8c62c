// SPDX-License-Identifier: MIT
// Softmax regression as two matrix products by a library; the second one is the update, and the decay
// that a penalty makes.
#include "../results.hpp"
#include "by_hand.hpp"
#include "cross_entropy.hpp"
#include "gemm.hpp"

namespace bench {

namespace {

struct two_products {
  shared<softmax_regression> p;
  gemm_library library;
  std::vector<float> w, z;
  double loss = 0;

  two_products(const shared<softmax_regression>& problem, const gemm_library& l)
      : p(problem), library(l), w(p->w), z(p->rows * classes) {}

  void step() {
    library.multiply({p->rows, classes, p->features, false, false, 1, p->x.data(), w.data(), 0, z.data()});
    loss = cross_entropy(z.data(), p->labels.data(), p->rows) + penalty(w, p->l2);
    library.multiply({p->features, classes, p->rows, true, false, -p->rate, p->x.data(), z.data(),
                      1 - p->rate * p->l2, w.data()});
  }
};

}  // namespace

contenders by_hand(const shared<softmax_regression>& p) {
  contenders all;
  for (const gemm_library& library : gemm_libraries()) {
    const auto loop = std::make_shared<two_products>(p, library);
    all.push_back({library.name, maker::hand, [=] { loop->step(); },
                   [=] {
                     return numbers{{loop->loss}, change(loop->w, loop->p->w)};
                   }});
  }
  for (const contender& c : fused_by_hand(p)) all.push_back(c);
  return all;
}

}  // namespace bench
