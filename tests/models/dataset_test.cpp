// SPDX-License-Identifier: MIT
// Data sets: rows, splits, scaling; and the two that come with reel against values computed apart.
#include "support.hpp"
#include "columns.hpp"
#include "temporary.hpp"

#include <reel/models/csv.hpp>
#include <reel/models/dataset.hpp>
#include <reel/models/data_sets.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numeric>

using namespace reel;
using reel::test::check_error;

namespace {

using strings = std::vector<std::string>;
using indices = std::vector<index_t>;

dataset small() { return {{{1, 10}, {2, 10}, {3, 10}, {6, 10}}, {0, 1, 0, 1}, {"no", "yes"}, {"a", "b"}}; }

double column_sum(const dataset& d, std::size_t j) {
  double sum = 0;
  for (std::size_t i = 0; i < d.labels.size(); ++i) sum += d.x(i, j);
  return sum;
}

indices class_counts(const dataset& d) {
  indices counts(d.class_names.size());
  for (const index_t label : d.labels) ++counts[static_cast<std::size_t>(label)];
  return counts;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(data)

BOOST_AUTO_TEST_CASE(rows_keep_their_labels_and_names) {
  const dataset d = rows(small(), indices{3, 0});
  BOOST_TEST((d.x == array<double>{{6, 10}, {1, 10}}));
  BOOST_TEST((d.labels == array<index_t>{1, 0}));
  BOOST_TEST((d.class_names == small().class_names && d.feature_names == small().feature_names));
  check_error(
      errc::invalid_argument, [] { rows(small(), indices{4}); }, "index 4");
}

BOOST_AUTO_TEST_CASE(every_fifth_row_is_a_test_row) {
  const row_split s = split_fifths(11);
  BOOST_TEST((s.test == indices{4, 9} && s.train == indices{0, 1, 2, 3, 5, 6, 7, 8, 10}));
  check_error(
      errc::invalid_argument, [] { split_fifths(4); }, "4 rows");
}

BOOST_AUTO_TEST_CASE(a_random_split_is_a_partition_that_the_seed_decides) {
  const row_split s = split_randomly(1000, 0.25, 7);
  BOOST_TEST(s.test.size() == 250u);
  BOOST_TEST(
      (std::is_sorted(s.test.begin(), s.test.end()) && std::is_sorted(s.train.begin(), s.train.end())));
  indices both, all(1000);
  std::merge(s.test.begin(), s.test.end(), s.train.begin(), s.train.end(), std::back_inserter(both));
  std::iota(all.begin(), all.end(), index_t{0});
  BOOST_TEST((both == all));
  BOOST_TEST((split_randomly(1000, 0.25, 7).test == s.test && split_randomly(1000, 0.25, 8).test != s.test));
}

BOOST_AUTO_TEST_CASE(every_row_is_equally_likely_to_be_tested) {
  std::array<int, 5> counts{};
  for (std::uint64_t seed = 0; seed < 2000; ++seed)
    for (const index_t i : split_randomly(5, 0.4, seed).test) ++counts[static_cast<std::size_t>(i)];
  for (const int c : counts) BOOST_TEST(std::abs(c - 800) < 110);  // five standard deviations
}

BOOST_AUTO_TEST_CASE(a_stratified_split_takes_the_same_share_of_every_class) {
  auto labels = make_array<index_t>({100});
  for (index_t i = 0; i < 100; ++i) labels(i) = i < 60 ? 0 : i < 90 ? 1 : i < 98 ? 2 : i == 98 ? 3 : 5;
  for (const std::uint64_t seed : {0u, 1u, 7u}) {
    const row_split s = split_stratified(labels, 0.25, seed);
    indices counts(6), both, all(100);
    for (const index_t i : s.test) ++counts[static_cast<std::size_t>(labels(i))];
    BOOST_TEST((counts == indices{15, 8, 2, 0, 0, 0}));  // a class of one sample is for training
    std::merge(s.test.begin(), s.test.end(), s.train.begin(), s.train.end(), std::back_inserter(both));
    std::iota(all.begin(), all.end(), index_t{0});
    BOOST_TEST((both == all));
  }
  BOOST_TEST((split_stratified(labels, 0.25, 1).test == split_stratified(labels, 0.25, 1).test));
  BOOST_TEST((split_stratified(labels, 0.25, 1).test != split_stratified(labels, 0.25, 2).test));
  // Of three pairs, two give a row each: the larger remainders.
  BOOST_TEST(split_stratified({0, 0, 1, 1, 2, 2}, 0.33, 1).test.size() == 2u);
  // No class gives its last sample.
  BOOST_TEST((split_stratified({0, 1, 2, 3, 4, 4}, 0.5, 1).test.size() == 1u));
  // Each row of a class is equally likely.
  std::array<int, 4> counts{};
  for (std::uint64_t seed = 0; seed < 2000; ++seed)
    for (const index_t i : split_stratified({0, 1, 0, 1, 0, 0}, 0.34, seed).test)
      if (i % 2 == 0 || i == 5) ++counts[static_cast<std::size_t>(i == 5 ? 3 : i / 2)];
  for (const int c : counts) BOOST_TEST(std::abs(c - 500) < 100);  // five standard deviations
  check_error(
      errc::invalid_label,
      [] {
        split_stratified({0, -1, 0, 1}, 0.5, 1);
      },
      "label -1 in row 1 is no class");
  check_error(
      errc::invalid_argument,
      [] {
        split_stratified({0, 1, 2}, 0.5, 1);
      },
      "each needs two at least");
  check_error(
      errc::invalid_argument,
      [] {
        split_stratified({0, 0, 1}, 1.5, 1);
      },
      "split_stratified: the fraction 1.5");
  check_error(
      errc::invalid_argument,
      [] {
        split_stratified({0, 0, 1}, 0.1, 1);
      },
      "nothing to test with");
}

BOOST_AUTO_TEST_CASE(splits_without_rows_are_refused) {
  for (const double fraction : {0.0, 1.0, -0.5, 2.0, std::nan("")})
    check_error(
        errc::invalid_argument, [&] { split_randomly(10, fraction, 1); }, "not between 0 and 1");
  check_error(
      errc::invalid_argument, [] { split_randomly(10, 0.01, 1); }, "nothing to test with");
  check_error(
      errc::invalid_argument, [] { split_randomly(10, 0.99, 1); }, "nothing to train with");
  check_error(
      errc::invalid_argument, [] { split_randomly(0, 0.5, 1); }, "0 rows");
}

BOOST_AUTO_TEST_CASE(standardizing_gives_mean_0_and_variance_1) {
  const scaling s = standardize(small());
  BOOST_TEST((s.shift == std::vector<double>{3, 10}));
  BOOST_TEST((s.divisor == std::vector<double>{std::sqrt(3.5), 1}));
  const dataset d = scaled(small(), s);
  BOOST_TEST(std::abs(column_sum(d, 0)) < 1e-15);
  BOOST_TEST(column_sum(d, 1) == 0);
  double squares = 0;
  for (std::size_t i = 0; i < 4; ++i) squares += d.x(i, 0) * d.x(i, 0);
  BOOST_TEST(std::abs(squares / 4 - 1) < 1e-15);
  // A constant that rounding would give a spread.
  dataset constant = small();
  constant.x = array<double>{{0.1, 1}, {0.1, 1}, {0.1, 1}, {0.1, 1}};
  const scaling c = standardize(constant);
  BOOST_TEST((c.shift == std::vector<double>{0.1, 1} && c.divisor == std::vector<double>{1, 1}));
}

// Values that are one number but for rounding: their deviation is no deviation.
BOOST_AUTO_TEST_CASE(a_feature_that_is_constant_but_for_rounding_is_constant) {
  const auto divisor = [](std::vector<double> values) {
    dataset d;
    d.x = make_array<double>({static_cast<index_t>(values.size()), 1});
    std::copy(values.begin(), values.end(), d.x.begin());
    d.feature_names = {"a"};
    return standardize(d).divisor[0];
  };
  const auto alternating = [](double a, double b, std::size_t n) {
    std::vector<double> all;
    for (std::size_t i = 0; i < n; ++i) all.push_back(i % 3 == 0 ? a : b);
    return all;
  };
  for (const std::size_t n : {2u, 7u, 60u, 5000u})
    for (const double a : {0.7, -1e6 / 3, 1e150 / 7, 1e-150 / 7, 123456.789}) {
      BOOST_TEST(divisor(alternating(a, std::nextafter(a, 0), n)) == 1);
      BOOST_TEST(divisor(alternating(a, std::nextafter(a, 2 * a), n)) == 1);
    }
  BOOST_TEST(divisor({0.1 + 0.2, 0.3, 0.6 / 2, 1.2 / 4, 0.1 * 3}) == 1);
  // What varies a thousand times as much does vary, near 0 as well as far from it.
  BOOST_TEST(divisor(alternating(0.7, 0.7 * (1 + 1e-9), 60)) < 1e-9);
  BOOST_TEST(divisor(alternating(1e9, 1e9 + 0.001, 60)) < 0.001);
  BOOST_TEST(divisor({1e-20, -1e-20}) == 1e-20);
  BOOST_TEST(divisor({0, 0x1p-400}) == 0x1p-401);
  // Floats are rounded more coarsely.
  basic_dataset<float> f{test::column<float>({0.7f, 0.7f, std::nextafter(0.7f, 1.0f)}), {}, {}, {"a"}};
  BOOST_TEST(standardize(f).divisor[0] == 1);
  f.x(2, 0) = 0.70001f;
  BOOST_TEST(standardize(f).divisor[0] < 1e-5);
  // Bytes are exact.
  const byte_dataset b{test::column<std::uint8_t>({200, 200, 201}), {}, {}, {"a"}};
  BOOST_TEST(standardize(b).divisor[0] < 0.5);
}

BOOST_AUTO_TEST_CASE(features_can_be_left_out_by_name_or_number) {
  dataset d = small();
  d.feature_names = {"a", "1"};
  d.named = true;
  const auto without = [&](strings words) { return without_features(d, words); };
  BOOST_TEST((without({"a"}).x == test::column({10.0, 10.0, 10.0, 10.0})));
  BOOST_TEST((without({"2"}).x == test::column({1.0, 2.0, 3.0, 6.0})));
  BOOST_TEST((without({"1"}).feature_names == strings{"a"}));  // its name comes first
  BOOST_TEST((without({"2"}).labels == d.labels && without({"2"}).named && without({"2"}).classes() == 2));
  check_error(
      errc::invalid_argument, [&] { without({"b"}); },
      "feature 'b': there is no column of this name or number");
  check_error(
      errc::invalid_argument, [&] { without({"3"}); }, "the 2 columns are 'a', '1'");
  check_error(
      errc::invalid_argument,
      [&] {
        without({"a", "2"});
      },
      "no feature is left");
  BOOST_TEST(rows(d, indices{0}).named);
  BOOST_TEST(cast<float>(d).named);
}

BOOST_AUTO_TEST_CASE(a_constant_divides_every_feature) {
  const dataset d = scaled(small(), divide_by(16, 2));
  BOOST_TEST((d.x == array<double>{{0.0625, 0.625}, {0.125, 0.625}, {0.1875, 0.625}, {0.375, 0.625}}));
  const auto f = scaled(cast<float>(small()), divide_by(16, 2));
  BOOST_TEST((f.x == array<float>(d.x)));
}

BOOST_AUTO_TEST_CASE(scaling_refuses_what_it_cannot_do) {
  for (const double divisor : {0.0, std::nan(""), std::numeric_limits<double>::infinity()})
    check_error(
        errc::invalid_argument, [&] { divide_by(divisor, 2); }, "cannot divide");
  check_error(
      errc::shape_mismatch, [] { scaled(small(), divide_by(16, 3)); }, "3 features", "the 2 there are");
  check_error(
      errc::non_finite, [] { scaled(small(), divide_by(1e-308, 2)); }, "row 0", "feature 1 ('b')");
  dataset d = small();
  check_error(
      errc::invalid_argument, [&] { standardize(rows(d, {})); }, "no samples");
  d.x(2, 1) = 1e308;
  check_error(
      errc::non_finite, [&] { standardize(d); }, "feature 1 ('b')");
  check_error(
      errc::non_finite, [&] { cast<float>(d); }, "row 2", "feature 1 ('b')", "does not fit");
}

BOOST_AUTO_TEST_CASE(parts_that_disagree_are_refused) {
  const auto broken = [](auto change) {
    return [change] {
      dataset d = small();
      change(d);
      validate(d);
    };
  };
  check_error(errc::shape_mismatch, broken([](dataset& d) {
                d.labels = array<index_t>{0, 1};
              }),
              "[4x2]", "[2]");
  check_error(errc::shape_mismatch, broken([](dataset& d) { d.feature_names.pop_back(); }),
              "1 feature names");
  check_error(errc::shape_mismatch, broken([](dataset& d) { d.x = array<double>{1, 2, 3, 4}; }), "x [4]");
  check_error(errc::invalid_label, broken([](dataset& d) { d.labels(3) = 2; }), "label 2 in row 3",
              "2 classes");
  check_error(errc::invalid_label, broken([](dataset& d) { d.labels(0) = -1; }), "label -1 in row 0");
}

// Sums computed from Debian's files of scikit-learn with Python's fractions.
BOOST_AUTO_TEST_CASE(iris_is_the_published_set) {
  const dataset d = load_data("iris");
  validate(d);
  BOOST_TEST((d.class_names == strings{"setosa", "versicolor", "virginica"}));
  BOOST_TEST((d.feature_names ==
              strings{"sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"}));
  BOOST_TEST((class_counts(d) == indices{50, 50, 50}));
  const double sums[] = {876.5, 458.6, 563.7, 179.9}, test_sums[] = {172.6, 92.0, 111.3, 35.3};
  const auto [train, test] = split(d, split_fifths(d.samples()));
  BOOST_TEST((train.samples() == 120 && test.samples() == 30));
  BOOST_TEST((class_counts(test) == indices{10, 10, 10}));
  for (std::size_t j = 0; j < 4; ++j) {
    BOOST_TEST(std::abs(column_sum(d, j) - sums[j]) < 1e-11);
    BOOST_TEST(std::abs(column_sum(test, j) - test_sums[j]) < 1e-12);
  }
  double weighted = 0;
  for (std::size_t i = 0; i < 150; ++i) weighted += static_cast<double>(i + 1) * d.x(i, 0);
  BOOST_TEST(std::abs(weighted - 70017.4) < 1e-9);
}

BOOST_AUTO_TEST_CASE(digits_are_the_published_set) {
  const dataset d = load_data("digits");
  validate(d);
  BOOST_TEST((d.samples() == 1797 && d.features() == 64));
  BOOST_TEST((d.class_names == strings{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}));
  BOOST_TEST((d.feature_names.front() == "pixel_0_0" && d.feature_names.back() == "pixel_7_7"));
  BOOST_TEST((class_counts(d) == indices{178, 182, 177, 183, 181, 182, 181, 179, 174, 180}));
  const double sums[] = {
      0,  546,  9353,  21269, 21291, 10390, 2448, 233, 10, 3583, 18657, 21527, 18472, 14692, 3318, 194,
      5,  4675, 17796, 12566, 12755, 14028, 3214, 90,  2,  4438, 16337, 15852, 17839, 13570, 4165, 4,
      0,  4204, 13778, 16302, 18512, 15713, 5228, 0,   16, 2846, 12366, 12989, 13787, 14801, 6211, 49,
      13, 1266, 13490, 17142, 16921, 15739, 6694, 371, 1,  502,  9987,  21724, 21221, 12155, 3716, 655};
  double weighted = 0, weighted_labels = 0, test_sum = 0;
  for (std::size_t j = 0; j < 64; ++j) BOOST_TEST(column_sum(d, j) == sums[j]);
  for (std::size_t i = 0; i < 1797; ++i) {
    for (std::size_t j = 0; j < 64; ++j) weighted += static_cast<double>((i + 1) * (j + 1)) * d.x(i, j);
    weighted_labels += static_cast<double>((i + 1) * static_cast<std::size_t>(d.labels(i)));
  }
  BOOST_TEST((weighted == 16337198609 && weighted_labels == 7272861));
  const auto [train, test] = split(d, split_fifths(d.samples()));
  BOOST_TEST((train.samples() == 1438 && test.samples() == 359));
  BOOST_TEST((class_counts(test) == indices{27, 21, 34, 52, 34, 28, 31, 43, 47, 42}));
  for (std::size_t j = 0; j < 64; ++j) test_sum += column_sum(test, j);
  BOOST_TEST(test_sum == 111414);
}

BOOST_AUTO_TEST_CASE(the_environment_names_a_directory_of_sets) {
  const test::temporary_directory place;
  const std::string mine = place.file("mine.csv", "1,a\n2,b\n");
  setenv("REEL_DATA", place.path().c_str(), 1);
  BOOST_TEST(find_data("mine") == mine);
  BOOST_TEST(load_data("mine").samples() == 2);
  BOOST_TEST(load_data("iris").samples() == 150);
  check_error(
      errc::bad_file, [] { find_data("none"); }, "no data set 'none'", place.path(), "digits, iris, mine");
  unsetenv("REEL_DATA");
  for (const char* name : {"", "mine", "../sets/iris", "iris.csv"})
    check_error(
        errc::bad_file, [&] { find_data(name); }, "no data set '" + std::string(name) + "'");
}

BOOST_AUTO_TEST_SUITE_END()
