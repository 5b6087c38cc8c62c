// SPDX-License-Identifier: MIT
// Random numbers: the published vectors of Philox, an independent implementation's streams, and the
// properties of what is made from them.
#include "support.hpp"

#include <reel/optim/random.hpp>

#include <cmath>
#include <limits>

using namespace reel;
using namespace reel::optim;
using reel::test::check_error;

BOOST_AUTO_TEST_SUITE(random_numbers)

// The philox4x32 10 lines of kat_vectors in the Random123 distribution.
BOOST_AUTO_TEST_CASE(philox_gives_the_published_vectors) {
  struct row {
    philox_counter counter;
    philox_key key;
    philox_counter words;
  };
  constexpr std::uint32_t ones = 0xffffffff;
  const row rows[] = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{ones, ones, ones, ones}, {ones, ones}, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (const row& r : rows)
    BOOST_TEST(philox4x32(r.counter, r.key) == r.words, boost::test_tools::per_element());
}

// From the same definitions written in Python's integers.
BOOST_AUTO_TEST_CASE(streams_agree_with_another_implementation) {
  random_stream uniform(42, purpose::noise, 3, 9);
  for (const double expected : {0x1.0225ca028c726p-2, 0x1.0ac22a1ca6cb5p-1, 0x1.8287744e637dfp-1})
    BOOST_TEST(uniform.uniform() == expected);
  random_stream normal(42, purpose::initial);
  for (const double expected :
       {0x1.66fa5c8d517c2p-5, 0x1.84b44be097bc2p+0, 0x1.74903573ef0d1p+0, 0x1.4a3d1320a394bp-3})
    BOOST_TEST(normal.normal() == expected);
  random_stream below(1, purpose{0x10000});
  for (const index_t expected : {577867963723, 426910383071, 476113038354, 694878684044})
    BOOST_TEST(below.below(1'000'000'000'000) == expected);
  for (const index_t expected : {4608128457806070176, 1905609127943231725, 120577607093029697,
                                 4099596889245574430, 6848351679786736268, 2291092459678773110})
    BOOST_TEST(below.below(index_t{3} << 61) == expected);
  for (const index_t expected : {2, 1, 1, 5, 4, 1, 4, 2, 3, 2}) BOOST_TEST(below.below(6) == expected);
}

BOOST_AUTO_TEST_CASE(every_part_of_the_key_changes_the_stream) {
  const auto first = [](std::uint64_t seed, purpose what, index_t epoch, index_t step) {
    return random_stream(seed, what, epoch, step).bits64();
  };
  const auto base = first(7, purpose::order, 1, 2);
  BOOST_TEST(base == first(7, purpose::order, 1, 2));
  BOOST_TEST(base != first(8, purpose::order, 1, 2));
  BOOST_TEST(base != first(7 + (std::uint64_t{1} << 32), purpose::order, 1, 2));
  BOOST_TEST(base != first(7, purpose::split, 1, 2));
  BOOST_TEST(base != first(7, purpose::order, 2, 2));
  BOOST_TEST(base != first(7, purpose::order, 2, 1));
  BOOST_TEST(base != first(7, purpose::order, 1, 3));
}

BOOST_AUTO_TEST_CASE(integers_below_n_are_equally_likely) {
  for (const index_t n : {1, 2, 3, 7, 10}) {
    random_stream r(5, purpose::noise, n);
    std::vector<double> counts(static_cast<std::size_t>(n));
    for (index_t i = 0; i < 10'000 * n; ++i) ++counts[static_cast<std::size_t>(r.below(n))];
    double chi_squared = 0;
    for (const double c : counts) chi_squared += (c - 10'000) * (c - 10'000) / 10'000;
    BOOST_TEST(chi_squared <= static_cast<double>(n) + 5 * std::sqrt(2. * static_cast<double>(n)));
  }
}

// 3·2^61 results for 2^64 words: without rejection every third result would be twice as likely.
BOOST_AUTO_TEST_CASE(words_that_are_one_too_many_are_drawn_again) {
  random_stream r(6, purpose::noise);
  int residues[3] = {};
  for (int i = 0; i < 30'000; ++i) ++residues[r.below(index_t{3} << 61) % 3];
  for (const int c : residues) BOOST_TEST(std::abs(c - 10'000) < 500);
}

BOOST_AUTO_TEST_CASE(uniforms_have_the_moments_of_their_distribution) {
  random_stream r(1, purpose::noise);
  const int n = 100'000;
  double sum = 0, squares = 0, smallest = 1, largest = 0;
  for (int i = 0; i < n; ++i) {
    const double u = r.uniform();
    sum += u;
    squares += u * u;
    smallest = std::min(smallest, u);
    largest = std::max(largest, u);
  }
  BOOST_TEST((smallest >= 0 && smallest < 1e-3 && largest < 1 && largest > 0.999));
  BOOST_TEST(std::abs(sum / n - 1. / 2) < 5 * std::sqrt(1. / 12 / n));
  BOOST_TEST(std::abs(squares / n - 1. / 3) < 5 * std::sqrt(4. / 45 / n));
}

BOOST_AUTO_TEST_CASE(normals_have_the_moments_of_their_distribution) {
  random_stream r(2, purpose::initial);
  const int n = 100'000;
  double moments[4] = {};
  for (int i = 0; i < n; ++i) {
    const double z = r.normal();
    double power = 1;
    for (double& m : moments) m += power *= z;
  }
  // The variance of z^k is E z^2k − (E z^k)².
  const double expected[] = {0, 1, 0, 3}, variance[] = {1, 2, 15, 96};
  for (int k = 0; k < 4; ++k)
    BOOST_TEST(std::abs(moments[k] / n - expected[k]) < 5 * std::sqrt(variance[k] / n));
}

// Solutions of Φ(x) = p in 40 digits.
BOOST_AUTO_TEST_CASE(normal_quantiles_agree_with_multiple_precision) {
  const double rows[][2] = {
      {0x1.0000000000000p-53, -0x1.06b48528cea52p+3}, {0x1.19799812dea11p-40, -0x1.c234fba57a32ap+2},
      {0x1.4f8b588e368f1p-17, -0x1.10f3f8843a3d9p+2}, {0x1.47ae147ae147bp-7, -0x1.29c5c4630ff0fp+1},
      {0x1.3333333333333p-4, -0x1.7085226d3e524p+0},  {0x1.3333333333333p-2, -0x1.0c7e39582c5fbp-1},
      {0x1.0000035afe535p-1, 0x1.0d25ac5f0e9c8p-22},  {0x1.999999999999ap-1, 0x1.aee8fa73a1335p-1},
      {0x1.fae147ae147aep-1, 0x1.29c5c4630ff0ep+1},   {0x1.fffffffffffffp-1, 0x1.06b48528cea52p+3},
      {0x1.4000000000000p-26, -0x1.6037c23751916p+2}, {0x1.0000000000000p-33, -0x1.95a1198fcf3d6p+2},
      {0x1.8000000000000p-36, -0x1.a5d4b4cc7d284p+2}, {0x1.fffffffc00000p-1, 0x1.87ba7892c24c5p+2}};
  for (const auto& [p, x] : rows) BOOST_TEST(std::abs(normal_quantile(p) - x) <= 6e-16 * std::abs(x));
  BOOST_TEST(normal_quantile(0.5) == 0);
}

BOOST_AUTO_TEST_CASE(keys_and_ranges_outside_are_refused) {
  constexpr index_t limit = index_t{1} << 32;
  random_stream(0, purpose::order, limit - 1, limit - 1).bits32();
  check_error(
      errc::invalid_argument, [] { random_stream(0, purpose::order, -1); }, "epoch -1", "2^32");
  check_error(
      errc::invalid_argument, [] { random_stream(0, purpose::order, limit); }, "epoch 4294967296");
  check_error(
      errc::invalid_argument, [] { random_stream(0, purpose::order, 0, -3); }, "step -3");
  check_error(
      errc::invalid_argument, [] { random_stream(0, purpose::order, 0, limit); }, "step 4294967296");
  random_stream r(0, purpose::order);
  check_error(
      errc::invalid_argument, [&] { r.below(0); }, "below(0)");
  check_error(
      errc::invalid_argument, [&] { r.below(std::numeric_limits<index_t>::min()); }, "is empty");
}

BOOST_AUTO_TEST_SUITE_END()
