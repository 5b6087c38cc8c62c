// SPDX-License-Identifier: MIT
// Optimizers, schedules, training steps, minibatches and random numbers.
#pragma once

#include <reel/optim/adam.hpp>
#include <reel/optim/any_rule.hpp>
#include <reel/optim/clip.hpp>
#include <reel/optim/fit.hpp>
#include <reel/optim/history.hpp>
#include <reel/optim/minibatches.hpp>
#include <reel/optim/random.hpp>
#include <reel/optim/rows.hpp>
#include <reel/optim/schedule.hpp>
#include <reel/optim/sgd.hpp>
#include <reel/optim/step.hpp>
