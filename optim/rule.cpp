// SPDX-License-Identifier: MIT
#include <reel/autodiff/error.hpp>
#include <reel/ops/arithmetic.hpp>
#include <reel/optim/sgd.hpp>

#include <fmt/format.h>

#include <cmath>

namespace reel::optim {

void detail::check_update(const update& c, std::size_t asked) {
  if (c.state.size() != asked)
    throw error(errc::invalid_argument,
                fmt::format("the rule's apply returned {} states where its state_shapes names {}.",
                            c.state.size(), asked));
}

void detail::check_setting(const char* what, double number, double bound) {
  if (number >= 0 && number < bound) return;
  throw error(errc::invalid_argument,
              std::isfinite(bound)
                  ? fmt::format("{} is {}; give 0 or more, and less than {}.", what, number, bound)
                  : fmt::format("{} is {}; give 0 or more.", what, number));
}

update add_decay::apply(var gradient, var parameter, std::span<const var>, const hyperparameters&) const {
  return {gradient + factor * parameter, {}};
}

update trace::apply(var gradient, var, std::span<const var> state, const hyperparameters&) const {
  const var velocity = (momentum * state[0] + gradient).named("the velocity");
  return {nesterov ? gradient + momentum * velocity : velocity, {velocity}};
}

update scale_by_learning_rate::apply(var direction, var, std::span<const var>,
                                     const hyperparameters& k) const {
  return {-k.learning_rate * direction, {}};
}

namespace {

// The transforms that are switched on, one after the other.
template <class F> auto compose(const sgd& s, F use) {
  const add_decay decay{s.weight_decay};
  const trace heavy{s.momentum, s.nesterov};
  if (s.weight_decay != 0 && s.momentum != 0) return use(chain(decay, heavy, scale_by_learning_rate{}));
  if (s.weight_decay != 0) return use(chain(decay, scale_by_learning_rate{}));
  if (s.momentum != 0) return use(chain(heavy, scale_by_learning_rate{}));
  return use(chain(scale_by_learning_rate{}));
}

}  // namespace

std::vector<shape> sgd::state_shapes(const shape& parameter) const {
  return compose(*this, [&](const auto& parts) { return parts.state_shapes(parameter); });
}

void sgd::check() const {
  add_decay{weight_decay}.check();
  trace{momentum, nesterov}.check();
}

update sgd::apply(var gradient, var parameter, std::span<const var> state, const hyperparameters& k) const {
  return compose(*this, [&](const auto& parts) { return parts.apply(gradient, parameter, state, k); });
}

}  // namespace reel::optim
