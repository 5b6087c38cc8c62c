// SPDX-License-Identifier: MIT
// Products and differences, and operands that 1 leaves out.
#include "check/claims/claim_checker.hpp"

namespace reel::check {

namespace {

template <class T> void check_arithmetic(claim_checker<T>& c) {
  const bool subtracts = c.type().is == detail::algebra::subtract;
  for (index_t i = 0; i < c.y().dims.size(); ++i) {
    const T a = c.numbers(c.x()[0])[i], b = c.numbers(c.x()[1])[i], y = subtracts ? T(a - b) : T(a * b);
    if (c.type().is == detail::algebra::multiply_or_zero && !(std::isfinite(a) && std::isfinite(b))) continue;
    if (!c.same(y, c.numbers(c.y())[i]))
      return c.refute(subtracts ? "it declares itself a difference, but is not its inputs' difference"
                                : "it declares itself a product, but is not its inputs' product");
  }
}

template <class T> void check_units(claim_checker<T>& c) {
  const unsigned inputs = c.type().identity_elements(c.op());
  for (const unsigned k : {0U, 1U}) {
    if ((inputs >> k & 1) == 0) continue;
    auto x = c.x();
    std::fill_n(c.numbers(x[k]), x[k].dims.size(), T(1));
    buffer y(c.y().dims, c.y().each);
    c.eval(y, x);
    for (index_t i = 0; i < y.dims.size(); ++i)
      if (!c.same(c.numbers(y)[i], c.numbers(x[1 - k])[i]))
        return c.refute(fmt::format(
            "identity_elements says that where input {} is 1 the other is the result, but it is not", k));
  }
}

}  // namespace

template <class T> void check_algebra(claim_checker<T>& c) {
  const auto& declares = c.type();
  if (declares.is == detail::algebra::multiply || declares.is == detail::algebra::multiply_or_zero ||
      declares.is == detail::algebra::subtract)
    c.begin(), check_arithmetic(c);
  if (declares.identity_elements != nullptr && c.x().size() == 2) c.begin(), check_units(c);
}

template void check_algebra(claim_checker<float>&);
template void check_algebra(claim_checker<double>&);

}  // namespace reel::check
