// SPDX-License-Identifier: MIT
#include <reel/ops/movement.hpp>

#include "table_rows.hpp"

namespace reel::table {

rows movement() {
  return {
      {.name = "permute",
       .variant = "a matrix",
       .family = "movement",
       .record = [](vars x) { return transpose(x[0]); },
       .samples = {{spread({1, 1}, -2, 2)},
                   {spread({1, 3}, -2, 2)},
                   {spread({2, 3}, -2, 2)},
                   {spread({3, 7}, -2, 2)}},
       .edges = {{.what = "places",
                  .x = {real({2, 3}, {1, 2, 3, 4, inf, nan})},
                  .y = {1, 4, 2, inf, 3, nan},
                  .ybar = {1, 2, 3, 4, 5, 6},
                  .xbar = {{1, 3, 5, 2, 4, 6}}},
                 {.what = "nothing", .x = {real({0, 3}, {})}, .y = {}, .xbar = {{}}},
                 {.what = "indices", .x = {index({1, 2}, {7, 8})}, .y = {7, 8}}},
       .linear_in = {0}},

      {.name = "permute",
       .variant = "a cycle of three axes",
       .family = "movement",
       .record =
           [](vars x) {
             return permute(x[0], {2, 0, 1});
           },
       .samples = {{spread({1, 2, 1}, -2, 2)}, {spread({2, 3, 4}, -2, 2)}},
       .edges = {{.what = "places",
                  .x = {real({1, 2, 3}, {1, 2, 3, 4, 5, 6})},
                  .y = {1, 4, 2, 5, 3, 6},
                  .ybar = {1, 2, 3, 4, 5, 6},
                  .xbar = {{1, 3, 5, 2, 4, 6}}}},
       .linear_in = {0}},

      {.name = "permute",
       .variant = "a cycle of four axes",
       .family = "movement",
       .record =
           [](vars x) {
             return permute(x[0], {1, 3, 0, 2});
           },
       .samples = {{spread({2, 1, 3, 2}, -2, 2)}},
       .edges = {{.what = "places",
                  .x = {real({2, 1, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8})},
                  .y = {1, 3, 5, 7, 2, 4, 6, 8},
                  .ybar = {1, 2, 3, 4, 5, 6, 7, 8},
                  .xbar = {{1, 5, 2, 6, 3, 7, 4, 8}}}},
       .linear_in = {0}},

      {.name = "permute",
       .variant = "five axes",
       .family = "movement",
       .record =
           [](vars x) {
             return permute(x[0], {2, 4, 3, 0, 1});
           },
       .samples = {{spread({2, 3, 1, 2, 2}, -2, 2)}, {spread({1, 2, 2, 1, 3}, -2, 2)}},
       .linear_in = {0}},

      {.name = "gather",
       .family = "movement",
       .record = [](vars x) { return gather(x[0], x[1]); },
       .samples = {{spread({1}, -2, 2), index({}, {0})},
                   {spread({3}, -2, 2), index({2}, {2, 0})},
                   {spread({4, 5}, -2, 2), index({2, 3}, {3, 3, 0, 1, 3, 2})}},
       .edges = {{.what = "twice the same, and what nobody asks for",
                  .x = {real({nan, 1, inf}), index({3}, {1, 2, 1})},
                  .y = {1, inf, 1},
                  .ybar = {1, 2, 3},
                  .xbar = {{0, 4, 2}},
                  .second = {{0, 0, 0}}},
                 {.what = "no indices",
                  .x = {real({2, 2}, {1, 2, 3, 4}), index({0}, {})},
                  .y = {},
                  .xbar = {{0, 0, 0, 0}}},
                 {.what = "indices of indices",
                  .x = {index({3}, {5, 6, 7}), index({2}, {2, 0})},
                  .y = {7, 5}}},
       .linear_in = {0}},

      {.name = "gather",
       .variant = "the last axis",
       .family = "movement",
       .record = [](vars x) { return gather(x[0], x[1], -1); },
       .samples = {{spread({2, 3}, -2, 2), index({2}, {2, 2})},
                   {spread({2, 2, 5}, -2, 2), index({1, 2}, {4, 0})}},
       .linear_in = {0}},

      {.name = "gather",
       .variant = "an axis in the middle",
       .family = "movement",
       .record = [](vars x) { return gather(x[0], x[1], 1); },
       .samples = {{spread({2, 3, 2}, -2, 2), index({}, {1})},
                   {spread({2, 3, 2}, -2, 2), index({2}, {2, 0})},
                   {spread({2, 3, 1, 2, 2}, -2, 2), index({2, 2}, {2, 2, 0, 1})}},
       .linear_in = {0}},

      {.name = "scatter_add",
       .family = "movement",
       .record = [](vars x) { return scatter_add(x[0], x[1], 4); },
       .samples = {{spread({}, -2, 2), index({}, {3})},
                   {spread({2}, -2, 2), index({2}, {1, 1})},
                   {spread({3, 6}, -2, 2), index({3}, {0, 2, 0})},
                   {spread({2, 2, 2}, -2, 2), index({2, 2}, {3, 1, 1, 0})}},
       .edges = {{.what = "sums where indices repeat",
                  .x = {real({1, 2, inf}), index({3}, {1, 1, 3})},
                  .y = {0, 3, 0, inf},
                  .ybar = {1, 2, 3, 4},
                  .xbar = {{2, 2, 4}},
                  .second = {{0, 0, 0}}},
                 {.what = "nothing", .x = {real({}), index({0}, {})}, .y = {0, 0, 0, 0}, .xbar = {{}}}},
       .linear_in = {0}},

      {.name = "scatter_add",
       .variant = "the last axis",
       .family = "movement",
       .record = [](vars x) { return scatter_add(x[0], x[1], 3, -1); },
       .samples = {{spread({2, 2}, -2, 2), index({2}, {2, 0})},
                   {spread({2, 3, 4}, -2, 2), index({4}, {1, 1, 0, 2})}},
       .linear_in = {0}},

      {.name = "scatter_add",
       .variant = "an axis in the middle",
       .family = "movement",
       .record = [](vars x) { return scatter_add(x[0], x[1], 3, 1); },
       .samples = {{spread({2, 2}, -2, 2), index({}, {1})},
                   {spread({2, 3, 2}, -2, 2), index({3}, {2, 0, 2})},
                   {spread({2, 2, 2, 1, 2}, -2, 2), index({2, 2}, {2, 0, 1, 1})}},
       .linear_in = {0}},

      {.name = "one_hot",
       .family = "movement",
       .record = [](vars x) { return one_hot(x[0], 3); },
       .samples = {{index({}, {2})}, {index({2}, {0, 1})}, {index({2, 3}, {0, 1, 2, 2, 1, 0})}},
       .edges = {{.what = "rows of the identity",
                  .x = {index({3}, {2, 0, 1})},
                  .y = {0, 0, 1, 1, 0, 0, 0, 1, 0}},
                 {.what = "no labels", .x = {index({0}, {})}, .y = {}}},
       .differentiable = false},
  };
}

}  // namespace reel::table
