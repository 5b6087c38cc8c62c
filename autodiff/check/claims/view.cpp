// SPDX-License-Identifier: MIT
// The bytes of its input.
#include "check/claims/claim_checker.hpp"

namespace reel::check {

template <class T> void check_view(claim_checker<T>& c) {
  if (c.type().is != detail::algebra::reshape) return;
  c.begin();
  if (!(c.x()[0] == c.y())) c.refute("it declares itself a view, but has not the bytes of its input");
}

template void check_view(claim_checker<float>&);
template void check_view(claim_checker<double>&);

}  // namespace reel::check
