// SPDX-License-Identifier: MIT
// A training step of softmax regression, and what comes of three of them.
#pragma once

#include "ops/filled.hpp"

#include <vector>

namespace reel::test {

inline array<float> filled(const shape& s, double scale, index_t salt) {
  return filled<float>(s, scale, salt);
}
inline array<index_t> labels_below(index_t classes, index_t n) {
  auto a = make_array<index_t>({n});
  for (index_t i = 0; i < n; ++i) a.data()[i] = (i * 31 + 5) % classes;
  return a;
}

// Softmax regression with momentum.
struct regression {
  tape t;
  array<float> x, w;
  array<index_t> labels;
  freeze_request request;

  regression(index_t rows, index_t features, index_t classes)
      : x(filled({rows, features}, 1, 1)),
        w(filled({features, classes}, 0.1, 2)),
        labels(labels_below(classes, rows)) {
    const var W = t.state(w).named("W"), v = t.state(filled({features, classes}, 0, 3));
    const var X = t.input(x), l = t.input(labels);
    const var loss = mean(softmax_cross_entropy(matmul(X, W), l));
    const var next_v = 0.9 * v + grad(loss, W), next = W - 0.5 * next_v;
    request = {.outputs = {loss},
               .updates = {{W, next}, {v, next_v}},
               .inputs = {X, l},
               .check_finite = {loss, next}};
  }
  program without(std::vector<std::string> off) {
    request.disabled_passes = std::move(off);
    return freeze(request);
  }
};

struct outcome {
  std::vector<double> losses;
  array<float> w, v;
};
inline outcome three_steps(const program& p, const regression& r, const workers& w = {}) {
  instance<float> run(p, w);
  outcome o;
  for (int i = 0; i < 3; ++i) {
    run.run(r.x, r.labels);
    o.losses.push_back(static_cast<double>(run.item()));
  }
  o.w = run.state(0);
  o.v = run.state(1);
  return o;
}

}  // namespace reel::test
