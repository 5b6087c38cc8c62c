// SPDX-License-Identifier: MIT
// Comparisons give bool vars; where() selects with them inside the graph. There is no conversion
// from a var to a C++ bool: use branch(condition) for that.
#pragma once

#include <reel/autodiff/structural.hpp>

namespace reel {

// Reals or indices, broadcast. Comparisons with NaN are false, except !=.
var operator<(operand a, operand b);
var operator<=(operand a, operand b);
var operator>(operand a, operand b);
var operator>=(operand a, operand b);
var operator==(operand a, operand b);
var operator!=(operand a, operand b);

// On bools.
var operator&&(operand a, operand b);
var operator||(operand a, operand b);
var operator!(operand a);

// a where the condition holds, else b; all three broadcast. Any kind for a and b. The branch not
// taken gets a cotangent of exactly 0, which elementwise rules pass on as 0 even where their slope is
// infinite; contractions (matmul, sums of products) below it do not have that protection.
var where(operand condition, operand a, operand b);

// The same beside arrays, where xtensor's operators would take both.
template <class A, class B>
requires detail::var_and_array<A, B> var operator<(A&& a, B&& b) {
  return detail::together(a, b, [](auto x, auto y) { return x < y; });
}
template <class A, class B>
requires detail::var_and_array<A, B> var operator<=(A&& a, B&& b) {
  return detail::together(a, b, [](auto x, auto y) { return x <= y; });
}
template <class A, class B>
requires detail::var_and_array<A, B> var operator>(A&& a, B&& b) {
  return detail::together(a, b, [](auto x, auto y) { return x > y; });
}
template <class A, class B>
requires detail::var_and_array<A, B> var operator>=(A&& a, B&& b) {
  return detail::together(a, b, [](auto x, auto y) { return x >= y; });
}
template <class A, class B>
requires detail::var_and_array<A, B> var operator&&(A&& a, B&& b) {
  return detail::together(a, b, [](auto x, auto y) { return x && y; });
}
template <class A, class B>
requires detail::var_and_array<A, B> var operator||(A&& a, B&& b) {
  return detail::together(a, b, [](auto x, auto y) { return x || y; });
}
namespace detail {
template <class... X>
concept vars_and_arrays = (std::same_as<std::remove_cvref_t<X>, var> || ...) && (array_expression<X> || ...);
}
template <class C, class A, class B>
requires detail::vars_and_arrays<C, A, B> var where(C&& condition, A&& a, B&& b) {
  source_location at;
  const auto find = [&](const auto& x) {
    if constexpr (std::same_as<std::remove_cvref_t<decltype(x)>, var>) at = x.where();
  };
  (find(condition), find(a), find(b));
  const auto all = [&](const auto& x) { return operand(x, at.file, at.line); };
  return where(all(condition), all(a), all(b));
}

}  // namespace reel
