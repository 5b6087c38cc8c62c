// SPDX-License-Identifier: MIT
// Bessel functions of a real order.
#include "base/special.hpp"

#include <reel/autodiff/special_functions.hpp>

#include <boost/math/special_functions/bessel.hpp>

namespace reel {
namespace special {
namespace {

bool is_odd(double order) { return std::fmod(order, 2) != 0; }

// J and Y of order −1, 0 and 1 in double: those of the C library are closer where it has them.
template <class W> bool in_library([[maybe_unused]] double order, const W&) {
#ifdef __unix__
  return !is_big<W> && (order == 0 || order == 1 || order == -1);
#else
  return false;
#endif
}
#ifdef __unix__
double library_j(double order, double x) { return order == 0 ? ::j0(x) : order * ::j1(x); }
double library_y(double order, double x) { return order == 0 ? ::y0(x) : order * ::y1(x); }
#else
double library_j(double, double x) { return x; }
double library_y(double, double x) { return x; }
#endif

template <class W> W j_of(double order, const W& x) {
  using std::abs;
  if (x != x || (x < 0 && !is_whole(order))) return nan<W>();
  if (abs(x) == infinity<W>()) return 0;
  if (x == 0 && order < 0 && !is_whole(order)) return infinity<W>() * (is_odd(std::ceil(order)) ? -1 : 1);
  if constexpr (!is_big<W>)
    if (in_library(order, x)) return library_j(order, x);
  return boost::math::cyl_bessel_j(W(order), x, checked);
}
template <class W> W y_of(double order, const W& x) {
  if (!(x >= 0)) return nan<W>();
  if (x == infinity<W>()) return 0;
  if constexpr (!is_big<W>)
    if (x > 0 && in_library(order, x)) return library_y(order, x);
  if (x > 0) return boost::math::cyl_neumann(W(order), x, checked);
  if (order >= 0) return -infinity<W>();
  if (is_whole(order)) return is_odd(order) ? infinity<W>() : W(-infinity<W>());
  // Y_−ν = cos πν Y_ν + sin πν J_ν, which is 0 at 0 for half an odd ν.
  if (is_whole(2 * order)) return 0;
  return is_odd(std::round(order)) ? infinity<W>() : W(-infinity<W>());
}
template <class W> W i_of(double order, const W& x) {
  if (x != x || (x < 0 && !is_whole(order))) return nan<W>();
  if (x == infinity<W>()) return x;
  if (x == -infinity<W>()) return is_odd(order) ? x : W(-x);
  if (x == 0 && order < 0 && !is_whole(order)) return infinity<W>() * (is_odd(std::ceil(order)) ? -1 : 1);
  return boost::math::cyl_bessel_i(W(order), x, checked);
}
template <class W> W k_of(double order, const W& x) {
  if (!(x >= 0)) return nan<W>();
  if (x == infinity<W>()) return 0;
  if (x == 0) return infinity<W>();
  return boost::math::cyl_bessel_k(W(order), x, checked);
}

}  // namespace
}  // namespace special

namespace num {

using namespace special;

template <real_number T> T bessel_j(double order, const T& x) {
  return computed<T>(
      "bessel_j", 400, [order](const auto& v) { return j_of(order, v); }, x);
}
template <real_number T> T bessel_y(double order, const T& x) {
  return computed<T>(
      "bessel_y", 600, [order](const auto& v) { return y_of(order, v); }, x);
}
template <real_number T> T bessel_i(double order, const T& x) {
  return computed<T>(
      "bessel_i", 300, [order](const auto& v) { return i_of(order, v); }, x);
}
template <real_number T> T bessel_k(double order, const T& x) {
  return computed<T>(
      "bessel_k", 400, [order](const auto& v) { return k_of(order, v); }, x);
}

// Headers declare these bodies.
template float bessel_j(double, const float&);
template double bessel_j(double, const double&);
template real50 bessel_j(double, const real50&);
template float bessel_y(double, const float&);
template double bessel_y(double, const double&);
template real50 bessel_y(double, const real50&);
template float bessel_i(double, const float&);
template double bessel_i(double, const double&);
template real50 bessel_i(double, const real50&);
template float bessel_k(double, const float&);
template double bessel_k(double, const double&);
template real50 bessel_k(double, const real50&);

}  // namespace num
}  // namespace reel
