// SPDX-License-Identifier: MIT
// A user's program of ordinary size: softmax regression written out in ops, trained by a frozen step.
#include <reel/autodiff.hpp>
#include <reel/ops.hpp>
#include <reel/optim.hpp>

#include <cstdio>

int main() {
  const auto loss = [](const reel::var& w, const reel::var& x, const reel::var& labels) {
    return mean(softmax_cross_entropy(matmul(x, w), labels));
  };
  const reel::array<float> x{{-2, 1}, {-1, 1}, {1, 1}, {2, 1}};
  const reel::array<reel::index_t> labels{0, 0, 1, 1};
  const reel::array<float> w = xt::zeros<float>({2, 2});
  auto step = reel::optim::freeze_step<float>(loss, reel::optim::sgd{.lr = 0.5}, w);
  const double before = step(x, labels);
  for (int i = 0; i < 20; ++i) step(x, labels);
  const double after = step(x, labels);
  std::printf("loss %.3f -> %.3f\n", before, after);
  return after < before ? 0 : 1;
}
