// SPDX-License-Identifier: MIT
// Two numbers that a message compares are printed with the digits in which they differ.
#include "../../support.hpp"

#include <reel/autodiff/check/frozen.hpp>
#include <reel/autodiff/check/mutants.hpp>
#include <reel/ops.hpp>

#include <regex>

using namespace reel;
using check::verdict;

namespace {

// The identity with a rule that is off by a factor 1 + 2^−k, or with a body for double that is.
template <int k> struct nearly_op {
  static constexpr auto name = "nearly";
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = x[i] * x[i];
  }
  var vjp(var ybar, var, var x) const { return 2 * x * ybar * (1 + std::ldexp(1, -k)); }
  bool operator==(const nearly_op&) const = default;
};
struct off_in_double_op {
  static constexpr auto name = "off_in_double";
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = x[i] * (std::same_as<T, double> ? T(1 + 0x1p-40) : T(1));
  }
  var vjp(var ybar, var, var) const { return ybar; }
  bool operator==(const off_in_double_op&) const = default;
};

struct beyond_op {
  static constexpr auto name = "beyond";
  shape infer(const shape& s) const { return s; }
  template <class T> void eval(out<T> y, in<T> in) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = in[i] * in[i];
  }
  var vjp(var ybar, var, var in) const { return 2 * in * ybar + (in * ybar) * 1e-25; }
  bool operator==(const beyond_op&) const = default;
};

const array<double> x{0.5, -1.25, 2.0};

void check_told_apart(const std::string& text, const char* pattern) {
  std::smatch numbers;
  BOOST_TEST_REQUIRE(std::regex_search(text, numbers, std::regex(pattern)), text);
  BOOST_TEST(numbers[1].str() != numbers[2].str(), text);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(check_digits)

BOOST_AUTO_TEST_CASE(rule_and_oracle) {
  for (const auto& r : {check::vjp(nearly_op<2>{}, {x}), check::vjp(nearly_op<20>{}, {x}),
                        check::vjp(nearly_op<50>{}, {x})}) {
    BOOST_TEST((r.outcome == verdict::fail));
    check_told_apart(r.reason, "is (\\S+), the oracle says (\\S+)");
    check_told_apart(to_string(r), "rule (\\S+), oracle (\\S+) ");
  }
  // Few digits where few are enough.
  BOOST_TEST((check::vjp(nearly_op<2>{}, {x}).reason.size() < 50));
}

BOOST_AUTO_TEST_CASE(values_of_two_number_types) {
  const auto r = check::vjp(off_in_double_op{}, {x});
  BOOST_TEST((r.outcome == verdict::fail));
  check_told_apart(r.reason, "in double is (\\S+), the oracle says (\\S+)");
}

BOOST_AUTO_TEST_CASE(programs_and_tapes) {
  const auto r = check::frozen(off_in_double_op{}, {x});
  BOOST_TEST((r.outcome == verdict::fail));
  check_told_apart(r.reason, " is (\\S+) in double, and should be (\\S+)");
  check_told_apart(to_string(r), "is (\\S+), right is (\\S+),");
}

BOOST_AUTO_TEST_CASE(a_difference_beyond_double_is_said_to_be_one) {
  const auto r = check::vjp(beyond_op{}, {x});
  BOOST_TEST((r.outcome == verdict::fail));
  BOOST_TEST((r.reason.find("beyond the digits of double") != r.reason.npos), r.reason);
}

BOOST_AUTO_TEST_CASE(limit_and_target) {
  const double limit = check::vjp(softmax_op{}, {x}).detection_limit;
  const auto r = check::vjp(softmax_op{}, {x}, {.target = limit * 0.999});
  BOOST_TEST((r.outcome == verdict::inconclusive));
  check_told_apart(r.reason, "error below (\\S+); wanted is (\\S+)\\. ");
}

BOOST_AUTO_TEST_SUITE_END()
