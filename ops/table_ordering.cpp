// SPDX-License-Identifier: MIT
#include <reel/ops/ordering.hpp>

#include "table_rows.hpp"

namespace reel::table {

namespace {

rows sorted() {
  return {
      {.name = "argsort",
       .family = "ordering",
       .record = [](vars x) { return argsort(x[0]); },
       .samples = {{spread({3}, -2, 2)}, {spread({2, 3}, -2, 2)}},
       .edges = {{.what = "ties, a NaN, infinities",
                  .x = {real({2, 4}, {2, 1, 2, 1, inf, nan, -inf, 0})},
                  .y = {1, 3, 0, 2, 2, 3, 0, 1}},
                 {.what = "of nothing", .x = {real({2, 0}, {})}, .y = {}},
                 {.what = "indices", .x = {index({3}, {3, 1, 2})}, .y = {1, 2, 0}}},
       .analytic = false,
       .differentiable = false},

      {.name = "argsort",
       .variant = "descending, of the first axis",
       .family = "ordering",
       .record = [](vars x) { return argsort(x[0], 0, true); },
       .samples = {{spread({3, 2}, -2, 2)}},
       .edges = {{.what = "ties and a NaN",
                  .x = {real({4, 2}, {2, inf, 1, nan, 2, -inf, 1, 0})},
                  .y = {0, 1, 2, 0, 1, 3, 3, 2}}},
       .analytic = false,
       .differentiable = false},

      {.name = "sort",
       .family = "ordering",
       .record = [](vars x) { return sort(x[0]); },
       .samples = {{spread({1}, -2, 2)}, {spread({2, 3}, -2, 2)}, {spread({2, 1, 2, 2, 3}, -2, 2)}},
       .edges = {{.what = "ties keep their order",
                  .x = {real({2, 1, 2, 1})},
                  .y = {1, 1, 2, 2},
                  .ybar = {1, 2, 3, 4},
                  .xbar = {{3, 1, 4, 2}},
                  .second = {{0, 0, 0, 0}}},
                 {.what = "a NaN, infinities",
                  .x = {real({inf, nan, -inf, 0})},
                  .y = {-inf, 0, inf, nan},
                  .ybar = {1, 2, 3, 4},
                  .xbar = {{3, 4, 1, 2}}},
                 {.what = "no rows", .x = {real({0, 3}, {})}, .y = {}, .xbar = {{}}}},
       .composite = true},

      {.name = "sort",
       .variant = "descending, of an axis in the middle",
       .family = "ordering",
       .record = [](vars x) { return sort(x[0], 1, true); },
       .samples = {{spread({2, 3}, -2, 2)}, {spread({2, 3, 2}, -2, 2)}},
       .edges = {{.what = "a NaN comes first",
                  .x = {real({1, 3}, {1, nan, 2})},
                  .y = {nan, 2, 1},
                  .xbar = {{1, 1, 1}}}},
       .composite = true},

      {.name = "top_k",
       .family = "ordering",
       .record = [](vars x) { return top_k(x[0], 2).values; },
       .samples = {{spread({2}, -2, 2)}, {spread({2, 5}, -2, 2)}, {spread({2, 1, 2, 1, 3}, -2, 2)}},
       .edges = {{.what = "the first of a tie",
                  .x = {real({1, 3, 2, 2, 2})},
                  .y = {3, 2},
                  .ybar = {1, 2},
                  .xbar = {{0, 1, 2, 0, 0}}},
                 {.what = "no rows", .x = {real({0, 3}, {})}, .y = {}, .xbar = {{}}}},
       .composite = true},

      {.name = "top_k",
       .variant = "where they stand, along the first axis",
       .family = "ordering",
       .record = [](vars x) { return top_k(x[0], 2, 0).indices; },
       .samples = {{spread({3, 2}, -2, 2)}},
       .edges = {{.what = "ties and a NaN",
                  .x = {real({4, 2}, {1, 0, 2, 1, 2, nan, 2, 3})},
                  .y = {1, 2, 2, 3}}},
       .composite = true,
       .analytic = false,
       .differentiable = false},
  };
}

rows statistics() {
  return {
      {.name = "order_statistic",
       .variant = "the median",
       .family = "ordering",
       .record = [](vars x) { return median(x[0]); },
       .samples = {{spread({1}, -2, 2)}, {spread({2, 4}, -2, 2)}, {spread({2, 1, 2, 1, 5}, -2, 2)}},
       .edges = {{.what = "of an even number",
                  .x = {real({4, 1, 3, 2})},
                  .y = {2.5},
                  .xbar = {{0, 0, 0.5, 0.5}},
                  .second = {{0, 0, 0, 0}}},
                 {.what = "ties keep their order",
                  .x = {real({1, 1, 1, 0, 2})},
                  .y = {1},
                  .xbar = {{0, 1, 0, 0, 0}}},
                 {.what = "NaN and infinities",
                  .x = {real({3, 2}, {1, nan, inf, 1, -inf, inf})},
                  .y = {nan, inf, nan},
                  .xbar = {{0, 1, 0.5, 0.5, 0.5, 0.5}}},
                 {.what = "no rows", .x = {real({0, 3}, {})}, .y = {}, .xbar = {{}}}}},

      {.name = "quantile",
       .family = "ordering",
       .record = [](vars x) { return quantile(x[0], 0.25, 0); },
       .samples = {{spread({2}, -2, 2)}, {spread({4, 2}, -2, 2)}, {spread({3, 2, 2}, -2, 2)}},
       .edges =
           {{.what = "between two", .x = {real({4, 1, 3, 2})}, .y = {1.75}, .xbar = {{0, 0.25, 0, 0.75}}},
            {.what = "on one", .x = {real({inf, 1, 3, -inf, 2})}, .y = {1}, .xbar = {{0, 1, 0, 0, 0}}}},
       .composite = true},

      {.name = "quantile",
       .variant = "the largest, whose axis stays",
       .family = "ordering",
       .record = [](vars x) { return quantile(x[0], 1, -1, keep); },
       .samples = {{spread({2}, -2, 2)}, {spread({2, 3}, -2, 2)}},
       .composite = true},
  };
}

rows segments() {
  return {
      {.name = "segment_sum",
       .family = "ordering",
       .record = [](vars x) { return segment_sum(x[0], x[1], 3); },
       .samples = {{spread({3}, -2, 2), index({3}, {0, 2, 0})},
                   {spread({3, 2, 2, 1, 2}, -2, 2), index({3}, {1, 1, 0})}},
       .edges = {{.what = "an empty segment",
                  .x = {real({1, 2, inf}), index({3}, {2, 2, 0})},
                  .y = {inf, 0, 3},
                  .ybar = {1, 2, 3},
                  .xbar = {{3, 3, 1}}}},
       .composite = true,
       .linear_in = {0}},

      {.name = "segment_argmax",
       .variant = "of segment_max",
       .family = "ordering",
       .record = [](vars x) { return segment_max(x[0], x[1], 3); },
       .samples = {{spread({4}, -2, 2), index({4}, {0, 2, 0, 1})},
                   {spread({4, 2}, -2, 2), index({4}, {1, 1, 0, 2})},
                   {spread({3, 2, 1, 2, 2}, -2, 2), index({3}, {2, 1, 0})}},
       .edges = {{.what = "an empty segment; the first of a tie",
                  .x = {real({2, 3, 3, 1}), index({4}, {2, 2, 2, 0})},
                  .y = {1, -inf, 3},
                  .ybar = {1, 2, 3},
                  .xbar = {{0, 3, 0, 1}},
                  .second = {{0, 0, 0, 0}}},
                 {.what = "NaN and infinities",
                  .x = {real({nan, 3, -inf, -inf}), index({4}, {0, 0, 1, 1})},
                  .y = {nan, -inf, -inf},
                  .xbar = {{1, 0, 1, 0}}},
                 {.what = "nothing",
                  .x = {real({0}, {}), index({0}, {})},
                  .y = {-inf, -inf, -inf},
                  .xbar = {{}}}}},

      {.name = "segment_max",
       .variant = "the last axis",
       .family = "ordering",
       .record = [](vars x) { return segment_max(x[0], x[1], 2, -1); },
       .samples = {{spread({2, 3}, -2, 2), index({3}, {0, 1, 0})}},
       .composite = true},
  };
}

}  // namespace

rows ordering() {
  rows all;
  for (const auto part : {sorted, statistics, segments})
    for (op_row& row : part()) all.push_back(std::move(row));
  return all;
}

}  // namespace reel::table
