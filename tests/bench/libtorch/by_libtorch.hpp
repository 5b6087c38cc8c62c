// SPDX-License-Identifier: MIT
// libtorch, where it is installed, as its competent user would write it; otherwise nobody.
#pragma once

#include "../problems.hpp"
#include "../row.hpp"

namespace bench {

#ifdef REEL_BENCH_LIBTORCH
contenders by_libtorch(const shared<softmax_regression>& p);
contenders by_libtorch(const shared<perceptron>& p);
contenders by_libtorch(const shared<perceptron_hvp>& p);
contenders by_libtorch(const shared<log_sum_exp>& p);
contenders by_libtorch(const shared<least_squares>& p);
contenders by_libtorch(const shared<small_chain>& p);
contenders by_libtorch(const shared<long_chain>& p);
#else
template <class P> contenders by_libtorch(const shared<P>&) { return {}; }
#endif

}  // namespace bench
