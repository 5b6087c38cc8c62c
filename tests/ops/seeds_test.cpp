// SPDX-License-Identifier: MIT
// No false alarm: right rules never fail, whatever the seed, on the numbers of every sample in every
// order. REEL_CHECK_SEEDS sets how many seeds (10,000 in the long check), REEL_CHECK_FIRST the first.
#include "rows.hpp"

#include <reel/ops/check_table.hpp>

#include <cstdlib>

using namespace reel;
using namespace reel::test;
using check::verdict;

namespace {

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

sample shuffled(sample x, std::uint64_t seed) {
  std::mt19937_64 bits(seed);
  for (sample_array& a : x)
    if (a.kind == kind::real)
      for (std::size_t i = a.numbers.size(); i > 1; --i) std::swap(a.numbers[i - 1], a.numbers[bits() % i]);
  return x;
}

std::size_t size_of(const sample& x) {
  std::size_t n = 0;
  for (const sample_array& a : x) n += a.numbers.size();
  return n;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(seeds)

BOOST_AUTO_TEST_CASE(right_rules_never_fail) {
  const auto first = setting("REEL_CHECK_FIRST", 1000), count = setting("REEL_CHECK_SEEDS", 4);
  std::size_t checks = 0, undecided = 0;
  for (const op_row& row : op_table()) BOOST_TEST_CONTEXT(row.name << " (" << row.variant << ")") {
      if (!has_derivative(row)) continue;
      std::vector<const sample*> small;
      for (const sample& x : row.samples)
        if (size_of(x) <= 20) small.push_back(&x);
      for (std::uint64_t seed = first; seed < first + count; ++seed) {
        const auto s = subject_of(row, shuffled(*small[seed % small.size()], seed));
        // Differences in double for all, 50 digits and rounding in float and double for every twentieth.
        const auto oracle = seed % 20 == 0 ? check::oracle::fifty_digits : check::oracle::in_double;
        auto r = check::vjp(s, {.seed = seed, .oracle = oracle, .explain = false});
        // In double nothing tells a flat function from one whose slope the values hide: 50 digits do.
        if (r.flat && r.outcome == verdict::inconclusive)
          r = check::vjp(
              s, {.seed = seed, .oracle = check::oracle::fifty_digits, .rounding = false, .explain = false});
        ++checks;
        undecided += r ? 0 : 1;
        BOOST_TEST((r.outcome != verdict::fail), r);
      }
    }
  BOOST_TEST_MESSAGE(checks << " checks, " << undecided << " undecided, no failure");
  BOOST_TEST(undecided <= checks / 1000);
}

BOOST_AUTO_TEST_SUITE_END()
