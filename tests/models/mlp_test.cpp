// SPDX-License-Identifier: MIT
// A model that is nothing but a struct trains like those that come with the library: XOR, which no
// linear model can learn.
#include "../support.hpp"

#include <reel/models/mlp.hpp>
#include <reel/optim.hpp>

using namespace reel;

BOOST_AUTO_TEST_SUITE(mlp)

BOOST_AUTO_TEST_CASE(a_perceptron_learns_xor) {
  const array<double> x{{0.0, 0.0}, {0.0, 1.0}, {1.0, 0.0}, {1.0, 1.0}};
  const array<index_t> y{0, 1, 1, 0};
  auto step =
      optim::freeze_step<double>(mlp_loss, optim::sgd{.lr = 0.3, .momentum = 0.9}, make_mlp(2, 16, 2, 3));
  optim::fit_options o;
  o.epochs = 500;
  o.batch = 0;
  const auto history = optim::fit(step, std::tie(x, y), o);
  BOOST_TEST(history.epochs.back().loss < 1e-2);
  tape t;
  const auto m = map_tree<var>(step.parameters(), [&](const auto& leaf) { return t.constant(leaf); });
  BOOST_TEST(argmax(logits(m, t.constant(x))).value<index_t>() == y);
}

BOOST_AUTO_TEST_CASE(the_same_seed_draws_the_same_weights) {
  BOOST_TEST(make_mlp(3, 4, 2, 1).W1 == make_mlp(3, 4, 2, 1).W1);
  BOOST_TEST(make_mlp(3, 4, 2, 1).W1 != make_mlp(3, 4, 2, 2).W1);
}

BOOST_AUTO_TEST_SUITE_END()
