// SPDX-License-Identifier: MIT
#include <reel/ops/lookup.hpp>
#include <reel/ops/rearrange.hpp>

#include "table_rows.hpp"

namespace reel::table {

namespace {

// Slices, and what is made of them.
rows strided() {
  return {
      {.name = "strided_slice",
       .variant = "every second",
       .family = "movement",
       .record = [](vars x) { return slice(x[0], -1, 1, std::nullopt, 2); },
       .samples = {{spread({2}, -2, 2)}, {spread({2, 5}, -2, 2)}, {spread({2, 1, 3, 2, 4}, -2, 2)}},
       .edges = {{.what = "places",
                  .x = {real({5}, {1, nan, 3, inf, 5})},
                  .y = {nan, inf},
                  .ybar = {2, 3},
                  .xbar = {{0, 2, 0, 3, 0}},
                  .second = {{0, 0, 0, 0, 0}}},
                 {.what = "nothing", .x = {real({0, 3}, {})}, .y = {}, .xbar = {{}}},
                 {.what = "indices", .x = {index({4}, {1, 2, 3, 4})}, .y = {2, 4}}},
       .linear_in = {0}},

      {.name = "strided_slice",
       .variant = "backwards",
       .family = "movement",
       .record = [](vars x) { return slice(x[0], 0, -1, std::nullopt, -2); },
       .samples = {{spread({2}, -2, 2)}, {spread({4, 3}, -2, 2)}, {spread({3, 2, 2}, -2, 2)}},
       .edges = {{.what = "places",
                  .x = {real({5}, {1, 2, 3, 4, 5})},
                  .y = {5, 3, 1},
                  .ybar = {1, 2, 3},
                  .xbar = {{3, 0, 2, 0, 1}}}},
       .linear_in = {0}},

      {.name = "strided_pad",
       .family = "movement",
       .record = [](vars x) { return dilate(x[0], -1, 3); },
       .samples = {{spread({2}, -2, 2)}, {spread({2, 3}, -2, 2)}, {spread({1, 2, 1, 2, 2}, -2, 2)}},
       .edges = {{.what = "places",
                  .x = {real({2}, {1, inf})},
                  .y = {1, 0, 0, inf},
                  .ybar = {1, 2, 3, 4},
                  .xbar = {{1, 4}}},
                 {.what = "nothing", .x = {real({0}, {})}, .y = {}, .xbar = {{}}}},
       .linear_in = {0}},

      {.name = "flip",
       .family = "movement",
       .record = [](vars x) { return flip(x[0]); },
       .samples = {{spread({}, -2, 2)}, {spread({2, 3}, -2, 2)}, {spread({2, 2, 3}, -2, 2)}},
       .edges = {{.what = "places",
                  .x = {real({2, 2}, {1, 2, 3, nan})},
                  .y = {nan, 3, 2, 1},
                  .ybar = {1, 2, 3, 4},
                  .xbar = {{4, 3, 2, 1}}},
                 {.what = "nothing", .x = {real({0, 3}, {})}, .y = {}, .xbar = {{}}}},
       .composite = true,
       .linear_in = {0}},

      {.name = "roll",
       .family = "movement",
       .record = [](vars x) { return roll(x[0], -4, 0); },
       .samples = {{spread({1}, -2, 2)}, {spread({3, 2}, -2, 2)}, {spread({5, 2, 2}, -2, 2)}},
       .edges = {{.what = "places", .x = {real({3}, {1, 2, 3})}, .y = {2, 3, 1}},
                 {.what = "nothing", .x = {real({0}, {})}, .y = {}, .xbar = {{}}}},
       .composite = true,
       .linear_in = {0}},

      {.name = "split",
       .family = "movement",
       .record = [](vars x) { return split(x[0], 2, -1)[1]; },
       .samples = {{spread({2}, -2, 2)}, {spread({2, 4}, -2, 2)}, {spread({2, 1, 2, 2, 2}, -2, 2)}},
       .edges = {{.what = "nothing", .x = {real({0}, {})}, .y = {}, .xbar = {{}}}},
       .composite = true,
       .linear_in = {0}},

      {.name = "split_with_sizes",
       .family = "movement",
       .record =
           [](vars x) {
             return split_with_sizes(x[0], {1, 2, 0}, 0)[1];
           },
       .samples = {{spread({3}, -2, 2)}, {spread({3, 4}, -2, 2)}},
       .composite = true,
       .linear_in = {0}},
  };
}

// Axes of size 1, and copies in a row.
rows shapes() {
  return {
      {.name = "squeeze",
       .family = "movement",
       .record = [](vars x) { return squeeze(x[0]); },
       .samples = {{spread({}, -2, 2)}, {spread({1, 3, 1}, -2, 2)}, {spread({2, 1, 3, 1, 2}, -2, 2)}},
       .composite = true,
       .linear_in = {0}},

      {.name = "expand_dims",
       .family = "movement",
       .record = [](vars x) { return expand_dims(x[0], -1); },
       .samples = {{spread({}, -2, 2)}, {spread({3}, -2, 2)}, {spread({2, 2, 3, 1}, -2, 2)}},
       .composite = true,
       .linear_in = {0}},

      {.name = "tile",
       .family = "movement",
       .record =
           [](vars x) {
             return tile(x[0], {2, 3});
           },
       .samples = {{spread({}, -2, 2)}, {spread({2}, -2, 2)}, {spread({2, 2, 3}, -2, 2)}},
       .edges = {{.what = "places",
                  .x = {real({2, 1}, {1, inf})},
                  .y = {1, 1, 1, inf, inf, inf, 1, 1, 1, inf, inf, inf},
                  .xbar = {{6, 6}}},
                 {.what = "nothing", .x = {real({0}, {})}, .y = {}, .xbar = {{}}}},
       .composite = true,
       .linear_in = {0}},

      {.name = "repeat",
       .family = "movement",
       .record = [](vars x) { return repeat(x[0], 2, 0); },
       .samples = {{spread({2}, -2, 2)}, {spread({2, 3}, -2, 2)}, {spread({3, 1, 2, 2, 1}, -2, 2)}},
       .edges = {{.what = "places",
                  .x = {real({2, 2}, {1, 2, 3, nan})},
                  .y = {1, 2, 1, 2, 3, nan, 3, nan},
                  .ybar = {1, 2, 3, 4, 5, 6, 7, 8},
                  .xbar = {{4, 6, 12, 14}}},
                 {.what = "nothing", .x = {real({0, 2}, {})}, .y = {}, .xbar = {{}}}},
       .composite = true,
       .linear_in = {0}},
  };
}

rows of_matrices() {
  return {
      {.name = "diagonal",
       .family = "movement",
       .record = [](vars x) { return diagonal(x[0], 1); },
       .samples = {{spread({2, 2}, -2, 2)}, {spread({3, 2}, -2, 2)}, {spread({2, 1, 2, 4}, -2, 2)}},
       .edges = {{.what = "places",
                  .x = {real({2, 3}, {1, 2, 3, 4, nan, inf})},
                  .y = {2, inf},
                  .ybar = {5, 7},
                  .xbar = {{0, 5, 0, 0, 0, 7}}},
                 {.what = "no columns", .x = {real({2, 0}, {})}, .y = {}, .xbar = {{}}}},
       .composite = true,
       .linear_in = {0}},

      {.name = "diag",
       .family = "movement",
       .record = [](vars x) { return diag(x[0], -1); },
       .samples = {{spread({1}, -2, 2)}, {spread({3}, -2, 2)}, {spread({2, 1, 2}, -2, 2)}},
       .edges = {{.what = "places",
                  .x = {real({2}, {1, nan})},
                  .y = {0, 0, 0, 1, 0, 0, 0, nan, 0},
                  .ybar = {1, 2, 3, 4, 5, 6, 7, 8, 9},
                  .xbar = {{4, 8}}},
                 {.what = "nothing beside the diagonal", .x = {real({0}, {})}, .y = {0}, .xbar = {{}}}},
       .composite = true,
       .linear_in = {0}},

      {.name = "tril",
       .family = "movement",
       .record = [](vars x) { return tril(x[0]); },
       .samples = {{spread({2, 2}, -2, 2)}, {spread({2, 3}, -2, 2)}, {spread({2, 3, 2}, -2, 2)}},
       .edges = {{.what = "what lies above is silent",
                  .x = {real({2, 2}, {1, nan, 3, inf})},
                  .y = {1, 0, 3, inf},
                  .xbar = {{1, 0, 1, 1}}},
                 {.what = "nothing", .x = {real({0, 2}, {})}, .y = {}, .xbar = {{}}}},
       .composite = true,
       .linear_in = {0}},

      {.name = "triu",
       .family = "movement",
       .record = [](vars x) { return triu(x[0], 1); },
       .samples = {{spread({2, 2}, -2, 2)}, {spread({3, 4}, -2, 2)}, {spread({2, 1, 2, 3}, -2, 2)}},
       .edges = {{.what = "what lies below is silent",
                  .x = {real({2, 2}, {nan, 2, 3, inf})},
                  .y = {0, 2, 0, 0},
                  .xbar = {{0, 1, 0, 0}}}},
       .composite = true,
       .linear_in = {0}},
  };
}

rows indexed() {
  return {
      {.name = "take_along_axis",
       .family = "movement",
       .record = [](vars x) { return take_along_axis(x[0], x[1]); },
       .samples = {{spread({3}, -2, 2), index({2}, {2, 2})},
                   {spread({2, 3}, -2, 2), index({2, 4}, {0, 1, 2, 0, 2, 2, 2, 1})},
                   {spread({2, 1, 2, 1, 2}, -2, 2), index({2, 1, 2, 1, 1}, {0, 1, 1, 0})}},
       .edges = {{.what = "twice the same, and what nobody asks for",
                  .x = {real({2, 2}, {1, nan, inf, 4}), index({2, 2}, {0, 0, 0, 1})},
                  .y = {1, 1, inf, 4},
                  .ybar = {1, 2, 3, 4},
                  .xbar = {{3, 0, 3, 4}},
                  .second = {{0, 0, 0, 0}}},
                 {.what = "no indices",
                  .x = {real({2, 2}, {1, 2, 3, 4}), index({2, 0}, {})},
                  .y = {},
                  .xbar = {{0, 0, 0, 0}}},
                 {.what = "indices of indices",
                  .x = {index({3}, {5, 6, 7}), index({2}, {2, 0})},
                  .y = {7, 5}}},
       .linear_in = {0}},

      {.name = "take_along_axis",
       .variant = "the first axis",
       .family = "movement",
       .record = [](vars x) { return take_along_axis(x[0], x[1], 0); },
       .samples = {{spread({3, 2}, -2, 2), index({2, 2}, {2, 0, 1, 0})},
                   {spread({2, 2, 2}, -2, 2), index({1, 2, 2}, {1, 0, 0, 1})}},
       .linear_in = {0}},

      {.name = "add_along_axis",
       .family = "movement",
       .record = [](vars x) { return add_along_axis(x[0], x[1], 4); },
       .samples = {{spread({2}, -2, 2), index({2}, {1, 1})},
                   {spread({2, 3}, -2, 2), index({2, 3}, {0, 3, 0, 1, 2, 3})},
                   {spread({2, 1, 1, 2, 2}, -2, 2), index({2, 1, 1, 2, 2}, {0, 3, 0, 1, 2, 3, 3, 3})}},
       .edges =
           {{.what = "sums where indices repeat",
             .x = {real({1, 2, inf}), index({3}, {1, 1, 3})},
             .y = {0, 3, 0, inf},
             .ybar = {1, 2, 3, 4},
             .xbar = {{2, 2, 4}},
             .second = {{0, 0, 0}}},
            {.what = "nothing", .x = {real({1, 0}, {}), index({1, 0}, {})}, .y = {0, 0, 0, 0}, .xbar = {{}}}},
       .linear_in = {0}},

      {.name = "add_along_axis",
       .variant = "an axis in the middle",
       .family = "movement",
       .record = [](vars x) { return add_along_axis(x[0], x[1], 3, 1); },
       .samples = {{spread({2, 2}, -2, 2), index({2, 2}, {1, 1, 0, 2})},
                   {spread({1, 2, 2}, -2, 2), index({1, 2, 2}, {2, 2, 0, 2})}},
       .linear_in = {0}},

      {.name = "last_write",
       .variant = "of scatter",
       .family = "movement",
       .record = [](vars x) { return scatter(x[0], x[1], x[2]); },
       .samples = {{spread({3}, -2, 2), index({}, {1}), spread({}, -2, 2, 2)},
                   {spread({3, 2}, -2, 2), index({2}, {2, 0}), spread({2, 2}, -2, 2, 2)},
                   {spread({2, 1, 2, 1, 2}, -2, 2), index({3}, {1, 1, 1}), spread({2, 1, 1}, -2, 2, 2)}},
       .edges = {{.what = "the last of two writes",
                  .x = {real({nan, 2, inf}), index({3}, {0, 2, 0}), real({5, 6, 7})},
                  .y = {7, 2, 6},
                  .ybar = {1, 2, 3},
                  .xbar = {{0, 2, 0}, {0, 3, 1}},
                  .second = {{0, 0, 0}, {0, 0, 0}}},
                 {.what = "no writes",
                  .x = {real({1, 2}), index({0}, {}), real({0}, {})},
                  .y = {1, 2},
                  .xbar = {{1, 1}, {}}}}},

      {.name = "scatter",
       .variant = "the last axis",
       .family = "movement",
       .record = [](vars x) { return scatter(x[0], x[1], x[2], -1); },
       .samples = {{spread({2, 3}, -2, 2), index({2}, {2, 0}), spread({2, 2}, -2, 2, 2)},
                   {spread({2, 2, 3}, -2, 2), index({2, 1}, {1, 0}), spread({2, 1, 2, 1}, -2, 2, 2)}},
       .composite = true},
  };
}

rows looked_up() {
  return {
      {.name = "dynamic_slice",
       .family = "movement",
       .record = [](vars x) { return dynamic_slice(x[0], x[1], 2, -1); },
       .samples = {{spread({3}, -2, 2), index({}, {1})},
                   {spread({2, 3}, -2, 2), index({}, {0})},
                   {spread({2, 1, 2, 1, 2}, -2, 2), index({}, {0})}},
       .edges = {{.what = "places",
                  .x = {real({4}, {nan, 2, 3, inf}), index({}, {1})},
                  .y = {2, 3},
                  .ybar = {4, 5},
                  .xbar = {{0, 4, 5, 0}},
                  .second = {{0, 0, 0, 0}}},
                 {.what = "indices", .x = {index({3}, {7, 8, 9}), index({}, {1})}, .y = {8, 9}}},
       .composite = true,
       .linear_in = {0}},

      {.name = "dynamic_update",
       .family = "movement",
       .record = [](vars x) { return dynamic_update(x[0], x[1], x[2]); },
       .samples = {{spread({3}, -2, 2), index({}, {1}), spread({2}, -2, 2, 2)},
                   {spread({3, 2}, -2, 2), index({}, {2}), spread({1, 2}, -2, 2, 2)},
                   {spread({2, 1, 2, 1, 2}, -2, 2), index({}, {0}), spread({1, 1, 2, 1, 2}, -2, 2, 2)}},
       .edges = {{.what = "places",
                  .x = {real({4}, {nan, 2, 3, inf}), index({}, {2}), real({5, 6})},
                  .y = {nan, 2, 5, 6},
                  .ybar = {1, 2, 3, 4},
                  .xbar = {{1, 2, 0, 0}, {3, 4}}},
                 {.what = "by nothing",
                  .x = {real({2}, {1, 2}), index({}, {9}), real({0}, {})},
                  .y = {1, 2},
                  .xbar = {{1, 1}, {}}}},
       .composite = true},

      {.name = "embedding",
       .family = "movement",
       .record = [](vars x) { return embedding(x[0], x[1], -1); },
       .samples = {{spread({3}, -2, 2), index({2}, {1, 1})},
                   {spread({3, 2}, -2, 2), index({2, 2}, {1, -1, 0, 1})},
                   {spread({2, 2, 1, 2}, -2, 2), index({}, {1})}},
       .edges = {{.what = "the padding's row is silent",
                  .x = {real({2, 2}, {nan, inf, 3, 4}), index({3}, {1, -1, 1})},
                  .y = {3, 4, 0, 0, 3, 4},
                  .ybar = {1, 2, 3, 4, 5, 6},
                  .xbar = {{0, 0, 6, 8}}}},
       .composite = true,
       .linear_in = {0}},

      {.name = "scatter_max",
       .family = "movement",
       .record = [](vars x) { return scatter_max(x[0], x[1], x[2]); },
       .samples = {{spread({3}, -2, 2), index({2}, {1, 1}), spread({2}, -2, 2, 2)},
                   {spread({2, 3}, -2, 2), index({3}, {1, 0, 1}), spread({3, 3}, -2, 2, 2)}},
       .edges = {{.what = "x is the first of a tie",
                  .x = {real({2, 2, 2}), index({3}, {0, 1, 1}), real({2, 3, 3})},
                  .y = {2, 3, 2},
                  .xbar = {{1, 0, 1}, {0, 1, 0}}},
                 {.what = "NaN and infinities",
                  .x = {real({nan, 1, -inf}), index({2}, {0, 1}), real({1, nan})},
                  .y = {nan, nan, -inf}}},
       .composite = true,
       .analytic = false},
  };
}

}  // namespace

rows rearrange() {
  rows all;
  for (const auto part : {strided, shapes, of_matrices, indexed, looked_up})
    for (op_row& row : part()) all.push_back(std::move(row));
  return all;
}

}  // namespace reel::table
