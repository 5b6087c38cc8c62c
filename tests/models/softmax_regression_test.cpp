// SPDX-License-Identifier: MIT
// Softmax regression on small data: what fit, predict, predict_proba and score promise.
#include "support.hpp"

#include <reel/models/softmax_regression.hpp>

#include <cmath>

using namespace reel;
using namespace reel;
using reel::test::check_error;

namespace {

// Three classes in the plane, one per direction.
const array<double> points{{2.0, 0.0}, {1.5, 0.2}, {0.0, 2.0}, {-0.1, 1.4}, {-2.0, -2.0}, {-1.0, -1.4}};
const array<index_t> classes{0, 0, 1, 1, 2, 2};

softmax_regression trained(std::uint64_t seed, index_t batch) {
  softmax_regression model(2, 3);
  softmax_regression_options o;
  o.rule.lr = 0.5;
  o.l2 = 1e-3;
  o.fit.epochs = 50;
  o.fit.batch = batch;
  o.fit.seed = seed;
  model.fit<double>(points, classes, o);
  return model;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(softmax_regression_model)

BOOST_AUTO_TEST_CASE(it_starts_undecided) {
  const softmax_regression model(2, 3);
  BOOST_TEST(model.loss(points, classes) == std::log(3.0), boost::test_tools::tolerance(1e-15));
  for (const double p : model.predict_proba(points))
    BOOST_TEST(p == 1.0 / 3, boost::test_tools::tolerance(1e-15));
}

BOOST_AUTO_TEST_CASE(it_learns_what_is_separable) {
  const auto model = trained(1, 4);
  BOOST_TEST(model.score(points, classes) == 1.0);
  const auto p = model.predict_proba(points);
  for (std::size_t i = 0; i < 6; ++i)
    BOOST_TEST(p(i, 0) + p(i, 1) + p(i, 2) == 1.0, boost::test_tools::tolerance(1e-15));
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_bits) {
  const auto a = trained(7, 4), b = trained(7, 4), c = trained(8, 4);
  BOOST_TEST(a.weights() == b.weights());
  BOOST_TEST(a.weights() != c.weights());
}

BOOST_AUTO_TEST_CASE(the_penalty_leaves_out_the_bias) {
  const softmax_regression model(array<double>{{1.0, -1.0}, {2.0, 0.0}, {30.0, 40.0}});
  const array<double> x{{0.5, 0.5}};
  const array<index_t> y{1};
  BOOST_TEST(model.loss(x, y, 0.1) - model.loss(x, y) == 0.05 * (1 + 1 + 4),
             boost::test_tools::tolerance(1e-13));
}

BOOST_AUTO_TEST_CASE(training_stops_where_numbers_end_and_keeps_the_last_good_weights) {
  softmax_regression model(1, 2);
  softmax_regression_options o;
  o.rule.lr = 1e300;
  o.fit.batch = 1;
  o.fit.epochs = 5;
  auto x = make_array<double>({3, 1});
  x(0, 0) = 1e200;
  x(1, 0) = -1e200;
  x(2, 0) = 1e200;
  const auto history = model.fit<double>(x, array<index_t>{0, 0, 1}, o);
  BOOST_TEST((history.stopped == optim::stop_reason::non_finite));
  BOOST_TEST((history.why.find("epoch 1") != std::string::npos), history.why);
  for (const double w : model.weights()) BOOST_TEST(std::isfinite(w));
}

BOOST_AUTO_TEST_CASE(misuse_is_refused) {
  check_error(
      errc::invalid_argument, [] { softmax_regression(0, 3); }, "0 features");
  softmax_regression model(2, 3);
  check_error(
      errc::shape_mismatch,
      [&] {
        model.predict(array<double>{{1.0, 2.0, 3.0}});
      },
      "[1x3]", "2 features");
  check_error(
      errc::shape_mismatch,
      [&] {
        model.score(points, array<index_t>{0, 1});
      },
      "one label per sample");
  check_error(
      errc::invalid_label,
      [&] {
        model.fit(points, array<index_t>{0, 0, 1, 1, 2, 3});
      },
      "label 3", "row");
  check_error(
      errc::invalid_argument,
      [&] {
        model.loss(make_array<double>({0, 2}), make_array<index_t>({0}));
      },
      "empty batch");
  for (const double w : model.weights()) BOOST_TEST(w == 0.0);
}

BOOST_AUTO_TEST_SUITE_END()
