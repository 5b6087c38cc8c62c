// SPDX-License-Identifier: MIT
// A loss that cannot be called as it will be is refused with a sentence.
#include <reel/ops.hpp>
#include <reel/optim.hpp>

using namespace reel;

#if CASE == 1
// expect: reel: the loss is called as loss(model, batch...), with a var for each array, and returns a var
const auto misfit = [](const var& w, const var& x) { return sum(square(matmul(x, w))); };
#elif CASE == 2
// expect: reel: the loss is called as loss(model, batch...), with a var for each array, and returns a var
const auto misfit = [](const var& w, const var& x, const var& y) {
  return (sum(matmul(x, w)) - sum(y)).item();
};
#else
const auto misfit = [](auto& w, auto& x, auto& y) { return sum(square(matmul(x, w) - y)); };
#endif

double train(const array<double>& w, const array<double>& x, const array<double>& y) {
  return optim::freeze_step(misfit, optim::sgd{}, w)(x, y);
}
