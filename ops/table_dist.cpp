// SPDX-License-Identifier: MIT
#include <reel/autodiff/structural.hpp>
#include <reel/ops/dist.hpp>
#include <reel/ops/linalg.hpp>
#include <reel/ops/matmul.hpp>
#include <reel/ops/arithmetic.hpp>

#include "table_few.hpp"

namespace reel::table {

namespace {

// A sampler with a key on the tape of its parameters, recorded as one.
template <class F> var with_key(vars x, F draw, source_location where = here()) {
  return composed("sample", x, where,
                  [&] { return draw(scalar_constant(x[0], 7, kind::index, x[0].where())); });
}

}  // namespace

rows distributions() {
  return {
      {.name = "normal_log_density",
       .family = "distributions",
       .record = [](vars x) { return dist::normal_log_density(x[0], x[1], x[2]); },
       .samples = few_sizes({{-2, 2}, {-1, 1}, {0.5, 2}}),
       .edges = {{.what = "values",
                  .x = {real({0.5, -2}), real({1.25, 0.5}), real({0.75, 1.5})},
                  .y = {-0x1.219a05fe52876p+0, -0x1.5b4d2b6cd947ep+1}},
                 {.what = "far out",
                  .x = {real({inf, -inf, nan}), real({0, 0, 0}), real({1, 1, 1})},
                  .y = {-inf, -inf, nan}}},
       .composite = true,
       .elementwise = true},

      {.name = "student_t_log_density",
       .family = "distributions",
       .record = [](vars x) { return dist::student_t_log_density(x[0], x[1], x[2], x[3]); },
       .samples = few_sizes({{-2, 2}, {4.5, 8}, {-1, 1}, {0.5, 2}}),
       .edges = {{.what = "values",
                  .x = {real({0.5, -2}), real({2.5, 1.5}), real({1.25, 0.5}), real({0.75, 1.5})},
                  .y = {-0x1.515a49b86e3c9p+0, -0x1.6562bfce6b2f8p+1}}},
       .composite = true,
       .analytic = false,
       .elementwise = true},

      {.name = "laplace_log_density",
       .family = "distributions",
       .record = [](vars x) { return dist::laplace_log_density(x[0], x[1], x[2]); },
       .samples = few_sizes({{1.5, 3}, {-1, 1}, {0.5, 2}}),
       .edges = {{.what = "values",
                  .x = {real({0.5, -2}), real({1.25, 0.5}), real({0.75, 1.5})},
                  .y = {-0x1.67cc8fb2fe613p+0, -0x1.61f4a92abd6dbp+1}}},
       .composite = true,
       .analytic = false,
       .elementwise = true},

      {.name = "logistic_log_density",
       .family = "distributions",
       .record = [](vars x) { return dist::logistic_log_density(x[0], x[1], x[2]); },
       .samples = few_sizes({{-2, 2}, {-1, 1}, {0.5, 2}}),
       .edges = {{.what = "values",
                  .x = {real({0.5, -2}), real({1.25, 0.5}), real({0.75, 1.5})},
                  .y = {-0x1.56be4db9229aep+0, -0x1.3585dd950aa4fp+1}},
                 {.what = "far out",
                  .x = {real({1024, -1024}), real({0, 0}), real({1, 1})},
                  .y = {-1024, -1024},
                  .xbar = {{-1, 1}, {1, -1}, {1023, 1023}}}},
       .composite = true,
       .elementwise = true},

      {.name = "gamma_log_density",
       .family = "distributions",
       .record = [](vars x) { return dist::gamma_log_density(x[0], x[1], x[2]); },
       .samples = few_sizes({{0.5, 3}, {2.25, 4}, {0.5, 2}}),
       .edges = {{.what = "values",
                  .x = {real({0.5, 2}), real({1.25, 0.5}), real({0.75, 1.5})},
                  .y = {-0x1.9e863100e01cfp-1, -0x1.dbaca334d3628p+1}},
                 {.what = "ends and outside",
                  .x = {real({0, 0, 0, -1, nan}), real({1, 2, 0.5, 1, 1}), real({1, 1, 1, 1, 1})},
                  .y = {0, -inf, inf, -inf, nan}}},
       .composite = true,
       .analytic = false,
       .elementwise = true},

      {.name = "beta_log_density",
       .family = "distributions",
       .record = [](vars x) { return dist::beta_log_density(x[0], x[1], x[2]); },
       .samples = few_sizes({{0.1, 0.9}, {2.25, 4}, {2.25, 4}}),
       .edges = {{.what = "values",
                  .x = {real({0.25, 0.75}), real({1.25, 0.5}), real({0.75, 1.5})},
                  .y = {-0x1.84c62a15cdc31p-2, -0x1.003a406c1064bp+0}},
                 {.what = "ends and outside",
                  .x = {real({0, 1, -1, 2, nan}), real({1, 2, 1, 1, 1}), real({2, 1, 1, 1, 1})},
                  .y = {0x1.62e42fefa39efp-1, 0x1.62e42fefa39efp-1, -inf, -inf, nan}}},
       .composite = true,
       .analytic = false,
       .elementwise = true},

      {.name = "exponential_log_density",
       .family = "distributions",
       .record = [](vars x) { return dist::exponential_log_density(x[0], x[1]); },
       .samples = few_sizes({{0.5, 3}, {0.5, 2}}),
       .edges = {{.what = "values",
                  .x = {real({0.5, 2}), real({1.25, 0.5})},
                  .y = {-0x1.9b8041c32b2efp-2, -0x1.b17217f7d1cf8p+0}},
                 {.what = "0 and outside",
                  .x = {real({0, -1, nan}), real({1, 1, 1})},
                  .y = {0, -inf, nan},
                  .xbar = {{-1, 0, -1}, {1, 0, nan}}}},
       .composite = true,
       .elementwise = true},

      {.name = "weibull_log_density",
       .family = "distributions",
       .record = [](vars x) { return dist::weibull_log_density(x[0], x[1], x[2]); },
       .samples = few_sizes({{0.5, 3}, {0.5, 3}, {0.5, 2}}),
       .edges = {{.what = "values",
                  .x = {real({0.5, 2}), real({1.25, 0.5}), real({0.75, 1.5})},
                  .y = {-0x1.8b252b6646299p-3, -0x1.32d5f0131e8cdp+1}},
                 {.what = "0 and outside",
                  .x = {real({0, 0, -1}), real({1, 2, 1}), real({1, 1, 1})},
                  .y = {0, -inf, -inf}}},
       .composite = true,
       .elementwise = true},

      {.name = "poisson_log_probability",
       .family = "distributions",
       .record = [](vars x) { return dist::poisson_log_probability(x[0], x[1]); },
       .samples = {{index({3}, {0, 2, 5}), spread({3}, 0.5, 3)}},
       .edges = {{.what = "values",
                  .x = {index({2}, {0, 3}), real({0.75, 2.5})},
                  .y = {-0.75, -0x1.8afaa90d8cf4fp+0},
                  .xbar = {{-1, 0x1.999999999999ap-3}}},
                 {.what = "no counts", .x = {real({-1, 0.5, 0}), real({1, 1, 0})}, .y = {-inf, -inf, 0}}},
       .composite = true,
       .analytic = false},

      {.name = "binomial_log_probability",
       .family = "distributions",
       .record = [](vars x) { return dist::binomial_log_probability(x[0], x[1], x[2]); },
       .samples = {{index({3}, {0, 2, 3}), spread({3}, 5, 7), spread({3}, 0.1, 0.9, 1)}},
       .edges = {{.what = "values",
                  .x = {index({2}, {1, 3}), real({4, 5}), real({0.25, 0.625})},
                  .y = {-0x1.b9e1319cf495cp-1, -0x1.11af823c75aa8p+0},
                  .xbar = {{-0x1.34b1089a6dc94p-5, -0x1.9478bda0e5a9ep-3}, {0, -0x1.1111111111111p-1}}},
                 {.what = "ends and outside",
                  .x = {real({0, 2, 3, -1}), real({2, 2, 2, 2}), real({0, 1, 0.5, 0.5})},
                  .y = {0, 0, -inf, -inf}}},
       .composite = true,
       .analytic = false},

      {.name = "negative_binomial_log_probability",
       .family = "distributions",
       .record = [](vars x) { return dist::negative_binomial_log_probability(x[0], x[1], x[2]); },
       .samples = {{index({3}, {0, 2, 3}), spread({3}, 1, 3), spread({3}, 0.1, 0.9, 1)}},
       .edges = {{.what = "values",
                  .x = {index({2}, {0, 3}), real({1.5, 2.5}), real({0.25, 0.625})},
                  .y = {-0x1.0a2b23f3bab73p+1, -0x1.1e3959c6f7e8fp+1},
                  .xbar = {{-0x1.62e42fefa39efp+0, 0x1.c07179ff47aedp-2}, {6, -4}}}},
       .composite = true,
       .analytic = false},

      {.name = "bernoulli_log_probability",
       .family = "distributions",
       .record = [](vars x) { return dist::bernoulli_log_probability(x[0], x[1]); },
       .samples = {{index({3}, {0, 1, 1}), spread({3}, -2, 2)}},
       .edges = {{.what = "far out, and no outcome",
                  .x = {index({3}, {1, 0, 2}), real({1000, 1000, 0})},
                  .y = {-0.0, -1000, -inf},
                  .xbar = {{0, -1, 0}}}},
       .composite = true,
       .analytic = true},

      {.name = "categorical_log_probability",
       .family = "distributions",
       .record = [](vars x) { return dist::categorical_log_probability(x[0], x[1]); },
       .samples = {{index({2}, {2, 0}), spread({2, 3}, -2, 2)}},
       .edges = {},
       .composite = true,
       .analytic = true},

      {.name = "dirichlet_log_density",
       .family = "distributions",
       .record = [](vars x) { return dist::dirichlet_log_density(x[0], x[1]); },
       .samples = {{spread({2, 3}, 0.1, 0.9), spread({3}, 0.5, 3, 1)}},
       .edges = {{.what = "a uniform density",
                  .x = {real({0.25, 0.25, 0.5}), real({1, 1, 1})},
                  .y = {0x1.62e42fefa39efp-1}}},
       .composite = true,
       .analytic = false},

      {.name = "multivariate_normal_log_density",
       .family = "distributions",
       .record =
           [](vars x) {
             return composed("sample", x, here(), [&] {  // a covariance is A·Aᵀ + 1
               const var covariance = matmul(x[2], matrix_transpose(x[2])) + constant_like(x[2], eye(2));
               return dist::multivariate_normal_log_density(x[0], x[1], covariance);
             });
           },
       .samples = {{spread({2}, -1, 1), spread({2}, -1, 1, 1), spread({2, 2}, -1, 1, 2)},
                   {spread({3, 2}, -1, 1), spread({2}, -1, 1, 1), spread({2, 2}, -1, 1, 2)}},
       .composite = true},

      {.name = "split_key",
       .family = "distributions",
       .record = [](vars x) { return dist::split(x[0], 3); },
       .samples = {{index({}, {7})}}},

      {.name = "fold_in",
       .family = "distributions",
       .record = [](vars x) { return dist::fold_in(x[0], x[1]); },
       .samples = {{index({}, {7}), index({2}, {1, 2})}}},

      {.name = "draw",
       .family = "distributions",
       .record =
           [](vars x) {
             return dist::normal(x[0], {2, 3});
           },
       .samples = {{index({1}, {7})}}},

      {.name = "coins",
       .family = "distributions",
       .record =
           [](vars x) {
             return dist::bernoulli(x[0], 0.25, {2, 3});
           },
       .samples = {{index({1}, {7})}}},

      {.name = "normal",
       .variant = "samples",
       .family = "distributions",
       .record = [](vars x) { return with_key(x, [&](var key) { return dist::normal(key, x[0], x[1]); }); },
       .samples = {{spread({3}, -1, 1), spread({3}, 0.5, 2, 1)}},
       .edges = {},
       .composite = true,
       .analytic = true},

      {.name = "laplace",
       .variant = "samples",
       .family = "distributions",
       .record = [](vars x) { return with_key(x, [&](var key) { return dist::laplace(key, x[0], x[1]); }); },
       .samples = {{spread({3}, -1, 1), spread({3}, 0.5, 2, 1)}},
       .edges = {},
       .composite = true,
       .analytic = true},

      {.name = "logistic",
       .variant = "samples",
       .family = "distributions",
       .record = [](vars x) { return with_key(x, [&](var key) { return dist::logistic(key, x[0], x[1]); }); },
       .samples = {{spread({3}, -1, 1), spread({3}, 0.5, 2, 1)}},
       .edges = {},
       .composite = true,
       .analytic = true},

      {.name = "gumbel",
       .variant = "samples",
       .family = "distributions",
       .record = [](vars x) { return with_key(x, [&](var key) { return dist::gumbel(key, x[0], x[1]); }); },
       .samples = {{spread({3}, -1, 1), spread({3}, 0.5, 2, 1)}},
       .edges = {},
       .composite = true,
       .analytic = true},

      {.name = "exponential",
       .variant = "samples",
       .family = "distributions",
       .record = [](vars x) { return with_key(x, [&](var key) { return dist::exponential(key, x[0]); }); },
       .samples = {{spread({3}, 0.5, 2)}},
       .edges = {},
       .composite = true,
       .analytic = true},

      {.name = "weibull",
       .variant = "samples",
       .family = "distributions",
       .record = [](vars x) { return with_key(x, [&](var key) { return dist::weibull(key, x[0], x[1]); }); },
       .samples = {{spread({3}, 0.75, 2), spread({3}, 0.5, 2, 1)}},
       .edges = {},
       .composite = true,
       .analytic = true},

      {.name = "gamma",
       .variant = "samples",
       .family = "distributions",
       .record = [](vars x) { return with_key(x, [&](var key) { return dist::gamma(key, x[0], x[1]); }); },
       .samples = {{spread({2}, 0.75, 3), spread({2}, 0.5, 2, 1)}},
       .edges = {},
       .composite = true,
       .analytic = false},

      {.name = "beta",
       .variant = "samples",
       .family = "distributions",
       .record = [](vars x) { return with_key(x, [&](var key) { return dist::beta(key, x[0], x[1]); }); },
       .samples = {{spread({2}, 0.75, 3), spread({2}, 0.75, 2, 1)}},
       .edges = {},
       .composite = true,
       .analytic = false},

      {.name = "dirichlet",
       .variant = "samples",
       .family = "distributions",
       .record = [](vars x) { return with_key(x, [&](var key) { return dist::dirichlet(key, x[0]); }); },
       .samples = {{spread({1, 2}, 0.75, 3)}},
       .edges = {},
       .composite = true,
       .analytic = false},

      {.name = "student_t",
       .variant = "samples",
       .family = "distributions",
       .record =
           [](vars x) {
             return with_key(x, [&](var key) { return dist::student_t(key, x[0], x[1], x[2]); });
           },
       .samples = {{spread({2}, 1.5, 4), spread({2}, -1, 1, 1), spread({2}, 0.5, 2, 2)}},
       .edges = {},
       .composite = true,
       .analytic = false},

  };
}

}  // namespace reel::table
