// SPDX-License-Identifier: MIT
// num::'s functions: what an op may call in eval, in every number type.
#include "support.hpp"

#include <reel/autodiff/number.hpp>

#include <cmath>
#include <limits>
#include <vector>

using namespace reel;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

bool same(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
}

struct one_number {
  const char* name;
  double (*in_double)(double);
  float (*in_float)(float);
  real50 (*in_50)(const real50&);
  complex (*in_complex)(const complex&);  // null where it is not analytic
  double low, high;                       // where it is defined, and smooth
};

const std::vector<one_number> functions{
    {"exp", [](double x) { return num::exp(x); }, [](float x) { return num::exp(x); },
     [](const real50& x) { return num::exp(x); }, [](const complex& x) { return num::exp(x); }, -20, 20},
    {"log", [](double x) { return num::log(x); }, [](float x) { return num::log(x); },
     [](const real50& x) { return num::log(x); }, [](const complex& x) { return num::log(x); }, 0.01, 20},
    {"log10", [](double x) { return num::log10(x); }, [](float x) { return num::log10(x); },
     [](const real50& x) { return num::log10(x); }, [](const complex& x) { return num::log10(x); }, 0.01, 20},
    {"log2", [](double x) { return num::log2(x); }, [](float x) { return num::log2(x); },
     [](const real50& x) { return num::log2(x); }, [](const complex& x) { return num::log2(x); }, 0.01, 20},
    {"log1p", [](double x) { return num::log1p(x); }, [](float x) { return num::log1p(x); },
     [](const real50& x) { return num::log1p(x); }, [](const complex& x) { return num::log1p(x); }, -0.9, 5},
    {"exp2", [](double x) { return num::exp2(x); }, [](float x) { return num::exp2(x); },
     [](const real50& x) { return num::exp2(x); }, [](const complex& x) { return num::exp2(x); }, -20, 20},
    {"expm1", [](double x) { return num::expm1(x); }, [](float x) { return num::expm1(x); },
     [](const real50& x) { return num::expm1(x); }, [](const complex& x) { return num::expm1(x); }, -5, 5},
    {"sqrt", [](double x) { return num::sqrt(x); }, [](float x) { return num::sqrt(x); },
     [](const real50& x) { return num::sqrt(x); }, [](const complex& x) { return num::sqrt(x); }, 0.01, 20},
    {"cbrt", [](double x) { return num::cbrt(x); }, [](float x) { return num::cbrt(x); },
     [](const real50& x) { return num::cbrt(x); }, [](const complex& x) { return num::cbrt(x); }, -20, -0.01},
    {"sin", [](double x) { return num::sin(x); }, [](float x) { return num::sin(x); },
     [](const real50& x) { return num::sin(x); }, [](const complex& x) { return num::sin(x); }, -20, 20},
    {"cos", [](double x) { return num::cos(x); }, [](float x) { return num::cos(x); },
     [](const real50& x) { return num::cos(x); }, [](const complex& x) { return num::cos(x); }, -20, 20},
    {"tan", [](double x) { return num::tan(x); }, [](float x) { return num::tan(x); },
     [](const real50& x) { return num::tan(x); }, [](const complex& x) { return num::tan(x); }, -1.5, 1.5},
    {"asin", [](double x) { return num::asin(x); }, [](float x) { return num::asin(x); },
     [](const real50& x) { return num::asin(x); }, [](const complex& x) { return num::asin(x); }, -0.9, 0.9},
    {"acos", [](double x) { return num::acos(x); }, [](float x) { return num::acos(x); },
     [](const real50& x) { return num::acos(x); }, [](const complex& x) { return num::acos(x); }, -0.9, 0.9},
    {"atan", [](double x) { return num::atan(x); }, [](float x) { return num::atan(x); },
     [](const real50& x) { return num::atan(x); }, [](const complex& x) { return num::atan(x); }, -20, 20},
    {"sinh", [](double x) { return num::sinh(x); }, [](float x) { return num::sinh(x); },
     [](const real50& x) { return num::sinh(x); }, [](const complex& x) { return num::sinh(x); }, -5, 5},
    {"cosh", [](double x) { return num::cosh(x); }, [](float x) { return num::cosh(x); },
     [](const real50& x) { return num::cosh(x); }, [](const complex& x) { return num::cosh(x); }, -5, 5},
    {"tanh", [](double x) { return num::tanh(x); }, [](float x) { return num::tanh(x); },
     [](const real50& x) { return num::tanh(x); }, [](const complex& x) { return num::tanh(x); }, -5, 5},
    {"asinh", [](double x) { return num::asinh(x); }, [](float x) { return num::asinh(x); },
     [](const real50& x) { return num::asinh(x); }, [](const complex& x) { return num::asinh(x); }, -20, 20},
    {"acosh", [](double x) { return num::acosh(x); }, [](float x) { return num::acosh(x); },
     [](const real50& x) { return num::acosh(x); }, [](const complex& x) { return num::acosh(x); }, 1.1, 20},
    {"atanh", [](double x) { return num::atanh(x); }, [](float x) { return num::atanh(x); },
     [](const real50& x) { return num::atanh(x); }, [](const complex& x) { return num::atanh(x); }, -0.9,
     0.9},
    {"abs", [](double x) { return num::abs(x); }, [](float x) { return num::abs(x); },
     [](const real50& x) { return num::abs(x); }, nullptr, -20, 20},
    {"floor", [](double x) { return num::floor(x); }, [](float x) { return num::floor(x); },
     [](const real50& x) { return num::floor(x); }, nullptr, -20, 20},
    {"ceil", [](double x) { return num::ceil(x); }, [](float x) { return num::ceil(x); },
     [](const real50& x) { return num::ceil(x); }, nullptr, -20, 20},
    {"trunc", [](double x) { return num::trunc(x); }, [](float x) { return num::trunc(x); },
     [](const real50& x) { return num::trunc(x); }, nullptr, -20, 20},
    {"round", [](double x) { return num::round(x); }, [](float x) { return num::round(x); },
     [](const real50& x) { return num::round(x); }, nullptr, -20, 20},
};

struct two_numbers {
  const char* name;
  double (*in_double)(double, double);
  real50 (*in_50)(const real50&, const real50&);
};
const std::vector<two_numbers> pairs{
    {"pow", [](double a, double b) { return num::pow(a, b); },
     [](const real50& a, const real50& b) { return num::pow(a, b); }},
    {"atan2", [](double a, double b) { return num::atan2(a, b); },
     [](const real50& a, const real50& b) { return num::atan2(a, b); }},
    {"hypot", [](double a, double b) { return num::hypot(a, b); },
     [](const real50& a, const real50& b) { return num::hypot(a, b); }},
    {"fmod", [](double a, double b) { return num::fmod(a, b); },
     [](const real50& a, const real50& b) { return num::fmod(a, b); }},
    {"remainder", [](double a, double b) { return num::remainder(a, b); },
     [](const real50& a, const real50& b) { return num::remainder(a, b); }},
    {"copysign", [](double a, double b) { return num::copysign(a, b); },
     [](const real50& a, const real50& b) { return num::copysign(a, b); }},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(number_functions)

BOOST_AUTO_TEST_CASE(all_number_types_agree) {
  for (const one_number& f : functions)
    for (int i = 0; i <= 200; ++i) {
      const auto x = static_cast<double>(static_cast<float>(f.low + (f.high - f.low) * i / 200));
      const auto right = static_cast<double>(f.in_50(x));
      BOOST_TEST(std::abs(f.in_double(x) - right) <= 4e-16 * std::abs(right),
                 f.name << " of " << x << " in double");
      const auto in_float = static_cast<double>(f.in_float(static_cast<float>(x)));
      BOOST_TEST(std::abs(in_float - right) <= 2e-7 * std::abs(right), f.name << " of " << x << " in float");
      if (f.in_complex == nullptr) continue;
      const complex on_axis = f.in_complex(complex(x, 0));
      BOOST_TEST(std::abs(on_axis.real() - right) <= 2e-15 * (std::abs(right) + std::abs(x)),
                 f.name << " of " << x << " in complex");
    }
}

// A step along the imaginary axis gives the derivative, in 50 digits a difference does.
BOOST_AUTO_TEST_CASE(complex_functions_are_analytic) {
  const real50 h = std::ldexp(1.0, -60);
  for (const one_number& f : functions)
    for (int i = 1; i < 40 && f.in_complex != nullptr; ++i) {
      const double x = f.low + (f.high - f.low) * i / 40;
      const auto slope = static_cast<double>((f.in_50(real50(x) + h) - f.in_50(real50(x) - h)) / (2 * h));
      const double stepped = f.in_complex(complex(x, 1e-100)).imag() / 1e-100;
      BOOST_TEST(std::abs(stepped - slope) <= 1e-13 * (1 + std::abs(slope)), f.name << " at " << x);
    }
}

BOOST_AUTO_TEST_CASE(complex_logarithm_and_exponential_near_0_keep_digits) {
  const complex z(1e-18, -2e-18);
  BOOST_TEST(std::abs(num::log1p(z) - z) <= 1e-33);
  BOOST_TEST(std::abs(num::expm1(z) - z) <= 1e-33);
  BOOST_TEST(std::abs(num::expm1(complex(0.5, 3)) - (std::exp(complex(0.5, 3)) - 1.0)) <= 1e-15);
  BOOST_TEST(std::abs(num::log1p(complex(0.3, 0.4)) - std::log(complex(1.3, 0.4))) <= 1e-15);
}

BOOST_AUTO_TEST_CASE(pairs_in_50_digits_are_those_of_double) {
  const std::vector<double> edges{0.0,  -0.0, 1.0,   -1.0,   0.5, -0.5, 2.0,          3.0,   -3.0, 2.5,
                                  -7.5, 1e-5, 1e300, 1e-300, inf, -inf, not_a_number, 17.25, -1e5, 6.0};
  for (const two_numbers& f : pairs)
    for (const double a : edges)
      for (const double b : edges) {
        const double want = f.in_double(a, b);
        const auto got = static_cast<double>(f.in_50(a, b));
        BOOST_TEST((same(got, want) || std::abs(got - want) <= 4e-16 * std::abs(want)),
                   f.name << "(" << a << ", " << b << ") is " << got << ", in double " << want);
      }
}

BOOST_AUTO_TEST_CASE(edges_in_50_digits_are_those_of_double) {
  for (const one_number& f : functions)
    for (const double x : {0.0, -0.0, 1.0, -1.0, inf, -inf, not_a_number, 0.5, -0.5, 1.5, 2.5, 2.0, -3.0}) {
      const double want = f.in_double(x);
      const auto got = static_cast<double>(f.in_50(x));
      BOOST_TEST((same(got, want) || std::abs(got - want) <= 4e-16 * std::abs(want)),
                 f.name << " of " << x << " is " << got << ", in double " << want);
    }
}

// A double far out has a sine of 50 digits: the angle is reduced in as many as that takes.
BOOST_AUTO_TEST_CASE(angles_far_out) {
  for (const double x : {1e5, 1e15, 1e22, 1e40, 1e150, 1e300, -3e307, 5e-324}) {
    BOOST_TEST(std::abs(static_cast<double>(num::sin(real50(x))) - std::sin(x)) <= 2e-16);
    BOOST_TEST(std::abs(static_cast<double>(num::cos(real50(x))) - std::cos(x)) <= 2e-16);
    const real50 s = num::sin(real50(x)), c = num::cos(real50(x));
    BOOST_TEST(static_cast<double>(num::abs(s * s + c * c - 1)) <= 1e-49);
    BOOST_TEST(static_cast<double>(num::abs(num::tan(real50(x)) * c - s)) <= 1e-48);
  }
  // sin(2x) = 2 sin x cos x holds to 50 digits only if both angles were reduced in enough.
  const real50 x = 1e200;
  const real50 twice = num::sin(2 * x), product = 2 * num::sin(x) * num::cos(x);
  BOOST_TEST(static_cast<double>(num::abs(twice - product)) <= 1e-48);
}

BOOST_AUTO_TEST_CASE(multiply_add_rounds_once) {
  const double e = 0x1p-52;
  BOOST_TEST(num::fma(1 + e, 1 - e, -1.0) == -e * e);
  const real50 tiny = real50(1) / num::pow(real50(2), real50(150));
  BOOST_TEST((num::fma(1 + tiny, 1 - tiny, real50(-1)) == -(tiny * tiny)));
  BOOST_TEST((num::fma(complex(1, 2), complex(0, 1), complex(3)) == complex(1, 1)));
}

BOOST_AUTO_TEST_CASE(cube_roots_are_right_to_the_last_place) {
  for (int i = -300; i < 300; ++i) {
    const double x = std::pow(10.0, i) * (1 + 0.37 * std::sin(i));
    const real50 right = num::cbrt(real50(x));
    const double place = std::ldexp(1.0, std::ilogb(static_cast<double>(right)) - 52);
    BOOST_TEST(static_cast<double>(num::abs(real50(num::cbrt(x)) - right)) <= 0.51 * place, x);
  }
  BOOST_TEST(num::cbrt(-27.0) == -3);
  BOOST_TEST(same(num::cbrt(-0.0), -0.0));
  BOOST_TEST(num::cbrt(-inf) == -inf);
}

BOOST_AUTO_TEST_SUITE_END()
