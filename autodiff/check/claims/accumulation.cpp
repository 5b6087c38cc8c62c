// SPDX-License-Identifier: MIT
// Multiples added to what is there, and the bound of their magnitude.
#include "check/claims/claim_checker.hpp"
#include "check/digits.hpp"

namespace reel::check {

namespace {

template <class T> bool pays_to_scale(const claim_checker<T>& c) {
  std::vector<const shape*> shapes;
  for (const buffer& b : c.x()) shapes.push_back(&b.dims);
  return c.type().accumulates->pays(c.op(), shapes);
}

template <class T> void check_add_scaled(claim_checker<T>& c) {
  if (!pays_to_scale(c)) return;
  const auto n = static_cast<std::size_t>(dtype_of<T>);
  const T alpha = T(0.7);
  for (const T beta : {T(1), T(0.9)}) {
    auto x = c.x();
    for (const T number : {alpha, beta}) c.numbers(x.emplace_back(shape{}, c.y().each))[0] = number;
    buffer sum = c.y();  // any numbers
    c.eval(c.type().accumulates->accumulate_scaled[n], c.op(), sum, x);
    for (index_t i = 0; i < c.y().dims.size(); ++i) {
      const T y = c.numbers(c.y())[i], kept = beta * y, got = c.numbers(sum)[i];
      if (!c.same(got, std::fma(alpha, y, kept)) && !c.same(got, kept + alpha * y))
        return c.refute(
            "accumulate_scaled does not add the multiple of what the op computes, rounded once or twice");
    }
  }
}

template <class T> void check_bound(claim_checker<T>& c) {
  const double most =
      c.type().accumulates->magnitude_bound[static_cast<std::size_t>(dtype_of<T>)](c.op(), c.views_of(c.x()));
  if (c.largest(c.y()) > most * (1 + 0x1p10 * unit_roundoff<T>)) {
    const auto [bound, number] = tell_apart(most, c.largest(c.y()), 3);
    c.refute(fmt::format("its magnitude_bound is {}, but a number of its result is {}", bound, number));
  }
}

}  // namespace

template <class T> void check_accumulation(claim_checker<T>& c) {
  if (c.type().accumulates == nullptr) return;
  c.begin(2);
  check_add_scaled(c);
  check_bound(c);
}

template void check_accumulation(claim_checker<float>&);
template void check_accumulation(claim_checker<double>&);

}  // namespace reel::check
