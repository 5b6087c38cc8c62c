// SPDX-License-Identifier: MIT
// Third derivatives through the check kit: the rule of the rule of the rule, and forward mode over it.
#include "rows.hpp"

using namespace reel;
using namespace reel::test;

namespace {

using vars = std::span<const var>;

array<double> scattered(const shape& s, std::uint64_t seed) { return random_numbers(seed).generic(s); }

void check_third(const char* name, var (*record)(vars), const check::arguments& x) {
  const check::subject s(name, x, record);
  BOOST_TEST(check::vjp(s, {.order = 3, .target = 1e-25}));
  BOOST_TEST(check::jvp(s, {.order = 3, .target = 1e-25}, 1));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(third_order)

BOOST_AUTO_TEST_CASE(softmax_and_its_logarithm) {
  check_third("softmax", [](vars x) { return softmax(x[0]); }, {scattered({2, 4}, 1)});
  check_third("log_softmax", [](vars x) { return log_softmax(x[0], 0); }, {scattered({4, 2}, 2)});
  check_third("logsumexp", [](vars x) { return logsumexp(x[0]); }, {scattered({2, 4}, 3)});
}

BOOST_AUTO_TEST_CASE(a_chain_of_products) {
  check_third("matmul chain", [](vars x) { return matmul(matmul(x[0], x[1]), matmul(x[2], x[1])); },
              {scattered({2, 2}, 4), scattered({2, 2}, 5), scattered({2, 2}, 6)});
}

BOOST_AUTO_TEST_CASE(a_loss_through_a_layer) {
  const array<index_t> labels{2, 0};
  check_third("loss",
              [](vars x) { return softmax_cross_entropy(matmul(tanh(matmul(x[0], x[1])), x[2]), x[3]); },
              {scattered({2, 2}, 8), scattered({2, 2}, 9), scattered({2, 3}, 10), labels});
}

BOOST_AUTO_TEST_CASE(functions_of_one_and_two_numbers) {
  const array<double> x{0.5, 1.25, 2}, p{-1.5, 0.75, 2};
  check_third("log", [](vars v) { return log(v[0]); }, {x});
  check_third("sqrt", [](vars v) { return sqrt(v[0]); }, {x});
  check_third("sigmoid", [](vars v) { return sigmoid(v[0]); }, {x});
  check_third("tanh", [](vars v) { return tanh(v[0]); }, {x});
  check_third("div", [](vars v) { return v[1] / v[0]; }, {x, p});
  check_third("pow", [](vars v) { return pow(v[0], v[1]); }, {x, p});
  check_third("xlogy", [](vars v) { return xlogy(v[1], v[0]); }, {x, p});
}

BOOST_AUTO_TEST_SUITE_END()
