// SPDX-License-Identifier: MIT
#include <reel/ops/select.hpp>

#include "table_rows.hpp"

namespace reel::table {

namespace {

// A comparison, on pairs below, at and above equality, and beside NaN.
op_row comparison(op_row row, list y) {
  row.family = "select";
  row.samples = each_size({{-2, 2}, {-2, 2}});
  row.edges = {{.what = "below, equal, above, NaN",
                .x = {real({1, 2, 3, nan, 1, nan, -0.0, -inf}), real({2, 2, 2, 1, nan, nan, 0, inf})},
                .y = std::move(y)}};
  row.differentiable = false;
  return row;
}

// A function of bools, on all there are.
op_row connective(op_row row, list y) {
  sample all{boolean({4}, {0, 0, 1, 1}), boolean({4}, {0, 1, 0, 1})};
  if (y.size() == 2) all = {boolean({2}, {0, 1})};
  row.family = "select";
  row.samples = {all};
  row.edges = {{.what = "its truth table", .x = all, .y = std::move(y)}};
  row.differentiable = false;
  return row;
}

}  // namespace

rows select() {
  return {
      comparison({.name = "less", .record = [](vars x) { return x[0] < x[1]; }}, {1, 0, 0, 0, 0, 0, 0, 1}),
      comparison({.name = "less_equal", .record = [](vars x) { return x[0] <= x[1]; }},
                 {1, 1, 0, 0, 0, 0, 1, 1}),
      comparison({.name = "equal", .record = [](vars x) { return x[0] == x[1]; }}, {0, 1, 0, 0, 0, 0, 1, 0}),
      comparison({.name = "greater", .record = [](vars x) { return x[0] > x[1]; }, .composite = true},
                 {0, 0, 1, 0, 0, 0, 0, 0}),
      comparison({.name = "greater_equal", .record = [](vars x) { return x[0] >= x[1]; }, .composite = true},
                 {0, 1, 1, 0, 0, 0, 1, 0}),
      comparison({.name = "not_equal", .record = [](vars x) { return x[0] != x[1]; }, .composite = true},
                 {1, 0, 1, 1, 1, 1, 0, 1}),

      {.name = "less",
       .variant = "of indices",
       .family = "select",
       .record = [](vars x) { return x[0] < x[1]; },
       .samples = {{index({3}, {1, 2, 3}), index({3}, {2, 2, 2})}},
       .edges = {{.what = "below, equal, above",
                  .x = {index({3}, {1, -2, 3}), index({3}, {2, -2, 2})},
                  .y = {1, 0, 0}}},
       .differentiable = false},

      connective({.name = "and", .record = [](vars x) { return x[0] && x[1]; }}, {0, 0, 0, 1}),
      connective({.name = "not", .record = [](vars x) { return !x[0]; }}, {1, 0}),
      connective({.name = "or", .record = [](vars x) { return x[0] || x[1]; }, .composite = true},
                 {0, 1, 1, 1}),

      {.name = "where",
       .family = "select",
       .record = [](vars x) { return where(x[0], x[1], x[2]); },
       .samples = {{boolean({}, {1}), spread({}, -2, 2), spread({}, -2, 2, 1)},
                   {boolean({2}, {1, 0}), spread({2}, -2, 2), spread({2}, -2, 2, 1)},
                   {boolean({3}, {0, 1, 1}), spread({3}, -2, 2), spread({3}, -2, 2, 1)},
                   {boolean({2, 1}, {1, 0}), spread({2, 9}, -2, 2), spread({9}, -2, 2, 1)},
                   {boolean({3, 1, 2}, {0, 1, 1, 0, 1, 0}), spread({2, 1, 1, 2, 1}, -2, 2),
                    spread({1, 3, 2, 1}, -2, 2, 1)}},
       .edges =
           {{.what = "what is not taken gives nothing",
             .x = {boolean({4}, {1, 0, 1, 0}), real({1, nan, 3, inf}), real({nan, 2, inf, 4})},
             .y = {1, 2, 3, 4},
             .xbar = {{1, 0, 1, 0}, {0, 1, 0, 1}},
             .second = {{0, 0, 0, 0}, {0, 0, 0, 0}}},
            {.what = "a cotangent that is not taken stays out",
             .x = {boolean({2}, {1, 0}), real({1, 2}), real({3, 4})},
             .y = {1, 4},
             .ybar = {nan, inf},
             .xbar = {{nan, 0}, {0, inf}}},
            {.what = "indices",
             .x = {boolean({2}, {1, 0}), index({2}, {1, 2}), index({2}, {3, 4})},
             .y = {1, 4}},
            {.what = "nothing", .x = {boolean({0}, {}), real({}), real({})}, .y = {}, .xbar = {{}, {}}}}},
  };
}

}  // namespace reel::table
