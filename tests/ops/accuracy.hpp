// SPDX-License-Identifier: MIT
// Errors in units of the last place, over all magnitudes and near special points.
#pragma once

#include "support.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <ostream>
#include <random>
#include <vector>

namespace reel::test {

// The largest error, and where.
struct worst {
  double ulps = 0, at = 0;
  // `got` against what is right, in units of the last place that a T of magnitude `unit` has.
  template <class T> void take(T got, const real50& right, double x, const real50& unit) {
    const auto nearest = static_cast<T>(right);
    double error = 0;
    if (!std::isfinite(nearest) || !std::isfinite(got)) {
      error = got == nearest ? 0 : std::numeric_limits<double>::infinity();
    } else {
      const auto size = static_cast<T>(unit);
      const int exponent = size == 0 ? std::numeric_limits<T>::min_exponent - 1
                                     : std::max(std::ilogb(size), std::numeric_limits<T>::min_exponent - 1);
      const real50 place = std::ldexp(1.0, exponent - std::numeric_limits<T>::digits + 1);
      error = static_cast<double>(num::abs(real50(got) - right) / place);
    }
    if (!(error <= ulps)) ulps = error, at = x;
  }
  template <class T> void take(T got, const real50& right, double x) { take(got, right, x, num::abs(right)); }
  friend std::ostream& operator<<(std::ostream& os, const worst& w) {
    return os << w.ulps << " ulp off at " << w.at;
  }
};

class random_numbers {
 public:
  explicit random_numbers(std::uint64_t seed) : engine_(seed) {}
  double operator()(double low, double high) {
    return low + (high - low) * static_cast<double>(engine_() >> 11) * 0x1p-53;
  }

 private:
  std::mt19937_64 engine_;
};

inline array<double> array_from(const std::vector<double>& x) {
  auto a = make_array<double>({static_cast<index_t>(x.size())});
  std::copy(x.begin(), x.end(), a.data());
  return a;
}

// Magnitudes spread evenly in the logarithm, of both signs; and numbers around special points, from a few
// last places to a tenth away.
struct domain {
  double low, high;
  bool negative = true;
  std::vector<double> dense = {};
  double least = -std::numeric_limits<double>::infinity();  // beyond which nothing is tried
  double most = std::numeric_limits<double>::infinity();

  template <class T> std::vector<double> points(int count) const {
    random_numbers draw(7);
    std::vector<double> x;
    const auto add = [&](double v) {
      const auto rounded = static_cast<double>(static_cast<T>(v));
      if (rounded >= least && rounded <= most && (negative || rounded > 0) && std::isfinite(rounded) &&
          rounded != 0)
        x.push_back(rounded);
    };
    const double bottom = std::max(low, static_cast<double>(std::numeric_limits<T>::min()));
    const double top = std::min(high, static_cast<double>(std::numeric_limits<T>::max()));
    for (int i = 0; i < count; ++i) {
      const double v = std::exp(draw(std::log(bottom), std::log(top)));
      add(negative && i % 2 == 1 ? -v : v);
    }
    for (int i = 0; i < count / 2; ++i) {  // where functions bend
      const double v = draw(0, std::min(top, 40.0));
      add(negative && i % 2 == 1 ? -v : v);
    }
    for (const double center : dense)
      for (int i = 0; i < count / 4; ++i) {
        const double v = std::exp(draw(std::log(std::numeric_limits<T>::epsilon()), std::log(0.1)));
        add(center + (i % 2 == 1 ? -v : v) * std::max(1.0, std::abs(center)));
      }
    return x;
  }
};

using truth = real50 (*)(const real50&);
struct function_of_one {
  const char* name;
  var (*f)(var);
  domain at;
  truth y, d, dd;  // value, slope, second derivative
  truth y_terms = nullptr, d_terms = nullptr,
        dd_terms = nullptr;                          // whose last place errors are counted in; else its own
  double y_bound = 2.5, d_bound = 4, dd_bound = 16;  // ulps
};

template <class T> void check_accuracy(const function_of_one& f, int count = 1200) {
  const std::vector<double> x = f.at.points<T>(count);
  BOOST_TEST_REQUIRE(2 * x.size() > static_cast<std::size_t>(count));
  tape t;
  const var v = t.variable(array_from(x)), y = f.f(v), d = grad(sum_to(y, {}), v),
            dd = grad(sum_to(d, {}), v);
  const array<T> got[3] = {y.value<T>(), d.value<T>(), dd.value<T>()};
  const truth right[3] = {f.y, f.d, f.dd}, terms[3] = {f.y_terms, f.d_terms, f.dd_terms};
  const double bounds[3] = {f.y_bound, f.d_bound, f.dd_bound};
  constexpr const char* what[3] = {"", "'", "''"};
  for (int k = 0; k < 3; ++k) {
    worst e;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const real50 at = x[i], want = right[k](at);
      e.take(got[k].data()[i], want, x[i], terms[k] != nullptr ? terms[k](at) : num::abs(want));
    }
    BOOST_TEST(e.ulps <= bounds[k], f.name << what[k] << " in " << name(dtype_of<T>) << " is " << e);
    BOOST_TEST_MESSAGE(f.name << what[k] << " in " << name(dtype_of<T>) << ": " << e);
  }
}

}  // namespace reel::test
