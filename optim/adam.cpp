// SPDX-License-Identifier: MIT
#include <reel/optim/adam.hpp>

#include <reel/ops/arithmetic.hpp>
#include <reel/ops/functions.hpp>

namespace reel::optim {

namespace {

var average(double beta, const var& before, const var& now) { return beta * before + (1 - beta) * now; }

}  // namespace

void scale_by_adam::check() const {
  detail::check_setting("beta1", beta1, 1);
  detail::check_setting("beta2", beta2, 1);
  detail::check_setting("epsilon", epsilon);
  detail::check_setting("epsilon_root", epsilon_root);
}

update scale_by_adam::apply(var gradient, var, std::span<const var> state, const hyperparameters&) const {
  const var m = average(beta1, state[0], gradient).named("the first moment"),
            v = average(beta2, state[1], square(gradient)).named("the second moment");
  const var m_weight = (beta1 * state[2] + (1 - beta1)).named("the weight of the first moment"),
            v_weight = (beta2 * state[3] + (1 - beta2)).named("the weight of the second moment");
  // A reciprocal of each weight in place of a quotient for every parameter.
  const var spread = v * (1.0 / v_weight);
  const var root = sqrt(epsilon_root == 0 ? spread : spread + epsilon_root);
  return {m * (1.0 / m_weight) / (root + epsilon), {m, v, m_weight, v_weight}};
}

}  // namespace reel::optim
