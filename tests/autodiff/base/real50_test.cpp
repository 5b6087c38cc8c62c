// SPDX-License-Identifier: MIT
// real50 against constants computed elsewhere with 70 digits, and against IEEE doubles at the edges.
#include "support.hpp"

#include <reel/autodiff/number.hpp>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>

using namespace reel;
using reel::test::check_error;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// Right to 50 digits of the argument, whose relative error the function magnifies by `condition`.
void check_digits(const real50& x, const std::string& reference, double condition = 1) {
  const real50 want(reference);
  const double error = static_cast<double>(num::abs((x - want) / want));
  BOOST_TEST(error <= 5e-50 * condition, x.str() << " for " << reference << ", off by " << error);
}

bool same(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
}
// Equal, up to the last place of the double function that serves as reference.
bool close(double a, double b) { return same(a, b) || std::abs(a - b) <= 4e-16 * std::abs(b); }

const std::vector<double> edges{0.0,   -0.0,   1.0,    -1.0,   0.5,   -0.5,    2.0,
                                1e-20, -1e-20, 5e-324, 1e-310, 1e300, inf,     -1e300,
                                -inf,  nan,    700.0,  -700.0, 710.0, -746.0,  20.0,
                                -20.0, 1e5,    -1e5,   3.0,    -3.0,  -5e-324, 1.7976931348623157e308};

}  // namespace

BOOST_AUTO_TEST_SUITE(real50s)

BOOST_AUTO_TEST_CASE(functions_have_fifty_digits) {
  const real50 tiny = real50(1) / real50(1ull << 35) / real50(1ull << 35);  // 2^-70
  check_digits(num::sqrt(real50(2)),
               "1.414213562373095048801688724209698078569671875376948073176679737990732");
  check_digits(num::exp(real50(1)),
               "2.718281828459045235360287471352662497757247093699959574966967627724077");
  check_digits(num::exp(real50(0.5)),
               "1.648721270700128146848650787814163571653776100710148011575079311640661");
  check_digits(num::exp(real50(-50)),
               "1.928749847963917783017342816527012574752832651232510262910897910382051e-22", 50);
  check_digits(num::exp(real50(700)),
               "1.014232054735004509455329595231267615204679572243073348780536281249352e304", 700);
  check_digits(num::log(real50(2)),
               "0.6931471805599453094172321214581765680755001343602552541206800094933936");
  check_digits(num::log(real50(10)),
               "2.302585092994045684017991454684364207601101488628772976033327900967573");
  check_digits(num::tanh(real50(1)),
               "0.7615941559557648881194582826047935904127685972579365515968105001219533");
  check_digits(num::tanh(real50(20)),
               "0.9999999999999999915032914894168220454385581911909872571304745642276639");
  check_digits(num::tanh(tiny),
               "8.470329472543003390683225006796419620513913989903880904576267205708316e-22");
  check_digits(num::log1p(real50(0.5)),
               "0.4054651081081643819780131154643491365719904234624941976140143241441007");
  check_digits(num::log1p(tiny), "8.470329472543003390679637682727748088812353293612896910127655322434e-22");
  check_digits(num::expm1(real50(-0.75)),
               "-0.5276334472589852928619534490567320870297964208635233176043420558587991");
  check_digits(num::expm1(tiny), "8.470329472543003390686812330865091152215481776218781733007943867931e-22");
  check_digits(num::pow(real50(1.5), real50(2.25)),
               "2.490034319325723582919778115240746209246315910692296319912845460518837");
  check_digits(num::pow(real50(10), real50(3) / real50(10)),
               "1.995262314968879601352455396739535557986274315405346099229913667004931");
  check_digits(real50(1) / real50(3),
               "0.3333333333333333333333333333333333333333333333333333333333333333333333");
}

BOOST_AUTO_TEST_CASE(arithmetic_is_that_of_the_field) {
  const real50 third = real50(1) / 3, seventh = real50(1) / 7;
  check_digits(third + seventh, "0.4761904761904761904761904761904761904761904761904761904761904761904762");
  check_digits(third - seventh, "0.1904761904761904761904761904761904761904761904761904761904761904761905");
  check_digits(third * seventh, "0.04761904761904761904761904761904761904761904761904761904761904761904762");
  real50 x = 2;
  x += 3, x *= 4, x -= 6, x /= 7;
  BOOST_TEST((x == real50(2)));
  const real50 one = 1, eps = num::pow(real50(10), real50(-45));
  BOOST_TEST(((one + eps) - one != real50(0)));
  BOOST_TEST((one + eps > one && one < one + eps && one <= one && one >= one));
}

BOOST_AUTO_TEST_CASE(doubles_and_integers_enter_exactly) {
  for (const double x : edges) BOOST_TEST(same(static_cast<double>(real50(x)), x));
  BOOST_TEST((real50(0.1) != real50("0.1")));
  BOOST_TEST(real50(std::int64_t{-9223372036854775807} - 1).str() == "-9223372036854775808");
  BOOST_TEST(real50(std::uint64_t{18446744073709551615u}).str() == "18446744073709551615");
  BOOST_TEST(real50(true).str() == "1");
}

BOOST_AUTO_TEST_CASE(decimal_text_is_rounded_once) {
  std::mt19937 random(7);
  for (int i = 0; i < 2000; ++i) {
    std::string text = random() % 2 == 0 ? "0." : "-0.";
    for (int k = 0; k < 40; ++k) text += static_cast<char>('0' + random() % 10);
    // near 1, at the subnormals of either type, and near the largest of either type
    const int from[] = {-10, -327, -47, 30, 300};
    text.append("e").append(
        std::to_string(from[i % 5] + static_cast<int>(random() % 20) - (i % 5 >= 3 ? 10 : 0)));
    const real50 x(text);
    BOOST_TEST(same(static_cast<double>(x), std::strtod(text.c_str(), nullptr)), text);
    BOOST_TEST(static_cast<float>(x) == std::strtof(text.c_str(), nullptr), text);
  }
  check_error(
      errc::parse_error, [] { real50("abc"); }, "'abc'");
  check_error(
      errc::parse_error, [] { real50(""); }, "''");
  check_error(
      errc::parse_error, [] { real50("1.5x"); }, "'1.5x'");
}

BOOST_AUTO_TEST_CASE(what_overflows_in_double_is_finite) {
  const real50 x = real50(1e300) * real50(1e300);
  BOOST_TEST(num::isfinite(x));
  check_digits(x / real50(1e300) / real50(1e300), "1");
  BOOST_TEST(static_cast<double>(x) == inf);
  BOOST_TEST(static_cast<float>(real50(1e300)) == std::numeric_limits<float>::infinity());
  const real50 y = real50(5e-324) / real50(4);
  BOOST_TEST((y > real50(0)));
  BOOST_TEST(static_cast<double>(y) == 0.0);
  BOOST_TEST(num::isfinite(num::exp(real50(710))));
}

BOOST_AUTO_TEST_CASE(edges_are_those_of_ieee) {
  const auto one = [](const char* name, double x, auto f, auto reference) {
    const double r = static_cast<double>(f(real50(x)));
    BOOST_TEST(close(r, reference(x)), name << "(" << x << ") = " << r << ", not " << reference(x));
  };
  const auto two = [](const char* name, double a, double b, auto f) {
    const double r = static_cast<double>(f(real50(a), real50(b))), d = f(a, b);
    BOOST_TEST(close(r, d), a << " " << name << " " << b << " = " << r << ", not " << d);
  };
  for (const double x : edges) {
    one(
        "exp", x, [](auto v) { return num::exp(v); }, [](double v) { return std::exp(v); });
    one(
        "log", x, [](auto v) { return num::log(v); }, [](double v) { return std::log(v); });
    one(
        "sqrt", x, [](auto v) { return num::sqrt(v); }, [](double v) { return std::sqrt(v); });
    one(
        "tanh", x, [](auto v) { return num::tanh(v); }, [](double v) { return std::tanh(v); });
    one(
        "log1p", x, [](auto v) { return num::log1p(v); }, [](double v) { return std::log1p(v); });
    one(
        "expm1", x, [](auto v) { return num::expm1(v); }, [](double v) { return std::expm1(v); });
    one(
        "abs", x, [](auto v) { return num::abs(v); }, [](double v) { return std::abs(v); });
    one(
        "-", x, [](auto v) { return -v; }, [](double v) { return -v; });
    BOOST_TEST(num::isnan(real50(x)) == std::isnan(x));
    BOOST_TEST(num::isfinite(real50(x)) == std::isfinite(x));
    for (const double y : edges) {
      two("+", x, y, [](auto a, auto b) { return a + b; });
      two("-", x, y, [](auto a, auto b) { return a - b; });
      two("*", x, y, [](auto a, auto b) { return a * b; });
      two("/", x, y, [](auto a, auto b) { return a / b; });
      two("pow", x, y, [](auto a, auto b) { return num::pow(a, b); });
      const real50 a(x), b(y);
      BOOST_TEST((a < b) == (x < y));
      BOOST_TEST((a <= b) == (x <= y));
      BOOST_TEST((a > b) == (x > y));
      BOOST_TEST((a >= b) == (x >= y));
      BOOST_TEST((a == b) == (x == y));
      BOOST_TEST((a != b) == (x != y));
    }
  }
}

BOOST_AUTO_TEST_CASE(conversions_between_number_types) {
  BOOST_TEST(num::convert<double>(complex(2, 3)) == 2.0);
  BOOST_TEST((num::convert<complex>(real50(2)) == complex(2, 0)));
  BOOST_TEST(num::convert<float>(real50("0.1")) == 0.1f);
  BOOST_TEST((num::infinity<real50>() == real50(inf)));
  BOOST_TEST(sizeof(real50) == 32u);
  BOOST_TEST(size_of(dtype::real50) == 32u);
}

BOOST_AUTO_TEST_SUITE_END()
