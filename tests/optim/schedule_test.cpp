// SPDX-License-Identifier: MIT
// Schedules are functions of how far training is; each against its formula, alone and composed.
#include "support.hpp"

#include <reel/optim/schedule.hpp>

#include <cmath>
#include <limits>

using namespace reel;
using namespace reel::optim;
using reel::test::check_error;

BOOST_AUTO_TEST_SUITE(schedules, *boost::unit_test::tolerance(1e-15))

BOOST_AUTO_TEST_CASE(they_start_and_end_where_they_say) {
  BOOST_TEST(cosine_rate(0.5, 0.1)({0, 0, 0.0}) == 0.5);
  BOOST_TEST(cosine_rate(0.5, 0.1)({9, 90, 1.0}) == 0.1);
  BOOST_TEST(cosine_rate(0.5, 0.1)({0, 0, 0.5}) == 0.3);
  BOOST_TEST(inverse_rate(0.5, 0.1)({0, 10, 0.0}) == 0.25);
  BOOST_TEST(constant_rate(0.5)({3, 10, 0.2}) == 0.5);
}

BOOST_AUTO_TEST_CASE(steps_come_every_so_many_epochs) {
  const schedule rate = step_rate(0.8, 0.5, 3);
  const double expected[] = {0.8, 0.8, 0.8, 0.4, 0.4, 0.4, 0.2};
  for (int epoch = 0; epoch < 7; ++epoch) BOOST_TEST(rate({epoch, 10 * epoch, 0}) == expected[epoch]);
}

BOOST_AUTO_TEST_CASE(warming_up_goes_with_any_schedule) {
  const schedule rate = warm_up(4, constant_rate(0.8));
  const double expected[] = {0.2, 0.4, 0.6, 0.8, 0.8};
  for (int step = 0; step < 5; ++step) BOOST_TEST(rate({0, step, 0}) == expected[step]);
  const schedule both = warm_up(10, cosine_rate(1.0));
  BOOST_TEST(both({0, 4, 0.5}) == 0.25);  // half way up, half way down
  BOOST_TEST(both({0, 50, 0.5}) == 0.5);
  BOOST_TEST(warm_up(2, warm_up(4, constant_rate(1)))({0, 0, 0}) == 0.125);
  BOOST_TEST(warm_up(0, constant_rate(0.3))({0, 0, 0}) == 0.3);
}

BOOST_AUTO_TEST_CASE(nonsense_is_refused) {
  check_error(
      errc::invalid_argument, [] { step_rate(0.1, 0.5, 0); }, "every 0 epochs");
  check_error(
      errc::invalid_argument, [] { warm_up(-1, constant_rate(0.1)); }, "-1 steps");
  check_error(
      errc::invalid_argument, [] { warm_up(3, {}); }, "no schedule");
  for (const double bad : {-0.1, std::nan(""), std::numeric_limits<double>::infinity()}) {
    const auto refused = [](auto make, const char* text) { check_error(errc::invalid_argument, make, text); };
    refused([=] { constant_rate(bad); }, "constant_rate: the rate is");
    refused([=] { cosine_rate(bad); }, "cosine_rate: the rate is");
    refused([=] { cosine_rate(0.1, bad); }, "cosine_rate: the last rate is");
    refused([=] { inverse_rate(bad, 0.1); }, "inverse_rate: the rate is");
    refused([=] { inverse_rate(0.1, bad); }, "inverse_rate: the decay is");
    refused([=] { step_rate(bad, 0.5, 1); }, "step_rate: the rate is");
    refused([=] { step_rate(0.1, bad, 1); }, "step_rate: the factor is");
  }
}

BOOST_AUTO_TEST_SUITE_END()
