// SPDX-License-Identifier: MIT
// Factorizations of square matrices. Samples are matrices with elements below 1 beside a multiple of the
// identity, so that they have the property asked for, whatever order their numbers are in.
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/linalg.hpp>

#include "table_whole.hpp"

namespace reel::table {

namespace {

// x beside a multiple of the identity, so that its numbers may be any below 1.
var beside(const var& x, double diagonal) {
  return x + constant(array<double>{{diagonal, 0, 0}, {0, diagonal, 0}, {0, 0, diagonal}});
}

// Of 3 by 3 matrices, one and a batch.
std::vector<sample> squares(int salt = 0) {
  return {{spread({3, 3}, -1, 1, salt)}, {spread({2, 3, 3}, -1, 1, salt + 1)}};
}
// The same with right-hand sides.
std::vector<sample> systems() {
  return {{spread({3, 3}, -1, 1), spread({3, 2}, -2, 2, 1)},
          {spread({3, 3}, -1, 1, 2), spread({3}, -2, 2, 3)},
          {spread({2, 3, 3}, -1, 1, 4), spread({3, 1}, -2, 2, 5)},
          {spread({3, 3}, -1, 1, 6), spread({2, 3, 1}, -2, 2, 7)}};
}

template <triangle_of part, bool transposed> var triangular(vars x) {
  return whole(x, [&] { return triangular_solve(beside(x[0], 3.0), x[1], {part, transposed}); });
}

rows cholesky_rows() {
  return {
      {.name = "cholesky",
       .family = "linear algebra",
       .record = [](vars x) { return whole(x, [&] { return cholesky(beside(x[0], 4.0)); }); },
       .samples = squares(),
       .edges = {{.what = "a diagonal matrix",
                  .x = {real({3, 3}, {0, 0, 0, 0, 5, 0, 0, 0, 12})},
                  .y = {2, 0, 0, 0, 3, 0, 0, 0, 4},
                  .ybar = {4, 0, 0, 2, 6, 0, 3, 1, 8},
                  .xbar = {{1, 0.5, 0.75, 0.5, 1, 0.16666666666666666, 0.75, 0.16666666666666666, 1}}}}},

      {.name = "cholesky",
       .variant = "as it is",
       .family = "linear algebra",
       .record = [](vars x) { return cholesky(x[0]); },
       .edges =
           {{.what = "the symmetric part is what is read",
             .x = {real({2, 2}, {4, 5, -1, 10})},
             .y = {2, 0, 1, 3},
             .ybar = {0, 7, 0, 6},
             .xbar = {{0.25, -0.5, -0.5, 1}}},
            {.what = "of nothing", .x = {real({2, 0, 0}, {})}, .y = {}, .xbar = {{}}},
            {.what = "one number", .x = {real({2, 1, 1}, {4, 9})}, .y = {2, 3}, .xbar = {{0.25, 1.0 / 6}}},
            {.what = "small and large",
             .x = {real({2, 1, 1}, {0x1p-100, 0x1p120})},
             .y = {0x1p-50, 0x1p60}}}},

      {.name = "triangular_solve",
       .family = "linear algebra",
       .record = triangular<triangle_of::lower, false>,
       .samples = systems(),
       .edges = {{.what = "the other triangle is not read",
                  .x = {real({3, 3}, {-2, 7, 7, 1, -1, 7, 0, 1, 1}), real({3, 1}, {1, 3, 5})},
                  .y = {1, 1, 1},
                  .ybar = {0, 0, 4},
                  .xbar = {{-0.5, 0, 0, 0.5, 0.5, 0, -1, -1, -1}, {0.5, -0.5, 1}}},
                 {.what = "no right-hand side",
                  .x = {real({3, 3}, {0, 0, 0, 0, 0, 0, 0, 0, 0}), real({3, 0}, {})},
                  .y = {},
                  .xbar = {{0, 0, 0, 0, 0, 0, 0, 0, 0}, {}}}},
       .linear_in = {1}},

      {.name = "triangular_solve",
       .variant = "lower, transposed",
       .family = "linear algebra",
       .record = triangular<triangle_of::lower, true>,
       .samples = systems(),
       .linear_in = {1}},
      {.name = "triangular_solve",
       .variant = "upper",
       .family = "linear algebra",
       .record = triangular<triangle_of::upper, false>,
       .samples = systems(),
       .linear_in = {1}},
      {.name = "triangular_solve",
       .variant = "upper, transposed",
       .family = "linear algebra",
       .record = triangular<triangle_of::upper, true>,
       .samples = systems(),
       .linear_in = {1}},

      {.name = "cholesky_solve",
       .family = "linear algebra",
       .record = [](vars x) { return whole(x, [&] { return cholesky_solve(beside(x[0], 3.0), x[1]); }); },
       .samples = systems(),
       .composite = true,
       .linear_in = {1}},

      {.name = "cholesky_logdet",
       .family = "linear algebra",
       .record = [](vars x) { return whole(x, [&] { return cholesky_logdet(beside(x[0], 3.0)); }); },
       .samples = squares(),
       .edges = {{.what = "of ones",
                  .x = {real({3, 3}, {-2, 9, 9, 9, -2, 9, 9, 9, -2})},
                  .y = {0},
                  .xbar = {{2, 0, 0, 0, 2, 0, 0, 0, 2}}}},
       .composite = true},
  };
}

rows solve_rows() {
  return {
      {.name = "solve",
       .family = "linear algebra",
       .record = [](vars x) { return whole(x, [&] { return solve(beside(x[0], 3.0), x[1]); }); },
       .samples = systems(),
       .linear_in = {1}},

      {.name = "solve",
       .variant = "as it is",
       .family = "linear algebra",
       .record = [](vars x) { return solve(x[0], x[1]); },
       .edges =
           {{.what = "rows are exchanged for a pivot",
             .x = {real({2, 2}, {0, 2, 4, 0}), real({2, 1}, {6, 8})},
             .y = {2, 3},
             .ybar = {4, 2},
             .xbar = {{-2, -3, -2, -3}, {1, 1}}},
            {.what = "of nothing", .x = {real({0, 0}, {}), real({0, 2}, {})}, .y = {}, .xbar = {{}, {}}},
            {.what = "one number", .x = {real({1, 1}, {4}), real({8})}, .y = {2}, .xbar = {{-0.5}, {0.25}}}}},

      {.name = "inverse",
       .family = "linear algebra",
       .record = [](vars x) { return whole(x, [&] { return inverse(beside(x[0], 3.0)); }); },
       .samples = squares(),
       .edges = {{.what = "a diagonal matrix",
                  .x = {real({3, 3}, {-1, 0, 0, 0, 1, 0, 0, 0, -2.5})},
                  .y = {0.5, 0, 0, 0, 0.25, 0, 0, 0, 2}}},
       .composite = true},

      {.name = "slogdet",
       .variant = "the logarithm",
       .family = "linear algebra",
       .record = [](vars x) { return whole(x, [&] { return slogdet(beside(x[0], 3.0)).logabsdet; }); },
       .samples = squares(),
       .edges = {{.what = "of determinant -1",
                  .x = {real({3, 3}, {-3, 1, 0, 1, -3, 0, 0, 0, -2})},
                  .y = {0},
                  .xbar = {{0, 1, 0, 1, 0, 0, 0, 0, 1}}}}},

      {.name = "slogdet",
       .variant = "the sign",
       .family = "linear algebra",
       .record = [](vars x) { return whole(x, [&] { return slogdet(beside(x[0], 3.0)).sign; }); },
       .samples = squares(),
       .edges = {{.what = "of determinant -1",
                  .x = {real({3, 3}, {-3, 1, 0, 1, -3, 0, 0, 0, -2})},
                  .y = {-1},
                  .xbar = {{0, 0, 0, 0, 0, 0, 0, 0, 0}}}},
       .differentiable = false},

      {.name = "det",
       .family = "linear algebra",
       .record = [](vars x) { return whole(x, [&] { return det(beside(x[0], 3.0)); }); },
       .samples = squares()},

      {.name = "det",
       .variant = "as it is",
       .family = "linear algebra",
       .record = [](vars x) { return det(x[0]); },
       .samples = {{spread({2, 2}, -2, 2)}, {spread({3, 3}, -2, 2, 1)}, {spread({2, 2, 2}, -2, 2, 2)}},
       .edges = {{.what = "rank 1 of 2",
                  .x = {real({2, 2}, {1, 2, 2, 4})},
                  .y = {0},
                  .xbar = {{4, -2, -2, 1}},
                  .second = {{1, -1, -1, 1}}},
                 {.what = "rank 0 of 2",
                  .x = {real({2, 2}, {0, 0, 0, 0})},
                  .y = {0},
                  .xbar = {{0, 0, 0, 0}},
                  .second = {{1, -1, -1, 1}}},
                 {.what = "rank 1 of 3",
                  .x = {real({3, 3}, {1, 0, 0, 0, 0, 0, 0, 0, 0})},
                  .y = {0},
                  .xbar = {{0, 0, 0, 0, 0, 0, 0, 0, 0}},
                  .second = {{0, 0, 0, 0, 1, -1, 0, -1, 1}}},
                 {.what = "of nothing", .x = {real({2, 0, 0}, {})}, .y = {1, 1}, .xbar = {{}}},
                 {.what = "factors beyond the range of float",
                  .x = {real({4, 4},
                             {0x1p100, 0, 0, 0, 0, 0x1p100, 0, 0, 0, 0, 0x1p-90, 0, 0, 0, 0, 0x1p-90})},
                  .y = {0x1p20}}}},
  };
}

}  // namespace

rows linalg() {
  rows all = cholesky_rows();
  for (auto& row : solve_rows()) all.push_back(std::move(row));
  return all;
}

}  // namespace reel::table
