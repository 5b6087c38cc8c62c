// SPDX-License-Identifier: MIT
// The three ways to a product with a Hessian, and a model of a hundred thousand parameters through
// check::function.
#include "rows.hpp"

using namespace reel;
using namespace reel::test;

namespace {

array<double> scattered(const shape& s, double size, std::uint64_t seed) {
  return random_numbers(seed).generic(s) * size;
}

// Forward over reverse, reverse over forward, reverse over reverse: relative to the largest element.
void check_hessians(tape& t, const var& loss, const var& x) {
  const var v = t.constant(scattered(x.shape(), 1, 11));
  const auto first = elements<double>(hvp(loss, x, v)), second = elements<double>(grad(jvp(loss, x, v), x)),
             third = elements<double>(grad(sum(grad(loss, x) * v), x));
  double size = 0, apart = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    size = std::max(size, std::abs(first[i]));
    apart = std::max({apart, std::abs(first[i] - second[i]), std::abs(first[i] - third[i])});
  }
  BOOST_TEST(size > 0);
  BOOST_TEST(apart <= 1e-12 * size);
}

template <class T> struct two_layers { T W1, b1, W2, b2; };

}  // namespace

BOOST_AUTO_TEST_SUITE(hessians)

BOOST_AUTO_TEST_CASE(three_ways_agree_on_a_perceptron) {
  tape t;
  const var W = t.variable(scattered({20, 12}, 0.5, 1)), V = t.constant(scattered({12, 5}, 0.5, 2));
  const var x = t.constant(scattered({8, 20}, 1, 3)),
            labels = t.constant(array<index_t>{0, 1, 2, 3, 4, 0, 1, 2});
  check_hessians(t, mean(softmax_cross_entropy(matmul(tanh(matmul(x, W)), V), labels)), W);
}

BOOST_AUTO_TEST_CASE(three_ways_agree_on_a_chain_of_logsumexp) {
  tape t;
  const var x = t.variable(scattered({16, 9}, 2, 4));
  var y = x;
  for (int i = 0; i < 6; ++i) y = 0.5 * y + 0.25 * reshape(logsumexp(y), {16, 1});
  check_hessians(t, sum(logsumexp(y)), x);
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_parameters) {
  const two_layers<array<double>> model{scattered({784, 126}, 0.05, 5), scattered({126}, 0.1, 6),
                                        scattered({126, 10}, 0.1, 7), scattered({10}, 0.1, 8)};
  BOOST_TEST(model.W1.size() + model.b1.size() + model.W2.size() + model.b2.size() > 100000U);
  const array<double> x = scattered({8, 784}, 1, 9);
  const array<index_t> labels{0, 1, 2, 3, 4, 5, 6, 7};
  const auto loss = [](const auto& m, var in, var classes) {
    return mean(softmax_cross_entropy(matmul(tanh(matmul(in, m.W1) + m.b1), m.W2) + m.b2, classes));
  };
  const auto r = check::function(loss, std::tuple(model, x, labels));
  BOOST_TEST(r);
  BOOST_TEST(r.detection_limit <= 1e-6);
  // With one bias cut off from the derivative, one of its elements is found.
  const auto wrong = [&](const auto& m, var in, var classes) {
    return loss(two_layers<var>{m.W1, m.b1, m.W2, detach(m.b2)}, in, classes);
  };
  const auto f = check::function(wrong, std::tuple(model, x, labels));
  BOOST_TEST((f.outcome == check::verdict::fail));
  BOOST_TEST_REQUIRE(!f.explanation.empty());
  BOOST_TEST((f.explanation[0].find("of input 3") != std::string::npos), f);
}

BOOST_AUTO_TEST_SUITE_END()
