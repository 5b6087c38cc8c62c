// SPDX-License-Identifier: MIT
#include <reel/ops/matmul.hpp>

#include "table_rows.hpp"

namespace reel::table {

namespace {

template <bool ta, bool tb> var product(vars x) { return apply(matmul_op{ta, tb}, x[0], x[1]); }

// Samples of a product [n,k]·[k,m], each factor stored as asked.
std::vector<sample> products(bool ta, bool tb) {
  struct sizes {
    index_t n, k, m;
  };
  std::vector<sample> samples;
  for (const auto& [n, k, m] : {sizes{1, 1, 1}, {2, 1, 3}, {1, 3, 2}, {2, 3, 2}, {3, 18, 2}})
    samples.push_back(
        {spread(ta ? shape{k, n} : shape{n, k}, -2, 2), spread(tb ? shape{m, k} : shape{k, m}, -2, 2, 1)});
  return samples;
}

}  // namespace

rows matmul() {
  return {
      {.name = "matmul",
       .family = "matmul",
       .record = product<false, false>,
       .samples = products(false, false),
       .edges =
           {{.what = "values",
             .x = {real({2, 2}, {1, 2, 3, 4}), real({2, 2}, {5, 6, 7, 8})},
             .y = {19, 22, 43, 50},
             .ybar = {1, 0, 0, 2},
             .xbar = {{5, 7, 12, 16}, {1, 6, 2, 8}}},
            {.what = "an inner size of 0 sums nothing",
             .x = {real({2, 0}, {}), real({0, 3}, {})},
             .y = {0, 0, 0, 0, 0, 0},
             .xbar = {{}, {}}},
            {.what = "no rows", .x = {real({0, 2}, {}), real({2, 1}, {1, 2})}, .y = {}, .xbar = {{}, {0, 0}}},
            {.what = "0 times infinity, in its row",
             .x = {real({2, 2}, {0, 1, 1, 1}), real({2, 1}, {inf, 1})},
             .y = {nan, inf},
             .xbar = {{inf, 1, inf, 1}, {1, 2}}}},
       .linear_in = {0, 1}},

      {.name = "matmul",
       .variant = "aᵀ·b",
       .family = "matmul",
       .record = product<true, false>,
       .samples = products(true, false),
       .edges = {{.what = "values",
                  .x = {real({1, 2}, {1, 2}), real({1, 2}, {5, 6})},
                  .y = {5, 6, 10, 12},
                  .ybar = {1, 0, 0, 2},
                  .xbar = {{5, 12}, {1, 4}}}},
       .linear_in = {0, 1}},

      {.name = "matmul",
       .variant = "a·bᵀ",
       .family = "matmul",
       .record = product<false, true>,
       .samples = products(false, true),
       .edges = {{.what = "values",
                  .x = {real({2, 1}, {1, 2}), real({2, 1}, {5, 6})},
                  .y = {5, 6, 10, 12},
                  .ybar = {1, 0, 0, 2},
                  .xbar = {{5, 12}, {1, 4}}}},
       .linear_in = {0, 1}},

      {.name = "matmul",
       .variant = "aᵀ·bᵀ",
       .family = "matmul",
       .record = product<true, true>,
       .samples = products(true, true),
       .edges = {{.what = "values",
                  .x = {real({1, 2}, {1, 2}), real({2, 1}, {5, 6})},
                  .y = {5, 6, 10, 12},
                  .ybar = {1, 0, 0, 2},
                  .xbar = {{5, 12}, {1, 4}}}},
       .linear_in = {0, 1}},

      {.name = "matmul",
       .variant = "with vectors",
       .family = "matmul",
       .record = [](vars x) { return matmul(x[0], x[1]); },
       .samples = {{spread({3}, -2, 2), spread({3}, -2, 2, 1)},
                   {spread({2, 3}, -2, 2), spread({3}, -2, 2, 1)},
                   {spread({3}, -2, 2), spread({3, 2}, -2, 2, 1)}},
       .edges = {{.what = "of nothing", .x = {real({}), real({})}, .y = {0}, .xbar = {{}, {}}}},
       .linear_in = {0, 1}},
  };
}

}  // namespace reel::table
