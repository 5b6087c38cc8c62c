// SPDX-License-Identifier: MIT
// The table of optimizers: what holds for every rule is tested on each of these.
#pragma once

#include <reel/optim.hpp>

namespace reel::test {

struct optimizer {
  const char* name;
  optim::any_rule rule;
  bool grows_with_slope;
};
inline const optimizer optimizers[] = {
    {"gradient descent", optim::clip_by_global_norm(optim::sgd{.lr = 0.0025}, 20), true},
    {"heavy ball", optim::clip_by_global_norm(optim::sgd{.lr = 0.001, .momentum = 0.9}, 20), true},
    {"Nesterov", optim::clip_by_global_norm(optim::sgd{.lr = 0.001, .momentum = 0.9, .nesterov = true}, 20),
     true},
    {"Adam", optim::adam{.lr = 0.05}, false},
    {"Adam, short memory", optim::adam{.lr = 0.05, .moments = {.beta1 = 0.8, .beta2 = 0.99}}, false},
    {"AdamW without decay", optim::adamw{.lr = 0.05, .weight_decay = 0}, false},
};

}  // namespace reel::test
