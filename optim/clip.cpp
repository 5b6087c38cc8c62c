// SPDX-License-Identifier: MIT
#include <reel/optim/clip.hpp>

#include <reel/autodiff/error.hpp>
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/functions.hpp>
#include <reel/ops/reduce.hpp>
#include <reel/ops/select.hpp>

#include <fmt/format.h>

namespace reel::optim {

var global_norm(std::span<const var> gradients) {
  if (gradients.empty()) throw error(errc::invalid_argument, "global_norm: there are no gradients.");
  var squares = sum(square(gradients[0]));
  for (const var& g : gradients.subspan(1)) squares = squares + sum(square(g));
  return sqrt(squares);
}

namespace detail {

void check_max_norm(double max_norm) {
  if (!(max_norm > 0))
    throw error(errc::invalid_argument,
                fmt::format("clip_by_global_norm: a length of {}; give more than 0.", max_norm));
}

preparation clip(std::vector<var> gradients, double max_norm) {
  const var norm = global_norm(gradients).named("the global norm of the gradients");
  const var factor = where(norm > max_norm, max_norm / norm, 1.0);
  for (var& g : gradients) g = factor * g;
  return {std::move(gradients), {norm}};
}

}  // namespace detail

}  // namespace reel::optim
