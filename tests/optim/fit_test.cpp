// SPDX-License-Identifier: MIT
// The loop around a step: epochs, callbacks, schedules, and the history they leave.
#include "../support.hpp"

#include <reel/ops.hpp>
#include <reel/optim.hpp>

using namespace reel;
using namespace reel::optim;
using reel::test::check_error;

namespace {

// ½(w − x)² on single numbers: at rate 1 every step moves w to the mean of its batch.
const auto nearest = [](const var& w, var x) { return 0.5 * mean(square(w - x)); };
const array<double> samples{1.0, 2.0, 3.0, 4.0, 10.0};

auto make_step() { return freeze_step<double>(nearest, sgd{.lr = 0.1}, array<double>{0.0}); }

}  // namespace

BOOST_AUTO_TEST_SUITE(fitting)

BOOST_AUTO_TEST_CASE(an_epoch_uses_every_sample_once_in_full_and_short_batches) {
  auto step = make_step();
  fit_options o;
  o.epochs = 3;
  o.batch = 2;
  const auto h = fit(step, std::tie(samples), o);
  BOOST_TEST(h.epochs.size() == 3u);
  BOOST_TEST(h.epochs[0].steps == 3);
  BOOST_TEST(step.programs() == 2u);
  BOOST_TEST(h.why == "finished 3 epochs");
}

BOOST_AUTO_TEST_CASE(all_samples_at_once_is_gradient_descent) {
  auto step = make_step();
  fit_options o;
  o.epochs = 1;
  o.batch = 0;
  o.rate = constant_rate(1.0);
  const auto h = fit(step, std::tie(samples), o);
  BOOST_TEST(step.parameters()(0) == 4.0, boost::test_tools::tolerance(1e-15));  // the mean
  BOOST_TEST(h.epochs[0].loss == 0.5 * (1 + 4 + 9 + 16 + 100) / 5, boost::test_tools::tolerance(1e-15));
}

BOOST_AUTO_TEST_CASE(callbacks_see_every_epoch_and_step_and_may_stop) {
  auto step = make_step();
  fit_options o;
  o.batch = 2;
  std::vector<index_t> epochs, steps;
  o.on_epoch = [&](const epoch_record& e) {
    epochs.push_back(e.epoch);
    return e.epoch < 2;
  };
  o.on_step = [&](index_t s, double) {
    steps.push_back(s);
    return true;
  };
  const auto h = fit(step, std::tie(samples), o);
  BOOST_TEST((epochs == std::vector<index_t>{1, 2}));
  BOOST_TEST((steps == std::vector<index_t>{1, 2, 3, 4, 5, 6}));
  BOOST_TEST((h.stopped == stop_reason::callback));
  BOOST_TEST(h.why == "stopped by a callback after epoch 2");
}

BOOST_AUTO_TEST_CASE(schedules_start_and_end_where_they_say) {
  BOOST_TEST(cosine_rate(0.5, 0.1)({0, 0, 0.0}) == 0.5);
  BOOST_TEST(cosine_rate(0.5, 0.1)({9, 90, 1.0}) == 0.1, boost::test_tools::tolerance(1e-15));
  BOOST_TEST(cosine_rate(0.5, 0.1)({0, 0, 0.5}) == 0.3, boost::test_tools::tolerance(1e-15));
  BOOST_TEST(inverse_rate(0.5, 0.1)({0, 10, 0.0}) == 0.25);
  BOOST_TEST(constant_rate(0.5)({3, 10, 0.2}) == 0.5);
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused) {
  auto step = make_step();
  fit_options o;
  o.epochs = -1;
  check_error(
      errc::invalid_argument, [&] { fit(step, std::tie(samples), o); }, "-1 epochs");
  o.epochs = 1;
  o.batch = -5;
  check_error(
      errc::invalid_argument, [&] { fit(step, std::tie(samples), o); }, "-5 samples");
}

BOOST_AUTO_TEST_SUITE_END()
