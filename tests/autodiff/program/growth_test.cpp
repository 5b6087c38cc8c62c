// SPDX-License-Identifier: MIT
// Freezing a program and making an instance take work in proportion to its length: each step that the library
// takes is counted, and a node of a program four times as long costs no more of them. The sources that freeze
// and instantiate are compiled for this test so that each basic block reports that it runs.
#include "growing_programs.hpp"
#include "support.hpp"

#include <boost/test/data/test_case.hpp>

using namespace reel;

namespace {

std::size_t steps = 0;

}  // namespace

extern "C" void __sanitizer_cov_trace_pc() { ++steps; }

namespace {

struct cost {
  double freezing, instantiating;  // steps a node
};

cost cost_of(const test::growing_program& p, std::size_t length) {
  tape t;
  const freeze_request request = p.record(t, length);
  const std::size_t before = steps;
  const program frozen = freeze(request);
  const std::size_t between = steps;
  const instance<float> made(frozen);
  const auto per_node = [&](std::size_t n) { return static_cast<double>(n) / static_cast<double>(t.size()); };
  return {per_node(between - before), per_node(steps - between)};
}

// Equal within 5 %; of what takes hardly any steps the difference may be one step a node.
bool no_more(double longer, double shorter) { return longer <= shorter * 1.05 + 1; }

}  // namespace

BOOST_AUTO_TEST_SUITE(growth)

BOOST_AUTO_TEST_CASE(a_node_of_a_longer_program_costs_no_more_steps) {
  for (const test::growing_program& p : test::growing_programs()) {
    const cost one = cost_of(p, p.length), four = cost_of(p, 4 * p.length);
    BOOST_TEST_MESSAGE(p.name << ": " << one.freezing << " and " << four.freezing
                              << " steps a node to freeze, " << one.instantiating << " and "
                              << four.instantiating << " to make an instance");
    BOOST_TEST(one.freezing > 10);  // they are counted
    BOOST_TEST(no_more(four.freezing, one.freezing), p.name << ": freezing takes " << one.freezing
                                                            << ", then " << four.freezing << " steps a node");
    BOOST_TEST(no_more(four.instantiating, one.instantiating),
               p.name << ": an instance takes " << one.instantiating << ", then " << four.instantiating);
  }
}

BOOST_AUTO_TEST_SUITE_END()
