// SPDX-License-Identifier: MIT
#include <reel/optim/adam.hpp>

#include <reel/autodiff/error.hpp>
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/functions.hpp>

#include <fmt/format.h>

namespace reel::optim {

namespace {

void check(const scale_by_adam& a) {
  const auto decays = [](double beta) { return beta >= 0 && beta < 1; };
  if (!decays(a.beta1) || !decays(a.beta2))
    throw error(
        errc::invalid_argument,
        fmt::format("adam: beta1 {} and beta2 {}; give 0 or more, and less than 1.", a.beta1, a.beta2));
  if (!(a.epsilon >= 0 && a.epsilon_root >= 0))
    throw error(errc::invalid_argument, fmt::format("adam: epsilon {} and epsilon_root {}; give 0 or more.",
                                                    a.epsilon, a.epsilon_root));
}

var average(double beta, const var& before, const var& now) { return beta * before + (1 - beta) * now; }

}  // namespace

change scale_by_adam::apply(var gradient, var, std::span<const var> state, const knobs&) const {
  check(*this);
  const var m = average(beta1, state[0], gradient), v = average(beta2, state[1], square(gradient));
  const var m_weight = beta1 * state[2] + (1 - beta1), v_weight = beta2 * state[3] + (1 - beta2);
  // A reciprocal of each weight in place of a quotient for every parameter.
  const var spread = v * (1.0 / v_weight);
  const var root = sqrt(epsilon_root == 0 ? spread : spread + epsilon_root);
  return {m * (1.0 / m_weight) / (root + epsilon), {m, v, m_weight, v_weight}};
}

}  // namespace reel::optim
