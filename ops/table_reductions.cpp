// SPDX-License-Identifier: MIT
#include <reel/ops/reductions.hpp>

#include "table_rows.hpp"

namespace reel::table {

namespace {

rows folds() {
  return {
      {.name = "prod",
       .family = "reductions",
       .record = [](vars x) { return prod(x[0], -1); },
       .samples = {{spread({1}, -2, 2)}, {spread({2, 3}, -2, 2)}, {spread({2, 1, 2, 1, 4}, -2, 2)}},
       .edges =
           {{.what = "a zero", .x = {real({2, 0, 3})}, .y = {0}, .xbar = {{0, 6, 0}}, .second = {{3, 5, 2}}},
            {.what = "two zeros, three zeros",
             .x = {real({2, 3}, {0, 0, 3, 0, 0, 0})},
             .y = {0, 0},
             .xbar = {{0, 0, 0, 0, 0, 0}},
             .second = {{3, 3, 0, 0, 0, 0}}},
            {.what = "infinities",
             .x = {real({2, 2}, {inf, 2, inf, 0})},
             .y = {inf, nan},
             .xbar = {{2, inf, 0, inf}}},
            {.what = "a NaN", .x = {real({2, 2}, {nan, 2, 3, 2})}, .y = {nan, 6}, .xbar = {{2, nan, 2, 3}}},
            {.what = "of nothing", .x = {real({2, 0}, {})}, .y = {1, 1}, .xbar = {{}}},
            {.what = "no rows", .x = {real({0, 2}, {})}, .y = {}, .xbar = {{}}}}},

      {.name = "prod",
       .variant = "of all",
       .family = "reductions",
       .record = [](vars x) { return prod(x[0]); },
       .samples = {{spread({}, -2, 2)}, {spread({2, 2}, -2, 2)}}},

      {.name = "prod",
       .variant = "two axes, which stay",
       .family = "reductions",
       .record =
           [](vars x) {
             return prod(x[0], {0, -1}, keep);
           },
       .samples = {{spread({2, 2}, -2, 2)}, {spread({2, 2, 2}, -2, 2)}}},

      {.name = "any",
       .family = "reductions",
       .record = [](vars x) { return any(x[0], -1); },
       .samples = {{boolean({2}, {0, 1})}, {boolean({2, 2, 3}, {0, 0, 0, 1, 0, 1, 1, 1, 1, 0, 0, 1})}},
       .edges = {{.what = "none, one, all", .x = {boolean({3, 2}, {0, 0, 0, 1, 1, 1})}, .y = {0, 1, 1}},
                 {.what = "of nothing", .x = {boolean({2, 0}, {})}, .y = {0, 0}}},
       .differentiable = false},

      {.name = "all",
       .family = "reductions",
       .record =
           [](vars x) {
             return all(x[0], {0, 1}, keep);
           },
       .samples = {{boolean({2, 2}, {0, 1, 1, 1})}, {boolean({1, 2, 3}, {0, 0, 1, 1, 0, 1})}},
       .edges = {{.what = "one is missing, none is",
                  .x = {boolean({2, 2, 2}, {0, 1, 1, 1, 1, 1, 1, 1})},
                  .y = {0, 1}},
                 {.what = "of nothing", .x = {boolean({0, 2, 1}, {})}, .y = {1}}},
       .composite = true,
       .differentiable = false},
  };
}

rows minima() {
  return {
      {.name = "min",
       .family = "reductions",
       .record = [](vars x) { return min(x[0], -1); },
       .samples = {{spread({1}, -2, 2)}, {spread({3, 7}, -2, 2)}, {spread({2, 1, 2, 2, 2}, -2, 2)}},
       .edges = {{.what = "the first of a tie",
                  .x = {real({3, 1, 1})},
                  .y = {1},
                  .xbar = {{0, 1, 0}},
                  .second = {{0, 0, 0}}},
                 {.what = "infinities; the first NaN",
                  .x = {real({3, 2}, {inf, inf, 1, -inf, 2, nan})},
                  .y = {inf, -inf, nan},
                  .xbar = {{1, 0, 0, 1, 0, 1}}},
                 {.what = "no rows", .x = {real({0, 3}, {})}, .y = {}, .xbar = {{}}}},
       .composite = true},

      {.name = "min",
       .variant = "of all",
       .family = "reductions",
       .record = [](vars x) { return min(x[0]); },
       .samples = {{spread({}, -2, 2)}, {spread({3, 2}, -2, 2)}},
       .composite = true},

      {.name = "argmin",
       .family = "reductions",
       .record = [](vars x) { return argmin(x[0], 0); },
       .samples = {{spread({3}, -2, 2)}, {spread({3, 2, 2}, -2, 2)}},
       .edges = {{.what = "a tie, a NaN, infinities",
                  .x = {real({3, 4}, {3, 1, inf, 0, 1, nan, inf, 1, 1, -inf, inf, -inf})},
                  .y = {1, 1, 0, 2}}},
       .analytic = false,
       .differentiable = false},
  };
}

rows norms() {
  return {
      {.name = "norm",
       .family = "reductions",
       .record = [](vars x) { return norm(x[0], 2, -1); },
       .samples = {{spread({2}, -2, 2)}, {spread({2, 3}, -2, 2)}, {spread({2, 1, 2, 1, 4}, -2, 2)}},
       .edges = {{.what = "a triangle",
                  .x = {real({3, 4})},
                  .y = {5},
                  .xbar = {{0x1.3333333333333p-1, 0x1.999999999999ap-1}}},
                 {.what = "0 has slope 0",
                  .x = {real({2, 2}, {0, 0, 0, -2})},
                  .y = {0, 2},
                  .xbar = {{0, 0, 0, -1}},
                  .second = {{0, 0, 0.5, 0}}},
                 {.what = "near overflow and underflow",
                  .x = {real({2, 2}, {huge, 0, 0, 0x1p-140})},
                  .y = {huge, 0x1p-140},
                  .xbar = {{1, 0, 0, 1}}},
                 {.what = "infinities and NaN",
                  .x = {real({2, 2}, {inf, 1, 1, nan})},
                  .y = {inf, nan},
                  .xbar = {{nan, 0, nan, nan}}},
                 {.what = "of nothing", .x = {real({2, 0}, {})}, .y = {0, 0}, .xbar = {{}}},
                 {.what = "no rows", .x = {real({0, 2}, {})}, .y = {}, .xbar = {{}}}},
       .analytic = false},

      {.name = "norm",
       .variant = "of matrices",
       .family = "reductions",
       .record =
           [](vars x) {
             return norm(x[0], 2, {0, 1}, keep);
           },
       .samples = {{spread({2, 2}, -2, 2)}, {spread({2, 3, 2}, -2, 2)}},
       .edges = {{.what = "a row of zeros",
                  .x = {real({2, 2}, {0, 0, 3, 4})},
                  .y = {5},
                  .xbar = {{0, 0, 0x1.3333333333333p-1, 0x1.999999999999ap-1}}}},
       .analytic = false},

      {.name = "norm",
       .variant = "p = 3",
       .family = "reductions",
       .record = [](vars x) { return norm(x[0], 3); },
       .samples = {{spread({2}, -2, 2)}, {spread({3, 2}, -2, 2)}},
       .edges =
           {{.what = "0 has slope 0", .x = {real({0, 0})}, .y = {0}, .xbar = {{0, 0}}, .second = {{0, 0}}},
            {.what = "one number", .x = {real({0, -2})}, .y = {2}, .xbar = {{0, -1}}},
            {.what = "near overflow", .x = {real({huge, 0})}, .y = {huge}, .xbar = {{1, 0}}},
            {.what = "a NaN", .x = {real({inf, nan})}, .y = {nan}}},
       .analytic = false},

      {.name = "norm",
       .variant = "p = 1",
       .family = "reductions",
       .record = [](vars x) { return norm(x[0], 1, 0); },
       .samples = {{spread({2}, -2, 2)}, {spread({3, 2}, -2, 2)}},
       .edges = {{.what = "0 has slope 0", .x = {real({0, -2})}, .y = {2}, .xbar = {{0, -1}}}},
       .composite = true,
       .analytic = false},

      {.name = "norm",
       .variant = "p = infinity",
       .family = "reductions",
       .record = [](vars x) { return norm(x[0], inf, -1); },
       .samples = {{spread({2}, -2, 2)}, {spread({3, 2}, -2, 2)}},
       .edges = {{.what = "the first of a tie", .x = {real({1, -2, 2})}, .y = {2}, .xbar = {{0, -1, 0}}},
                 {.what = "of nothing", .x = {real({1, 0}, {})}, .y = {0}, .xbar = {{}}}},
       .composite = true,
       .analytic = false},
  };
}

// No element is the mean of its row in any order: its slope would be 0, and nothing could be told of it.
const list apart = {-0.1015625, -0.9609375, 0.9609375, 1.7890625, -1.4765625, -1.8984375};
const list apart_by_four = {1.3671875,  1.3515625,  1.6796875, -1.8515625,
                            -0.0390625, -0.2578125, 0.1640625, -1.4296875};

rows moments() {
  return {
      {.name = "moment",
       .variant = "the variance",
       .family = "reductions",
       .record = [](vars x) { return variance(x[0], -1); },
       .samples = {{spread({2}, -2, 2)}, {real({2, 3}, apart)}, {real({1, 2, 1, 1, 3}, apart)}},
       .edges = {{.what = "a shift costs nothing",
                  .x = {real({4097, 4098, 4099, 4102})},
                  .y = {3.5},
                  .xbar = {{-1, -0.5, 0, 1.5}}},
                 {.what = "one number", .x = {real({2, 1}, {5, inf})}, .y = {0, nan}},
                 {.what = "no rows", .x = {real({0, 2}, {})}, .y = {}, .xbar = {{}}}}},

      {.name = "moment",
       .variant = "the variance of a sample, over two axes",
       .family = "reductions",
       .record =
           [](vars x) {
             return variance(x[0], {0, -1}, 1, keep);
           },
       .samples = {{real({2, 2}, {apart[0], apart[1], apart[2], apart[3]})}, {real({2, 1, 3}, apart)}}},

      {.name = "moment",
       .variant = "the standard deviation",
       .family = "reductions",
       .record = [](vars x) { return standard_deviation(x[0], -1, 1); },
       .samples = {{real({apart[0], apart[1], apart[2]})}, {real({2, 4}, apart_by_four)}},
       .edges = {{.what = "0 has slope 0",
                  .x = {real({3, 3, 3})},
                  .y = {0},
                  .xbar = {{0, 0, 0}},
                  .second = {{0, 0, 0}}}}},
  };
}

}  // namespace

rows reductions() {
  rows all;
  for (const auto part : {folds, minima, norms, moments})
    for (op_row& row : part()) all.push_back(std::move(row));
  return all;
}

}  // namespace reel::table
