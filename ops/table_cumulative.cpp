// SPDX-License-Identifier: MIT
#include <reel/autodiff/sweep.hpp>
#include <reel/ops/cumulative.hpp>

#include "table_rows.hpp"

namespace reel::table {

namespace {

rows running_sums() {
  return {
      {.name = "cumsum",
       .family = "cumulative",
       .record = [](vars x) { return cumsum(x[0]); },
       .samples = {{spread({1}, -2, 2)}, {spread({2, 3}, -2, 2)}, {spread({2, 1, 3, 2, 2}, -2, 2)}},
       .edges = {{.what = "from an infinity on",
                  .x = {real({4}, {1, inf, -inf, 2})},
                  .y = {1, inf, nan, nan},
                  .xbar = {{4, 3, 2, 1}},
                  .second = {{0, 0, 0, 0}}},
                 {.what = "nothing", .x = {real({0, 3}, {})}, .y = {}, .xbar = {{}}},
                 {.what = "of nothing", .x = {real({3, 0}, {})}, .y = {}, .xbar = {{}}}},
       .linear_in = {0}},

      {.name = "cumsum",
       .variant = "exclusive, reversed, of an axis in the middle",
       .family = "cumulative",
       .record = [](vars x) { return cumsum(x[0], 1, {.reversed = true, .exclusive = true}); },
       .samples = {{spread({2, 3}, -2, 2)}, {spread({2, 3, 2}, -2, 2)}, {spread({1, 4, 2, 1, 2}, -2, 2)}},
       .edges = {{.what = "places",
                  .x = {real({1, 3}, {inf, 2, 3})},
                  .y = {5, 3, 0},
                  .ybar = {1, 2, 3},
                  .xbar = {{0, 1, 3}}}},
       .linear_in = {0}},
  };
}

rows recurrences() {
  return {
      {.name = "cumprod",
       .family = "cumulative",
       .record = [](vars x) { return cumprod(x[0]); },
       .samples = {{spread({1}, -2, 2)}, {spread({2, 3}, -2, 2)}, {spread({2, 1, 3, 2, 2}, -2, 2)}},
       .edges =
           {{.what = "a zero",
             .x = {real({2, 0, 3})},
             .y = {2, 0, 0},
             .xbar = {{1, 8, 0}},
             .second = {{4, 6, 2}}},
            {.what = "two zeros",
             .x = {real({0, 0, 5})},
             .y = {0, 0, 0},
             .xbar = {{1, 0, 0}},
             .second = {{6, 6, 0}}},
            {.what = "infinities",
             .x = {real({2, 3}, {2, inf, 3, inf, 0, 1})},
             .y = {2, inf, inf, inf, nan, nan},
             .ybar = {1, 1, 1, 0, 0, 0},
             .xbar = {{inf, 8, inf, 0, 0, 0}}},
            {.what = "from a NaN on", .x = {real({2, nan, 3})}, .y = {2, nan, nan}, .xbar = {{nan, 8, nan}}},
            {.what = "nothing", .x = {real({0, 3}, {})}, .y = {}, .xbar = {{}}}}},

      {.name = "cumprod",
       .variant = "exclusive",
       .family = "cumulative",
       .record = [](vars x) { return cumprod(x[0], -1, {.exclusive = true}); },
       .samples = {{spread({2}, -2, 2)}, {spread({2, 4}, -2, 2)}},
       .edges = {{.what = "a zero",
                  .x = {real({2, 0, 3})},
                  .y = {1, 2, 0},
                  .xbar = {{1, 2, 0}},
                  .second = {{1, 1, 0}}},
                 {.what = "the empty product", .x = {real({nan})}, .y = {1}, .xbar = {{0}}}}},

      {.name = "cumprod",
       .variant = "exclusive, reversed, of the first axis",
       .family = "cumulative",
       .record = [](vars x) { return cumprod(x[0], 0, {.reversed = true, .exclusive = true}); },
       .samples = {{spread({3, 2}, -2, 2)}, {spread({3, 2, 2}, -2, 2)}}},

      {.name = "cumprod",
       .variant = "reversed",
       .family = "cumulative",
       .record = [](vars x) { return cumprod(x[0], -2, {.reversed = true}); },
       .samples = {{spread({3, 2}, -2, 2)}, {spread({2, 3, 2}, -2, 2)}}},

      {.name = "linear_recurrence",
       .family = "cumulative",
       .record = [](vars x) { return linear_recurrence(x[0], x[1]); },
       .samples = {{spread({2}, -2, 2), spread({2}, -2, 2, 1)},
                   {spread({2, 4}, -2, 2), spread({2, 4}, -2, 2, 1)},
                   {spread({2, 1, 3, 1, 3}, -2, 2), spread({2, 1, 3, 1, 3}, -2, 2, 1)}},
       .edges = {{.what = "the first factor is not used; a zero",
                  .x = {real({nan, 0, 2}), real({1, 2, 3})},
                  .y = {1, 2, 7},
                  .xbar = {{0, 3, 2}, {1, 3, 1}},
                  .second = {{0, 4, 2}, {3, 1, 0}}},
                 {.what = "a NaN where nothing arrives",
                  .x = {real({1, nan}), real({0, 1})},
                  .y = {0, nan},
                  .ybar = {1, 0},
                  .xbar = {{0, 0}, {1, 0}}},
                 {.what = "nothing", .x = {real({0}, {}), real({0}, {})}, .y = {}, .xbar = {{}, {}}}}},

      {.name = "linear_recurrence",
       .variant = "reversed, of the first axis, broadcast",
       .family = "cumulative",
       .record = [](vars x) { return linear_recurrence(x[0], x[1], 0, true); },
       .samples = {{spread({3, 1}, -2, 2), spread({3, 2}, -2, 2, 1)},
                   {spread({2, 2}, -2, 2), spread({3, 2, 2}, -2, 2, 1)}}},
  };
}

rows of_logarithms() {
  return {
      {.name = "logcumsumexp",
       .family = "cumulative",
       .record = [](vars x) { return logcumsumexp(x[0]); },
       .samples = {{spread({1}, -2, 2)}, {spread({2, 3}, -2, 2)}, {spread({2, 1, 3, 1, 4}, -2, 2)}},
       .edges = {{.what = "from minus infinity",
                  .x = {real({-inf, -inf, 0, 0})},
                  .y = {-inf, -inf, 0, 0x1.62e42fefa39efp-1},
                  .xbar = {{0, 0, 1.5, 0.5}}},
                 {.what = "from infinity on",
                  .x = {real({2, 3}, {0, inf, 1, inf, inf, 1})},
                  .y = {0, inf, inf, inf, inf, inf},
                  .xbar = {{1, nan, 0, nan, nan, 0}}},
                 {.what = "from a NaN on",
                  .x = {real({0, nan, 1})},
                  .y = {0, nan, nan},
                  .xbar = {{nan, nan, nan}}},
                 {.what = "shares of large numbers",
                  .x = {real({huge, huge})},
                  .y = {huge, huge},
                  .xbar = {{1.5, 0.5}}},
                 {.what = "nothing", .x = {real({0, 3}, {})}, .y = {}, .xbar = {{}}}}},

      {.name = "logcumsumexp",
       .variant = "exclusive, of the first axis",
       .family = "cumulative",
       .record = [](vars x) { return logcumsumexp(x[0], 0, {.exclusive = true}); },
       .edges = {{.what = "begins with minus infinity",
                  .x = {real({3, 1}, {1, -inf, nan})},
                  .y = {-inf, 1, 1},
                  .xbar = {{2, 0, 0}}}}},

      {.name = "logcumsumexp",
       .variant = "reversed",
       .family = "cumulative",
       .record = [](vars x) { return logcumsumexp(x[0], 1, {.reversed = true}); },
       .samples = {{spread({2, 3}, -2, 2)}, {spread({2, 4, 2}, -2, 2)}}},

      {.name = "running_share",
       .family = "cumulative",
       .record =
           [](vars x) {
             return composed("running_share", {x[0]}, [&] {
               const var y = logcumsumexp(x[0]);
               return vjp(y, x[0], ones_like(y));
             });
           },
       .samples = {{spread({2}, -2, 2)}, {spread({2, 3}, -2, 2)}, {spread({2, 1, 1, 1, 4}, -2, 2)}}},
  };
}

rows running_extrema() {
  return {
      {.name = "cummax",
       .family = "cumulative",
       .record = [](vars x) { return cummax(x[0]); },
       .samples = {{spread({1}, -2, 2)}, {spread({2, 3}, -2, 2)}, {spread({2, 1, 3, 2, 2}, -2, 2)}},
       .edges = {{.what = "the first of a tie",
                  .x = {real({1, 3, 3, 2})},
                  .y = {1, 3, 3, 3},
                  .xbar = {{1, 3, 0, 0}},
                  .second = {{0, 0, 0, 0}}},
                 {.what = "from a NaN on; infinities",
                  .x = {real({2, 3}, {1, nan, 3, -inf, -inf, inf})},
                  .y = {1, nan, nan, -inf, -inf, inf},
                  .xbar = {{1, 2, 0, 2, 0, 1}}},
                 {.what = "nothing", .x = {real({0, 3}, {})}, .y = {}, .xbar = {{}}}},
       .composite = true},

      {.name = "cummin",
       .family = "cumulative",
       .record = [](vars x) { return cummin(x[0], 0, true); },
       .samples = {{spread({3}, -2, 2)}, {spread({3, 2, 2}, -2, 2)}},
       .edges = {{.what = "the first of a tie, from the end",
                  .x = {real({3, 1, 1, 2})},
                  .y = {1, 1, 1, 2},
                  .xbar = {{0, 0, 3, 1}}}},
       .composite = true},

      {.name = "cumargmax",
       .family = "cumulative",
       .record = [](vars x) { return cumargmax(x[0], -1); },
       .samples = {{spread({3}, -2, 2)}, {spread({2, 3}, -2, 2)}},
       .edges = {{.what = "a tie, a NaN, infinities",
                  .x = {real({3, 3}, {1, 3, 3, 1, nan, 5, -inf, -inf, 0})},
                  .y = {0, 1, 1, 0, 1, 1, 0, 0, 2}}},
       .analytic = false,
       .differentiable = false},

      {.name = "cumargmax",
       .variant = "of the smallest",
       .family = "cumulative",
       .record = [](vars x) { return cumargmin(x[0], 0, true); },
       .samples = {{spread({3, 2}, -2, 2)}},
       .edges = {{.what = "a tie, a NaN", .x = {real({4, 1}, {1, nan, 2, 2})}, .y = {1, 1, 3, 3}}},
       .analytic = false,
       .differentiable = false},
  };
}

}  // namespace

rows cumulative() {
  rows all;
  for (const auto part : {running_sums, recurrences, of_logarithms, running_extrema})
    for (op_row& row : part()) all.push_back(std::move(row));
  return all;
}

}  // namespace reel::table
