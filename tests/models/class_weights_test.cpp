// SPDX-License-Identifier: MIT
// Class weights: a weight of 2 is a sample that occurs twice.
#include "support.hpp"

#include <reel/models/class_weights.hpp>

#include <cmath>

using namespace reel;
using reel::test::check_error;

BOOST_AUTO_TEST_SUITE(class_weights)

BOOST_AUTO_TEST_CASE(balanced_weights_even_out_the_classes) {
  const auto w = balanced_weights({0, 1, 1, 1, 2, 2}, 3);
  BOOST_TEST((w == std::vector<double>{2, 2. / 3, 1}));
  BOOST_TEST(w[0] * 1 + w[1] * 3 + w[2] * 2 == 6, boost::test_tools::tolerance(1e-15));
  check_error(
      errc::invalid_argument,
      [] {
        balanced_weights({0, 0}, 2);
      },
      "class 1 has no samples");
  check_error(
      errc::invalid_label,
      [] {
        balanced_weights({0, 2}, 2);
      },
      "label 2 in row 1");
}

BOOST_AUTO_TEST_CASE(a_weight_counts_like_repeated_samples) {
  tape t;
  const var losses = t.variable(array<double>{3.0, 5.0, 7.0}), labels = t.constant(array<index_t>{0, 1, 0});
  const var weighted = weighted_mean(losses, labels, {2, 1});
  BOOST_TEST(weighted.item() == (3 + 3 + 5 + 7 + 7) / 5.0, boost::test_tools::tolerance(1e-15));
  const array<double> slope = grad(weighted, losses).value();
  BOOST_TEST(slope(0) == 0.4, boost::test_tools::tolerance(1e-15));
  BOOST_TEST(slope(1) == 0.2, boost::test_tools::tolerance(1e-15));
}

BOOST_AUTO_TEST_CASE(weights_that_make_no_mean_are_refused) {
  tape t;
  const var losses = t.variable(array<double>{3.0}), labels = t.constant(array<index_t>{0});
  for (const auto& wrong : {std::vector<double>{-1, 2}, {0, 0}, {std::nan("")}, {}})
    check_error(
        errc::invalid_argument, [&] { weighted_mean(losses, labels, wrong); }, "0 or more");
  check_error(
      errc::invalid_label, [&] { weighted_mean(losses, t.constant(array<index_t>{1}), {1.0}).item(); },
      "index 1 at position 0");
}

BOOST_AUTO_TEST_SUITE_END()
