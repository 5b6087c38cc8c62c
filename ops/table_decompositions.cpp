// SPDX-License-Identifier: MIT
// Orthogonal decompositions, and functions of matrices. Samples are numbers below 1 beside a diagonal that
// keeps singular values and eigenvalues apart, whatever order the numbers are in.
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/linalg.hpp>
#include <reel/ops/matmul.hpp>

#include "linalg/parts.hpp"
#include "linalg/recorded.hpp"
#include "table_whole.hpp"

namespace reel::table {

namespace {

var tall(const var& x) { return x + constant(array<double>{{4, 0}, {0, 8}, {0, 0}}); }
var wide(const var& x) { return x + constant(array<double>{{4, 0, 0}, {0, 8, 0}}); }
var square_like(const var& x) { return x + constant(array<double>{{4, 0, 0}, {0, 8, 0}, {0, 0, 14}}); }
// Values that lie apart, of vectors of 3.
var values_apart(const var& x) { return x + constant(array<double>{2, 6, 10}); }

std::vector<sample> of_shape(index_t n, index_t m) {
  return {{spread({n, m}, -1, 1)}, {spread({2, n, m}, -1, 1, 1)}};
}
std::vector<sample> with(const shape& a, const shape& b) { return {{spread(a, -1, 1), spread(b, -1, 1, 1)}}; }

template <int sign, bool sums> var gaps(vars x) {
  return whole(x, [&] { return linalg::gap_quotient(x[0], values_apart(x[1]), sign, sums); });
}
template <matrix_norm_of which> var norm_of(vars x) {
  return whole(x, [&] { return matrix_norm(tall(x[0]), which); });
}

rows orthogonal() {
  return {
      {.name = "qr",
       .variant = "q",
       .family = "linear algebra",
       .record = [](vars x) { return whole(x, [&] { return qr(tall(x[0])).q; }); },
       .samples = of_shape(3, 2),
       .analytic = false},
      {.name = "qr",
       .variant = "r",
       .family = "linear algebra",
       .record = [](vars x) { return whole(x, [&] { return qr(tall(x[0])).r; }); },
       .samples = of_shape(3, 2),
       .analytic = false},
      {.name = "qr",
       .variant = "r, wide",
       .family = "linear algebra",
       .record = [](vars x) { return whole(x, [&] { return qr(wide(x[0])).r; }); },
       .samples = of_shape(2, 3),
       .analytic = false},
      {.name = "qr",
       .variant = "as it is",
       .family = "linear algebra",
       .record = [](vars x) { return qr(x[0]).r; },
       .edges = {{.what = "signs make the diagonal positive",
                  .x = {real({2, 2}, {-3, 1, 0, -2})},
                  .y = {3, -1, 0, 2},
                  .ybar = {1, 0, 0, 1},
                  .xbar = {{-1, 0, -1.0 / 3, -1}}},
                 {.what = "one column", .x = {real({2, 1}, {3, 4})}, .y = {5}, .xbar = {{0.6, 0.8}}},
                 {.what = "no columns", .x = {real({3, 0}, {})}, .y = {}, .xbar = {{}}}},
       .analytic = false},

      {.name = "eigh",
       .variant = "values",
       .family = "linear algebra",
       .record = [](vars x) { return whole(x, [&] { return eigh(square_like(x[0])).values; }); },
       .samples = of_shape(3, 3),
       .analytic = false},
      {.name = "eigh",
       .variant = "vectors",
       .family = "linear algebra",
       .record = [](vars x) { return whole(x, [&] { return eigh(square_like(x[0])).vectors; }); },
       .samples = of_shape(3, 3),
       .analytic = false},
      {.name = "eigh",
       .variant = "as it is",
       .family = "linear algebra",
       .record = [](vars x) { return eigh(x[0]).values; },
       .edges = {{.what = "the symmetric part is what is read",
                  .x = {real({2, 2}, {2, 4, -4, 1})},
                  .y = {1, 2},
                  .ybar = {3, 5},
                  .xbar = {{5, 0, 0, 3}}},
                 {.what = "of nothing", .x = {real({2, 0, 0}, {})}, .y = {}, .xbar = {{}}},
                 {.what = "one number", .x = {real({2, 1, 1}, {-4, 9})}, .y = {-4, 9}, .xbar = {{1, 1}}}},
       .analytic = false},
      {.name = "eigvalsh",
       .family = "linear algebra",
       .record = [](vars x) { return whole(x, [&] { return eigvalsh(square_like(x[0])); }); },
       .samples = of_shape(3, 3),
       .composite = true,
       .analytic = false},

      {.name = "svd",
       .variant = "values",
       .family = "linear algebra",
       .record = [](vars x) { return whole(x, [&] { return svd(tall(x[0])).values; }); },
       .samples = of_shape(3, 2),
       .analytic = false},
      {.name = "svd",
       .variant = "u",
       .family = "linear algebra",
       .record = [](vars x) { return whole(x, [&] { return svd(tall(x[0])).u; }); },
       .samples = of_shape(3, 2),
       .analytic = false},
      {.name = "svd",
       .variant = "v",
       .family = "linear algebra",
       .record = [](vars x) { return whole(x, [&] { return svd(tall(x[0])).v; }); },
       .samples = of_shape(3, 2),
       .analytic = false},
      {.name = "svd",
       .variant = "u, wide",
       .family = "linear algebra",
       .record = [](vars x) { return whole(x, [&] { return svd(wide(x[0])).u; }); },
       .samples = of_shape(2, 3),
       .analytic = false},
      {.name = "svd",
       .variant = "polar factor",
       .family = "linear algebra",
       .record =
           [](vars x) {
             return whole(x, [&] {
               const auto f = svd(square_like(x[0]));
               return reel::matmul(f.u, matrix_transpose(f.v));
             });
           },
       .samples = of_shape(3, 3),
       .analytic = false},
      {.name = "svd",
       .variant = "as it is",
       .family = "linear algebra",
       .record = [](vars x) { return svd(x[0]).values; },
       .edges = {{.what = "a diagonal matrix",
                  .x = {real({2, 2}, {-2, 0, 0, 3})},
                  .y = {3, 2},
                  .ybar = {5, 7},
                  .xbar = {{-7, 0, 0, 5}}},
                 {.what = "no columns", .x = {real({3, 0}, {})}, .y = {}, .xbar = {{}}}},
       .analytic = false},
      {.name = "svdvals",
       .family = "linear algebra",
       .record = [](vars x) { return whole(x, [&] { return svdvals(wide(x[0])); }); },
       .samples = of_shape(2, 3),
       .composite = true,
       .analytic = false},
  };
}

// What the rules of vectors are made of.
rows quotients() {
  return {
      {.name = "gap_quotient",
       .variant = "antisymmetric part",
       .family = "linear algebra",
       .record = gaps<-1, false>,
       .samples = with({3, 3}, {3}),
       .analytic = false,
       .linear_in = {0}},
      {.name = "gap_quotient",
       .variant = "symmetric part",
       .family = "linear algebra",
       .record = gaps<1, false>,
       .samples = with({3, 3}, {3}),
       .analytic = false,
       .linear_in = {0}},
      {.name = "gap_quotient",
       .variant = "by sums",
       .family = "linear algebra",
       .record = gaps<-1, true>,
       .samples = with({3, 3}, {3}),
       .analytic = false,
       .linear_in = {0}},
      {.name = "gap_quotient",
       .variant = "as it is",
       .family = "linear algebra",
       .record = [](vars x) { return linalg::gap_quotient(x[0], x[1], -1, false); },
       .edges = {{.what = "0 by a gap of 0",
                  .x = {real({2, 2}, {7, 3, 3, 8}), real({2, 2})},
                  .y = {0, 0, 0, 0},
                  .ybar = {1, 0, 0, 1},
                  .xbar = {{0, 0, 0, 0}, {0, 0}}},
                 {.what = "values",
                  .x = {real({2, 2}, {7, 3, 1, 8}), real({2, 6})},
                  .y = {0, 0.25, 0.25, 0},
                  .ybar = {5, 4, 0, 5},
                  .xbar = {{0, 0.5, -0.5, 0}, {0.25, -0.25}}}},
       .analytic = false},
      {.name = "column_quotient",
       .family = "linear algebra",
       .record =
           [](vars x) { return whole(x, [&] { return linalg::column_quotient(x[0], values_apart(x[1])); }); },
       .samples = with({2, 3}, {3}),
       .edges = {{.what = "0 by 0",
                  .x = {real({1, 3}, {0, 3, 5}), real({3}, {-2, -3, -9})},
                  .y = {0, 1, 5},
                  .ybar = {0, 3, 1},
                  .xbar = {{0, 1, 1}, {0, -1, -5}},
                  .once = true}},
       .analytic = false,
       .linear_in = {0}},
      {.name = "full_rank",
       .family = "linear algebra",
       .record = [](vars x) { return whole(x, [&] { return linalg::with_full_rank(square_like(x[0])); }); },
       .samples = of_shape(3, 3),
       .analytic = false},
      {.name = "where_distinct",
       .family = "linear algebra",
       .record =
           [](vars x) {
             return whole(x, [&] {
               return linalg::where_distinct(x[0], constant_like(x[0], constant(array<double>{1, 2, 3})));
             });
           },
       .samples = of_shape(3, 3),
       .analytic = false,
       .linear_in = {0}},
  };
}

rows functions_of_matrices() {
  return {
      {.name = "lstsq",
       .family = "linear algebra",
       .record = [](vars x) { return whole(x, [&] { return lstsq(tall(x[0]), x[1]); }); },
       .samples = with({3, 2}, {3}),
       .edges = {{.what = "what has no effect is left",
                  .x = {real({3, 2}, {-3, 0, 0, -7, 0, 0}), real({5, 6, 7})},
                  .y = {5, 6}}},
       .composite = true,
       .analytic = false,
       .linear_in = {1}},
      {.name = "lstsq",
       .variant = "wide",
       .family = "linear algebra",
       .record = [](vars x) { return whole(x, [&] { return lstsq(wide(x[0]), x[1]); }); },
       .samples = with({2, 3}, {2, 2}),
       .composite = true,
       .analytic = false,
       .linear_in = {1}},
      {.name = "pinv",
       .family = "linear algebra",
       .record = [](vars x) { return whole(x, [&] { return pinv(tall(x[0])); }); },
       .samples = of_shape(3, 2),
       .composite = true,
       .analytic = false},
      {.name = "pinv",
       .variant = "wide",
       .family = "linear algebra",
       .record = [](vars x) { return whole(x, [&] { return pinv(wide(x[0])); }); },
       .samples = of_shape(2, 3),
       .composite = true,
       .analytic = false},
      {.name = "matrix_norm",
       .variant = "frobenius",
       .family = "linear algebra",
       .record = norm_of<matrix_norm_of::frobenius>,
       .samples = of_shape(3, 2),
       .composite = true,
       .analytic = false},
      {.name = "matrix_norm",
       .variant = "nuclear",
       .family = "linear algebra",
       .record = norm_of<matrix_norm_of::nuclear>,
       .samples = of_shape(3, 2),
       .composite = true,
       .analytic = false},
      {.name = "matrix_norm",
       .variant = "spectral",
       .family = "linear algebra",
       .record = norm_of<matrix_norm_of::spectral>,
       .samples = of_shape(3, 2),
       .composite = true,
       .analytic = false},
      {.name = "matrix_norm",
       .variant = "columns",
       .family = "linear algebra",
       .record = norm_of<matrix_norm_of::columns>,
       .samples = of_shape(3, 2),
       .composite = true,
       .analytic = false},
      {.name = "matrix_norm",
       .variant = "rows",
       .family = "linear algebra",
       .record = norm_of<matrix_norm_of::rows>,
       .samples = of_shape(3, 2),
       .composite = true,
       .analytic = false},
      {.name = "expm",
       .family = "linear algebra",
       .record = [](vars x) { return expm(x[0]); },
       .samples = {{spread({2, 2}, -1, 1)}, {spread({3, 3}, -1, 1, 1)}, {spread({2, 2, 2}, -2, 2, 2)}},
       .edges = {{.what = "of 0",
                  .x = {real({2, 2}, {0, 0, 0, 0})},
                  .y = {1, 0, 0, 1},
                  .ybar = {1, 2, 3, 4},
                  .xbar = {{1, 2, 3, 4}}},
                 {.what = "of a matrix whose square is 0",
                  .x = {real({2, 2}, {0, 8, 0, 0})},
                  .y = {1, 8, 0, 1}},
                 {.what = "of nothing", .x = {real({2, 0, 0}, {})}, .y = {}, .xbar = {{}}}}},
      {.name = "expm_derivative",
       .family = "linear algebra",
       .record = [](vars x) { return whole(x, [&] { return linalg::expm_derivative(x[0], x[1]); }); },
       .samples = {{spread({2, 2}, -1, 1), spread({2, 2}, -1, 1, 1)}},
       .edges =
           {{.what = "of nothing", .x = {real({0, 0}, {}), real({0, 0}, {})}, .y = {}, .xbar = {{}, {}}}}},
      {.name = "cofactor",
       .family = "linear algebra",
       .record = [](vars x) { return whole(x, [&] { return linalg::cofactors(x[0]); }); },
       .samples = {{spread({2, 2}, -2, 2)}, {spread({3, 3}, -2, 2, 1)}},
       .edges = {{.what = "of rank 2",
                  .x = {real({3, 3}, {1, 0, 0, 0, 2, 0, 0, 0, 0})},
                  .y = {0, 0, 0, 0, 0, 0, 0, 0, 2},
                  .once = true},
                 {.what = "one number", .x = {real({1, 1}, {5})}, .y = {1}, .xbar = {{0}}}}},
      {.name = "cofactor_derivative",
       .family = "linear algebra",
       .record =
           [](vars x) {
             return whole(x, [&] { return linalg::cofactor_derivative(square_like(x[0]), x[1]); });
           },
       .samples = {{spread({3, 3}, -1, 1, 1), spread({3, 3}, -2, 2)}}},
  };
}

}  // namespace

rows decompositions() {
  rows all;
  for (const auto family : {orthogonal, quotients, functions_of_matrices})
    for (auto& row : family()) all.push_back(std::move(row));
  return all;
}

}  // namespace reel::table
