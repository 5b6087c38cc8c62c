// SPDX-License-Identifier: MIT
#include <reel/optim/fit.hpp>

#include <fmt/format.h>

namespace reel::optim::detail {

void check_options(const fit_options& options) {
  if (options.epochs < 0)
    throw error(errc::invalid_argument, fmt::format("{} epochs; give 0 or more.", options.epochs));
  if (options.batch < 0)
    throw error(errc::invalid_argument,
                fmt::format("a batch of {} samples; give 1 or more, or 0 for all.", options.batch));
}

bookkeeper::bookkeeper(const fit_options& options, index_t steps_per_epoch)
    : options_(options), steps_per_epoch_(steps_per_epoch) {
  begin_epoch();
}

void bookkeeper::begin_epoch() {
  record_ = {};
  record_.epoch = progress_.epoch + 1;
  samples_ = 0;
  began_ = std::chrono::steady_clock::now();
}

double bookkeeper::rate(double current) const { return options_.rate ? options_.rate(progress_) : current; }

bool bookkeeper::step_done(double loss, index_t samples) {
  ++progress_.step;
  ++record_.steps;
  progress_.fraction =
      static_cast<double>(progress_.step) / static_cast<double>(steps_per_epoch_ * options_.epochs);
  samples_ += samples;
  record_.loss += (loss - record_.loss) * static_cast<double>(samples) / static_cast<double>(samples_);
  if (options_.on_step && !options_.on_step(progress_.step, loss)) {
    stop(stop_reason::callback, fmt::format("stopped by a callback after step {}", progress_.step));
    return false;
  }
  return true;
}

bool bookkeeper::epoch_done(double rate) {
  ++progress_.epoch;
  record_.rate = rate;
  record_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
  history_.epochs.push_back(record_);
  const bool go_on = !options_.on_epoch || options_.on_epoch(record_);
  if (!go_on)
    stop(stop_reason::callback, fmt::format("stopped by a callback after epoch {}", progress_.epoch));
  else if (progress_.epoch == options_.epochs)
    history_.why = fmt::format("finished {} epochs", options_.epochs);
  begin_epoch();
  return go_on;
}

void bookkeeper::stop(stop_reason reason, std::string why) {
  history_.stopped = reason;
  history_.why = reason == stop_reason::non_finite
                     ? fmt::format("step {} (epoch {}): {}", progress_.step + 1, progress_.epoch + 1, why)
                     : why;
}

}  // namespace reel::optim::detail
