// SPDX-License-Identifier: MIT
#include <reel/autodiff/structural.hpp>
#include <reel/autodiff/sweep.hpp>
#include <reel/ops/reduce.hpp>

#include "table_rows.hpp"

namespace reel::table {

rows reduce() {
  return {
      {.name = "sum",
       .family = "reduce",
       .record =
           [](vars x) {
             return sum(x[0], {0, -1});
           },
       .samples = {{spread({2, 3}, -2, 2)}, {spread({2, 3, 4}, -2, 2)}, {spread({2, 1, 3, 2, 2}, -2, 2)}},
       .edges = {{.what = "nothing", .x = {real({0, 2, 3}, {})}, .y = {0, 0}, .xbar = {{}}},
                 {.what = "a NaN stays in its sum",
                  .x = {real({1, 2, 2}, {1, nan, 2, 3})},
                  .y = {nan, 5},
                  .xbar = {{1, 1, 1, 1}}}},
       .composite = true,
       .linear_in = {0}},

      {.name = "mean",
       .family = "reduce",
       .record = [](vars x) { return mean(x[0], 0); },
       .samples = {{spread({1}, -2, 2)}, {spread({2}, -2, 2)}, {spread({3, 7}, -2, 2)}},
       .edges = {{.what = "of columns",
                  .x = {real({2, 2}, {1, inf, 2, 3})},
                  .y = {1.5, inf},
                  .xbar = {{0.5, 0.5, 0.5, 0.5}}},
                 {.what = "of no columns", .x = {real({2, 0}, {})}, .y = {}, .xbar = {{}}}},
       .composite = true,
       .linear_in = {0}},

      {.name = "sum_others",
       .family = "reduce",
       .record = [](vars x) { return sum_others(x[0]); },
       .samples = {{spread({2}, -2, 2)},
                   {spread({3, 7}, -2, 2)},
                   {spread({5, 37}, -2, 2)},
                   {spread({2, 3, 4}, -2, 2)}},
       .edges = {{.what = "a large one leaves the others' sum alone",
                  .x = {real({1e30, 1, 2})},
                  .y = {3, 1e30, 1e30},
                  .ybar = {1, 1e30, 2},
                  .xbar = {{1e30, 3, 1e30}}},
                 {.what = "an infinity is no part of its own sum",
                  .x = {real({inf, 1, inf, -inf, 2, 3})},
                  .y = {nan, nan, nan, inf, nan, nan}},
                 {.what = "one infinity, one NaN",
                  .x = {real({2, 3}, {inf, 1, 2, nan, 1, 2})},
                  .y = {3, inf, inf, 3, nan, nan}},
                 {.what = "one alone", .x = {real({2, 1}, {5, inf})}, .y = {0, 0}, .xbar = {{0, 0}}},
                 {.what = "no rows", .x = {real({0, 3}, {})}, .y = {}, .xbar = {{}}}},
       .linear_in = {0}},

      {.name = "sum_others",
       .variant = "the first axis",
       .family = "reduce",
       .record = [](vars x) { return sum_others(x[0], 0); },
       .samples = {{spread({3, 2}, -2, 2)}, {spread({4, 3, 2}, -2, 2)}},
       .linear_in = {0}},

      {.name = "max",
       .family = "reduce",
       .record = [](vars x) { return max(x[0], -1); },
       .samples = {{spread({1}, -2, 2)}, {spread({2}, -2, 2)}, {spread({3}, -2, 2)}, {spread({3, 7}, -2, 2)}},
       .edges = {{.what = "the first of a tie",
                  .x = {real({1, 3, 3})},
                  .y = {3},
                  .xbar = {{0, 1, 0}},
                  .second = {{0, 0, 0}}},
                 {.what = "infinities",
                  .x = {real({2, 2}, {-inf, -inf, 1, inf})},
                  .y = {-inf, inf},
                  .xbar = {{1, 0, 0, 1}}},
                 {.what = "the first NaN, in its own row",
                  .x = {real({2, 3}, {1, nan, 3, 1, 2, 0})},
                  .y = {nan, 2},
                  .xbar = {{0, 1, 0, 0, 1, 0}}},
                 {.what = "no rows", .x = {real({0, 3}, {})}, .y = {}, .xbar = {{}}}},
       .analytic = false},

      {.name = "max",
       .variant = "the first axis, which stays",
       .family = "reduce",
       .record = [](vars x) { return max(x[0], 0, keep); },
       .samples = {{spread({2, 2}, -2, 2)}, {spread({3, 2, 3}, -2, 2)}},
       .analytic = false},

      {.name = "max",
       .variant = "an axis in the middle",
       .family = "reduce",
       .record = [](vars x) { return max(x[0], 1); },
       .samples = {{spread({2, 3, 2}, -2, 2)}, {spread({2, 3, 1, 2, 2}, -2, 2)}},
       .analytic = false},

      {.name = "max",
       .variant = "of all",
       .family = "reduce",
       .record = [](vars x) { return max(x[0]); },
       .samples = {{spread({}, -2, 2)}, {spread({3, 2}, -2, 2)}},
       .analytic = false},

      {.name = "is_first_max",
       .family = "reduce",
       .record =
           [](vars x) {
             return composed("is_first_max", {x[0]}, [&] {
               const var y = max(x[0], -1, keep);
               return vjp(y, x[0], ones_like(y));
             });
           },
       .samples = {{spread({1}, -2, 2)}, {spread({3}, -2, 2)}, {spread({3, 7}, -2, 2)}},
       .edges = {{.what = "a tie, a NaN, infinities",
                  .x = {real({3, 3}, {1, 3, 3, 1, nan, nan, -inf, -inf, -inf})},
                  .y = {0, 1, 0, 0, 1, 0, 1, 0, 0},
                  .xbar = {{0, 0, 0, 0, 0, 0, 0, 0, 0}}}}},

      {.name = "argmax",
       .variant = "an axis in the middle",
       .family = "reduce",
       .record = [](vars x) { return argmax(x[0], 1); },
       .samples = {{spread({2, 3, 2}, -2, 2)}},
       .edges = {{.what = "places",
                  .x = {real({2, 3, 2}, {1, 6, 3, 4, 2, 5, 9, 7, 8, 11, 10, 12})},
                  .y = {1, 0, 2, 2}}},
       .analytic = false,
       .differentiable = false},

      {.name = "argmax",
       .family = "reduce",
       .record = [](vars x) { return argmax(x[0]); },
       .samples = {{spread({1}, -2, 2)}, {spread({2}, -2, 2)}, {spread({3, 7}, -2, 2)}},
       .edges = {{.what = "a tie, a NaN, infinities",
                  .x = {real({4, 3}, {1, 3, 3, 1, nan, 5, -inf, -inf, -inf, 0, 1, inf})},
                  .y = {1, 1, 0, 2}},
                 {.what = "no rows", .x = {real({0, 3}, {})}, .y = {}}},
       .analytic = false,
       .differentiable = false},
  };
}

}  // namespace reel::table
