// SPDX-License-Identifier: MIT
// libtorch, where it is installed, as its competent user would write it. It brings hundreds of
// libraries along, so it lies in a module beside the program that is loaded when somebody asks.
#pragma once

#include "../problems.hpp"
#include "../row.hpp"

#include <tuple>

namespace bench {

template <class... P> using functions_of = std::tuple<contenders (*)(const shared<P>&)...>;
using libtorch_functions = functions_of<softmax_regression, image_epoch, perceptron, perceptron_hvp,
                                        log_sum_exp, least_squares, small_chain, long_chain>;

// Null where there is no module, or it cannot be loaded, which is then said once.
const libtorch_functions* load_libtorch();

template <class P> contenders by_libtorch(const shared<P>& p) {
  const libtorch_functions* f = load_libtorch();
  return f == nullptr ? contenders{} : std::get<contenders (*)(const shared<P>&)>(*f)(p);
}

}  // namespace bench

// What the module exports.
extern "C" const bench::libtorch_functions* reel_bench_libtorch();
