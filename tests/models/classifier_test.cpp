// SPDX-License-Identifier: MIT
// A classifier says of samples what its layers say, in pieces or at once, and fits them or is refused.
#include "support.hpp"

#include <reel/models/classifier.hpp>
#include <reel/models/metrics.hpp>
#include <reel/models/softmax_regression.hpp>

#include <cmath>
#include <limits>

using namespace reel;
using reel::test::check_error;

namespace {

classifier small() {
  return {{{{{{1.0F, -1.0F, 0.5F}, {0.25F, 2.0F, -0.75F}}, {0.1F, 0.0F, -0.1F}}}},
          {"a", "b", "c"},
          {"length", "width"},
          {{1.0, 10.0}, {2.0, 5.0}}};
}

// More than are scored at a time, the last piece short.
dataset waves(std::size_t n) {
  dataset d{
      xt::zeros<double>({n, std::size_t{2}}), xt::zeros<index_t>({n}), {"a", "b", "c"}, {"length", "width"}};
  for (std::size_t i = 0; i < n; ++i) {
    d.x(i, 0) = std::sin(static_cast<double>(i)) * 4;
    d.x(i, 1) = 10 + 9 * std::cos(static_cast<double>(3 * i));
    d.labels(i) = static_cast<index_t>(i % 3);
  }
  return d;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(classifiers)

BOOST_AUTO_TEST_CASE(it_scores_every_sample_as_softmax_regression_would) {
  const dataset d = waves(2345);
  const classifier c = small();
  // The same weights for unscaled features: W/divisor, and the bias less shift/divisor times W.
  array<double> w = xt::zeros<double>({3, 3});
  for (std::size_t k = 0; k < 3; ++k) {
    w(2, k) = c.model.layers[0].b(k);
    for (std::size_t j = 0; j < 2; ++j) {
      w(j, k) = c.model.layers[0].W(j, k) / c.scale.divisor[j];
      w(2, k) -= c.scale.shift[j] * w(j, k);
    }
  }
  const softmax_regression same(w);
  const array<double> log_p = log_probabilities(c, d), p = same.predict_proba(d.x);
  double furthest = 0;
  for (std::size_t i = 0; i < p.size(); ++i)
    furthest = std::max(furthest, std::abs(std::exp(log_p.data()[i]) - p.data()[i]));
  BOOST_TEST(furthest < 1e-6);
  const evaluation e = evaluate(c, d);
  BOOST_TEST(std::abs(e.loss - same.loss(d.x, d.labels)) < 1e-6);
  BOOST_TEST(e.accuracy == same.score(d.x, d.labels));
  BOOST_TEST(e.confusion == confusion_matrix(same.predict(d.x), d.labels, 3));
  BOOST_TEST(e.macro_f1 == macro_f1(e.confusion));
  BOOST_TEST(std::abs(e.calibration_error - calibration_error(p, d.labels)) < 1e-6);
}

BOOST_AUTO_TEST_CASE(bytes_are_samples_too) {
  byte_dataset d{{{1, 10}, {255, 0}}, {0, 1}, {"a", "b", "c"}, {"length", "width"}};
  const dataset same = cast<double>(d);
  BOOST_TEST(log_probabilities(small(), d) == log_probabilities(small(), same));
}

BOOST_AUTO_TEST_CASE(a_loss_too_large_for_a_probability_is_still_a_number) {
  classifier c = small();
  c.model.layers[0].W *= 1e3F;
  dataset d = waves(1);
  d.x(0, 0) = 1e3;
  d.labels(0) = 1;
  BOOST_TEST(evaluate(c, d).loss > 1e5);
  BOOST_TEST(std::isfinite(evaluate(c, d).loss));
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_refused) {
  const auto refused = [](const classifier& c, const char* text) {
    check_error(
        errc::shape_mismatch, [&] { log_probabilities(c, waves(3)); }, text);
  };
  classifier c = small();
  c.model.layers.clear();
  refused(c, "without layers");
  c = small();
  c.model.layers.push_back(c.model.layers[0]);
  refused(c, "layer 1 of a classifier has W [2x3] and b [3], for 3 inputs");
  c = small();
  c.model.layers[0].b = {1.0F};
  refused(c, "b [1]");
  c = small();
  c.class_names.push_back("d");
  refused(c, "3 outputs and 4 classes");
  c = small();
  c.scale.shift.pop_back();
  refused(c, "a scaling of 1 features");
  c = small();
  dataset d = waves(3);
  d.class_names = {"a", "b"};
  check_error(
      errc::shape_mismatch, [&] { evaluate(c, d); }, "2 classes for a model of 3");
  d = waves(3);
  d.labels = array<index_t>();
  check_error(
      errc::shape_mismatch, [&] { evaluate(c, d); }, "no labels");
  d = waves(1003);
  d.x(1001, 1) = std::numeric_limits<double>::quiet_NaN();
  check_error(
      errc::non_finite, [&] { log_probabilities(c, d); }, "row 1001", "missing");
}

BOOST_AUTO_TEST_SUITE_END()
