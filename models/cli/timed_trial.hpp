// SPDX-License-Identifier: MIT
// Trials: short trainings at a constant rate whose loss is followed over time. The clock stands still while
// the loss is measured.
#pragma once

#include "training_settings.hpp"

#include <string>
#include <vector>

namespace reel::cli {

// What a verb that makes trials is told.
struct trial_arguments {
  data_arguments data = {};
  training_arguments training = {};
  std::vector<double> rates;
  double seconds;  // for each trial
  std::string out = {};
  bool json = false, quiet = false;
};
// All of them but the batches, which each verb has in its own way.
void add_trial_arguments(CLI::App& verb, trial_arguments& a);

struct trial_point {
  double seconds, epochs;
  double train_loss, test_loss;
};

struct trial {
  index_t batch;
  double rate;
  std::vector<trial_point> points;  // from the start on; the last one is where it ended
  bool diverged = false;            // a loss was not finite
  double train_accuracy = 0, test_accuracy = 0;

  // When the training loss was first at or below `target`, between points on a straight line; infinite where
  // it never was.
  double seconds_to(double target) const;
  double final_loss() const;  // infinite where it diverged
};

// Trains for this many seconds, and not for more epochs than this (0: no limit). Losses are of up to 10,000
// training samples, drawn by the seed, and of as many test samples.
trial try_out(const task& t, const training_arguments& a, double seconds, index_t epochs);

}  // namespace reel::cli
