// SPDX-License-Identifier: MIT
// The training loop: epochs of minibatches through a step, with a schedule, early stopping, a time
// budget, callbacks and a history that says why it stopped.
#pragma once

#include <reel/optim/history.hpp>
#include <reel/optim/minibatches.hpp>
#include <reel/optim/schedule.hpp>
#include <reel/optim/step.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace reel::optim {

struct fit_options {
  index_t epochs = 10;
  index_t batch = 128;  // samples per step; 0 is all of them, which is gradient descent
  std::uint64_t seed = 0;
  schedule rate = {};  // by default the step's own rate throughout

  // Early stopping: after `patience` epochs in a row whose validation loss was not lower, by more than
  // min_delta, than the lowest before; 0 never stops early. However such a fit ends, unless it is
  // interrupted, the parameters are then those of the best epoch.
  std::function<double()> validate = {};  // the loss on other samples, measured after each epoch
  index_t patience = 0;
  double min_delta = 0;

  double seconds = 0;  // stops after the step in which this time is over; 0 is no limit

  std::function<bool(const epoch_record&)> on_epoch = {};  // false stops
  std::function<bool(const fit_state&)> on_step = {};      // false stops
  std::function<bool()> interrupted = {};                  // asked after each step; true stops

  fit_state from = {};  // where to begin: history::at of a fit that was interrupted
};

namespace detail {

// Keeps the books of a fit, and decides when it ends.
class bookkeeper {
 public:
  bookkeeper(const fit_options& options, index_t steps_per_epoch);

  const fit_state& at() const { return history_.at; }
  double rate(double current) const;  // for the step about to be taken
  bool step_done(double loss, double rate, index_t samples);
  bool epoch_done();  // whether it was the best so far
  bool goes_on();     // into the next epoch
  void not_finite(const std::string& why);
  bool restores_best() const;
  history result() && { return std::move(history_); }

 private:
  using clock = std::chrono::steady_clock;
  void count_time();
  bool judge(double validation_loss);
  bool stop(stop_reason reason, std::string why);

  const fit_options& options_;
  history history_;
  index_t steps_per_epoch_;
  clock::time_point counted_;  // time up to here is in the state
};

// Both throw invalid_argument.
void check_options(const fit_options& options);
void check_start(const fit_state& from, index_t steps_per_epoch);

// Trains on epoch_batches(epoch, step), …, each the rest of an epoch as a range of tuples of arrays.
template <class Step, class Epoch>
void fit_epochs(Step& step, const fit_options& options, bookkeeper& books, Epoch epoch_batches) {
  try {
    while (books.at().epoch < options.epochs) {
      for (const auto& batch : epoch_batches(books.at().epoch, books.at().step)) {
        step.set_rate(books.rate(step.rate()));
        const double loss = step(batch);
        const auto samples = static_cast<index_t>(std::get<0>(batch).shape()[0]);
        if (!books.step_done(loss, step.rate(), samples)) return;
      }
      if (books.epoch_done()) step.mark();
      if (!books.goes_on()) return;
    }
  } catch (const error& e) {
    if (e.code() != errc::non_finite) throw;
    books.not_finite(e.what());
  }
}

// A single-pass range of an epoch's batches that can begin any epoch at any step, such as minibatches.
template <class B>
concept batch_range = requires(B& b, index_t i) {
  { b.batches() } -> std::convertible_to<index_t>;
  b.restart(i, i);
  b.begin();
};

// All data as the one batch of every epoch, where they lie and in their own order.
template <class Arrays> class whole_batch {
 public:
  explicit whole_batch(const Arrays& arrays) : arrays_(arrays) {}
  index_t batches() const { return 1; }
  void restart(index_t, index_t step) { first_ = step; }
  const Arrays* begin() const { return &arrays_ + first_; }
  const Arrays* end() const { return &arrays_ + 1; }

 private:
  Arrays arrays_;
  index_t first_ = 0;
};

}  // namespace detail

// Trains `step` on batches as minibatches makes them, each a tuple of arrays in the order of the loss's
// arguments; options.batch and options.seed are not looked at. Otherwise as below.
template <class Step, detail::batch_range Batches>
history fit(Step& step, Batches&& batches, const fit_options& options) {
  detail::check_options(options);
  detail::check_start(options.from, batches.batches());
  detail::bookkeeper books(options, batches.batches());
  detail::fit_epochs(
      step, options, books, [&](index_t epoch, index_t first) -> auto& {
        batches.restart(epoch, first);
        return batches;
      });
  if (books.restores_best()) step.return_to_mark();
  return std::move(books).result();
}

// Trains `step` on data: a tuple or struct of arrays that agree in their first size, in the order of
// the loss's arguments. Stops at the first loss or gradient that is not finite, with the parameters of
// the last good step intact and the reason in the history. Throws invalid_argument for options out of
// range; errors in the data (a label out of range) and of callbacks pass through, parameters likewise
// those of the last good step.
//
// `step` is a training_step, or something with its members rate, set_rate, mark and return_to_mark that
// can be called with a tuple of arrays.
template <class Step, class Data> history fit(Step& step, const Data& data, const fit_options& options) {
  detail::check_options(options);
  if (options.batch != 0) return fit(step, minibatches(data, options.batch, options.seed), options);
  return fit(step, detail::whole_batch(detail::arrays_of(data)), options);
}

// The same, with the step's own loss on `validation`, data of the same kind, as the validation loss.
template <class Step, class Data, class Validation>
history fit(Step& step, const Data& data, const Validation& validation, fit_options options) {
  options.validate = [&] { return step.evaluate(detail::arrays_of(validation)); };
  return fit(step, data, options);
}

}  // namespace reel::optim
