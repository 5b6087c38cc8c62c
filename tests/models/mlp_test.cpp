// SPDX-License-Identifier: MIT
// A model that is nothing but a struct trains like those that come with the library: XOR, which no
// linear model can learn.
#include "support.hpp"

#include <reel/models/mlp.hpp>
#include <reel/models/softmax_regression.hpp>
#include <reel/ops.hpp>
#include <reel/optim.hpp>

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
