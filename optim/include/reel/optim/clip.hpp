// SPDX-License-Identifier: MIT
// Gradient clipping by global norm (Pascanu, Mikolov & Bengio, 2013): all gradients of a step together
// are shortened to a given length where they are longer, which keeps their direction.
#pragma once

#include <reel/optim/rule.hpp>

namespace reel::optim {

// √Σg² over the elements of all gradients, a scalar.
var global_norm(std::span<const var> gradients);

namespace detail {
// The gradients times min(1, max_norm/norm). The norm must be finite: it overflows from about 1.8e19 in
// float, where clipping would turn every gradient into 0.
preparation clip(std::vector<var> gradients, double max_norm);
void check_max_norm(double max_norm);
}  // namespace detail

// A rule that is given clipped gradients.
template <rule R> struct clipped {
  R inner;
  double max_norm;
  double lr;

  preparation prepare(std::vector<var> gradients) const {
    preparation mine = detail::clip(std::move(gradients), max_norm);
    preparation all = optim::prepare(inner, std::move(mine.gradients));
    all.finite.insert(all.finite.end(), mine.finite.begin(), mine.finite.end());
    return all;
  }
  void check() const {
    detail::check_max_norm(max_norm);
    check_settings(inner);
  }
  std::vector<shape> state_shapes(const shape& parameter) const { return inner.state_shapes(parameter); }
  update apply(var gradient, var parameter, std::span<const var> state, const hyperparameters& k) const {
    return inner.apply(gradient, parameter, state, k);
  }
};

// Throws invalid_argument unless max_norm > 0.
template <rule R> clipped<R> clip_by_global_norm(R r, double max_norm) {
  detail::check_max_norm(max_norm);
  const double lr = r.lr;
  return {std::move(r), max_norm, lr};
}

}  // namespace reel::optim
