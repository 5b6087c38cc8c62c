// SPDX-License-Identifier: MIT
// Where reverse mode may be silent. A product of a cotangent and a slope is 0 where one of them is 0, even if
// the other is infinite or NaN (scale_cotangent): what a where() did not take stays silent. Where the 0 came
// from arithmetic instead, as that of square(sqrt(x)) at x = 0, the right derivative may be another one.
#pragma once

#include <reel/autodiff/tape.hpp>

#include <span>
#include <vector>

namespace reel {

// Records a guard on every such product that `y` depends on: a program frozen from the tape refuses a run
// (non_finite) in which a product is 0 although a factor is not finite, naming op and line. It lets pass a 0
// that was chosen: by where(), by a constant 0, or because a slice, a gather or a maximum left the element
// out.
//
//   const var slope = grad(loss, w);
//   watch_zero_cotangents(slope);
//   const program p = freeze(slope);
void watch_zero_cotangents(std::span<const var> y);
void watch_zero_cotangents(const var& y);

namespace detail {

struct zero_product {
  node_id node;
  var product, cotangent, slope;
  var open;  // of kind bool: false where the product is 0 by choice
};

// Every such product that `y` depends on, in the order they were recorded. Records what `open` takes.
std::vector<zero_product> zero_products(std::span<const var> y);

}  // namespace detail
}  // namespace reel
