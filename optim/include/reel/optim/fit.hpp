// SPDX-License-Identifier: MIT
// The training loop: epochs of minibatches through a step, with a schedule, callbacks and a history.
#pragma once

#include <reel/optim/minibatches.hpp>
#include <reel/optim/schedule.hpp>
#include <reel/optim/step.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace reel::optim {

// What one epoch came to.
struct epoch_record {
  index_t epoch = 0;  // counted from 1
  index_t steps = 0;  // taken in it
  double loss = 0;    // mean over its samples, each at the parameters of its own step
  double rate = 0;    // of its last step
  double seconds = 0;
};

enum class stop_reason { finished, callback, non_finite };

struct history {
  std::vector<epoch_record> epochs;
  stop_reason stopped = stop_reason::finished;
  std::string why;  // in words; names op, row and step where training became non-finite
};

struct fit_options {
  index_t epochs = 10;
  index_t batch = 128;  // samples per step; 0 is all of them, which is gradient descent
  std::uint64_t seed = 0;
  schedule rate = {};                                      // by default the step's own rate throughout
  std::function<bool(const epoch_record&)> on_epoch = {};  // false stops
  std::function<bool(index_t step, double loss)> on_step = {};
};

namespace detail {

// Keeps the books of a fit.
class bookkeeper {
 public:
  bookkeeper(const fit_options& options, index_t steps_per_epoch);

  double rate(double current) const;  // for the step about to be taken
  bool step_done(double loss, index_t samples);
  bool epoch_done(double rate);
  void stop(stop_reason reason, std::string why);
  history result() && { return std::move(history_); }

 private:
  void begin_epoch();
  const fit_options& options_;
  history history_;
  progress progress_;
  index_t steps_per_epoch_;
  epoch_record record_;
  index_t samples_ = 0;
  std::chrono::steady_clock::time_point began_;
};

void check_options(const fit_options& options);

// Trains on epoch_batches(0), epoch_batches(1), …, each a range of tuples of arrays.
template <class Step, class Epoch>
history fit_epochs(Step& step, const fit_options& options, bookkeeper books, Epoch epoch_batches) {
  for (index_t epoch = 0; epoch < options.epochs; ++epoch) {
    for (const auto& batch : epoch_batches(epoch)) {
      step.set_rate(books.rate(step.rate()));
      try {
        const double loss = step(batch);
        const auto samples = static_cast<index_t>(std::get<0>(batch).shape()[0]);
        if (!books.step_done(loss, samples)) return std::move(books).result();
      } catch (const error& e) {
        if (e.code() != errc::non_finite) throw;
        books.stop(stop_reason::non_finite, e.what());
        return std::move(books).result();
      }
    }
    if (!books.epoch_done(step.rate())) break;
  }
  return std::move(books).result();
}

}  // namespace detail

// Trains `step` on data: a tuple or struct of arrays that agree in their first size, in the order of
// the loss's arguments. Stops at the first loss or gradient that is not finite, with the parameters of
// the last good step intact and the reason in the history. Throws invalid_argument for options out of
// range; errors in the data (a label out of range) pass through, parameters likewise intact.
template <class Step, class Data> history fit(Step& step, const Data& data, const fit_options& options) {
  detail::check_options(options);
  if (options.batch == 0) {  // the whole data set, where it lies and in its own order
    const auto everything = detail::arrays_of(data);
    detail::bookkeeper books(options, 1);
    return detail::fit_epochs(step, options, std::move(books),
                              [&](index_t) { return std::span(&everything, 1); });
  }
  auto batches = minibatches(data, options.batch, options.seed);
  detail::bookkeeper books(options, batches.batches());
  return detail::fit_epochs(
      step, options, std::move(books), [&](index_t epoch) -> auto& {
        batches.restart(epoch);
        return batches;
      });
}

}  // namespace reel::optim
