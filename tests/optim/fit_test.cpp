// SPDX-License-Identifier: MIT
// The loop around a step: epochs, callbacks, schedules, and the history they leave.
#include "support.hpp"

#include <reel/ops.hpp>
#include <reel/optim.hpp>

#include <chrono>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

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

// Two batches of 2 and one of 1: the loss of an epoch is the mean of its samples, not of its batches.
BOOST_AUTO_TEST_CASE(a_short_batch_weighs_what_its_samples_do) {
  auto step = make_step();
  fit_options o;
  o.epochs = 3;
  o.batch = 2;
  o.seed = 3;
  o.rate = [](const progress& p) { return 0.1 + 0.01 * static_cast<double>(p.step); };
  std::vector<double> losses;
  std::vector<fit_state> states;
  o.on_step = [&](const fit_state& at) {
    losses.push_back(at.last_loss);
    states.push_back(at);
    return true;
  };
  const auto h = fit(step, std::tie(samples), o);
  const std::vector<index_t> sizes{2, 2, 1};
  for (std::size_t e = 0; e < 3; ++e) {
    double sum = 0;
    index_t seen = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      sum += losses[3 * e + i] * static_cast<double>(sizes[i]);
      seen += sizes[i];
      const fit_state& at = states[3 * e + i];
      BOOST_TEST(at.samples == seen);
      BOOST_TEST(at.loss == sum / static_cast<double>(seen), boost::test_tools::tolerance(1e-14));
      BOOST_TEST(at.epoch == static_cast<index_t>(e));
      BOOST_TEST(at.step == static_cast<index_t>(i + 1));
    }
    BOOST_TEST(h.epochs[e].loss == sum / 5, boost::test_tools::tolerance(1e-14));
    BOOST_TEST(h.epochs[e].steps == 3);
    BOOST_TEST(h.epochs[e].rate == 0.1 + 0.01 * static_cast<double>(3 * e + 2),
               boost::test_tools::tolerance(1e-14));
  }
  BOOST_TEST(losses[0] != losses[2]);
}

BOOST_AUTO_TEST_CASE(a_schedule_is_told_how_far_training_is) {
  auto step = make_step();
  fit_options o;
  o.epochs = 2;
  o.batch = 2;
  std::vector<progress> told;
  o.rate = [&](const progress& p) {
    told.push_back(p);
    return 0.1;
  };
  fit(step, std::tie(samples), o);
  BOOST_TEST(told.size() == 6u);
  for (std::size_t i = 0; i < 6; ++i) {
    BOOST_TEST(told[i].epoch == static_cast<std::int64_t>(i / 3));
    BOOST_TEST(told[i].step == static_cast<std::int64_t>(i));
    BOOST_TEST(told[i].fraction == static_cast<double>(i) / 6);
  }
}

BOOST_AUTO_TEST_CASE(the_seconds_of_epochs_add_up_to_those_of_the_fit) {
  auto step = make_step();
  fit_options o;
  o.epochs = 4;
  o.batch = 1;
  const auto pause = [] {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(2);
    while (std::chrono::steady_clock::now() < until) {
    }
  };
  o.on_step = [&](const fit_state&) {
    pause();
    return true;
  };
  const auto h = fit(step, std::tie(samples), o);
  double sum = 0;
  for (const epoch_record& e : h.epochs) {
    BOOST_TEST(e.seconds >= 0.008);  // five steps, of which the pause of the last counts in the next epoch
    sum += e.seconds;
  }
  BOOST_TEST(h.at.seconds == sum, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(h.at.in_epoch == 0);
}

BOOST_AUTO_TEST_CASE(a_callback_after_a_step_may_stop) {
  auto step = make_step();
  fit_options o;
  o.batch = 2;
  o.on_step = [](const fit_state& at) { return at.steps < 4; };
  const auto h = fit(step, std::tie(samples), o);
  BOOST_TEST((h.stopped == stop_reason::callback));
  BOOST_TEST(h.why == "stopped by a callback after step 4");
  BOOST_TEST(h.at.steps == 4);
  BOOST_TEST(h.at.epoch == 1);
  BOOST_TEST(h.at.step == 1);
  BOOST_TEST(h.epochs.size() == 1u);
}

BOOST_AUTO_TEST_CASE(reasons_to_stop_have_names) {
  using enum stop_reason;
  const std::vector<std::pair<stop_reason, std::string>> names{
      {finished, "finished"},     {patience, "patience"}, {time, "time"},
      {non_finite, "non_finite"}, {callback, "callback"}, {interrupted, "interrupted"}};
  for (const auto& [reason, text] : names) BOOST_TEST(std::string(name(reason)) == text);
}

BOOST_AUTO_TEST_CASE(gradient_descent_that_was_interrupted_goes_on_as_if_it_had_not_been) {
  fit_options o;
  o.epochs = 5;
  o.batch = 0;
  o.rate = cosine_rate(0.5);
  auto whole = make_step();
  const auto expected = fit(whole, std::tie(samples), o);
  for (index_t stop = 1; stop <= 5; ++stop) {
    auto step = make_step();
    fit_options until = o;
    until.interrupted = [&, steps = index_t{0}]() mutable { return ++steps == stop; };
    fit_options rest = o;
    rest.from = fit(step, std::tie(samples), until).at;
    const auto after = fit(step, std::tie(samples), rest);
    BOOST_TEST(step.parameters()(0) == whole.parameters()(0));
    BOOST_TEST(after.at.steps == expected.at.steps);
    BOOST_TEST(after.epochs.back().loss == expected.epochs.back().loss);
  }
}

BOOST_AUTO_TEST_CASE(the_step_and_epoch_that_were_not_finite_are_named) {
  auto step = freeze_step<double>([](const var& w, const var& x) { return mean(log(x - w)); }, sgd{.lr = 1},
                                  array<double>{0.0});
  fit_options o;
  o.epochs = 9;
  o.batch = 0;  // w = 1, and then the logarithm of 0
  const array<double> ones{1.0};
  const auto h = fit(step, std::tie(ones), o);
  BOOST_TEST((h.stopped == stop_reason::non_finite));
  BOOST_TEST((h.why.find("step 2 (epoch 2): ") == 0), h.why);
  BOOST_TEST(h.at.steps == 1);
  BOOST_TEST(step.parameters()(0) == 1);
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
  o.on_step = [&](const fit_state& at) {
    steps.push_back(at.steps);
    return true;
  };
  const auto h = fit(step, std::tie(samples), o);
  BOOST_TEST((epochs == std::vector<index_t>{1, 2}));
  BOOST_TEST((steps == std::vector<index_t>{1, 2, 3, 4, 5, 6}));
  BOOST_TEST((h.stopped == stop_reason::callback));
  BOOST_TEST(h.why == "stopped by a callback after epoch 2");
}

BOOST_AUTO_TEST_CASE(the_validation_loss_ends_training_and_brings_the_best_epoch_back) {
  // Validation losses as if measured; epoch 3 is the best.
  const std::vector<double> losses{5, 4, 2, 3, 2, 2.5, 1};
  auto step = make_step();
  fit_options o;
  o.epochs = 20;
  o.patience = 3;
  std::size_t measured = 0;
  o.validate = [&] { return losses.at(measured++); };
  std::vector<double> after;
  o.on_epoch = [&](const epoch_record&) {
    after.push_back(step.parameters()(0));
    return true;
  };
  const auto h = fit(step, std::tie(samples), o);
  BOOST_TEST((h.stopped == stop_reason::patience), h.why);
  BOOST_TEST(h.epochs.size() == 6u);
  BOOST_TEST(h.at.best_epoch == 3);
  BOOST_TEST(h.at.best == 2.0);
  BOOST_TEST(*h.epochs[4].validation_loss == 2.0);
  BOOST_TEST(step.parameters()(0) == after[2]);
  BOOST_TEST(h.why == "the validation loss has not improved for 3 epochs; the best was 2 after epoch 3");
}

BOOST_AUTO_TEST_CASE(an_improvement_below_min_delta_is_none) {
  const std::vector<double> losses{5, 4.9, 4.8, 4.3};
  auto step = make_step();
  fit_options o;
  o.patience = 2;
  o.min_delta = 0.5;
  std::size_t measured = 0;
  o.validate = [&] { return losses.at(measured++); };
  const auto h = fit(step, std::tie(samples), o);
  BOOST_TEST(h.epochs.size() == 3u);
  BOOST_TEST(h.at.best_epoch == 1);
}

BOOST_AUTO_TEST_CASE(validation_data_is_judged_by_the_loss_of_the_step_and_changes_nothing) {
  const array<double> others{0.0, 2.0};
  auto step = make_step(), twin = make_step();
  fit_options o;
  o.batch = 2;
  o.epochs = 4;
  const auto h = fit(step, std::tie(samples), std::tie(others), o);
  fit(twin, std::tie(samples), o);
  BOOST_TEST(step.parameters()(0) == twin.parameters()(0));
  const double w = step.parameters()(0);
  BOOST_TEST(*h.epochs[3].validation_loss == 0.25 * (w * w + (w - 2) * (w - 2)),
             boost::test_tools::tolerance(1e-15));
}

BOOST_AUTO_TEST_CASE(a_spent_time_budget_stops_within_the_epoch) {
  auto step = make_step();
  fit_options o;
  o.batch = 1;
  o.seconds = 1e-9;
  const auto h = fit(step, std::tie(samples), o);
  BOOST_TEST((h.stopped == stop_reason::time));
  BOOST_TEST(h.at.steps == 1);
  BOOST_TEST(h.epochs.empty());
}

BOOST_AUTO_TEST_CASE(a_fit_that_was_interrupted_goes_on_as_if_it_had_not_been) {
  fit_options o;
  o.epochs = 6;
  o.batch = 2;
  o.seed = 5;
  o.patience = 3;
  o.rate = warm_up(4, cosine_rate(0.3));
  const array<double> others{7.0};
  const auto rule = adam{};
  auto whole = freeze_step<float>(nearest, rule, array<double>{0.0});
  const auto expected = fit(whole, std::tie(samples), std::tie(others), o);
  for (index_t stop = 1; stop <= expected.at.steps; ++stop) BOOST_TEST_CONTEXT("after step " << stop) {
      auto first = freeze_step<float>(nearest, rule, array<double>{0.0});
      fit_options until = o;
      index_t steps = 0;
      until.interrupted = [&] { return ++steps == stop; };
      const auto before = fit(first, std::tie(samples), std::tie(others), until);
      BOOST_TEST((before.stopped == stop_reason::interrupted));
      BOOST_TEST(before.at.steps == stop);
      auto second = freeze_step<float>(nearest, rule, array<double>{99.0});
      second.restore(first.save());
      fit_options rest = o;
      rest.from = before.at;
      const auto after = fit(second, std::tie(samples), std::tie(others), rest);
      BOOST_TEST(second.parameters()(0) == whole.parameters()(0));
      BOOST_TEST(second.save().rule == whole.save().rule);
      BOOST_TEST(after.why == expected.why);
      BOOST_TEST(before.epochs.size() + after.epochs.size() == expected.epochs.size());
      BOOST_TEST(after.epochs.back().loss == expected.epochs.back().loss);
      BOOST_TEST(*after.epochs.back().validation_loss == *expected.epochs.back().validation_loss);
    }
}

BOOST_AUTO_TEST_CASE(training_that_diverges_keeps_the_last_good_parameters_or_the_best) {
  const auto diverging = [](const var& w, var x) { return mean(square(w - x)); };
  for (const index_t patience : {index_t{0}, index_t{50}}) {
    auto step = freeze_step<double>(diverging, sgd{.lr = 1e100}, array<double>{0.0});
    fit_options o;
    o.batch = 0;
    o.patience = patience;
    double last = 0;
    o.on_step = [&](const fit_state&) {
      last = step.parameters()(0);
      return true;
    };
    const auto h = fit(step, std::tie(samples), std::tie(samples), o);
    BOOST_TEST((h.stopped == stop_reason::non_finite));
    BOOST_TEST((h.why.find("step ") == 0), h.why);
    BOOST_TEST(std::isfinite(step.parameters()(0)));
    if (patience == 0) BOOST_TEST(step.parameters()(0) == last);
  }
}

BOOST_AUTO_TEST_CASE(a_snapshot_of_another_shape_is_refused_and_changes_nothing) {
  auto step = freeze_step<double>(nearest, adam{}, array<double>{1.0});
  step(samples);
  const auto before = step.save();
  auto other = freeze_step<double>(nearest, sgd{}, array<double>{1.0});
  auto wider = freeze_step<double>(nearest, adam{}, array<double>{1.0, 2.0});
  check_error(
      errc::binding_mismatch, [&] { step.restore(other.save()); }, "1 arrays", "holds 5", "another rule");
  check_error(
      errc::binding_mismatch, [&] { step.restore(wider.save()); }, "array 0", "[2]", "[1]");
  auto column = freeze_step<double>([](const var& w) { return sum(square(w)); }, sgd{},
                                    array<double>(array<double>::shape_type{2, 1}, 1.0));
  auto row =
      freeze_step<double>([](const var& w) { return sum(square(w)); }, sgd{}, array<double>{{1.0, 2.0}});
  check_error(
      errc::binding_mismatch, [&] { column.restore(row.save()); }, "array 0", "[1x2]", "[2x1]");
  BOOST_TEST(step.save().parameters == before.parameters);
  BOOST_TEST(step.save().rule == before.rule);
}

BOOST_AUTO_TEST_CASE(a_record_is_a_line_of_json) {
  epoch_record e{3, 47, 0.1, {}, 0.25, 0.5};
  BOOST_TEST(to_json(e) == R"({"epoch":3,"steps":47,"loss":0.1,"rate":0.25,"seconds":0.5})");
  e.validation_loss = std::nan("");
  e.loss = 1.0 / 3;
  BOOST_TEST(
      to_json(e) ==
      R"({"epoch":3,"steps":47,"loss":0.3333333333333333,"validation_loss":null,"rate":0.25,"seconds":0.5})");
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
  const auto refused = [&](const fit_options& wrong, const char* text) {
    check_error(
        errc::invalid_argument, [&] { fit(step, std::tie(samples), wrong); }, text);
  };
  refused({.patience = -1}, "patience of -1");
  refused({.patience = 2}, "needs a validation loss");
  refused({.min_delta = -0.5}, "min_delta -0.5");
  refused({.seconds = -1}, "-1 seconds");
  refused({.min_delta = std::nan("")}, "min_delta nan");
  refused({.seconds = std::nan("")}, "nan seconds");
  refused({.batch = 2, .from = {.epoch = -1, .step = 3, .steps = 0}}, "after -1 epochs");
  refused({.batch = 2, .from = {.epoch = 1, .step = -1, .steps = 2}}, "and -1 steps");
  refused({.batch = 2, .from = {.step = 4, .steps = 4}}, "3 steps in an epoch");
  refused({.batch = 2, .from = {.epoch = 1, .steps = 2}}, "after 1 epochs and 0 steps, 2 in all");
}

BOOST_AUTO_TEST_SUITE_END()
