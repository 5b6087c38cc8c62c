// SPDX-License-Identifier: MIT
// What a fit leaves behind: a record per epoch, why it stopped, and where.
#pragma once

#include <reel/autodiff/shape.hpp>

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reel::optim {

// What one epoch came to.
struct epoch_record {
  index_t epoch = 0;                      // counted from 1
  index_t steps = 0;                      // taken in it
  double loss = 0;                        // mean over its samples, each at the parameters of its own step
  std::optional<double> validation_loss;  // at its end, where it is measured
  double rate = 0;                        // of its last step
  double seconds = 0;
};

// Where a fit is. With the step's snapshot it is all that is needed to go on from there.
struct fit_state {
  index_t epoch = 0;                                      // epochs completed
  index_t step = 0;                                       // steps taken in the epoch after those
  index_t steps = 0;                                      // steps taken altogether
  double last_loss = 0;                                   // of the last step
  double loss = 0;                                        // mean of the epoch so far
  index_t samples = 0;                                    // of the epoch so far
  double rate = 0;                                        // of the last step
  double seconds = 0;                                     // spent altogether
  double in_epoch = 0;                                    // seconds spent in the epoch so far
  double best = std::numeric_limits<double>::infinity();  // the lowest validation loss
  index_t best_epoch = 0;                                 // at whose end that was; 0 before there is one

  static constexpr const char* field_names[] = {"epoch",    "step",    "steps",     "last_loss",
                                                "loss",     "samples", "rate",      "seconds",
                                                "in_epoch", "best",    "best_epoch"};
};

enum class stop_reason {
  finished,     // all epochs are done
  patience,     // the validation loss has not improved for too long
  time,         // the time budget is spent
  non_finite,   // a loss or gradient was not finite
  callback,     // a callback said so
  interrupted,  // fit_options::interrupted said so: to be resumed from `at`
};
std::string_view name(stop_reason reason) noexcept;

struct history {
  std::vector<epoch_record> epochs;
  stop_reason stopped = stop_reason::finished;
  std::string why;  // in words; names op, row and step where training became non-finite
  fit_state at;
};

// One line of JSON: {"epoch":1,"steps":47,"loss":0.52,"validation_loss":0.55,"rate":0.1,"seconds":0.013},
// numbers in as many digits as give the same double back, null for one that is not finite, and no
// validation_loss where none was measured.
std::string to_json(const epoch_record& record);

}  // namespace reel::optim
