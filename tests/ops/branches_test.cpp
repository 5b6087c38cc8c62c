// SPDX-License-Identifier: MIT
// A branch that where() did not take passes nothing on: no NaN and no infinity, at order 1, 2 and 3, in
// reverse and in forward mode, whatever its values and slopes are.
#include "rows.hpp"

using namespace reel;
using namespace reel::test;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

struct branch_case {
  const char* what;
  var (*record)(const var& x);
  std::vector<double> not_taken;  // where the other branch is chosen, and the one on show is not finite
  var (*taken)(const var& x);     // the same where it is chosen
};

// Each is a formula behind a guard, and the formula alone.
const branch_case cases[] = {
    {"log",
     [](const var& x) { return where(x > 0, log(x), 0); },
     {0, -1, -inf},
     [](const var& x) { return log(x); }},
    {"sqrt",
     [](const var& x) { return where(x > 0, sqrt(x), 0); },
     {0, -1, -inf},
     [](const var& x) { return sqrt(x); }},
    {"1/x",
     [](const var& x) { return where(x > 0, 1 / x, 0); },
     {0, -0.0},
     [](const var& x) { return 1 / x; }},
    {"x/x²",
     [](const var& x) { return where(x > 0, x / square(x), 0); },
     {0, -0.0},
     [](const var& x) { return x / square(x); }},
    {"x^(1/2)",
     [](const var& x) { return where(x > 0, pow(x, 0.5), 0); },
     {0, -1},
     [](const var& x) { return pow(x, 0.5); }},
    {"2^x at 1/x",
     [](const var& x) { return where(x > 0, pow(2.0, 1 / x), 0); },
     {0, -0.0},
     [](const var& x) { return pow(2.0, 1 / x); }},
    {"x^x",
     [](const var& x) { return where(x > 0, pow(x, x), 0); },
     {0, -1},
     [](const var& x) { return pow(x, x); }},
    {"x log x",
     [](const var& x) { return where(x > 0, x * log(x), 0); },
     {0, -1},
     [](const var& x) { return x * log(x); }},
    {"log sqrt x",
     [](const var& x) { return where(x > 0, log(sqrt(x)), 0); },
     {0, -1},
     [](const var& x) { return log(sqrt(x)); }},
    {"sqrt of a square",
     [](const var& x) { return where(x > 0, sqrt(square(x)), 0); },
     {0, -0.0},
     [](const var& x) { return sqrt(square(x)); }},
    {"entr",
     [](const var& x) { return where(x > 0, entr(x), 0); },
     {0, -1},
     [](const var& x) { return entr(x); }},
    {"exp(-1/x)",
     [](const var& x) { return where(x > 0, exp(-1 / x), 0); },
     {0, -0.0, -1e-3},
     [](const var& x) { return exp(-1 / x); }},
    {"exp that overflows",
     [](const var& x) { return where(x <= 1, exp(x), 0); },
     {1000, inf},
     [](const var& x) { return exp(x); }},
    {"log1p by division",
     [](const var& x) { return where(x != 0, log(1 + x) / x, 1); },
     {0, -0.0},
     [](const var& x) { return log(1 + x) / x; }},
    {"a log-odds",
     [](const var& x) { return where(x > 0 && x < 1, log(x / (1 - x)), 0); },
     {0, 1, -1, 2},
     [](const var& x) { return log(x / (1 - x)); }},
};

// A var's derivatives of order 1 to 3 along the last one's ones, in both directions.
std::vector<var> derivatives(const var& y, const var& x) {
  const var ones = ones_like(x);
  const var r1 = vjp(y, x, ones_like(y)), r2 = vjp(r1, x, ones), r3 = vjp(r2, x, ones);
  const var f1 = jvp(y, x, ones), f2 = jvp(f1, x, ones), f3 = jvp(f2, x, ones);
  return {y, r1, r2, r3, f1, f2, f3, jvp(r1, x, ones), vjp(f1, x, ones), vjp(jvp(r1, x, ones), x, ones)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(branches)

BOOST_AUTO_TEST_CASE(a_branch_not_taken_passes_nothing) {
  for (const auto& c : cases) BOOST_TEST_CONTEXT(c.what) {
      tape t;
      const var x = t.variable(array_of<double>({{static_cast<index_t>(c.not_taken.size())}, c.not_taken}));
      const auto all = derivatives(c.record(x), x);
      for (std::size_t k = 1; k < all.size(); ++k) BOOST_TEST_CONTEXT("derivative " << k) {
          for (const double v : elements<double>(all[k])) BOOST_TEST(v == 0.0);
          for (const float v : elements<float>(all[k])) BOOST_TEST(v == 0.0F);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_branch_taken_is_as_if_alone) {
  for (const auto& c : cases) BOOST_TEST_CONTEXT(c.what) {
      tape t;
      const var x = t.variable(array<double>{0.25, 0.75});
      const auto guarded = derivatives(c.record(x), x), alone = derivatives(c.taken(x), x);
      for (std::size_t k = 0; k < alone.size(); ++k)
        BOOST_TEST(elements<double>(guarded[k]) == elements<double>(alone[k]),
                   boost::test_tools::per_element());
    }
}

// Beside elements that are taken, and through a sum.
BOOST_AUTO_TEST_CASE(neighbours_are_untouched) {
  tape t;
  const var x = t.variable(array<double>{0, 2, -1});
  const var loss = sum(where(x > 0, x * log(x), 0));
  const double ln2 = std::log(2.0);
  const std::vector<double> slope{0, ln2 + 1, 0}, curvature{0, 0.5, 0};
  BOOST_TEST(elements<double>(grad(loss, x)) == slope, boost::test_tools::per_element());
  BOOST_TEST(elements<double>(hvp(loss, x, ones_like(x))) == curvature, boost::test_tools::per_element());
}

// What is promised is no more than this: a contraction multiplies inside itself.
BOOST_AUTO_TEST_CASE(contractions_are_not_protected) {
  tape t;
  const var a = t.variable(array<double>{1, 1}), b = t.constant(array<double>{inf, 1});
  const var y = where(t.constant(1.0) < 0, matmul(a, b), 0);
  BOOST_TEST(std::isnan(elements<double>(vjp(y, a, ones_like(y)))[0]));
}

BOOST_AUTO_TEST_SUITE_END()
