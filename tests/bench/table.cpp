// SPDX-License-Identifier: MIT
#include "row.hpp"

#include "hand/by_hand.hpp"
#include "libtorch/by_libtorch.hpp"
#include "problems.hpp"
#include "reel/by_reel.hpp"
#include "reel/derivatives.hpp"

#include <algorithm>
#include <iterator>

namespace bench {

namespace {

using sizes = std::vector<std::size_t>;

// `arguments` make the problem.
template <class P, class... A>
row entry(const char* workload, std::size_t size, const char* number, double units, A... arguments) {
  return {workload, size, number, units, [=](const choice& wanted) {
            const auto problem = std::make_shared<const P>(arguments...);
            contenders all;
            const auto add = [&](const contenders& some) {
              std::copy_if(some.begin(), some.end(), std::back_inserter(all),
                           [&](const contender& c) { return wanted(c.name); });
            };
            add(by_reel(problem));
            add(by_hand(problem));
            if (wanted("libtorch")) add(by_libtorch(problem));
            return all;
          }};
}

}  // namespace

std::vector<row> table() {
  std::vector<row> rows;
  for (const std::size_t n : sizes{1, 8, 32, 128, 512, 4096})
    rows.push_back(entry<softmax_regression>("softmax regression 785x10, step", n, "float", 1, n));
  for (const std::size_t n : sizes{1, 32, 128})
    rows.push_back(
        entry<softmax_regression>("softmax regression 785x10 with a penalty, step", n, "float", 1, n, 0.01f));
  rows.push_back(entry<image_epoch>("softmax regression 785x10, epoch of 60,000 images from bytes", 128,
                                    "float", 1, std::size_t{128}));
  for (const std::size_t n : sizes{1, 32, 128, 512})
    rows.push_back(entry<perceptron>("MLP 784-512-10, step", n, "float", 1, n));
  for (const std::size_t n : sizes{1, 32, 128})
    rows.push_back(entry<perceptron_hvp>("MLP 784-512-10, Hessian times vector", n, "float", 1, n));
  for (const std::size_t n : sizes{2500, 40'000, 1'280'000})
    rows.push_back(entry<log_sum_exp>("lse, value and gradient", n, "double", 1, n));
  for (const std::size_t n : sizes{16, 512, 4096, 16'392})
    rows.push_back(entry<least_squares>("llsq, value and gradient", n, "double", 1, n));

  const auto chain = [&](const char* workload, link op, bool gradients) {
    const std::size_t ops = 100;
    rows.push_back(entry<small_chain>(workload, ops, "float", static_cast<double>(ops), ops, op, gradients));
  };
  chain("adds on 16 numbers, per op", link::add, false);
  chain("adds on 16 numbers, per op with gradients", link::add, true);
  chain("products on 16 numbers, per op", link::multiply, false);
  chain("products on 16 numbers, per op with gradients", link::multiply, true);

  const std::size_t million = 1'000'000;
  rows.push_back(entry<long_chain>("10 cheap ops", million, "float", 1, million, false));
  rows.push_back(entry<long_chain>("10 cheap ops, then exp", million, "float", 1, million, true));
  std::ranges::move(derivative_rows(), std::back_inserter(rows));
  return rows;
}

}  // namespace bench
