// SPDX-License-Identifier: MIT
// Element by element: over its own input, and in parts.
#include "check/claims/claim_checker.hpp"

namespace reel::check {

template <class T> void check_elementwise(claim_checker<T>& c) {
  if (!c.type().elementwise) return;
  c.begin();
  const index_t n = c.y().dims.size();
  for (std::size_t k = 0; k < c.x().size(); ++k) {
    if (c.x()[k].dims.size() != n ||
        c.source().nodes[c.source().inputs_of(c.node())[k]].kind != c.source().nodes[c.node()].kind)
      continue;
    auto x = c.x();
    c.eval(x[k], x);
    if (!(x[k] == c.y()))
      return c.refute("it declares itself elementwise, but reads what it has written over");
  }
  unsigned all = 0;
  for (std::size_t k = 0; k < c.x().size(); ++k)
    if (c.x()[k].dims.size() == n) all |= 1U << k;
  for (const auto& [first, last] : c.halves(n)) {
    const auto cut = [&, a = first, b = last](const buffer& x) { return elements_of(x, a, b); };
    if (last > first && !(c.part(shape{last - first}, all, cut) == elements_of(c.y(), first, last)))
      return c.refute("it declares itself elementwise, but an element depends on others or on its place");
  }
}

template void check_elementwise(claim_checker<float>&);
template void check_elementwise(claim_checker<double>&);

}  // namespace reel::check
