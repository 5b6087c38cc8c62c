// SPDX-License-Identifier: MIT
// How many digits of values and of first and second derivatives are right, in float and in double, from the
// smallest numbers to the largest. What is right is a closed form in 50 digits that is not the formula of the
// rule: an oracle that evaluates the same formula loses the same digits.
#include "ops/accuracy.hpp"

#include <reel/ops.hpp>

using namespace reel;
using namespace reel::test;

namespace {

real50 square_of(const real50& x) { return x * x; }
real50 magnitude(const real50& x) { return num::abs(x); }
real50 sigma(const real50& x) { return 1 / (1 + num::exp(-x)); }
constexpr double below_one = 1 - 0x1p-24;

// The functions of one number: value, slope, second derivative. Where a sum of two terms passes through 0,
// errors are counted in last places of the sum of their magnitudes.
const std::vector<function_of_one> functions{
    {.name = "exp",
     .f = [](var x) { return exp(x); },
     .at = {.low = 1e-300, .high = 745, .dense = {0, 1}},
     .y = num::exp,
     .d = num::exp,
     .dd = num::exp},
    {.name = "log",
     .f = [](var x) { return log(x); },
     .at = {.low = 1e-300, .high = 1e300, .negative = false, .dense = {1}},
     .y = num::log,
     .d = [](const real50& x) { return 1 / x; },
     .dd = [](const real50& x) { return -1 / (x * x); }},
    {.name = "sqrt",
     .f = [](var x) { return sqrt(x); },
     .at = {.low = 1e-300, .high = 1e300, .negative = false},
     .y = num::sqrt,
     .d = [](const real50& x) { return num::exp(num::log(x) / -2) / 2; },
     .dd = [](const real50& x) { return -num::exp(-3 * num::log(x) / 2) / 4; }},
    {.name = "square",
     .f = [](var x) { return square(x); },
     .at = {.low = 1e-150, .high = 1e150},
     .y = square_of,
     .d = [](const real50& x) { return 2 * x; },
     .dd = [](const real50&) { return real50(2); }},
    {.name = "1 / x",
     .f = [](var x) { return 1.0 / x; },
     .at = {.low = 1e-100, .high = 1e100},
     .y = [](const real50& x) { return 1 / x; },
     .d = [](const real50& x) { return -1 / square_of(x); },
     .dd = [](const real50& x) { return 2 / (x * square_of(x)); }},
    {.name = "tanh",
     .f = [](var x) { return tanh(x); },
     .at = {.low = 1e-300, .high = 372, .dense = {0, 0.625, 9, 19}},
     .y = [](const real50& x) { return num::sinh(x) / num::cosh(x); },
     .d = [](const real50& x) { return 2 / (1 + num::cosh(2 * x)); },
     .dd = [](const real50& x) { return -4 * num::sinh(2 * x) / square_of(1 + num::cosh(2 * x)); }},
    {.name = "sech_square",
     .f = [](var x) { return sech_square(x); },
     .at = {.low = 1e-300, .high = 372, .dense = {0, 1}},
     .y = [](const real50& x) { return 2 / (1 + num::cosh(2 * x)); },
     .d = [](const real50& x) { return -4 * num::sinh(2 * x) / square_of(1 + num::cosh(2 * x)); },
     .dd = [](const real50& x) { return (8 * num::cosh(2 * x) - 16) / square_of(1 + num::cosh(2 * x)); },
     .dd_terms =
         [](const real50& x) { return (8 * num::cosh(2 * x) + 16) / square_of(1 + num::cosh(2 * x)); }},
    {.name = "one_minus_square",
     .f = [](var x) { return one_minus_square(x); },
     .at = {.low = 1e-300, .high = 1e150, .dense = {1, -1}},
     .y = [](const real50& x) { return 1 - square_of(x); },
     .d = [](const real50& x) { return -2 * x; },
     .dd = [](const real50&) { return real50(-2); }},
    {.name = "sigmoid",
     .f = [](var x) { return sigmoid(x); },
     .at = {.low = 1e-300, .high = 744, .dense = {0, 20, 37}},
     .y = [](const real50& x) { return 1 / (1 + num::exp(-x)); },
     .d = [](const real50& x) { return 1 / (2 + 2 * num::cosh(x)); },
     .dd = [](const real50& x) { return -num::sinh(x) / (2 * square_of(1 + num::cosh(x))); }},
    {.name = "relu",
     .f = [](var x) { return relu(x); },
     .at = {.low = 1e-300, .high = 1e300},
     .y = [](const real50& x) { return (x + magnitude(x)) / 2; },
     .d = [](const real50& x) { return real50(x > 0 ? 1 : 0); },
     .dd = [](const real50&) { return real50(0); }},
    {.name = "entr",
     .f = [](var x) { return entr(x); },
     .at = {.low = 1e-300, .high = 1e300, .negative = false, .dense = {1, 0.36787944117144233}},
     .y = [](const real50& x) { return x * num::log(1 / x); },
     .d = [](const real50& x) { return num::log(1 / x) - 1; },
     .dd = [](const real50& x) { return -1 / x; },
     .d_terms = [](const real50& x) { return magnitude(num::log(x)) + 1; }},
    {.name = "sin",
     .f = [](var x) { return sin(x); },
     .at = {.low = 1e-300, .high = 1e22, .dense = {3.141592653589793, 1.5707963267948966}},
     .y = num::sin,
     .d = [](const real50& x) { return num::sin(2 * x) / (2 * num::sin(x)); },
     .dd = [](const real50& x) { return -num::sin(x); }},
    {.name = "cos",
     .f = [](var x) { return cos(x); },
     .at = {.low = 1e-300, .high = 1e22, .dense = {3.141592653589793, 1.5707963267948966}},
     .y = num::cos,
     .d = [](const real50& x) { return -num::sin(x); },
     .dd = [](const real50& x) { return -num::sin(2 * x) / (2 * num::sin(x)); }},
    {.name = "tan",
     .f = [](var x) { return tan(x); },
     .at = {.low = 1e-300, .high = 1e22, .dense = {3.141592653589793, 1.5707963267948966}},
     .y = num::tan,
     .d = [](const real50& x) { return 1 + square_of(num::tan(x)); },
     .dd = [](const real50& x) { return 2 * num::tan(x) * (1 + square_of(num::tan(x))); }},
    {.name = "asin",
     .f = [](var x) { return asin(x); },
     .at = {.low = 1e-300, .high = 1, .dense = {1, -1}, .least = -below_one, .most = below_one},
     .y = num::asin,
     .d = [](const real50& x) { return 1 / num::cos(num::asin(x)); },
     .dd = [](const real50& x) { return x / (num::sqrt(1 - x * x) * (1 - x * x)); }},
    {.name = "acos",
     .f = [](var x) { return acos(x); },
     .at = {.low = 1e-300, .high = 1, .dense = {1, -1}, .least = -below_one, .most = below_one},
     .y = num::acos,
     .d = [](const real50& x) { return -1 / num::sin(num::acos(x)); },
     .dd = [](const real50& x) { return -x / (num::sqrt(1 - x * x) * (1 - x * x)); }},
    {.name = "atan",
     .f = [](var x) { return atan(x); },
     .at = {.low = 1e-300, .high = 1e300, .dense = {0, 1}},
     .y = num::atan,
     .d = [](const real50& x) { return 1 / (1 + x * x); },
     .dd = [](const real50& x) { return -2 * x / square_of(1 + x * x); }},
    {.name = "sinh",
     .f = [](var x) { return sinh(x); },
     .at = {.low = 1e-300, .high = 700, .dense = {0}},
     .y = num::sinh,
     .d = [](const real50& x) { return num::sqrt(1 + square_of(num::sinh(x))); },
     .dd = num::sinh},
    {.name = "cosh",
     .f = [](var x) { return cosh(x); },
     .at = {.low = 1e-300, .high = 700, .dense = {0}},
     .y = num::cosh,
     .d = num::sinh,
     .dd = [](const real50& x) { return num::sqrt(1 + square_of(num::sinh(x))); }},
    {.name = "asinh",
     .f = [](var x) { return asinh(x); },
     .at = {.low = 1e-300, .high = 1e300, .dense = {0}},
     .y = num::asinh,
     .d = [](const real50& x) { return 1 / num::cosh(num::asinh(x)); },
     .dd = [](const real50& x) { return -x / (num::sqrt(1 + x * x) * (1 + x * x)); }},
    {.name = "acosh",
     .f = [](var x) { return acosh(x); },
     .at = {.low = 1, .high = 1e300, .negative = false, .dense = {1}, .least = 1 + 0x1p-23},
     .y = num::acosh,
     .d = [](const real50& x) { return 1 / num::sqrt(x * x - 1); },
     .dd = [](const real50& x) { return -x / (num::sqrt(x * x - 1) * (x * x - 1)); }},
    {.name = "atanh",
     .f = [](var x) { return atanh(x); },
     .at = {.low = 1e-300, .high = 1, .dense = {1, -1}, .least = -below_one, .most = below_one},
     .y = num::atanh,
     .d = [](const real50& x) { return 1 / (1 - x * x); },
     .dd = [](const real50& x) { return 2 * x / square_of(1 - x * x); }},
    {.name = "exp2",
     .f = [](var x) { return exp2(x); },
     .at = {.low = 1e-300, .high = 1022, .dense = {0}},
     .y = [](const real50& x) { return num::exp(x * num::log(real50(2))); },
     .d = [](const real50& x) { return num::exp(x * num::log(real50(2))) * num::log(real50(2)); },
     .dd =
         [](const real50& x) { return num::exp(x * num::log(real50(2))) * square_of(num::log(real50(2))); }},
    {.name = "expm1",
     .f = [](var x) { return expm1(x); },
     .at = {.low = 1e-300, .high = 700, .dense = {0}},
     .y = [](const real50& x) { return 2 * num::exp(x / 2) * num::sinh(x / 2); },
     .d = num::exp,
     .dd = num::exp},
    {.name = "log2",
     .f = [](var x) { return log2(x); },
     .at = {.low = 1e-300, .high = 1e300, .negative = false, .dense = {1}},
     .y = [](const real50& x) { return num::log(x) / num::log(real50(2)); },
     .d = [](const real50& x) { return 1 / (x * num::log(real50(2))); },
     .dd = [](const real50& x) { return -1 / (x * x * num::log(real50(2))); }},
    {.name = "log10",
     .f = [](var x) { return log10(x); },
     .at = {.low = 1e-300, .high = 1e300, .negative = false, .dense = {1}},
     .y = [](const real50& x) { return num::log(x) / num::log(real50(10)); },
     .d = [](const real50& x) { return 1 / (x * num::log(real50(10))); },
     .dd = [](const real50& x) { return -1 / (x * x * num::log(real50(10))); }},
    {.name = "log1p",
     .f = [](var x) { return log1p(x); },
     .at = {.low = 1e-300, .high = 1e300, .dense = {0, -1}, .least = -below_one},
     .y = [](const real50& x) { return x < 1 ? 2 * num::atanh(x / (2 + x)) : num::log(1 + x); },
     .d = [](const real50& x) { return 1 / (1 + x); },
     .dd = [](const real50& x) { return -1 / square_of(1 + x); }},
    {.name = "cbrt",
     .f = [](var x) { return cbrt(x); },
     .at = {.low = 1e-300, .high = 1e300},
     .y = [](const real50& x) { return num::copysign(num::exp(num::log(magnitude(x)) / 3), x); },
     .d = [](const real50& x) { return num::exp(-2 * num::log(magnitude(x)) / 3) / 3; },
     .dd =
         [](const real50& x) {
           return num::copysign(num::exp(-5 * num::log(magnitude(x)) / 3), -x) * 2 / 9;
         }},
    {.name = "rsqrt",
     .f = [](var x) { return rsqrt(x); },
     .at = {.low = 1e-300, .high = 1e300, .negative = false},
     .y = [](const real50& x) { return num::exp(num::log(x) / -2); },
     .d = [](const real50& x) { return -num::exp(-3 * num::log(x) / 2) / 2; },
     .dd = [](const real50& x) { return 3 * num::exp(-5 * num::log(x) / 2) / 4; }},
    {.name = "reciprocal",
     .f = [](var x) { return reciprocal(x); },
     .at = {.low = 1e-100, .high = 1e100},
     .y = [](const real50& x) { return 1 / x; },
     .d = [](const real50& x) { return -1 / square_of(x); },
     .dd = [](const real50& x) { return 2 / (x * square_of(x)); }},
    {.name = "softplus",
     .f = [](var x) { return softplus(x); },
     .at = {.low = 1e-300, .high = 740, .dense = {0}},
     .y =
         [](const real50& x) {
           const real50 e = num::exp(-magnitude(x));
           return (x + magnitude(x)) / 2 + 2 * num::atanh(e / (2 + e));
         },
     .d = [](const real50& x) { return num::exp(x / 2) / (2 * num::cosh(x / 2)); },
     .dd = [](const real50& x) { return 1 / (2 + 2 * num::cosh(x)); }},
    {.name = "log_sigmoid",
     .f = [](var x) { return log_sigmoid(x); },
     .at = {.low = 1e-300, .high = 740, .dense = {0}},
     .y = [](const real50& x) { return -num::log1p(num::exp(-x)); },
     .d = [](const real50& x) { return num::exp(-x / 2) / (2 * num::cosh(x / 2)); },
     .dd = [](const real50& x) { return -1 / (2 + 2 * num::cosh(x)); }},
    {.name = "silu",
     .f = [](var x) { return silu(x); },
     .at = {.low = 1e-300, .high = 80, .dense = {0}},  // beyond, floats of σ are subnormal and times x
     .y = [](const real50& x) { return x / (1 + num::exp(-x)); },
     .d = [](const real50& x) { return sigma(x) + x * sigma(x) * sigma(-x); },
     .dd = [](const real50& x) { return sigma(x) * sigma(-x) * (2 - x * num::tanh(x / 2)); },
     .d_terms = [](const real50& x) { return sigma(x) + magnitude(x) * sigma(x) * sigma(-x); },
     .dd_terms = [](const real50& x) { return sigma(x) * sigma(-x) * (2 + x * num::tanh(x / 2)); }},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(accuracy)

BOOST_AUTO_TEST_CASE(functions_of_one_number_in_float) {
  for (const function_of_one& f : functions) check_accuracy<float>(f);
}
BOOST_AUTO_TEST_CASE(functions_of_one_number_in_double) {
  for (const function_of_one& f : functions) check_accuracy<double>(f);
}

// Functions of two numbers, whose derivatives by the first are counted: the differences a − b are exact.
struct function_of_two {
  const char* name;
  var (*f)(var, var);
  std::function<real50(const real50&, const real50&)> y, d, dd;
};
const std::vector<function_of_two> pairs{
    {"hypot", [](var a, var b) { return hypot(a, b); },
     [](const real50& a, const real50& b) { return num::sqrt(a * a + b * b); },
     [](const real50& a, const real50& b) { return a / num::sqrt(a * a + b * b); },
     [](const real50& a, const real50& b) { return b * b / (num::sqrt(a * a + b * b) * (a * a + b * b)); }},
    {"atan2", [](var a, var b) { return atan2(a, b); },
     [](const real50& a, const real50& b) { return num::atan2(a, b); },
     [](const real50& a, const real50& b) { return b / (a * a + b * b); },
     [](const real50& a, const real50& b) { return -2 * a * b / square_of(a * a + b * b); }},
    {"logaddexp", [](var a, var b) { return logaddexp(a, b); },
     [](const real50& a, const real50& b) { return num::log(num::exp(a) + num::exp(b)); },
     [](const real50& a, const real50& b) { return 1 / (1 + num::exp(b - a)); },
     [](const real50& a, const real50& b) { return 1 / (2 + 2 * num::cosh(a - b)); }},
};

template <class T> void check_pairs() {
  for (const function_of_two& f : pairs) {
    const bool differences = std::string(f.name) == "logaddexp";
    std::vector<double> x, y;
    random_numbers draw(3);
    for (int i = 0; i < 2000; ++i) {
      const auto one = [&] {
        const double v = differences ? std::floor(draw(-4000, 4000)) / 64 : std::exp(draw(-25, 25));
        return static_cast<double>(static_cast<T>(!differences && draw(0, 1) < 0.5 ? -v : v));
      };
      x.push_back(one()), y.push_back(one());
    }
    tape t;
    const var a = t.variable(array_from(x)), b = t.variable(array_from(y)), z = f.f(a, b);
    const var d = grad(sum(z), a), dd = grad(sum(d), a);
    worst e[3];
    const array<T> got[3] = {z.value<T>(), d.value<T>(), dd.value<T>()};
    for (std::size_t i = 0; i < x.size(); ++i) {
      e[0].take(got[0].data()[i], f.y(x[i], y[i]), x[i]);
      e[1].take(got[1].data()[i], f.d(x[i], y[i]), x[i]);
      e[2].take(got[2].data()[i], f.dd(x[i], y[i]), x[i]);
    }
    BOOST_TEST(e[0].ulps <= 2.5, f.name << " is " << e[0]);
    BOOST_TEST(e[1].ulps <= 4, f.name << "'s slope is " << e[1]);
    BOOST_TEST(e[2].ulps <= 16, f.name << "'s second derivative is " << e[2]);
  }
}
BOOST_AUTO_TEST_CASE(functions_of_two_numbers) {
  check_pairs<float>();
  check_pairs<double>();
}

// Entry by entry, each relative to itself: a row whose label is certain has slopes as small as e^−gap, and
// all of their digits. An exponential of a shifted logit may be off by n + 2 + 2(max − min) units of
// roundoff, or by 1 + max|z − l| + |l + n − min| where it comes from a log-softmax (l = ln Σ e^z); sums of n
// add n.
template <class T> void check_rows() {
  const double u = static_cast<double>(std::numeric_limits<T>::epsilon()) / 2;
  for (const index_t n : {2, 3, 10, 40})
    for (const double gap : {0.0, 1.0, 15.0, 30.0, 45.0, 80.0}) {
      std::vector<double> z;
      random_numbers draw(static_cast<std::uint64_t>(n));
      for (index_t k = 0; k < n; ++k) z.push_back(std::floor(draw(-64, 64)) / 64);
      const auto label = static_cast<std::size_t>(n / 2);
      z[label] = 1 + gap;
      real50 total = 0;
      for (const double v : z) total += num::exp(real50(v));
      std::vector<real50> p, others;  // others_k = Σ_{j≠k} p_j, by adding
      for (const double v : z) p.push_back(num::exp(real50(v)) / total);
      for (std::size_t k = 0; k < p.size(); ++k) {
        real50 rest = 0;
        for (std::size_t j = 0; j < p.size(); ++j) rest += j == k ? real50(0) : p[j];
        others.push_back(rest);
      }
      const auto entry = [&](std::size_t i, std::size_t j) {
        return i == j ? p[i] * others[i] : -(p[i] * p[j]);
      };

      tape t;
      const var x = t.variable(array_from(z)), row = reshape(x, {1, -1});
      auto hot_numbers = make_array<double>({1, n});
      for (index_t k = 0; k < n; ++k) hot_numbers(0, k) = static_cast<std::size_t>(k) == label ? 1 : 0;
      const var index = t.constant(array<index_t>{static_cast<index_t>(label)}),
                hot = t.constant(hot_numbers);
      const var loss = sum(softmax_cross_entropy(row, index)), soft = sum(softmax_cross_entropy(row, hot));
      const double least = *std::min_element(z.begin(), z.end()), range = z[label] - least;
      const double lse = static_cast<double>(num::log(total));
      const double c = static_cast<double>(n) + 2 + 2 * range;
      const double from_log =
          1 + std::max(range, lse - least) + std::abs(lse + static_cast<double>(n) - least);
      const auto size = static_cast<double>(n);
      const auto check = [&](const char* what, const var& v, const auto& right, double bound) {
        const array<T> got = v.value<T>();
        double worst = 0;
        for (std::size_t i = 0; i < static_cast<std::size_t>(got.size()); ++i) {
          const real50 want = right(i / p.size(), i % p.size());
          if (num::abs(want) < real50(static_cast<double>(std::numeric_limits<T>::min()))) continue;
          worst = std::max(worst, static_cast<double>(num::abs((real50(got.data()[i]) - want) / want)) / u);
        }
        BOOST_TEST(worst <= bound, what << " of " << n << ", gap " << gap << " in " << name(dtype_of<T>)
                                        << " is " << worst << " roundoffs off, of " << bound);
      };
      const auto slope = [&](std::size_t, std::size_t k) { return k == label ? -others[k] : p[k]; };
      check("the slope of cross-entropy", grad(loss, x), slope, c + size);
      check("the slope of soft cross-entropy", grad(soft, x), slope, c + 2 * size);
      check("the Hessian of cross-entropy", hessian(loss, x), entry, 2 * c + 2 * size);
      check("the Hessian of soft cross-entropy", hessian(soft, x), entry, 2 * c + 3 * size);
      check("the Jacobian of softmax", jacobian(softmax(x), x), entry, 2 * c + 2 * size);
      check("the Hessian of logsumexp", hessian(logsumexp(x), x), entry, 2 * c + 2 * size);
      check(
          "the Jacobian of log-softmax", jacobian(log_softmax(x), x),
          [&](std::size_t i, std::size_t j) { return i == j ? others[i] : -p[j]; }, from_log + size);
    }
}
BOOST_AUTO_TEST_CASE(rows_of_a_certain_class) {
  check_rows<float>();
  check_rows<double>();
}

// x^p and its derivatives by x, at random x and p whose powers are normal numbers.
BOOST_AUTO_TEST_CASE(powers) {
  const auto check = []<class T>(T) {
    std::vector<double> x, p;
    random_numbers draw(11);
    const double most = std::log(static_cast<double>(std::numeric_limits<T>::max())) - 5;
    while (x.size() < 3000) {
      const auto a = static_cast<double>(static_cast<T>(std::exp(draw(-most, most))));
      const auto b = static_cast<double>(static_cast<T>(draw(0, 1) < 0.5 ? draw(-4, 4) : draw(-0.5, 0.5)));
      if (a == 0 || std::abs(b * std::log(a)) > most || std::abs((b - 2) * std::log(a)) > most) continue;
      x.push_back(a), p.push_back(b);
    }
    tape t;
    const var a = t.variable(array_from(x)), b = t.variable(array_from(p)), y = pow(a, b);
    const var slope = grad(sum(y), a), second = grad(sum(slope), a), in_p = grad(sum(y), b);
    worst e[4];
    const array<T> got[4] = {y.value<T>(), slope.value<T>(), second.value<T>(), in_p.value<T>()};
    for (std::size_t i = 0; i < x.size(); ++i) {
      const real50 u = x[i], q = p[i], log = num::log(u);
      e[0].take(got[0].data()[i], num::exp(q * log), x[i]);
      e[1].take(got[1].data()[i], q * num::exp((q - 1) * log), x[i]);
      e[2].take(got[2].data()[i], q * (q - 1) * num::exp((q - 2) * log), x[i]);
      e[3].take(got[3].data()[i], log * num::exp(q * log), x[i]);
    }
    BOOST_TEST(e[0].ulps <= 2.5, "pow is " << e[0]);
    BOOST_TEST(e[1].ulps <= 4, "pow's slope is " << e[1]);
    BOOST_TEST(e[2].ulps <= 16, "pow's second derivative is " << e[2]);
    BOOST_TEST(e[3].ulps <= 4, "pow's slope in the exponent is " << e[3]);
  };
  check(float{});
  check(double{});
}

BOOST_AUTO_TEST_SUITE_END()
