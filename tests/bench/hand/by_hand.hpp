// SPDX-License-Identifier: MIT
// Loops as one would write them by hand for exactly this problem: what reel is measured against.
#pragma once

#include "../problems.hpp"
#include "../row.hpp"

namespace bench {

contenders by_hand(const shared<softmax_regression>& p);
contenders by_hand(const shared<image_epoch>& p);  // none without AVX-512
contenders by_hand(const shared<perceptron>& p);
contenders by_hand(const shared<perceptron_hvp>& p);
contenders by_hand(const shared<log_sum_exp>& p);
contenders by_hand(const shared<least_squares>& p);
contenders by_hand(const shared<small_chain>& p);
contenders by_hand(const shared<long_chain>& p);

// The parts of the softmax regression row.
contenders fused_by_hand(const shared<softmax_regression>& p);  // none without AVX-512

}  // namespace bench
