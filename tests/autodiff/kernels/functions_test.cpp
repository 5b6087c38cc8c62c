// SPDX-License-Identifier: MIT
// The kernels of functions and of one element after another, against functions in more digits.
// REEL_KERNEL_STRIDE is the distance between the floats that are tried; the long checks take all of them.
#include "autodiff/kernels/kernels.hpp"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>

using namespace reel;
using reel::test::for_all_sets;
using reel::test::scattered;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// How far y is from the true result, in units of its last place there.
template <class T, class Wide> double ulps(T y, Wide truth) {
  const T nearest = static_cast<T>(truth);
  if (y == nearest || (std::isnan(y) && std::isnan(truth))) return 0;
  if (!std::isfinite(y) || !std::isfinite(nearest)) return infinity;
  constexpr int digits = std::numeric_limits<T>::digits;
  const int exponent =
      std::max(nearest == 0 ? -100000 : std::ilogb(nearest), std::numeric_limits<T>::min_exponent - 1);
  return static_cast<double>(std::fabs(static_cast<Wide>(y) - truth) /
                             std::ldexp(Wide(1), exponent - digits + 1));
}

std::uint32_t stride() {
  const char* text = std::getenv("REEL_KERNEL_STRIDE");
  return text == nullptr ? 49'999 : static_cast<std::uint32_t>(std::strtoul(text, nullptr, 10));
}

// All floats, `stride()` apart, in blocks.
template <class F> void over_floats(F f) {
  std::vector<float> x;
  const std::uint64_t step = stride();
  for (std::uint64_t b = 0; b < (std::uint64_t{1} << 32);) {
    x.clear();
    for (; b < (std::uint64_t{1} << 32) && x.size() < 65536; b += step)
      x.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(b)));
    f(x);
  }
}

template <class Truth>
void check_floats(const char* what, kernels::dispatch_table<float>::unary kernels::dispatch_table<float>::*f,
                  double bound, Truth truth) {
  struct found {
    double worst = 0;
    float at = 0;
  };
  const auto sets = kernels::available<float>();
  std::vector<found> of(sets.size());
  std::vector<float> y;
  std::vector<double> z;
  over_floats([&](const std::vector<float>& x) {
    y.resize(x.size());
    z.resize(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) z[i] = truth(static_cast<double>(x[i]));
    for (std::size_t k = 0; k < sets.size(); ++k) {
      (sets[k]->*f)(y.data(), x.data(), static_cast<index_t>(x.size()));
      for (std::size_t i = 0; i < x.size(); ++i)
        if (const double e = ulps(y[i], z[i]); e > of[k].worst) of[k] = {e, x[i]};
    }
  });
  for (std::size_t k = 0; k < sets.size(); ++k) {
    BOOST_TEST(of[k].worst <= bound,
               sets[k]->name << ": " << what << " is " << of[k].worst << " ulp off at " << of[k].at);
    BOOST_TEST_MESSAGE(
        fmt::format("{} {}: at most {:.3f} ulp, at {}", sets[k]->name, what, of[k].worst, of[k].at));
  }
}

template <class Truth>
void check_doubles(const char* what,
                   kernels::dispatch_table<double>::unary kernels::dispatch_table<double>::*f, double bound,
                   double scale, bool exponential, Truth truth) {
  for (const auto* s : kernels::available<double>()) {
    double worst = 0, at = 0;
    std::vector<double> x = scattered<double>(20'000, 5), y(x.size());
    for (double& v : x) v = exponential ? std::exp(v * scale) : v * scale;
    (s->*f)(y.data(), x.data(), static_cast<index_t>(x.size()));
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double e = ulps(y[i], truth(static_cast<long double>(x[i])));
      if (e > worst) worst = e, at = x[i];
    }
    BOOST_TEST(worst <= bound, s->name << ": " << what << " is " << worst << " ulp off at " << at);
  }
}

long double sigmoid(long double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace

BOOST_AUTO_TEST_SUITE(kernel_sets)

BOOST_AUTO_TEST_CASE(bytes_are_scaled_and_rounded_once) {
  // With high = 2^-8 and a low of 2^-8 - 2^-16 the true result is x·(2^-7 - 2^-16), which all types hold.
  for_all_sets([]<class T>(const kernels::dispatch_table<T>& s) {
    std::vector<std::uint8_t> x(300);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<std::uint8_t>(i * 37);
    for (index_t n = 0; n <= 300; n = n < 70 ? n + 1 : n + 23) {
      std::vector<T> y(x.size(), T(-1));
      s.scale_bytes(y.data(), x.data(), T(0x1p-8), T(0x1p-8 - 0x1p-16), n);
      for (std::size_t i = 0; i < y.size(); ++i)
        BOOST_TEST(y[i] == (i < static_cast<std::size_t>(n) ? T(x[i]) * T(0x1p-7 - 0x1p-16) : T(-1)));
    }
    // A low that is below half of the sum's last place decides in which direction a tie goes, if it is added
    // at all.
    const T half = std::numeric_limits<T>::epsilon() / 2;
    const std::uint8_t one = 1;
    T y = 0;
    s.scale_bytes(&y, &one, T(1), half * T(1.5), 1);
    BOOST_TEST(y == 1 + 2 * half);
  });
}

BOOST_AUTO_TEST_CASE(there_is_always_a_set) {
  BOOST_TEST(!kernels::available<float>().empty());
  BOOST_TEST(std::string(kernels::available<float>().back()->name) == "baseline");
  BOOST_TEST(kernels::active<double>().name == kernels::available<double>().front()->name);
}

BOOST_AUTO_TEST_CASE(functions_of_floats_keep_their_bounds) {
  using set = kernels::dispatch_table<float>;
  check_floats("exp", &set::exp, 1.1, [](double x) { return std::exp(x); });
  check_floats("log", &set::log, 1.0, [](double x) { return std::log(x); });
  check_floats("tanh", &set::tanh, 1.5, [](double x) { return std::tanh(x); });
  check_floats("sigmoid", &set::sigmoid, 2.5, [](double x) { return static_cast<double>(sigmoid(x)); });
  check_floats("sech_square", &set::sech_square, 4, [](double x) {
    const double c = std::cosh(x);
    return 1 / c / c;
  });
  check_floats("softplus", &set::softplus, 2.5,
               [](double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); });
  check_floats("sqrt", &set::sqrt, 0.5, [](double x) { return std::sqrt(x); });
}

BOOST_AUTO_TEST_CASE(log1p_of_floats_from_0_up_keeps_its_bound) {
  for (const auto* s : kernels::available<float>()) {
    double worst = 0;
    std::vector<float> y;
    over_floats([&](std::vector<float> x) {
      std::erase_if(x, [](float v) { return std::signbit(v); });
      y.resize(x.size());
      s->log1p(y.data(), x.data(), static_cast<index_t>(x.size()));
      for (std::size_t i = 0; i < x.size(); ++i)
        worst = std::max(worst, ulps(y[i], std::log1p(static_cast<double>(x[i]))));
    });
    BOOST_TEST(worst <= 1.5, s->name);
  }
}

BOOST_AUTO_TEST_CASE(functions_of_doubles_keep_their_bounds) {
  using set = kernels::dispatch_table<double>;
  const auto exponential = [](long double x) { return std::exp(x); };
  const auto logarithm = [](long double x) { return std::log(x); };
  const auto tangent = [](long double x) { return std::tanh(x); };
  check_doubles("exp", &set::exp, 1.0, 745, false, exponential);
  check_doubles("exp", &set::exp, 1.0, 1, false, exponential);
  check_doubles("log", &set::log, 1.0, 700, true, logarithm);
  check_doubles("log", &set::log, 1.0, 0.5, true, logarithm);
  check_doubles("tanh", &set::tanh, 2.0, 3, false, tangent);
  check_doubles("tanh", &set::tanh, 2.0, 0.7, false, tangent);
  check_doubles("sigmoid", &set::sigmoid, 2.5, 30, false, sigmoid);
  for (const double scale : {1.0, 30.0, 700.0})
    check_doubles("softplus", &set::softplus, 2.5, scale, false,
                  [](long double x) { return std::max(x, 0.0L) + std::log1p(std::exp(-std::fabs(x))); });
  for (const double scale : {0.3, 3.0, 350.0})
    check_doubles("sech_square", &set::sech_square, 4, scale, false, [](long double x) {
      const long double c = std::cosh(x);
      return 1 / c / c;
    });
  check_doubles("log1p", &set::log1p, 1.5, 30, true, [](long double x) { return std::log1p(x); });
}

BOOST_AUTO_TEST_CASE(the_ends_of_the_functions) {
  for_all_sets([]<class T>(const kernels::dispatch_table<T>& s) {
    const T inf = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
    const std::vector<T> x{inf, -inf, nan, T(0), T(-0.0), T(-1), T(2000), T(-2000)};
    const auto of = [&](auto f, std::size_t i) {
      std::vector<T> y(x.size());
      f(y.data(), x.data(), static_cast<index_t>(x.size()));
      return y[i];
    };
    BOOST_TEST(of(s.exp, 0) == inf);
    BOOST_TEST(of(s.exp, 1) == T(0));
    BOOST_TEST(std::isnan(of(s.exp, 2)));
    BOOST_TEST(of(s.exp, 3) == T(1));
    BOOST_TEST(of(s.exp, 6) == inf);
    BOOST_TEST(of(s.exp, 7) == T(0));
    BOOST_TEST(of(s.log, 0) == inf);
    BOOST_TEST(std::isnan(of(s.log, 1)));
    BOOST_TEST(std::isnan(of(s.log, 2)));
    BOOST_TEST(of(s.log, 3) == -inf);
    BOOST_TEST(of(s.log, 4) == -inf);
    BOOST_TEST(std::isnan(of(s.log, 5)));
    BOOST_TEST(of(s.tanh, 0) == T(1));
    BOOST_TEST(of(s.tanh, 1) == T(-1));
    BOOST_TEST(std::isnan(of(s.tanh, 2)));
    BOOST_TEST(std::signbit(of(s.tanh, 4)));
    BOOST_TEST(of(s.sech_square, 0) == T(0));
    BOOST_TEST(of(s.sech_square, 1) == T(0));
    BOOST_TEST(std::isnan(of(s.sech_square, 2)));
    BOOST_TEST(of(s.sech_square, 4) == T(1));
    BOOST_TEST(of(s.sigmoid, 0) == T(1));
    BOOST_TEST(of(s.sigmoid, 1) == T(0));
    BOOST_TEST(of(s.sigmoid, 3) == T(0.5));
    BOOST_TEST(of(s.relu, 1) == T(0));
    BOOST_TEST(std::isnan(of(s.relu, 2)));
    BOOST_TEST(of(s.log1p, 0) == inf);
    BOOST_TEST(of(s.log1p, 3) == T(0));
  });
}

// The last elements of an array go another way than those before them.
BOOST_AUTO_TEST_CASE(the_bits_of_an_element_do_not_depend_on_its_place) {
  for_all_sets([]<class T>(const kernels::dispatch_table<T>& s) {
    const std::vector<T> x = scattered<T>(67, 1), z = scattered<T>(67, 2);
    const auto same = [](const T* a, const T* b, index_t n) {
      return std::memcmp(a, b, static_cast<std::size_t>(n) * sizeof(T)) == 0;
    };
    for (const auto& f : {s.exp, s.log, s.tanh, s.sech_square, s.softplus, s.sigmoid, s.log1p, s.sqrt, s.neg,
                          s.square, s.abs, s.relu}) {
      std::vector<T> whole(67), part(67);
      f(whole.data(), x.data(), 67);
      for (index_t from = 0; from < 40; from += 3)
        for (index_t n = 0; n <= 27; n += 9) {
          f(part.data(), x.data() + from, n);
          BOOST_TEST(same(part.data(), whole.data() + from, n));
        }
    }
    for (const auto& f : {s.add, s.sub, s.mul, s.div, s.scale, s.scale_either}) {
      std::vector<T> whole(67), part(67);
      f(whole.data(), x.data(), z.data(), 67);
      for (index_t n = 0; n <= 67; ++n) {
        f(part.data(), x.data(), z.data(), n);
        BOOST_TEST(same(part.data(), whole.data(), n));
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(nothing_is_written_beyond_the_end) {
  for_all_sets([]<class T>(const kernels::dispatch_table<T>& s) {
    for (index_t n = 0; n <= 40; ++n) {
      const std::vector<T> x = scattered<T>(n, 3);
      std::vector<T> y(static_cast<std::size_t>(n) + 1, T(77));
      s.exp(y.data(), x.data(), n);
      BOOST_TEST(y.back() == T(77));
      s.add(y.data(), x.data(), x.data(), n);
      BOOST_TEST(y.back() == T(77));
    }
  });
}

BOOST_AUTO_TEST_CASE(scaling_by_0_is_0_whatever_is_scaled) {
  for_all_sets([]<class T>(const kernels::dispatch_table<T>& s) {
    const T nan = std::numeric_limits<T>::quiet_NaN();
    const std::vector<T> a{0, 0, nan, 2}, b{nan, 3, 0, 4};
    std::vector<T> y(4);
    s.scale(y.data(), a.data(), b.data(), 4);
    BOOST_TEST((y[0] == 0 && y[1] == 0 && std::isnan(y[2]) && y[3] == 8));
    s.scale_either(y.data(), a.data(), b.data(), 4);
    BOOST_TEST((y[0] == 0 && y[1] == 0 && y[2] == 0 && y[3] == 8));
  });
}

BOOST_AUTO_TEST_SUITE_END()
