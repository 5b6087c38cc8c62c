// SPDX-License-Identifier: MIT
// How far rounding may take a computation: running error analysis in 50 digits. Node by node, an op is
// taken to give the exact result for inputs that are a few roundings off, rounded a few times:
//   e_y = Σ |∂y/∂x| (e_x + c|x|) + c|y|     in units of the roundoff u,
// with |∂y/∂x| of each single op from differences.
#pragma once

#include "check/differences.hpp"

#include <optional>

namespace reel::check {

struct node_bounds {
  reals error;  // in roundoffs, per element
  reals chain;  // Π|J| along the tape, applied to 1 at every given element: Σ|∂y/∂x| without cancellation
};

// `at` has been run. Nothing where the analysis would take more evaluations of single elements than `most`,
// or more than a fifth of the work that is left, or where an op refuses numbers beside the given ones.
std::optional<std::vector<node_bounds>> rounding_bounds(replay<real50>& at, std::span<const node_id> wanted,
                                                        double most = 4e5);

// The largest and the smallest magnitude but 0 of any number in it: what a number type must hold.
struct extent {
  double largest = 0, smallest = std::numeric_limits<double>::infinity();
  template <class T> bool fits() const {
    return largest < 0.25 * static_cast<double>(std::numeric_limits<T>::max()) &&
           smallest > 1e6 * static_cast<double>(std::numeric_limits<T>::min());
  }
};
extent extent_of(replay<real50>& at);

}  // namespace reel::check
