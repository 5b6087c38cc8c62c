// SPDX-License-Identifier: MIT
// Metrics against values worked out by hand, and what they refuse.
#include "support.hpp"

#include <reel/models/metrics.hpp>

#include <cmath>
#include <limits>

using namespace reel;
using reel::test::check_error;

namespace {

using labels = array<index_t>;
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace

BOOST_AUTO_TEST_SUITE(metrics)

BOOST_AUTO_TEST_CASE(accuracy_is_the_share_of_right_predictions) {
  BOOST_TEST(accuracy(labels{0, 1, 2, 1}, labels{0, 2, 2, 1}) == 0.75);
  BOOST_TEST(accuracy(labels{4}, labels{4}) == 1);
  BOOST_TEST(accuracy(labels{4}, labels{3}) == 0);
}

BOOST_AUTO_TEST_CASE(a_confusion_matrix_has_true_classes_down_and_predicted_ones_across) {
  const labels predicted{0, 1, 1, 2, 0}, truth{0, 0, 1, 2, 2};
  const auto counts = confusion_matrix(predicted, truth, 4);
  BOOST_TEST((counts == array<index_t>{{1, 1, 0, 0}, {0, 1, 0, 0}, {1, 0, 1, 0}, {0, 0, 0, 0}}));
}

BOOST_AUTO_TEST_CASE(macro_f1_is_the_mean_over_classes_that_occur) {
  // F1 of a perfect class, of one hit among 2 + 1, of a class never predicted; the fourth has none.
  BOOST_TEST(macro_f1(array<index_t>{{3, 0, 0, 0}, {0, 1, 0, 0}, {0, 1, 0, 0}, {0, 0, 0, 0}}) ==
                 (1 + 2. / 3 + 0) / 3,
             boost::test_tools::tolerance(1e-15));
  // A class that is predicted and never occurs has an F1 of 0; only one that is neither does not count.
  BOOST_TEST(macro_f1(array<index_t>{{2, 0, 1}, {0, 3, 0}, {0, 0, 0}}) == (4. / 5 + 1 + 0) / 3,
             boost::test_tools::tolerance(1e-15));
  BOOST_TEST(macro_f1(array<index_t>{{0, 0, 0}, {4, 0, 0}, {0, 0, 0}}) == 0);
  BOOST_TEST(macro_f1(array<index_t>{{5, 0}, {0, 7}}) == 1);
  BOOST_TEST(macro_f1(array<index_t>{{0, 5}, {7, 0}}) == 0);
  check_error(
      errc::invalid_argument,
      [] {
        macro_f1(array<index_t>{{0, 0}, {0, 0}});
      },
      "no samples");
  check_error(
      errc::shape_mismatch,
      [] {
        macro_f1(array<index_t>{{1, 2, 3}, {4, 5, 6}});
      },
      "square", "[2x3]");
}

BOOST_AUTO_TEST_CASE(calibration_error_weighs_intervals_by_their_samples) {
  // Four samples at 0.8 of which three are right, and two at 0.6 of which none is.
  const array<double> p{{0.8, 0.2}, {0.8, 0.2}, {0.2, 0.8}, {0.8, 0.2}, {0.6, 0.4}, {0.4, 0.6}};
  const labels truth{0, 0, 1, 1, 1, 0};
  BOOST_TEST(calibration_error(p, truth) == (4 * 0.05 + 2 * 0.6) / 6, boost::test_tools::tolerance(1e-14));
  // All in one interval: errors of opposite sign cancel.
  BOOST_TEST(calibration_error(p, truth, 1) == std::abs(3 - (4 * 0.8 + 2 * 0.6)) / 6,
             boost::test_tools::tolerance(1e-14));
  BOOST_TEST(calibration_error(array<double>{{1, 0}, {0, 1}}, labels{0, 1}) == 0);
  BOOST_TEST(calibration_error(array<float>{{1, 0}, {0, 1}}, labels{1, 0}) == 1);
  // An interval includes its upper end: 0.5 lies in the first of two.
  BOOST_TEST(calibration_error(array<double>{{0.5, 0.5}, {0.25, 0.75}}, labels{0, 0}, 2) == (0.5 + 0.75) / 2);
  check_error(
      errc::invalid_argument,
      [] {
        calibration_error(array<double>{{0.5, 1.5}}, labels{0});
      },
      "1.5 in row 0");
  check_error(
      errc::invalid_argument,
      [] {
        calibration_error(array<double>{{0.5, 0.5}}, labels{0}, 0);
      },
      "0 bins");
  check_error(
      errc::invalid_label,
      [] {
        calibration_error(array<double>{{0.5, 0.5}}, labels{2});
      },
      "label 2");
}

BOOST_AUTO_TEST_CASE(log_loss_is_the_mean_over_the_true_classes) {
  const array<double> p{{0.5, 0.5}, {0.25, 0.75}, {1, 0}};
  BOOST_TEST(std::abs(log_loss(p, labels{0, 0, 0}) - std::log(8.) / 3) < 1e-15);
  BOOST_TEST(log_loss(p, labels{0, 0, 1}) == infinity);
  BOOST_TEST(std::abs(log_loss(array<float>(p), labels{1, 1, 0}) - std::log(8. / 3) / 3) < 1e-15);
  const double perfect = log_loss(array<double>{{1, 0}}, labels{0});
  BOOST_TEST((perfect == 0 && !std::signbit(perfect)));
}

BOOST_AUTO_TEST_CASE(the_largest_column_is_the_first_at_a_tie) {
  const array<double> scores{{1, 3, 2}, {5, 5, 4}, {-infinity, -infinity, -infinity}, {0, 1, infinity}};
  BOOST_TEST((largest_column(scores) == labels{1, 0, 0, 2}));
  BOOST_TEST((largest_column(array<float>{{1, 2}}) == labels{1}));
  BOOST_TEST(largest_column(make_array<float>({0, 3})).size() == 0u);
}

BOOST_AUTO_TEST_CASE(metrics_refuse_what_they_cannot_count) {
  const labels none = make_array<index_t>({0}), two{0, 1}, three{0, 1, 2};
  const array<double> p{{0.5, 0.5}, {0.5, 0.5}};
  check_error(
      errc::shape_mismatch, [&] { accuracy(two, three); }, "accuracy", "[2]", "[3]");
  check_error(
      errc::shape_mismatch,
      [&] {
        accuracy(labels{{0, 1}}, two);
      },
      "[1x2]");
  check_error(
      errc::invalid_argument, [&] { accuracy(none, none); }, "accuracy", "no samples");
  check_error(
      errc::shape_mismatch, [&] { confusion_matrix(two, three, 3); }, "confusion_matrix", "[2]", "[3]");
  check_error(
      errc::invalid_argument, [&] { confusion_matrix(none, none, 3); }, "no samples");
  check_error(
      errc::invalid_argument, [&] { confusion_matrix(two, two, 0); }, "0 classes");
  check_error(
      errc::invalid_label,
      [&] {
        confusion_matrix(labels{0, 1}, labels{0, 2}, 2);
      },
      "label 2 in row 1", "0 … 1");
  check_error(
      errc::invalid_label,
      [&] {
        confusion_matrix(labels{-1, 1}, labels{0, 1}, 2);
      },
      "label -1 in row 0");
  check_error(
      errc::shape_mismatch, [&] { log_loss(p, three); }, "log_loss", "[2x2]", "[3]");
  check_error(
      errc::shape_mismatch,
      [&] {
        log_loss(array<double>{0.5, 0.5}, two);
      },
      "[n x classes]");
  check_error(
      errc::invalid_argument,
      [&] {
        log_loss(make_array<double>({0, 2}), none);
      },
      "no samples");
  check_error(
      errc::invalid_label,
      [&] {
        log_loss(p, labels{1, 2});
      },
      "label 2 in row 1");
  check_error(
      errc::invalid_argument,
      [&] {
        log_loss(array<double>{{not_a_number, 1}}, labels{0});
      },
      "nan in row 0");
  check_error(
      errc::invalid_argument,
      [&] {
        log_loss(array<double>{{1.5, 1}}, labels{0});
      },
      "no probability");
  check_error(
      errc::shape_mismatch,
      [&] {
        largest_column(array<double>{1, 2});
      },
      "[2]");
  check_error(
      errc::shape_mismatch,
      [&] {
        largest_column(make_array<double>({2, 0}));
      },
      "[2x0]");
  check_error(
      errc::non_finite,
      [&] {
        largest_column(array<double>{{0, 1}, {0, not_a_number}});
      },
      "row 1, column 1");
}

BOOST_AUTO_TEST_SUITE_END()
