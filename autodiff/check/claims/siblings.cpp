// SPDX-License-Identifier: MIT
#include "check/claims/claim_checker.hpp"

namespace reel::check {

// What it computes along with another node of its first inputs.
template <class T> void check_siblings(claim_checker<T>& c) {
  if (c.type().with == nullptr) return;
  const auto inputs = c.source().inputs_of(c.node());
  for (const node_id m : c.values().nodes()) {
    const detail::op_ref& other = c.source().op_of(m);
    if (other.type != c.type().with->type || c.source().inputs_of(m).size() > inputs.size() ||
        !std::ranges::equal(c.source().inputs_of(m), inputs.first(c.source().inputs_of(m).size())) ||
        !c.type().with->computes(c.op(), other.self.get()))
      continue;
    const buffer z = c.copy_of(m);
    buffer y_along(c.y().dims, c.y().each), z_along(z.dims, z.each);
    const auto with_sibling = c.type().with->eval[static_cast<std::size_t>(dtype_of<T>)];
    with_sibling(c.op(), y_along.view(), z_along.view(), c.views_of(c.x()));
    c.begin();
    if (!(y_along == c.y() && z_along == z))
      return c.refute(fmt::format("eval_with_sibling does not compute what {} and {} do apart", c.type().name,
                                  other.type->name));
  }
}

template void check_siblings(claim_checker<float>&);
template void check_siblings(claim_checker<double>&);

}  // namespace reel::check
