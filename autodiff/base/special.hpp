// SPDX-License-Identifier: MIT
// How the special functions are computed: float and double in double, real50 in Boost's 50 digits. A body is
// a generic lambda on one of these two types. Boost never promotes here, because wider types differ between
// machines. It throws where it does not converge, because it would return wrong numbers otherwise.
#pragma once

#include "base/real50_boost.hpp"
#include "base/real50_work.hpp"

#include <reel/autodiff/error.hpp>
#include <reel/autodiff/number.hpp>

#include <boost/math/constants/constants.hpp>
#include <boost/math/policies/policy.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace reel::special {

namespace policies = boost::math::policies;
using policy = policies::policy<
    policies::domain_error<policies::throw_on_error>, policies::pole_error<policies::throw_on_error>,
    policies::overflow_error<policies::ignore_error>,  // gives an infinity
    policies::evaluation_error<policies::throw_on_error>, policies::rounding_error<policies::throw_on_error>,
    policies::indeterminate_result_error<policies::throw_on_error>, policies::promote_float<false>,
    policies::promote_double<false>>;
inline constexpr policy checked{};

template <class W> inline constexpr bool is_big = std::same_as<W, big>;
template <class W> W infinity() { return std::numeric_limits<W>::infinity(); }
template <class W> W nan() { return std::numeric_limits<W>::quiet_NaN(); }
template <class W> W epsilon() { return std::numeric_limits<W>::epsilon(); }
template <class W> bool is_whole(const W& x) {
  using std::floor;
  return floor(x) == x;
}

inline double opened(float x) { return x; }
inline double opened(double x) { return x; }
inline big opened(const real50& x) { return real50_access::open(x); }
template <class T, class W> T closed(const W& y) {
  if constexpr (std::same_as<T, real50>) return real50_access::close(y);
  else return static_cast<T>(y);
}

// f of the numbers, in the type they are computed in. In 50 digits it counts as so many microseconds of work.
// Throws invalid_argument where a method does not converge.
template <class T, class F, class... X>
T computed(const char* name, std::uint64_t microseconds, F f, const X&... x) {
  if constexpr (std::same_as<T, real50>) detail::add_real50_work(microseconds * 1000);
  try {
    return closed<T>(f(opened(x)...));
  } catch (const std::runtime_error& e) {
    if (dynamic_cast<const error*>(&e) != nullptr) throw;
    throw error(errc::invalid_argument,
                std::string(name) + " does not converge at these arguments: they are too large.");
  }
}

}  // namespace reel::special
