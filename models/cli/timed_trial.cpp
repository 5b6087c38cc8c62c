// SPDX-License-Identifier: MIT
#include "timed_trial.hpp"

#include "arguments.hpp"
#include "batches.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

namespace reel::cli {

namespace {

constexpr index_t samples_measured = 10000;
constexpr double measurements = 40, first_measurement = 1e-3;  // of the time

template <class T> basic_dataset<T> some_rows(const basic_dataset<T>& data, std::uint64_t seed) {
  if (data.samples() <= samples_measured) return data;
  const double share = static_cast<double>(samples_measured) / static_cast<double>(data.samples());
  return rows(data, split_randomly(data.samples(), share, seed).test);
}

class stopwatch {
 public:
  double seconds() const { return seconds_ + (runs_ ? since() : 0); }
  void start() {
    began_ = clock::now();
    runs_ = true;
  }
  void stop() {
    seconds_ += since();
    runs_ = false;
  }

 private:
  using clock = std::chrono::steady_clock;
  double since() const { return std::chrono::duration<double>(clock::now() - began_).count(); }
  clock::time_point began_;
  double seconds_ = 0;
  bool runs_ = false;
};

template <class T> class trying {
 public:
  trying(const task& t, const train_and_test<T>& parts, const training_arguments& a, double seconds,
         index_t epochs)
      : task_(t),
        parts_(parts),
        settings_(a),
        seconds_(seconds),
        epochs_(epochs),
        train_(some_rows(parts.train, a.seed)),
        test_(some_rows(parts.test, a.seed)) {}

  trial operator()() {
    result_ = {settings_.batch, rate_of(settings_), {}};
    network_step step = make_step(settings_, parts_.train.features(), parts_.train.classes(),
                                  class_weights_of(settings_, parts_.train.labels, parts_.train.class_names));
    with_batches(parts_.train, task_.scale, settings_, [&](auto& batches) {
      run(step, batches);
      return 0;
    });
    return result_;
  }

 private:
  template <class Batches> void run(network_step& step, Batches& batches) {
    const auto per_epoch = static_cast<double>(batches.batches());
    measure(step, 0);
    double next = first_measurement * seconds_;
    optim::fit_options o;
    o.epochs = epochs_ == 0 ? std::numeric_limits<index_t>::max() / batches.batches() : epochs_;
    o.on_step = [&](const optim::fit_state& at) {
      if (watch_.seconds() < std::min(next, seconds_)) return true;
      watch_.stop();
      while (next <= watch_.seconds()) next *= std::pow(1 / first_measurement, 1 / measurements);
      measure(step, static_cast<double>(at.steps) / per_epoch);
      watch_.start();
      return watch_.seconds() < seconds_;
    };
    watch_.start();
    const optim::history h = optim::fit(step, batches, o);
    watch_.stop();
    result_.diverged = h.stopped == optim::stop_reason::non_finite;
    const double epochs = static_cast<double>(h.at.steps) / per_epoch;
    if (epochs > result_.points.back().epochs) measure(step, epochs);
  }

  void measure(const network_step& step, double epochs) {
    const classifier model{step.parameters<float>(), parts_.train.class_names, parts_.train.feature_names,
                           task_.scale};
    const evaluation train = evaluate(model, train_), test = evaluate(model, test_);
    result_.points.push_back({watch_.seconds(), epochs, train.loss, test.loss});
    result_.train_accuracy = train.accuracy;
    result_.test_accuracy = test.accuracy;
  }

  const task& task_;
  const train_and_test<T>& parts_;
  const training_arguments& settings_;
  double seconds_;
  index_t epochs_;
  basic_dataset<T> train_, test_;
  stopwatch watch_;
  trial result_;
};

}  // namespace

void add_trial_arguments(CLI::App& verb, trial_arguments& a) {
  add_data_arguments(verb, a.data);
  add_model_arguments(verb, a.training);
  verb.add_option("--rates", a.rates, "learning rates to try")
      ->delimiter(',')
      ->type_name("RATES")
      ->capture_default_str()
      ->check(more_than_zero);
  verb.add_option("--seconds", a.seconds, "time for each trial")
      ->type_name("SECONDS")
      ->capture_default_str()
      ->check(more_than_zero);
  verb.add_option("--out", a.out,
                  fmt::format("picture to write; by default reel-{}-DATA.svg", verb.get_name()))
      ->type_name("FILE");
  verb.add_flag("--json", a.json, "one JSON object on stdout in place of text");
  verb.add_flag("--quiet", a.quiet, "no progress");
  add_config(verb);
}

double trial::seconds_to(double target) const {
  for (std::size_t i = 0; i < points.size(); ++i) {
    const trial_point& now = points[i];
    if (!(now.train_loss <= target)) continue;
    if (i == 0) return now.seconds;
    const trial_point& before = points[i - 1];
    const double share = (before.train_loss - target) / (before.train_loss - now.train_loss);
    return before.seconds + share * (now.seconds - before.seconds);
  }
  return std::numeric_limits<double>::infinity();
}

double trial::final_loss() const {
  return diverged ? std::numeric_limits<double>::infinity() : points.back().train_loss;
}

trial try_out(const task& t, const training_arguments& a, double seconds, index_t epochs) {
  return std::visit([&](const auto& parts) { return trying(t, parts, a, seconds, epochs)(); }, t.parts);
}

}  // namespace reel::cli
