// SPDX-License-Identifier: MIT
// Rows apart from each other, sums over rows that can go on, and columns that are enough for rows.
#include "check/claims/claim_checker.hpp"

namespace reel::check {

namespace {

// The rows that inputs in the mask have in common; 0 where there is nothing to cut.
template <class T> index_t common_rows(const claim_checker<T>& c, unsigned inputs) {
  index_t n = 0;
  for (std::size_t k = 0; k < c.x().size(); ++k) {
    if ((inputs >> k & 1) == 0) continue;
    if (c.x()[k].dims.rank() == 0 || (n != 0 && c.x()[k].dims[0] != n)) return 0;
    n = c.x()[k].dims[0];
  }
  return n;
}

template <class T> void check_rows(claim_checker<T>& c, const row_slices& use) {
  const index_t n = common_rows(c, use.inputs);
  if (n < 2 || c.y().dims.rank() == 0 || c.y().dims[0] != n) return;
  for (const auto& [first, last] : c.halves(n)) {
    const auto cut = [&, a = first, b = last](const buffer& x) { return rows_of(x, a, b); };
    if (!(c.part(c.y().dims.with(0, last - first), use.inputs, cut) == rows_of(c.y(), first, last)))
      return c.refute("slices says that rows are apart from each other, but they are not");
  }
}

template <class T> void check_sums(claim_checker<T>& c, const row_slices& use) {
  const index_t n = common_rows(c, use.inputs), h = n / 2;
  const auto go_on = c.type().slices->accumulate[static_cast<std::size_t>(dtype_of<T>)];
  if (n < 2 || go_on == nullptr) return;
  const auto head = [&](const buffer& x) { return rows_of(x, 0, h); };
  const auto tail = [&](const buffer& x) { return rows_of(x, h, n); };
  buffer sum = c.part(c.y().dims, use.inputs, head);
  const buffer first = sum, second = c.part(c.y().dims, use.inputs, tail);
  std::vector<buffer> x;
  for (std::size_t k = 0; k < c.x().size(); ++k)
    x.push_back((use.inputs >> k & 1) != 0 ? tail(c.x()[k]) : c.x()[k]);
  c.eval(go_on, c.op(), sum, x);
  const double size = std::max({c.largest(c.y()), c.largest(first), c.largest(second)});
  if (c.close(sum, c.y(), size)) return;
  c.refute(c.close(sum, second, size)
               ? "OVERWRITTEN: accumulate writes over the sum so far instead of adding to it"
           : c.close(sum, first, size) ? "accumulate adds nothing to the sum so far"
                                       : "accumulate does not go on with the sum where eval has stopped");
}

template <class T> void check_columns(claim_checker<T>& c, const row_slices& use) {
  if (c.y().dims.rank() != 2 || c.y().dims[0] < 2) return;
  const index_t n = c.y().dims[0];
  for (std::size_t k = 0; k < c.x().size(); ++k)
    if ((use.columns >> k & 1) != 0 && (c.x()[k].dims.rank() != 2 || c.x()[k].dims[1] != n)) return;
  for (const auto& [first, last] : c.halves(n)) {
    const auto cut = [&, a = first, b = last](const buffer& x) { return columns_of(x, a, b); };
    if (!(c.part(c.y().dims.with(0, last - first), use.columns, cut) == rows_of(c.y(), first, last)))
      return c.refute("slices says that columns are enough for rows of the result, but they are not");
  }
}

}  // namespace

template <class T> void check_row_slices(claim_checker<T>& c) {
  if (c.type().slices == nullptr) return;
  const row_slices use = c.type().slices->of(c.op(), c.x()[0].dims);
  if (use.inputs != 0) {
    c.begin();
    use.reduces ? check_sums(c, use) : check_rows(c, use);
  }
  if (use.columns != 0) {
    c.begin();
    check_columns(c, use);
  }
}

template void check_row_slices(claim_checker<float>&);
template void check_row_slices(claim_checker<double>&);

}  // namespace reel::check
