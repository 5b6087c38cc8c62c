// SPDX-License-Identifier: MIT
// reel frozen comes first and is what the others are compared with; then reel recorded afresh for
// each run, and the value alone, frozen.
#pragma once

#include "../problems.hpp"
#include "../row.hpp"

#include <reel/autodiff/workers.hpp>

namespace bench {

contenders by_reel(const shared<softmax_regression>& p);
contenders by_reel(const shared<image_epoch>& p);  // an epoch, and its steps alone
contenders by_reel(const shared<perceptron>& p);
contenders by_reel(const shared<perceptron_hvp>& p);
contenders by_reel(const shared<log_sum_exp>& p);
contenders by_reel(const shared<least_squares>& p);
contenders by_reel(const shared<small_chain>& p);
contenders by_reel(const shared<long_chain>& p);

// A frozen training step whose work is shared.
contender step_of(const softmax_regression& p, const reel::workers& team);
contender step_of(const perceptron& p, const reel::workers& team);

}  // namespace bench
