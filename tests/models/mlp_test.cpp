// SPDX-License-Identifier: MIT
// A model that is nothing but a struct trains like those that come with the library: XOR, which no
// linear model can learn.
#include "support.hpp"
#include "columns.hpp"

#include <reel/models/mlp.hpp>
#include <reel/models/softmax_regression.hpp>
#include <reel/ops.hpp>
#include <reel/optim.hpp>

#include <cmath>

using namespace reel;

BOOST_AUTO_TEST_SUITE(mlp)

BOOST_AUTO_TEST_CASE(a_perceptron_learns_xor) {
  const array<double> x{{0.0, 0.0}, {0.0, 1.0}, {1.0, 0.0}, {1.0, 1.0}};
  const array<index_t> y{0, 1, 1, 0};
  auto step = optim::freeze_step<double>(
      [](const reel::mlp<var>& m, var inputs, var labels) { return mlp_loss(m, inputs, labels); },
      optim::sgd{.lr = 0.3, .momentum = 0.9}, make_mlp({2, 16, 2}, 3));
  optim::fit_options o;
  o.epochs = 500;
  o.batch = 0;
  const auto history = optim::fit(step, std::tie(x, y), o);
  BOOST_TEST(history.epochs.back().loss < 1e-2);
  tape t;
  const auto m = map_tree<var>(step.parameters(), [&](const auto& leaf) { return t.constant(leaf); });
  BOOST_TEST(argmax(mlp_logits(m, t.constant(x))).value<index_t>() == y);
}

BOOST_AUTO_TEST_CASE(the_same_seed_draws_the_same_weights) {
  const auto first = [](std::uint64_t seed) { return make_mlp({3, 4, 2}, seed).layers[0].W; };
  BOOST_TEST(first(1) == first(1));
  BOOST_TEST(first(1) != first(2));
}

BOOST_AUTO_TEST_CASE(without_a_hidden_layer_it_is_softmax_regression) {
  const array<double> x{{0.5, -1.0}, {2.0, 0.25}};
  const array<index_t> y{2, 0};
  reel::mlp<array<double>> m = make_mlp({2, 3}, 1);
  m.layers[0].b = {0.1, -0.2, 0.3};
  auto weights = make_array<double>({3, 3});
  for (std::size_t j = 0; j < 3; ++j) {
    for (std::size_t i = 0; i < 2; ++i) weights(i, j) = m.layers[0].W(i, j);
    weights(2, j) = m.layers[0].b(j);
  }
  const auto loss = [](const reel::mlp<var>& p, var inputs, var labels) {
    return mlp_loss(p, inputs, labels, 0.25);
  };
  BOOST_TEST(value_and_grad(loss)(m, x, y).first == softmax_regression(weights).loss(x, y, 0.25),
             boost::test_tools::tolerance(1e-15));
}

// Numbers that pass through every relu, and numbers that each of them stops.
BOOST_AUTO_TEST_CASE(relu_is_between_layers_and_nowhere_else) {
  reel::mlp<array<double>> m = make_mlp({1, 2, 1, 2}, 1);
  m.layers[0] = {array<double>{{1.0, -1.0}}, array<double>{0.5, 0.5}};
  m.layers[1] = {test::column({2.0, 3.0}), make_array<double>({1})};
  m.layers[1].b(0) = -3;
  m.layers[2] = {array<double>{{1.0, -2.0}}, array<double>{0.0, 4.0}};
  tape t;
  const auto p = map_tree<var>(m, [&](const auto& leaf) { return t.constant(leaf); });
  const var x = t.constant(test::column({2.0, -3.0, 0.25}));
  BOOST_TEST((mlp_logits(p, x).value() == array<double>{{2, 0}, {7.5, -11}, {0, 4}}));
}

BOOST_AUTO_TEST_CASE(the_penalty_is_on_the_weights_of_every_layer) {
  reel::mlp<array<double>> m = make_mlp({2, 3, 2}, 5);
  m.layers[0].b = {7, 8, 9};
  m.layers[1].b = {5, 6};
  const array<double> x{{0.5, -1.0}, {2.0, 0.25}, {-1.0, 1.0}};
  const array<index_t> y{1, 0, 1};
  const auto loss = [&](double l2, const std::vector<double>& weights) {
    const auto f = [&](const reel::mlp<var>& p, const var& inputs, const var& labels) {
      return mlp_loss(p, inputs, labels, l2, weights);
    };
    return value_and_grad(f)(m, x, y).first;
  };
  double squares = 0;
  for (const auto& layer : m.layers)
    for (const double w : layer.W) squares += w * w;
  BOOST_TEST(loss(0.5, {}) - loss(0, {}) == 0.25 * squares, boost::test_tools::tolerance(1e-13));
  // Weights that are all the same change nothing, and a class of weight 0 does not count.
  BOOST_TEST(loss(0.5, {3, 3}) == loss(0.5, {}), boost::test_tools::tolerance(1e-14));
  const auto only = [](const reel::mlp<var>& p, const var& inputs, const var& labels) {
    return mlp_loss(p, inputs, labels);
  };
  const double second = value_and_grad(only)(m, array<double>{{2.0, 0.25}}, array<index_t>{0}).first;
  BOOST_TEST(loss(0, {1, 0}) == second, boost::test_tools::tolerance(1e-14));
}

BOOST_AUTO_TEST_CASE(weights_begin_with_a_variance_of_2_by_the_inputs) {
  const auto m = make_mlp({50, 400, 30}, 2);
  const double expected[] = {2. / 50, 2. / 400};
  for (std::size_t i = 0; i < 2; ++i) {
    double sum = 0, squares = 0;
    const auto n = static_cast<double>(m.layers[i].W.size());
    for (const double w : m.layers[i].W) sum += w, squares += w * w;
    BOOST_TEST(std::abs(squares / n / expected[i] - 1) < 0.07);  // five standard deviations of either
    BOOST_TEST(std::abs(sum / n) < 5 * std::sqrt(expected[i] / n));
    for (const double b : m.layers[i].b) BOOST_TEST(b == 0);
  }
}

BOOST_AUTO_TEST_CASE(sizes_that_make_no_perceptron_are_refused) {
  reel::test::check_error(
      errc::invalid_argument, [] { make_mlp({3}, 1); }, "1 sizes");
  reel::test::check_error(
      errc::invalid_argument,
      [] {
        make_mlp({3, 0, 2}, 1);
      },
      "a layer of 0 units");
}

BOOST_AUTO_TEST_SUITE_END()
