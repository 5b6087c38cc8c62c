// SPDX-License-Identifier: MIT
#include <reel/optim/fit.hpp>

#include <fmt/format.h>

#include <cmath>

namespace reel::optim::detail {

namespace {

[[noreturn]] void refuse(const std::string& detail) { throw error(errc::invalid_argument, detail); }

}  // namespace

void check_options(const fit_options& o) {
  if (o.epochs < 0) refuse(fmt::format("{} epochs; give 0 or more.", o.epochs));
  if (o.batch < 0) refuse(fmt::format("a batch of {} samples; give 1 or more, or 0 for all.", o.batch));
  if (o.patience < 0) refuse(fmt::format("a patience of {} epochs; give 0 or more.", o.patience));
  if (o.patience > 0 && !o.validate)
    refuse("patience needs a validation loss to watch: give validate, or validation data.");
  if (!(o.min_delta >= 0)) refuse(fmt::format("min_delta {}; give 0 or more.", o.min_delta));
  if (!(o.seconds >= 0)) refuse(fmt::format("a time budget of {} seconds; give 0 or more.", o.seconds));
}

void check_start(const fit_state& from, index_t steps_per_epoch) {
  if (from.epoch < 0 || from.step < 0 || from.step > steps_per_epoch ||
      from.steps != from.epoch * steps_per_epoch + from.step)
    refuse(fmt::format(
        "cannot begin after {} epochs and {} steps, {} in all: there are {} steps in an epoch. Were the "
        "data or the batch others?",
        from.epoch, from.step, from.steps, steps_per_epoch));
}

bookkeeper::bookkeeper(const fit_options& options, index_t steps_per_epoch)
    : options_(options), steps_per_epoch_(steps_per_epoch), counted_(clock::now()) {
  history_.at = options.from;
  history_.why = fmt::format("finished {} epochs", options.epochs);
}

double bookkeeper::rate(double current) const {
  if (!options_.rate) return current;
  const fit_state& at = history_.at;
  const double planned = static_cast<double>(steps_per_epoch_) * static_cast<double>(options_.epochs);
  return options_.rate({at.epoch, at.steps, static_cast<double>(at.steps) / planned});
}

void bookkeeper::count_time() {
  const auto now = clock::now();
  const double passed = std::chrono::duration<double>(now - counted_).count();
  counted_ = now;
  history_.at.seconds += passed;
  history_.at.in_epoch += passed;
}

bool bookkeeper::stop(stop_reason reason, std::string why) {
  history_.stopped = reason;
  history_.why = std::move(why);
  return false;
}

bool bookkeeper::step_done(double loss, double rate, index_t samples) {
  fit_state& at = history_.at;
  ++at.step;
  ++at.steps;
  at.last_loss = loss;
  at.rate = rate;
  at.samples += samples;
  at.loss += (loss - at.loss) * static_cast<double>(samples) / static_cast<double>(at.samples);
  count_time();
  if (options_.on_step && !options_.on_step(at))
    return stop(stop_reason::callback, fmt::format("stopped by a callback after step {}", at.steps));
  if (options_.interrupted && options_.interrupted())
    return stop(stop_reason::interrupted, fmt::format("interrupted after step {}", at.steps));
  if (options_.seconds > 0 && at.seconds >= options_.seconds)
    return stop(stop_reason::time,
                fmt::format("the time budget of {} s was spent after {} steps", options_.seconds, at.steps));
  return true;
}

// Whether this is the lowest validation loss so far.
bool bookkeeper::judge(double validation_loss) {
  fit_state& at = history_.at;
  if (!(validation_loss < at.best - (at.best_epoch == 0 ? 0 : options_.min_delta))) return false;
  at.best = validation_loss;
  at.best_epoch = at.epoch;
  return true;
}

bool bookkeeper::epoch_done() {
  fit_state& at = history_.at;
  epoch_record record{at.epoch + 1, at.step, at.loss, {}, at.rate, 0};
  if (options_.validate) record.validation_loss = options_.validate();
  ++at.epoch;
  at.step = 0;
  at.loss = 0;
  at.samples = 0;
  count_time();
  record.seconds = std::exchange(at.in_epoch, 0);
  history_.epochs.push_back(record);
  return record.validation_loss && options_.patience > 0 && judge(*record.validation_loss);
}

bool bookkeeper::goes_on() {
  const fit_state& at = history_.at;
  if (options_.on_epoch && !options_.on_epoch(history_.epochs.back()))
    return stop(stop_reason::callback, fmt::format("stopped by a callback after epoch {}", at.epoch));
  if (options_.patience > 0 && at.epoch - at.best_epoch >= options_.patience)
    return stop(stop_reason::patience,
                fmt::format("the validation loss has not improved for {} epochs; the best was {:.6g} after "
                            "epoch {}",
                            options_.patience, at.best, at.best_epoch));
  return true;
}

void bookkeeper::not_finite(const std::string& why) {
  const fit_state& at = history_.at;
  stop(stop_reason::non_finite, fmt::format("step {} (epoch {}): {}", at.steps + 1, at.epoch + 1, why));
}

bool bookkeeper::restores_best() const {
  return options_.patience > 0 && history_.stopped != stop_reason::interrupted;
}

}  // namespace reel::optim::detail
