// SPDX-License-Identifier: MIT
// Adam (Kingma & Ba, Adam: a method for stochastic optimization, ICLR 2015, algorithm 1) and AdamW
// (Loshchilov & Hutter, Decoupled weight decay regularization, ICLR 2019, algorithm 2).
#pragma once

#include <reel/optim/rule.hpp>

namespace reel::optim {

// m̂ / (√(v̂ + ε₀) + ε), with m̂ and v̂ averages of g and g² whose weights fall by β per step and add up
// to 1. The paper divides the averages by 1 − βᵗ for that; here the divisor is kept beside them as the
// same average of ones, which is that number, in whatever precision the averages have. The paper has
// ε₀ = 0; where g stays 0, √ has no slope there, and ε₀ > 0 lets one differentiate through the step.
// Throws invalid_argument unless 0 ≤ β < 1, ε ≥ 0 and ε₀ ≥ 0, all finite.
struct scale_by_adam {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double epsilon_root = 0;
  std::vector<shape> state_shapes(const shape& parameter) const { return {parameter, parameter, {}, {}}; }
  update apply(var gradient, var parameter, std::span<const var> state, const hyperparameters&) const;
  void check() const;
};

struct adam {
  double lr = 1e-3;
  scale_by_adam moments = {};

  auto parts() const { return chain(moments, scale_by_learning_rate{}); }
  std::vector<shape> state_shapes(const shape& parameter) const { return parts().state_shapes(parameter); }
  update apply(var gradient, var parameter, std::span<const var> state, const hyperparameters& k) const {
    return parts().apply(gradient, parameter, state, k);
  }
  void check() const { parts().check(); }
};

// Adam whose weight decay bypasses the moments. The paper multiplies the decay by a schedule of its own;
// here, as in PyTorch and optax, it goes with the learning rate.
struct adamw {
  double lr = 1e-3;
  scale_by_adam moments = {};
  double weight_decay = 1e-2;

  auto parts() const { return chain(moments, add_decay{weight_decay}, scale_by_learning_rate{}); }
  std::vector<shape> state_shapes(const shape& parameter) const { return parts().state_shapes(parameter); }
  update apply(var gradient, var parameter, std::span<const var> state, const hyperparameters& k) const {
    return parts().apply(gradient, parameter, state, k);
  }
  void check() const { parts().check(); }
};

}  // namespace reel::optim
