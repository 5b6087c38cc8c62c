// SPDX-License-Identifier: MIT
#include <reel/ops/rounding.hpp>

#include "table_rows.hpp"

namespace reel::table {

rows rounding() {
  return {
      {.name = "floor",
       .family = "rounding",
       .record = [](vars x) { return floor(x[0]); },
       .samples = each_size({{-2, 2}}),
       .edges =
           {
               {.what = "halves, infinities and NaN",
                .x = {real({0.5, -0.5, 1.5, -2, -0.0, inf, -inf, nan})},
                .y = {0, -1, 1, -2, -0.0, inf, -inf, nan},
                .xbar = {{0, 0, 0, 0, 0, 0, 0, 0}}},
           },
       .analytic = false,
       .elementwise = true},

      {.name = "ceil",
       .family = "rounding",
       .record = [](vars x) { return ceil(x[0]); },
       .samples = each_size({{-2, 2}}),
       .edges =
           {
               {.what = "halves, infinities and NaN",
                .x = {real({0.5, -0.5, 1.5, -2, -0.0, inf, -inf, nan})},
                .y = {1, -0.0, 2, -2, -0.0, inf, -inf, nan},
                .xbar = {{0, 0, 0, 0, 0, 0, 0, 0}}},
           },
       .analytic = false,
       .elementwise = true},

      {.name = "trunc",
       .family = "rounding",
       .record = [](vars x) { return trunc(x[0]); },
       .samples = each_size({{-2, 2}}),
       .edges =
           {
               {.what = "halves, infinities and NaN",
                .x = {real({0.5, -0.5, 1.5, -2, -0.0, inf, -inf, nan})},
                .y = {0, -0.0, 1, -2, -0.0, inf, -inf, nan},
                .xbar = {{0, 0, 0, 0, 0, 0, 0, 0}}},
           },
       .analytic = false,
       .elementwise = true},

      {.name = "round",
       .family = "rounding",
       .record = [](vars x) { return round(x[0]); },
       .samples = each_size({{-2, 2}}),
       .edges =
           {
               {.what = "halves go to the even neighbour",
                .x = {real({0.5, -0.5, 1.5, 2.5, -2.5, 3.25, -3.75})},
                .y = {0, -0.0, 2, 2, -2, 3, -4},
                .xbar = {{0, 0, 0, 0, 0, 0, 0}}},
               {.what = "infinities and NaN",
                .x = {real({0, -0.0, inf, -inf, nan})},
                .y = {0, -0.0, inf, -inf, nan},
                .xbar = {{0, 0, 0, 0, 0}}},
           },
       .analytic = false,
       .elementwise = true},

      {.name = "remainder",
       .family = "rounding",
       .record = [](vars x) { return remainder(x[0], x[1]); },
       .samples = each_size({{3.25, 3.625}, {1.3125, 1.625}}),
       .edges =
           {
               {.what = "the sign of the divisor",
                .x = {real({7, -7, 7, -7, 6, -6}), real({3, 3, -3, -3, 3, -3})},
                .y = {1, 2, -2, -1, 0, -0.0},
                .xbar = {{1, 1, 1, 1, 1, 1}, {-2, 3, 3, -2, -2, -2}}},
               {.what = "0 and infinity below",
                .x = {real({1, 1, -1, inf, nan}), real({0, inf, inf, 2, 1})},
                .y = {nan, 1, inf, nan, nan}},
           },
       .analytic = false,
       .elementwise = true},

      {.name = "fmod",
       .family = "rounding",
       .record = [](vars x) { return fmod(x[0], x[1]); },
       .samples = each_size({{3.25, 3.625}, {1.3125, 1.625}}),
       .edges =
           {
               {.what = "the sign of the dividend",
                .x = {real({7, -7, 7, -7, 6, -6}), real({3, 3, -3, -3, 3, -3})},
                .y = {1, -1, 1, -1, 0, -0.0},
                .xbar = {{1, 1, 1, 1, 1, 1}, {-2, 2, 2, -2, -2, -2}}},
               {.what = "0 and infinity below",
                .x = {real({1, 1, -1, inf, nan}), real({0, inf, inf, 2, 1})},
                .y = {nan, 1, -1, nan, nan}},
           },
       .analytic = false,
       .elementwise = true},

      {.name = "copysign",
       .family = "rounding",
       .record = [](vars x) { return copysign(x[0], x[1]); },
       .samples = each_size({{-2, 2}, {-2, 2}}),
       .edges =
           {
               {.what = "signs",
                .x = {real({2, 2, -2, -2, 0, inf, nan, 3, 3}), real({1, -1, 1, -1, -1, -1, 1, 0, -0.0})},
                .y = {2, -2, 2, -2, -0.0, -inf, nan, 3, -3},
                .xbar = {{1, -1, -1, 1, 0, -1, nan, 1, -1}, {0, 0, 0, 0, 0, 0, 0, 0, 0}},
                .second = {{0, 0, 0, 0, 0, 0, 0, 0, 0}, {0, 0, 0, 0, 0, 0, 0, 0, 0}}},
           },
       .analytic = false,
       .elementwise = true},

      {.name = "clip",
       .family = "rounding",
       .record = [](vars x) { return clip(x[0], -1, 1); },
       .samples = each_size({{-0.75, 0.75}}),
       .edges =
           {
               {.what = "the ends, beyond them and NaN",
                .x = {real({-1, 1, -2, 2, inf, -inf, nan})},
                .y = {-1, 1, -1, 1, 1, -1, nan},
                .xbar = {{1, 1, 0, 0, 0, 0, 1}},
                .second = {{0, 0, 0, 0, 0, 0, 0}}},
           },
       .composite = true,
       .analytic = false,
       .elementwise = true},

      {.name = "isnan",
       .family = "rounding",
       .record = [](vars x) { return isnan(x[0]); },
       .samples = each_size({{-2, 2}}),
       .edges =
           {
               {.what = "every sort of number", .x = {real({0, -3, inf, -inf, nan})}, .y = {0, 0, 0, 0, 1}},
           },
       .analytic = false,
       .elementwise = true,
       .differentiable = false},

      {.name = "isinf",
       .family = "rounding",
       .record = [](vars x) { return isinf(x[0]); },
       .samples = each_size({{-2, 2}}),
       .edges =
           {
               {.what = "every sort of number", .x = {real({0, -3, inf, -inf, nan})}, .y = {0, 0, 1, 1, 0}},
           },
       .analytic = false,
       .elementwise = true,
       .differentiable = false},

      {.name = "isfinite",
       .family = "rounding",
       .record = [](vars x) { return isfinite(x[0]); },
       .samples = each_size({{-2, 2}}),
       .edges =
           {
               {.what = "every sort of number", .x = {real({0, -3, inf, -inf, nan})}, .y = {1, 1, 0, 0, 0}},
           },
       .analytic = false,
       .elementwise = true,
       .differentiable = false},
  };
}

}  // namespace reel::table
