// SPDX-License-Identifier: MIT
// The multilayer perceptron as matrix products by a library, with loops between them: one SGD step,
// and the Hessian times a vector by Pearlmutter's R-operator (Pearlmutter, 1994).
#include "../results.hpp"
#include "by_hand.hpp"
#include "cross_entropy.hpp"
#include "gemm.hpp"

namespace bench {

namespace {

using floats = std::vector<float>;

// Every row of y becomes b.
void fill_rows(floats& y, const floats& b) {
  for (std::size_t i = 0; i < y.size(); i += b.size()) std::copy(b.begin(), b.end(), y.data() + i);
}

// b += scale · Σ rows of y
void add_rows(floats& b, float scale, const floats& y) {
  for (std::size_t i = 0; i < y.size(); i += b.size())
    for (std::size_t k = 0; k < b.size(); ++k) b[k] += scale * y[i + k];
}

void keep_where_positive(floats& y, const floats& h) {
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = h[i] > 0 ? y[i] : 0;
}

struct step_by_products {
  shared<perceptron> p;
  gemm_library library;
  floats w1, b1, w2, b2, h, z, dh;
  double loss = 0;

  step_by_products(const shared<perceptron>& problem, const gemm_library& l)
      : p(problem),
        library(l),
        w1(p->w1),
        b1(p->b1),
        w2(p->w2),
        b2(p->b2),
        h(p->rows * p->hidden),
        z(p->rows * classes),
        dh(h.size()) {}

  void step() {
    const std::size_t n = p->rows, d = p->features, m = p->hidden;
    const float rate = -p->rate;
    fill_rows(h, b1);
    library.multiply({n, m, d, false, false, 1, p->x.data(), w1.data(), 1, h.data()});
    for (float& v : h) v = v > 0 ? v : 0;
    fill_rows(z, b2);
    library.multiply({n, classes, m, false, false, 1, h.data(), w2.data(), 1, z.data()});
    loss = cross_entropy(z.data(), p->labels.data(), n);

    library.multiply({n, m, classes, false, true, 1, z.data(), w2.data(), 0, dh.data()});
    keep_where_positive(dh, h);
    library.multiply({m, classes, n, true, false, rate, h.data(), z.data(), 1, w2.data()});
    add_rows(b2, rate, z);
    library.multiply({d, m, n, true, false, rate, p->x.data(), dh.data(), 1, w1.data()});
    add_rows(b1, rate, dh);
  }
};

// R(f) is the derivative of f along v. Where relu's slope is constant,
//   R(h) = (x·v1 + c1) where h > 0,   R(z) = R(h)·w2 + h·v2 + c2,   R(p) = p ⊙ (R(z) − ⟨p, R(z)⟩)
// and the gradient's formulas are differentiated the same way.
struct hvp_by_products {
  shared<perceptron_hvp> p;
  gemm_library library;
  floats h, z, rh, rz, rdh;
  floats hv1, hc1, hv2, hc2;

  hvp_by_products(const shared<perceptron_hvp>& problem, const gemm_library& l)
      : p(problem),
        library(l),
        h(p->rows * p->hidden),
        z(p->rows * classes),
        rh(h.size()),
        rz(z.size()),
        rdh(h.size()),
        hv1(p->w1.size()),
        hc1(p->b1.size()),
        hv2(p->w2.size()),
        hc2(p->b2.size()) {}

  void run() {
    const std::size_t n = p->rows, d = p->features, m = p->hidden;
    const float* x = p->x.data();
    fill_rows(h, p->b1);
    library.multiply({n, m, d, false, false, 1, x, p->w1.data(), 1, h.data()});
    for (float& v : h) v = v > 0 ? v : 0;
    fill_rows(rh, p->c1);
    library.multiply({n, m, d, false, false, 1, x, p->v1.data(), 1, rh.data()});
    keep_where_positive(rh, h);
    fill_rows(z, p->b2);
    library.multiply({n, classes, m, false, false, 1, h.data(), p->w2.data(), 1, z.data()});
    fill_rows(rz, p->c2);
    library.multiply({n, classes, m, false, false, 1, rh.data(), p->w2.data(), 1, rz.data()});
    library.multiply({n, classes, m, false, false, 1, h.data(), p->v2.data(), 1, rz.data()});
    gradients_in_logits();

    std::fill(hc2.begin(), hc2.end(), 0.0f);
    add_rows(hc2, 1, rz);
    library.multiply({m, classes, n, true, false, 1, rh.data(), z.data(), 0, hv2.data()});
    library.multiply({m, classes, n, true, false, 1, h.data(), rz.data(), 1, hv2.data()});
    library.multiply({n, m, classes, false, true, 1, rz.data(), p->w2.data(), 0, rdh.data()});
    library.multiply({n, m, classes, false, true, 1, z.data(), p->v2.data(), 1, rdh.data()});
    keep_where_positive(rdh, h);
    std::fill(hc1.begin(), hc1.end(), 0.0f);
    add_rows(hc1, 1, rdh);
    library.multiply({d, m, n, true, false, 1, x, rdh.data(), 0, hv1.data()});
  }

  // z becomes ∂loss/∂z = (p − y)/n, and rz its derivative R(p)/n.
  void gradients_in_logits() {
    const std::size_t n = p->rows;
    const float scale = 1 / static_cast<float>(n);
    probabilities(z.data(), p->labels.data(), n);
    for (std::size_t i = 0; i < n; ++i) {
      float* q = z.data() + i * classes;
      float* r = rz.data() + i * classes;
      float mean = 0;
      for (std::size_t k = 0; k < classes; ++k) mean += q[k] * r[k];
      for (std::size_t k = 0; k < classes; ++k) r[k] = scale * q[k] * (r[k] - mean);
      q[p->labels[i]] -= 1;
      for (std::size_t k = 0; k < classes; ++k) q[k] *= scale;
    }
  }
};

}  // namespace

contenders by_hand(const shared<perceptron>& p) {
  contenders all;
  for (const gemm_library& library : gemm_libraries()) {
    const auto loop = std::make_shared<step_by_products>(p, library);
    all.push_back({library.name, maker::hand, [=] { loop->step(); },
                   [=] {
                     const perceptron& before = *loop->p;
                     return numbers{{loop->loss},
                                    change(loop->w1, before.w1),
                                    change(loop->b1, before.b1),
                                    change(loop->w2, before.w2),
                                    change(loop->b2, before.b2)};
                   }});
  }
  return all;
}

contenders by_hand(const shared<perceptron_hvp>& p) {
  contenders all;
  for (const gemm_library& library : gemm_libraries()) {
    const auto loop = std::make_shared<hvp_by_products>(p, library);
    all.push_back({library.name, maker::hand, [=] { loop->run(); },
                   [=] {
                     return numbers{in_double(loop->hv1), in_double(loop->hc1), in_double(loop->hv2),
                                    in_double(loop->hc2)};
                   }});
  }
  return all;
}

}  // namespace bench
