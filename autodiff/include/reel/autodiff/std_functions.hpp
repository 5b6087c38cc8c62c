// SPDX-License-Identifier: MIT
// The standard library's functions know nothing of 50 digits, and an op's eval is compiled for them, too.
// These declarations have no other use than what compilers say of a call: the line of the call, what to write
// in its place, and, first of all, which op it stands in.
#pragma once

#include <reel/autodiff/real50.hpp>

#include <concepts>
#include <type_traits>

namespace reel::detail {
template <class... T>
concept fifty_digits = (std::same_as<T, real50> || ...);
}

// clang-format off
namespace std {

template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::sin(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T sin(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::cos(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T cos(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::tan(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T tan(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::asin(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T asin(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::acos(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T acos(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::atan(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T atan(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::sinh(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T sinh(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::cosh(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T cosh(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::tanh(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T tanh(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::asinh(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T asinh(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::acosh(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T acosh(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::atanh(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T atanh(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::exp(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T exp(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::exp2(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T exp2(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::expm1(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T expm1(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::log(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T log(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::log2(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T log2(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::log10(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T log10(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::log1p(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T log1p(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::sqrt(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T sqrt(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::cbrt(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T cbrt(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::abs(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T fabs(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::abs(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T abs(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::floor(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T floor(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::ceil(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T ceil(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::round(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T round(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::trunc(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T trunc(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::round(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T rint(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::round(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T nearbyint(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::isnan(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T isnan(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::isinf(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T isinf(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::isfinite(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T isfinite(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::signbit(x), or declare `using numbers = reel::numbers<float, double>;` in the op"))) T signbit(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::erf(x) of special_functions.hpp, or declare `using numbers = reel::numbers<float, double>;` in the op"))) T erf(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::erfc(x) of special_functions.hpp, or declare `using numbers = reel::numbers<float, double>;` in the op"))) T erfc(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: there is no tgamma in 50 digits; declare `using numbers = reel::numbers<float, double>;` in the op"))) T tgamma(const T&);
template <reel::detail::fifty_digits T> __attribute__((unavailable("reel: in eval write num::lgamma(x) of special_functions.hpp, or declare `using numbers = reel::numbers<float, double>;` in the op"))) T lgamma(const T&);
template <class A, class B> requires reel::detail::fifty_digits<A, B> __attribute__((unavailable("reel: in eval write num::pow(a, b), or declare `using numbers = reel::numbers<float, double>;` in the op"))) A pow(const A&, const B&);
template <class A, class B> requires reel::detail::fifty_digits<A, B> __attribute__((unavailable("reel: in eval write num::atan2(a, b), or declare `using numbers = reel::numbers<float, double>;` in the op"))) A atan2(const A&, const B&);
template <class A, class B> requires reel::detail::fifty_digits<A, B> __attribute__((unavailable("reel: in eval write num::hypot(a, b), or declare `using numbers = reel::numbers<float, double>;` in the op"))) A hypot(const A&, const B&);
template <class A, class B> requires reel::detail::fifty_digits<A, B> __attribute__((unavailable("reel: in eval write num::fmod(a, b), or declare `using numbers = reel::numbers<float, double>;` in the op"))) A fmod(const A&, const B&);
template <class A, class B> requires reel::detail::fifty_digits<A, B> __attribute__((unavailable("reel: in eval write num::remainder(a, b), or declare `using numbers = reel::numbers<float, double>;` in the op"))) A remainder(const A&, const B&);
template <class A, class B> requires reel::detail::fifty_digits<A, B> __attribute__((unavailable("reel: in eval write num::copysign(a, b), or declare `using numbers = reel::numbers<float, double>;` in the op"))) A copysign(const A&, const B&);
template <class A, class B> requires reel::detail::fifty_digits<A, B> __attribute__((unavailable("reel: in eval write a < b ? a : b, or declare `using numbers = reel::numbers<float, double>;` in the op"))) A fmin(const A&, const B&);
template <class A, class B> requires reel::detail::fifty_digits<A, B> __attribute__((unavailable("reel: in eval write a < b ? b : a, or declare `using numbers = reel::numbers<float, double>;` in the op"))) A fmax(const A&, const B&);
template <class A, class B> requires reel::detail::fifty_digits<A, B> __attribute__((unavailable("reel: in eval write a < b ? T(0) : a - b, or declare `using numbers = reel::numbers<float, double>;` in the op"))) A fdim(const A&, const B&);
template <class A, class B, class C> requires reel::detail::fifty_digits<A, B, C> __attribute__((unavailable("reel: in eval write num::fma(a, b, c), or declare `using numbers = reel::numbers<float, double>;` in the op"))) A fma(const A&, const B&, const C&);

}  // namespace std
// clang-format on
