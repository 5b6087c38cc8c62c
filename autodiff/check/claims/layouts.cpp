// SPDX-License-Identifier: MIT
// The same from transposed matrices, and from rows with zeros at their end.
#include "check/claims/claim_checker.hpp"

#include <reel/autodiff/kernels.hpp>

namespace reel::check {

namespace {

// Whether what `relaid_for` gives computes the same from transposes, whose rows have gaps where `row` > 0.
template <class T> bool holds_relaid(const claim_checker<T>& c, unsigned mask, index_t own) {
  const bool result = (mask >> c.x().size() & 1) != 0;
  const index_t row = own == 0 ? 0 : kernels::padded(own);
  bool swap = false;
  const auto op = c.type().layouts->relaid_for(c.op(), mask & ((1U << c.x().size()) - 1), result, own, swap);
  std::vector<buffer> x;
  for (std::size_t k = 0; k < c.x().size(); ++k)
    x.push_back((mask >> k & 1) != 0 ? transposed(c.x()[k], row) : c.x()[k]);
  if (swap) std::swap(x.front(), x.back());
  const buffer expected = result ? transposed(c.y(), row) : c.y();
  buffer y(expected.dims, c.y().each);
  std::fill_n(c.numbers(y), y.dims.size(), T(1));
  c.eval(op.get(), y, x);
  return c.close(y, expected, c.largest(c.y()));
}

}  // namespace

template <class T> void check_layouts(claim_checker<T>& c) {
  if (!detail::relays(c.type()) || c.x().size() > 2) return;
  c.begin();
  if (c.y().dims.rank() != 2) return;
  for (const buffer& b : c.x())
    if (b.dims.rank() != 2) return;
  const std::size_t operands = c.x().size() + 1;  // the inputs and the result
  for (unsigned mask = 0; mask < 1U << operands; ++mask)
    if (!holds_relaid(c, mask, 0))
      return c.refute(fmt::format("relaid_for({}, {}) does not compute the same from transposed matrices",
                                  mask & ((1U << c.x().size()) - 1), mask >> c.x().size() != 0));
  for (std::size_t k = 0; k < operands; ++k)
    if (!holds_relaid(c, 1U << k, (k < c.x().size() ? c.x()[k] : c.y()).dims[0]))
      return c.refute(
          fmt::format("relaid_for({}, {}, row) does not compute the same from rows with zeros at their end",
                      k < c.x().size() ? 1U << k : 0U, k == c.x().size()));
}

template void check_layouts(claim_checker<float>&);
template void check_layouts(claim_checker<double>&);

}  // namespace reel::check
