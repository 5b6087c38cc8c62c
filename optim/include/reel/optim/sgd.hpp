// SPDX-License-Identifier: MIT
#pragma once

#include <reel/optim/rule.hpp>

namespace reel::optim {

// Stochastic gradient descent: p' = p − lr·d, with d the gradient, plus weight_decay·p, through
// momentum. On the whole data set at once it is gradient descent. Throws invalid_argument unless lr ≥ 0,
// 0 ≤ momentum < 1 and weight_decay ≥ 0, all finite.
struct sgd {
  double lr = 0.1;
  double momentum = 0;
  bool nesterov = false;
  double weight_decay = 0;

  std::vector<shape> state_shapes(const shape& parameter) const;
  update apply(var gradient, var parameter, std::span<const var> state, const hyperparameters& k) const;
  void check() const;
};

}  // namespace reel::optim
