// SPDX-License-Identifier: MIT
// Optimizers, schedules and training steps.
#pragma once

#include <reel/optim/schedule.hpp>
#include <reel/optim/sgd.hpp>
#include <reel/optim/step.hpp>
