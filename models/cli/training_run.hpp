// SPDX-License-Identifier: MIT
// A training from its settings to its model: batches, step, early stopping, checkpoints, progress.
#pragma once

#include "arguments.hpp"
#include "training_settings.hpp"

#include <functional>
#include <string>
#include <vector>

namespace reel::cli {

struct fit_request {
  const training_arguments& training;
  const task& data;
  std::vector<setting> settings = {};  // to be kept in checkpoints
  std::string resume = {};             // a checkpoint to begin from
  std::string checkpoint = {};         // where to save them
  index_t save_every = 0;              // epochs
  index_t stop_after = 0;              // steps in all
  workers team = {};                   // for the steps
  bool quiet = true;
  std::function<void()> begins = {};  // called when all is ready for the first step
};

struct fitted_run {
  classifier model;
  optim::history history;
  std::vector<optim::epoch_record> epochs;  // also those before it was resumed
  index_t steps_per_epoch = 0;
  index_t steps_here = 0;         // in this process
  double converting_seconds = 0;  // spent in it on making batches
};

// Where it is interrupted, by a signal or by stop_after, a checkpoint is saved. Throws as fit and load do.
fitted_run fit_network(const fit_request& request);

// The settings of the run in a checkpoint. Throws reel::error of code usage for one of these groups that
// was given another value.
void resume_settings(CLI::App& verb, const std::string& checkpoint, const std::vector<std::string>& groups);

}  // namespace reel::cli
