// SPDX-License-Identifier: MIT
// Learning rates as functions of how far training is. Each throws invalid_argument for a rate, decay or
// factor that is negative or not finite.
#pragma once

#include <cstdint>
#include <functional>

namespace reel::optim {

struct progress {
  std::int64_t epoch = 0;  // epochs completed
  std::int64_t step = 0;   // steps completed, over all epochs
  double fraction = 0;     // of all steps planned, 0 … 1
};

using schedule = std::function<double(const progress&)>;

// The same rate throughout.
schedule constant_rate(double rate);
// From `rate` down to `last` along half a cosine (Loshchilov & Hutter, 2017).
schedule cosine_rate(double rate, double last = 0);
// rate / (1 + decay·step): satisfies the conditions of Robbins and Monro (1951).
schedule inverse_rate(double rate, double decay);
// rate · factor^⌊epoch / every⌋. Throws invalid_argument unless every > 0.
schedule step_rate(double rate, double factor, std::int64_t every);
// A schedule times a factor that rises in equal steps, from 1/steps at the first step to 1 at step number
// `steps` (Goyal et al., 2017); 0 steps leave it as it is. Throws invalid_argument for a negative number, or
// no schedule.
schedule warm_up(std::int64_t steps, schedule then);

}  // namespace reel::optim
