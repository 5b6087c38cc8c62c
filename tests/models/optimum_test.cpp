// SPDX-License-Identifier: MIT
// Softmax regression has one optimum. Those of iris and digits were found by L-BFGS to a gradient below
// 1e-8 and confirmed by a second solver; training here must reach the same loss, and on the test rows
// the same accuracy. Iris is taken as it is, digits divided by 16; every fifth row is for testing.
#include "support.hpp"

#include <reel/models/data_sets.hpp>
#include <reel/models/softmax_regression.hpp>

#include <cmath>

using namespace reel;

namespace {

train_and_test<double> load(const std::string& name) {
  const dataset all = load_data(name);
  auto parts = split(all, split_fifths(all.samples()));
  if (name == "iris") return parts;
  const scaling s = divide_by(16, all.features());
  return {scaled(std::move(parts.train), s), scaled(std::move(parts.test), s)};
}

struct optimum {
  const char* name;
  double l2, loss, test_accuracy;
  double rate, momentum;  // of Nesterov's method
  index_t steps;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(optimum_of)

BOOST_AUTO_TEST_CASE(gradient_descent_reaches_it_to_1e_9) {
  for (const optimum& o : {optimum{"iris", 1e-2, 0.229892056918, 0.9667, 0.1, 0.99, 30000},
                           optimum{"iris", 1e-3, 0.101292747605, 1.0000, 0.1, 0.995, 60000},
                           optimum{"digits", 1e-2, 0.737805636890, 0.9415, 0.3, 0.95, 1500},
                           optimum{"digits", 1e-3, 0.259899421906, 0.9638, 0.3, 0.98, 4000}}) {
    BOOST_TEST_CONTEXT(o.name << " with penalty " << o.l2) {
      const auto data = load(o.name);
      softmax_regression model(data.train.features(), data.train.classes());
      BOOST_TEST(model.loss(data.train.x, data.train.labels, o.l2) ==
                     std::log(static_cast<double>(data.train.classes())),
                 boost::test_tools::tolerance(1e-14));
      softmax_regression_options options;
      options.rule = {.lr = o.rate, .momentum = o.momentum, .nesterov = true};
      options.l2 = o.l2;
      options.fit.epochs = o.steps;
      options.fit.batch = 0;
      model.fit<double>(data.train.x, data.train.labels, options);
      BOOST_TEST(std::abs(model.loss(data.train.x, data.train.labels, o.l2) - o.loss) < 1e-9);
      BOOST_TEST(std::abs(model.score(data.test.x, data.test.labels) - o.test_accuracy) < 5e-5);
    }
  }
}

BOOST_AUTO_TEST_CASE(minibatches_at_a_falling_rate_come_within_1e_3) {
  for (const optimum& o : {optimum{"digits", 1e-3, 0.259899421906, 0, 0.5, 0, 300},
                           optimum{"iris", 1e-2, 0.229892056918, 0, 0.03, 0.95, 4000}}) {
    BOOST_TEST_CONTEXT(o.name << " with penalty " << o.l2) {
      const auto data = load(o.name);
      softmax_regression model(data.train.features(), data.train.classes());
      softmax_regression_options options;
      options.rule = {.lr = o.rate, .momentum = o.momentum};
      options.l2 = o.l2;
      options.fit.epochs = o.steps;
      options.fit.batch = 32;
      options.fit.rate = optim::cosine_rate(o.rate);
      model.fit<double>(data.train.x, data.train.labels, options);
      const double distance = model.loss(data.train.x, data.train.labels, o.l2) - o.loss;
      BOOST_TEST(distance > -1e-9);
      BOOST_TEST(distance < 1e-3);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
