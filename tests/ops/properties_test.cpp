// SPDX-License-Identifier: MIT
// What holds for any numbers: distributions sum to 1, shifts and permutations, adjoint pairs, sums
// whose error stays below the bound of their tree.
#include "rows.hpp"

#include <numeric>

using namespace reel;
using namespace reel::test;

namespace {

array<double> scaled(array<double> a, double by) {
  for (double& x : a) x *= by;
  return a;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(properties)

BOOST_AUTO_TEST_CASE(softmax_is_a_distribution_at_any_scale) {
  random_numbers random(1);
  for (const double scale : {1e-3, 1.0, 30.0, 1e3, 1e30})
    for (const index_t classes : {1, 2, 3, 10, 100, 1000}) {
      tape t;
      const var p = softmax(t.variable(scaled(random.generic(shape{3, classes}), scale)));
      for (const double total : elements<double>(sum(p, -1))) BOOST_TEST(std::abs(total - 1) <= 1e-15);
      for (const float total : elements<float>(sum(p, -1))) BOOST_TEST(std::abs(total - 1) <= 1e-6F);
      for (const double v : elements<double>(p)) BOOST_TEST((v >= 0 && v <= 1));
    }
}

// Shifts by powers of two near the numbers lose nothing, so the results are the same bits.
BOOST_AUTO_TEST_CASE(a_shift_changes_nothing) {
  random_numbers random(2);
  const auto x = random.generic(shape{4, 7});
  tape t;
  const var plain = t.variable(x), shifted = plain + 64;
  BOOST_TEST(elements<double>(softmax(plain)) == elements<double>(softmax(shifted)),
             boost::test_tools::per_element());
  BOOST_TEST(elements<double>(log_softmax(plain)) == elements<double>(log_softmax(shifted)),
             boost::test_tools::per_element());
}

// Along an axis in the middle, and with its elements in another order.
BOOST_AUTO_TEST_CASE(softmax_follows_its_axis) {
  random_numbers random(3);
  tape t;
  const var x = t.variable(random.generic(shape{2, 5, 3}));
  const var order = t.constant(array<index_t>{3, 0, 4, 1, 2});
  for (auto* f : {&softmax, &log_softmax}) {
    const var y = f(x, 1);
    const auto moved = elements<double>(permute(f(permute(x, {0, 2, 1}), -1), {0, 2, 1}));
    BOOST_TEST(elements<double>(y) == moved, boost::test_tools::per_element());
    const auto ordered = elements<real50>(f(gather(x, order, 1), 1)),
               want = elements<real50>(gather(y, order, 1));
    for (std::size_t i = 0; i < want.size(); ++i)
      BOOST_TEST(std::abs(static_cast<double>(ordered[i] - want[i])) <= 1e-48);
  }
}

BOOST_AUTO_TEST_CASE(softmax_hands_back_cotangents_that_sum_to_0) {
  random_numbers random(4);
  for (const index_t classes : {2, 10, 100}) {
    tape t;
    const var x = t.variable(scaled(random.generic(shape{3, classes}), 8));
    const var g = vjp(softmax(x), x, t.constant(random.generic(x.shape())));
    // Each element is within 4 units in its last place.
    const auto totals = elements<double>(sum(g, -1)), magnitudes = elements<double>(sum(abs(g), -1));
    for (std::size_t i = 0; i < totals.size(); ++i)
      BOOST_TEST(std::abs(totals[i]) <= 4 * 0x1p-52 * magnitudes[i]);
  }
}

BOOST_AUTO_TEST_CASE(masked_softmax_is_softmax_of_what_is_left) {
  random_numbers random(5);
  tape t;
  const var x = t.variable(random.generic(shape{6}));
  const var mask = t.constant(array<bool>{true, false, true, true, false, true});
  const var rest = t.constant(array<index_t>{0, 2, 3, 5});
  const auto check = [&](const var& masked, const var& alone) {
    const auto got = elements<real50>(gather(masked, rest)), want = elements<real50>(alone);
    for (std::size_t i = 0; i < want.size(); ++i)
      BOOST_TEST(std::abs(static_cast<double>(got[i] - want[i])) <= 1e-48);
  };
  check(masked_softmax(x, mask), softmax(gather(x, rest)));
  check(masked_log_softmax(x, mask), log_softmax(gather(x, rest)));
}

// |error| ≤ (log2(n/16) + 16)·u·Σ|x|, along memory and across it, in float.
BOOST_AUTO_TEST_CASE(sums_stay_below_the_bound_of_their_tree) {
  random_numbers random(6);
  for (const index_t length : {1, 15, 16, 17, 127, 128, 129, 1000, 4097, 50000})
    for (const bool along : {true, false}) {
      tape t;
      const var x = t.variable(random.generic(along ? shape{2, length} : shape{length, 2}));
      const int axis = along ? 1 : 0;
      const auto got = elements<float>(sum(x, axis)), size = elements<float>(sum(abs(x), axis));
      const auto want = elements<double>(sum(x, axis));
      const double levels = std::max(0.0, std::log2(static_cast<double>(length) / 16)) + 16;
      for (std::size_t i = 0; i < got.size(); ++i) {
        const double error = std::abs(static_cast<double>(got[i]) - want[i]);
        BOOST_TEST(error <= levels * 0x1p-24 * static_cast<double>(size[i]), "length " << length);
      }
    }
}

// A sum that one running total would get wrong: 2^24 + 1 + 1 + … in float.
BOOST_AUTO_TEST_CASE(a_long_sum_of_ones_counts_them) {
  tape t;
  const var ones = t.constant(shape{20000000}, 1);
  BOOST_TEST(sum(ones).item<float>() == 20000000.0F);
}

// Sums over any axes are those of the elements, one by one.
BOOST_AUTO_TEST_CASE(sums_over_any_axes) {
  random_numbers random(7);
  const index_t sizes[] = {3, 4, 1, 5};
  tape t;
  const var x = t.variable(random.generic(shape{3, 4, 1, 5}));
  const auto numbers = elements<double>(x);
  for (unsigned chosen = 0; chosen < 16; ++chosen) {
    axis_list axes;
    axes.all = false;
    for (int a = 0; a < 4; ++a)
      if (chosen >> a & 1U) axes.axes.push_back(a % 2 == 0 ? a : a - 4);
    const var y = sum(x, axes, keep);
    std::vector<double> want(static_cast<std::size_t>(y.size()), 0.0);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      index_t rest = static_cast<index_t>(i), to = 0, step = 1;
      for (int a = 3; a >= 0; --a) {
        if (!(chosen >> a & 1U)) to += rest % sizes[a] * step, step *= sizes[a];
        rest /= sizes[a];
      }
      want[static_cast<std::size_t>(to)] += numbers[i];
    }
    BOOST_TEST(elements<double>(y) == want, boost::test_tools::per_element());  // multiples of 1/128: exact
    BOOST_TEST(elements<double>(sum(x, axes)) == want, boost::test_tools::per_element());
  }
}

// Adjoint pairs: ⟨A x, y⟩ = ⟨x, Aᵀ y⟩ exactly, since nothing but multiples of 1/128 is added up.
BOOST_AUTO_TEST_CASE(adjoint_pairs_are_each_others_pull) {
  random_numbers random(8);
  tape t;
  const auto check = [&](const var& x, const var& Ax, var (*adjoint)(const var&)) {
    const var w = t.constant(random.generic(Ax.shape()));
    BOOST_TEST(elements<double>(vjp(Ax, x, w)) == elements<double>(adjoint(w)),
               boost::test_tools::per_element());
    BOOST_TEST(sum(Ax * w).item() == sum(x * adjoint(w)).item());
  };
  const var x = t.variable(random.generic(shape{3, 4}));
  check(x, sum_to(x, {4}), [](const var& w) { return broadcast_to(w, {3, 4}); });
  check(x, broadcast_to(x, {2, 3, 4}), [](const var& w) { return sum_to(w, {3, 4}); });
  check(x, slice(x, 1, 1, 3), [](const var& w) { return pad(w, 1, 1, 1); });
  check(x, pad(x, 0, 2, 0), [](const var& w) { return slice(w, 0, 2, 5); });
  check(x, reshape(x, {2, 6}), [](const var& w) { return reshape(w, {3, 4}); });
  check(x, permute(x, {1, 0}), [](const var& w) { return permute(w, {1, 0}); });
}

BOOST_AUTO_TEST_SUITE_END()
