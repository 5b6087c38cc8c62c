// SPDX-License-Identifier: MIT
#include <reel/autodiff/structural.hpp>
#include <reel/autodiff/sweep.hpp>
#include <reel/autodiff/zero_cotangents.hpp>
#include <reel/ops/elementwise.hpp>
#include <reel/ops/movement.hpp>
#include <reel/ops/select.hpp>

#include "table_rows.hpp"

#include <algorithm>

namespace reel::table {

namespace {
// Where a product is not 0 by choice, in reals.
var is_open(const var& product) { return where(detail::zero_products({&product, 1}).front().open, 1.0, 0.0); }

// The shape of x, from which that of a result follows. Where it has fewer axes than that takes, or x is gone,
// it is another one: the function that is called with it refuses x.
shape shape_of(const var& x, std::size_t least_rank = 0) {
  try {
    if (x.rank() >= least_rank) return x.shape();
  } catch (const error&) {
  }
  return {1, 1, 1};
}

shape five_axes() { return {2, 2, 3, 1, 2}; }

// What stretches to them: each of them by itself, some of them together, and the first ones left out.
std::vector<sample> each_stretched() {
  std::vector<sample> samples;
  for (const shape& s :
       {shape{1, 2, 3, 1, 2}, shape{2, 1, 3, 1, 2}, shape{2, 2, 1, 1, 2}, shape{2, 2, 3, 1, 1},
        shape{1, 2, 1, 1, 2}, shape{2, 1, 3, 1, 1}, shape{2, 1, 1, 1, 1}, shape{1, 1, 3, 1, 1},
        shape{2, 1, 1, 2}, shape{3, 1, 1}, shape{1, 2}, shape{2}})
    samples.push_back({spread(s, -2, 2)});
  return samples;
}

// Input k begins at position k of every axis; a single axis ends with a 0.
var staircase(vars x) {
  padded_sum_op op{shape_of(x[0]), {}};
  for (std::size_t i = 0; i < op.to.rank(); ++i) {
    index_t end = 0;
    for (std::size_t k = 0; k < x.size(); ++k)
      end = std::max(end, static_cast<index_t>(k) + shape_of(x[k])[i]);
    op.to = op.to.with(i, op.to.rank() == 1 ? end + 1 : end);
  }
  for (std::size_t k = 0; k < x.size(); ++k) op.at.insert(op.at.end(), op.to.rank(), static_cast<index_t>(k));
  return apply(op, x, here());
}

}  // namespace

rows structural() {
  return {
      {.name = "identity",
       .family = "structural",
       .record = [](vars x) { return apply(identity_op{}, x[0]); },
       .samples = each_size({{-2, 2}}),
       .edges = {{.what = "every number", .x = {real({0, -0.0, inf, nan})}, .y = {0, -0.0, inf, nan}},
                 {.what = "indices", .x = {index({2}, {3, -1})}, .y = {3, -1}}},
       .elementwise = true,
       .linear_in = {0}},

      {.name = "detach",
       .family = "structural",
       .record = [](vars x) { return detach(x[0]); },
       .samples = each_size({{-2, 2}}),
       .edges = {{.what = "no derivative passes",
                  .x = {real({3, inf, nan})},
                  .y = {3, inf, nan},
                  .xbar = {{0, 0, 0}}}},
       .analytic = false,
       .elementwise = true,
       .differentiable = false},

      {.name = "branch",
       .family = "structural",
       .record =
           [](vars x) {
             branch(x[0]);
             return x[1];
           },
       .samples = {{boolean({}, {1}), real({2})}, {boolean({1}, {0}), spread({3}, -2, 2)}},
       .edges = {{.what = "the outcome is recorded, nothing else",
                  .x = {boolean({}, {0}), real({2})},
                  .y = {2},
                  .xbar = {{1}}}},
       .elementwise = true},

      {.name = "watch_zero_cotangents",
       .family = "structural",
       .record =
           [](vars x) {
             return composed("watch_zero_cotangents", {x[0], x[1]}, [&] {
               const var y = scale_cotangent(x[0], x[1]);
               watch_zero_cotangents(y);
               return y;
             });
           },
       .samples = {{spread({3}, -2, 2), spread({3}, -2, 2, 1)}},
       .edges = {{.what = "a guard is recorded, nothing else",
                  .x = {real({2}), real({3})},
                  .y = {6},
                  .xbar = {{3}, {2}}}},
       .elementwise = true,
       .linear_in = {0, 1}},

      {.name = "always",
       .family = "structural",
       .record =
           [](vars x) {
             return composed("always", {x[0]}, [&] { return is_open(scale_cotangent(x[0], x[0])); });
           },
       .samples = {{spread({3}, -2, 2)}},
       .edges = {{.what = "a 0 that was not chosen", .x = {real({0, inf, nan})}, .y = {1, 1, 1}}},
       .elementwise = true,
       .differentiable = false},

      {.name = "is_not_zero",
       .family = "structural",
       .record =
           [](vars x) {
             return composed("is_not_zero", {x[0]},
                             [&] { return is_open(scale_cotangent(zeros_like(x[0]), x[0])); });
           },
       .samples = {{spread({3}, -2, 2)}},
       .edges = {{.what = "a constant 0", .x = {real({0, inf, nan})}, .y = {0, 0, 0}}},
       .elementwise = true,
       .differentiable = false},

      {.name = "both",
       .family = "structural",
       .record =
           [](vars x) {
             return composed("both", {x[0]}, [&] { return is_open(scale_cotangent(ones_like(x[0]), x[0])); });
           },
       .samples = {{spread({3}, -2, 2)}},
       .edges = {{.what = "a constant that is not 0", .x = {real({0, inf, nan})}, .y = {1, 1, 1}}},
       .elementwise = true,
       .differentiable = false},

      {.name = "either",
       .family = "structural",
       .record =
           [](vars x) {
             return composed("either", {x[0]},
                             [&] { return is_open(scale_cotangent(zeros_like(x[0]) + x[0], x[0])); });
           },
       .samples = {{spread({3}, -2, 2)}},
       .edges = {{.what = "one of two terms was not chosen", .x = {real({0, inf, nan})}, .y = {1, 1, 1}}},
       .elementwise = true,
       .differentiable = false},

      {.name = "mask_number",
       .family = "structural",
       .record =
           [](vars x) {
             return composed("mask_number", {x[0], x[1]},
                             [&] { return is_open(scale_cotangent(scatter_add(x[0], x[1], 3, 0), x[0])); });
           },
       .samples = {{spread({3}, -2, 2), index({3}, {0, 2, 2})}},
       .edges = {{.what = "a 0 where nothing was scattered",
                  .x = {real({0, inf, nan}), index({3}, {0, 2, 2})},
                  .y = {1, 0, 1}}},
       .differentiable = false},

      {.name = "add",
       .family = "structural",
       .record = [](vars x) { return x[0] + x[1]; },
       .samples = each_size({{-2, 2}, {-2, 2}}),
       .edges = {{.what = "infinities",
                  .x = {real({inf, inf, 1, nan}), real({inf, -inf, 2, 1})},
                  .y = {inf, nan, 3, nan},
                  .xbar = {{1, 1, 1, 1}, {1, 1, 1, 1}},
                  .second = {{0, 0, 0, 0}, {0, 0, 0, 0}}},
                 {.what = "one number beside many",
                  .x = {real({}, {1}), real({2, 2}, {1, 2, 3, 4})},
                  .y = {2, 3, 4, 5},
                  .xbar = {{4}, {1, 1, 1, 1}}}},
       .elementwise = true},

      {.name = "add",
       .variant = "of other shapes",
       .family = "structural",
       .record = [](vars x) { return x[0] + x[1]; },
       .samples = {{spread({2, 3}, -2, 2), spread({}, -2, 2, 1)},
                   {spread({2, 1, 2, 3}, -2, 2), spread({3}, -2, 2, 1)},
                   {spread({2, 1}, -2, 2), spread({3, 1, 2}, -2, 2, 1)},
                   {spread({2, 1, 2, 1, 2}, -2, 2), spread({3, 1, 3, 1}, -2, 2, 1)},
                   {spread({2, 2, 1, 2, 2}, -2, 2), spread({2}, -2, 2, 1)}}},

      {.name = "broadcast_to",
       .family = "structural",
       .record =
           [](vars x) {
             return broadcast_to(x[0], shape_of(x[0]).rank() == 0 ? shape{2, 3} : shape{2, 3, 4});
           },
       .samples = {{spread({}, -2, 2)},
                   {spread({4}, -2, 2)},
                   {spread({3, 1}, -2, 2)},
                   {spread({2, 1, 4}, -2, 2)},
                   {spread({1, 3, 1}, -2, 2)}},
       .edges = {{.what = "an infinity in every place",
                  .x = {real({}, {inf})},
                  .y = {inf, inf, inf, inf, inf, inf},
                  .ybar = {1, 2, 3, 4, 5, 6},
                  .xbar = {{21}}}},
       .linear_in = {0}},

      {.name = "broadcast_to",
       .variant = "five axes",
       .family = "structural",
       .record = [](vars x) { return broadcast_to(x[0], five_axes()); },
       .samples = each_stretched(),
       .linear_in = {0}},

      {.name = "broadcast_to",
       .variant = "nothing",
       .family = "structural",
       .record =
           [](vars x) {
             return broadcast_to(x[0], {2, 0});
           },
       .edges = {{.what = "1 stretches to 0, and back to a sum of nothing",
                  .x = {real({2, 1}, {1, inf})},
                  .y = {},
                  .xbar = {{0, 0}}}},
       .linear_in = {0}},

      {.name = "sum_to",
       .variant = "the first axis",
       .family = "structural",
       .record = [](vars x) { return sum_to(x[0], shape_of(x[0], 1).without(0)); },
       .samples = {{spread({2}, -2, 2)},
                   {spread({3, 1}, -2, 2)},
                   {spread({2, 9}, -2, 2)},
                   {spread({300}, -1, 1)},
                   {spread({3, 2, 1, 2}, -2, 2)},
                   {spread({2, 2, 1, 3, 2}, -2, 2)}},
       .edges = {{.what = "nothing", .x = {real({0, 2}, {})}, .y = {0, 0}, .xbar = {{}}},
                 {.what = "infinities cancel to NaN, in their own sum",
                  .x = {real({2, 2}, {inf, 1, -inf, 2})},
                  .y = {nan, 3},
                  .xbar = {{1, 1, 1, 1}}}},
       .linear_in = {0}},

      {.name = "sum_to",
       .variant = "inner axes that stay",
       .family = "structural",
       .record = [](vars x) { return sum_to(x[0], shape_of(x[0], 2).with(1, 1)); },
       .samples = {{spread({1, 2}, -2, 2)},
                   {spread({2, 3, 4}, -2, 2)},
                   {spread({2, 3, 2, 2}, -2, 2)},
                   {spread({2, 3, 1, 2, 2}, -2, 2)}},
       .edges = {{.what = "nothing", .x = {real({2, 0}, {})}, .y = {0, 0}, .xbar = {{}}}},
       .linear_in = {0}},

      {.name = "sum_to",
       .variant = "the first of every two axes",
       .family = "structural",
       .record =
           [](vars x) {
             shape to = shape_of(x[0]);
             for (std::size_t i = 0; i < to.rank(); i += 2) to = to.with(i, 1);
             return sum_to(x[0], to);
           },
       .samples = {{spread({2}, -2, 2)},
                   {spread({2, 3, 2}, -2, 2)},
                   {spread({3, 2, 2, 2}, -2, 2)},
                   {spread({2, 2, 3, 2, 2}, -2, 2)}},
       .linear_in = {0}},

      {.name = "sum_to",
       .variant = "all but the last two axes",
       .family = "structural",
       .record =
           [](vars x) {
             const shape s = shape_of(x[0], 2);
             return sum_to(x[0], {s[s.rank() - 2], s.back()});
           },
       .samples = {{spread({3, 2, 2}, -2, 2)},
                   {spread({2, 3, 2, 1}, -2, 2)},
                   {spread({2, 2, 2, 3, 2}, -2, 2)},
                   {spread({2, 1, 3, 1, 3}, -2, 2)}},
       .linear_in = {0}},

      {.name = "sum_to",
       .variant = "all but the middle",
       .family = "structural",
       .record =
           [](vars x) {
             return sum_to(x[0], {shape_of(x[0], 2)[1], 1});
           },
       .samples = {{spread({2, 2, 2}, -2, 2)}, {spread({3, 4, 2}, -2, 2)}},
       .linear_in = {0}},

      {.name = "reshape",
       .family = "structural",
       .record =
           [](vars x) {
             return reshape(x[0], {shape_of(x[0]).size(), 1});
           },
       .samples = {{spread({}, -2, 2)},
                   {spread({2}, -2, 2)},
                   {spread({3}, -2, 2)},
                   {spread({3, 7}, -2, 2)},
                   {spread({2, 1, 2, 1, 3}, -2, 2)}},
       .edges = {{.what = "nothing", .x = {real({0, 3}, {})}, .y = {}, .xbar = {{}}},
                 {.what = "indices and bools", .x = {index({2, 1}, {4, 5})}, .y = {4, 5}}},
       .linear_in = {0}},

      {.name = "concat",
       .family = "structural",
       .record =
           [](vars x) {
             return concat({x.begin(), x.end()}, 0);
           },
       .samples = {{spread({1}, -2, 2)},
                   {spread({1}, -2, 2), spread({2}, -2, 2, 1)},
                   {spread({1, 3}, -2, 2), spread({2, 3}, -2, 2, 1), spread({3, 3}, -2, 2, 2)}},
       .edges = {{.what = "with nothing in between",
                  .x = {real({1, inf}), real({}), real({nan})},
                  .y = {1, inf, nan},
                  .ybar = {1, 2, 3},
                  .xbar = {{1, 2}, {}, {3}}}}},

      {.name = "concat",
       .variant = "the last axis",
       .family = "structural",
       .record =
           [](vars x) {
             return concat({x.begin(), x.end()}, -1);
           },
       .samples = {{spread({3, 1}, -2, 2), spread({3, 2}, -2, 2, 1)},
                   {spread({2, 3, 2}, -2, 2), spread({2, 3, 1}, -2, 2, 1)}},
       .edges = {{.what = "indices",
                  .x = {index({2, 1}, {1, 2}), index({2, 1}, {3, 4})},
                  .y = {1, 3, 2, 4}}}},

      {.name = "concat",
       .variant = "an axis in the middle",
       .family = "structural",
       .record =
           [](vars x) {
             return concat({x.begin(), x.end()}, -2);
           },
       .samples = {{spread({2, 1, 2}, -2, 2), spread({2, 2, 2}, -2, 2, 1)},
                   {spread({2, 1, 2, 2, 1}, -2, 2), spread({2, 1, 2, 1, 1}, -2, 2, 1),
                    spread({2, 1, 2, 3, 1}, -2, 2, 2)}}},

      {.name = "stack",
       .family = "structural",
       .record =
           [](vars x) {
             return stack({x.begin(), x.end()});
           },
       .samples = {{spread({}, -2, 2), spread({}, -2, 2, 1)},
                   {spread({3}, -2, 2), spread({3}, -2, 2, 1)},
                   {spread({2, 1, 3, 2}, -2, 2), spread({2, 1, 3, 2}, -2, 2, 1)}},
       .composite = true},

      {.name = "slice",
       .family = "structural",
       .record = [](vars x) { return slice(x[0], 0, 1, shape_of(x[0], 1)[0]); },
       .samples = {{spread({2}, -2, 2)}, {spread({3, 2}, -2, 2)}, {spread({4, 5}, -2, 2)}},
       .edges = {{.what = "all is cut away", .x = {real({5})}, .y = {}, .xbar = {{0}}},
                 {.what = "a NaN that is cut away stays there",
                  .x = {real({nan, 1})},
                  .y = {1},
                  .xbar = {{0, 1}},
                  .second = {{0, 0}}}},
       .linear_in = {0}},

      {.name = "slice",
       .variant = "the last axis, from its end",
       .family = "structural",
       .record = [](vars x) { return slice(x[0], -1, -2, -1); },
       .samples = {{spread({2}, -2, 2)}, {spread({2, 3}, -2, 2)}, {spread({3, 6}, -2, 2)}},
       .edges = {{.what = "bools", .x = {boolean({3}, {0, 1, 0})}, .y = {1}}},
       .linear_in = {0}},

      {.name = "slice",
       .variant = "an axis in the middle",
       .family = "structural",
       .record = [](vars x) { return slice(x[0], -2, 1, 3); },
       .samples = {{spread({3, 2}, -2, 2)}, {spread({2, 4, 3}, -2, 2)}, {spread({2, 1, 2, 4, 2}, -2, 2)}},
       .linear_in = {0}},

      {.name = "pad",
       .family = "structural",
       .record = [](vars x) { return pad(x[0], -1, 1, 2); },
       .samples = {{spread({1}, -2, 2)}, {spread({2}, -2, 2)}, {spread({3, 7}, -2, 2)}},
       .edges = {{.what = "around nothing", .x = {real({})}, .y = {0, 0, 0}, .xbar = {{}}},
                 {.what = "what lands on the padding is dropped",
                  .x = {real({2})},
                  .y = {0, 2, 0, 0},
                  .ybar = {inf, 3, nan, 1},
                  .xbar = {{3}}}},
       .linear_in = {0}},

      {.name = "pad",
       .variant = "an axis in the middle",
       .family = "structural",
       .record = [](vars x) { return pad(x[0], -2, 2, 1); },
       .samples = {{spread({1, 2}, -2, 2)}, {spread({2, 2, 2}, -2, 2)}, {spread({2, 1, 2, 1, 2}, -2, 2)}},
       .linear_in = {0}},

      {.name = "padded_sum",
       .family = "structural",
       .record = staircase,
       .samples = {{spread({}, -2, 2), spread({}, -2, 2, 1)},
                   {spread({2}, -2, 2)},
                   {spread({2}, -2, 2), spread({3}, -2, 2, 1)},
                   {spread({2, 1}, -2, 2), spread({1, 3}, -2, 2, 1), spread({2, 2}, -2, 2, 2)},
                   {spread({17}, -2, 2), spread({2}, -2, 2, 1)},
                   {spread({1, 2, 1, 1, 1}, -2, 2), spread({1, 1, 1, 2, 1}, -2, 2, 1)}},
       .edges =
           {{.what = "zeros, and sums where inputs overlap",
             .x = {real({1, 2}), real({10, inf, nan})},
             .y = {1, 12, inf, nan, 0},
             .ybar = {1, 2, 3, 4, inf},
             .xbar = {{1, 2}, {2, 3, 4}},
             .second = {{0, 0}, {0, 0, 0}}},
            {.what = "nothing among zeros", .x = {real({}), real({5})}, .y = {0, 5, 0}, .xbar = {{}, {1}}}}},
  };
}

}  // namespace reel::table
