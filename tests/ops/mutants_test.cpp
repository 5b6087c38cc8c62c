// SPDX-License-Identifier: MIT
// Every wrong variant of every rule in the op table is noticed.
#include "rows.hpp"

#include <reel/autodiff/check/mutants.hpp>

using namespace reel;
using namespace reel::test;
using check::fate;

BOOST_AUTO_TEST_SUITE(mutants)

BOOST_AUTO_TEST_CASE(all_that_are_not_equivalent_are_killed) {
  for (const op_row& row : op_table()) BOOST_TEST_CONTEXT(row.name << " (" << row.variant << ")") {
      std::vector<check::subject> samples;
      for (const sample& x : row.samples)
        if (has_derivative(row, recorded(row, x))) samples.push_back(subject_of(row, x));
      if (samples.empty()) continue;
      const auto r = check::mutate(samples);
      BOOST_TEST(r);
      BOOST_TEST(r.made() >= 10U);
      // Of a flat function, like sign, every multiple of the rule is the rule.
      const bool flat = r.count(fate::killed) <= 1;
      BOOST_TEST((flat ? r.smallest == 0 : r.smallest >= 30), r.smallest);
    }
}

BOOST_AUTO_TEST_SUITE_END()
