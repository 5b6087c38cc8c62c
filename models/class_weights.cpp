// SPDX-License-Identifier: MIT
#include <reel/models/class_weights.hpp>

#include <reel/autodiff/error.hpp>
#include <reel/autodiff/transforms.hpp>
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/movement.hpp>
#include <reel/ops/reduce.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace reel {

std::vector<double> balanced_weights(const array<index_t>& labels, index_t classes) {
  std::vector<double> weights(static_cast<std::size_t>(std::max<index_t>(classes, 0)), 0.0);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const index_t label = labels.data()[i];
    if (label < 0 || label >= classes)
      throw error(errc::invalid_label, fmt::format("balanced_weights: label {} in row {} is outside 0 … {}.",
                                                   label, i, classes - 1));
    ++weights[static_cast<std::size_t>(label)];
  }
  const double share = static_cast<double>(labels.size()) / static_cast<double>(classes);
  for (std::size_t k = 0; k < weights.size(); ++k) {
    if (weights[k] == 0)
      throw error(
          errc::invalid_argument,
          fmt::format("balanced_weights: class {} has no samples: leave it out, or weigh it yourself.", k));
    weights[k] = share / weights[k];
  }
  return weights;
}

var weighted_mean(const var& losses, const var& labels, const std::vector<double>& weights) {
  const auto bad = [](double w) { return !(w >= 0 && std::isfinite(w)); };
  if (std::any_of(weights.begin(), weights.end(), bad) ||
      std::none_of(weights.begin(), weights.end(), [](double w) { return w > 0; }))
    throw error(errc::invalid_argument,
                "class weights must be finite numbers, 0 or more, and one of them positive.");
  auto numbers = make_array<double>({static_cast<index_t>(weights.size())});
  std::copy(weights.begin(), weights.end(), numbers.begin());
  detail::recorder here("weighted_mean", losses);
  const var w = gather(here.lift(numbers, tape::role::constant), labels);
  return sum(w * losses) / sum(w);
}

}  // namespace reel
