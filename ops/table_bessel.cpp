// SPDX-License-Identifier: MIT
#include <reel/autodiff/structural.hpp>
#include <reel/autodiff/sweep.hpp>
#include <reel/ops/special.hpp>

#include "table_few.hpp"

namespace reel::table {

rows bessel() {
  return {
      {.name = "gammainc",
       .family = "special",
       .record = [](vars x) { return gammainc(x[0], x[1]); },
       .samples = few_sizes({{0.5, 3}, {0.25, 4}}),
       .edges =
           {{.what = "values",
             .x = {real({0.5, 2.5, 4}), real({1.5, 0.75, 9})},
             .y = {0x1.d55e5a70068e4p-1, 0x1.6410e7f91294bp-4, 0x1.f521cd4f0a3f5p-1},
             .xbar = {{-0x1.d770219582ab4p-3, -0x1.036bf00ccc871p-3, -0x1.75aa38edd056ap-6},
                      {0x1.a503dcc210e25p-4, 0x1.d8ad6664dccd9p-3, 0x1.eb553b286c422p-7}}},
            {.what = "ends",
             .x = {real({2, 2, 0, 0, -1, 1, nan}), real({0, inf, 1, 0, 1, -1, 1})},
             .y = {0, 1, 1, nan, nan, nan, nan}},
            {.what = "slope at 0", .x = {real({1, 2}), real({0, 0})}, .y = {0, 0}, .xbar = {{0, 0}, {1, 0}}}},
       .analytic = false,
       .elementwise = true},

      {.name = "gammaincc",
       .family = "special",
       .record = [](vars x) { return gammaincc(x[0], x[1]); },
       .samples = few_sizes({{0.5, 3}, {0.25, 4}}),
       .edges = {{.what = "values",
                  .x = {real({0.5, 2.5, 4}), real({1.5, 0.75, 9})},
                  .y = {0x1.550d2c7fcb8e1p-4, 0x1.d37de300ddad7p-1, 0x1.5bc6561eb8158p-6},
                  .xbar = {{0x1.d770219582ab4p-3, 0x1.036bf00ccc871p-3, 0x1.75aa38edd056ap-6},
                           {-0x1.a503dcc210e25p-4, -0x1.d8ad6664dccd9p-3, -0x1.eb553b286c422p-7}}},
                 {.what = "ends",
                  .x = {real({2, 2, 0, 0, -1, 1, nan}), real({0, inf, 1, 0, 1, -1, 1})},
                  .y = {1, 0, 0, nan, nan, nan, nan}}},
       .analytic = false,
       .elementwise = true},

      {.name = "gammaincinv",
       .family = "special",
       .record = [](vars x) { return gammaincinv(x[0], x[1]); },
       .samples = few_sizes({{0.75, 3}, {0.1, 0.9}}),
       .edges = {{.what = "values",
                  .x = {real({0.5, 2.5}), real({0.25, 0.75})},
                  .y = {0x1.9fdf042a87d5cp-5, 0x1.a80b2322da99cp+1}},
                 {.what = "ends and outside",
                  .x = {real({2, 2, 2, 2, 0, nan}), real({0, 1, -1, 2, 0.5, 0.5})},
                  .y = {0, inf, nan, nan, nan, nan}}},
       .analytic = false,
       .elementwise = true},
      {.name = "gamma_density",
       .family = "special",
       .record =
           [](vars x) {
             return composed("gamma_density", x, here(),
                             [&] { return grad(sum_to(gammainc(x[0], x[1]), {}), x[1]); });
           },
       .samples = few_sizes({{0.5, 3}, {0.25, 4}}),
       .analytic = false,
       .elementwise = true},

      // Of a fixed shape: the third derivative in it is refused.
      {.name = "gammainc_in_a",
       .family = "special",
       .record =
           [](vars x) {
             return composed("gammainc_in_a", x, here(), [&] {
               const var a = constant_like(x[0], 1.5);
               return grad(sum_to(gammainc(a, x[0]), {}), a);
             });
           },
       .samples = few_sizes({{0.25, 4}}),
       .analytic = false,
       .elementwise = true},

      {.name = "gammainc_in_a",
       .variant = "twice",
       .family = "special",
       .record =
           [](vars x) {
             return composed("gammainc_in_a", x, here(), [&] {
               const var a = constant_like(x[0], 1.5);
               return grad(sum_to(grad(sum_to(gammainc(a, x[0]), {}), a), {}), a);
             });
           },
       .samples = few_sizes({{0.25, 4}}),
       .analytic = false,
       .elementwise = true},

      {.name = "beta_density",
       .family = "special",
       .record =
           [](vars x) {
             return composed("beta_density", x, here(),
                             [&] { return grad(sum_to(betainc(x[0], x[1], x[2]), {}), x[2]); });
           },
       .samples = few_sizes({{0.5, 3}, {0.5, 3}, {0.1, 0.9}}),
       .analytic = false,
       .elementwise = true},

      {.name = "betainc_in_ab",
       .family = "special",
       .record =
           [](vars x) {
             return composed("betainc_in_ab", x, here(), [&] {
               const var a = constant_like(x[0], 1.5);
               return grad(sum_to(betainc(a, 2.5, x[0]), {}), a);
             });
           },
       .samples = few_sizes({{0.1, 0.9}}),
       .analytic = false,
       .elementwise = true},

      {.name = "betainc_in_ab",
       .variant = "twice",
       .family = "special",
       .record =
           [](vars x) {
             return composed("betainc_in_ab", x, here(), [&] {
               const var a = constant_like(x[0], 1.5), b = constant_like(x[0], 2.5);
               return grad(sum_to(grad(sum_to(betainc(a, b, x[0]), {}), a), {}), b);
             });
           },
       .samples = few_sizes({{0.1, 0.9}}),
       .analytic = false,
       .elementwise = true},

      // It is refused wherever it has an element.
      {.name = "third_derivative_in_shape",
       .family = "special",
       .record =
           [](vars x) {
             return composed("third_derivative_in_shape", x, here(), [&] {
               var y = gammainc(x[0], 2.0);
               for (int i = 0; i < 3; ++i) y = grad(sum_to(y, {}), x[0]);
               return y;
             });
           },
       .samples = {{real({0}, {})}},
       .analytic = false,
       .elementwise = true,
       .differentiable = false},

      {.name = "betainc",
       .family = "special",
       .record = [](vars x) { return betainc(x[0], x[1], x[2]); },
       .samples = few_sizes({{0.5, 3}, {0.5, 3}, {0.1, 0.9}}),
       .edges = {{.what = "values",
                  .x = {real({0.5}), real({1.5}), real({0.25})},
                  .y = {0x1.37ce8ea1d7d34p-1},
                  .xbar = {{-0x1.4ad1ccb709037p-1}, {0x1.754c18f477221p-3}, {0x1.1a47c7ee5a514p+0}}},
                 {.what = "ends and outside",
                  .x = {real({2, 2, 2, -1, 1, nan}), real({3, 3, 3, 1, 1, 1}),
                        real({0, 1, 2, 0.5, nan, 0.5})},
                  .y = {0, 1, nan, nan, nan, nan}},
                 {.what = "slope at the ends",
                  .x = {real({1, 3}), real({3, 1}), real({0, 1})},
                  .y = {0, 1},
                  .xbar = {{0, 0}, {0, 0}, {3, 3}}}},
       .analytic = false,
       .elementwise = true},

      {.name = "bessel_j",
       .variant = "order 0",
       .family = "special",
       .record = [](vars x) { return bessel_j(0, x[0]); },
       .samples = few_sizes({{0.5, 4}}),
       .edges = {{.what = "values",
                  .x = {real({0.5, 3.25})},
                  .y = {0x1.e07f1d54c3f34p-1, -0x1.54bca0542983fp-2},
                  .xbar = {{-0x1.f02a71f4870d7p-3, -0x1.edd028b393814p-3}},
                  .second = {{-0x1.d0d3c8b500d92p-2, 0x1.a0b544210521ap-2}}},
                 {.what = "0, below and infinities",
                  .x = {real({0, -1, inf, -inf, nan})},
                  .y = {1, 0x1.87c7fdbd7b8f0p-1, 0, 0, nan},
                  .xbar = {{0, 0x1.c29c9ee970c6cp-2, 0, 0, nan}}}},
       .analytic = false,
       .elementwise = true},

      {.name = "bessel_j",
       .variant = "order 1.5",
       .family = "special",
       .record = [](vars x) { return bessel_j(1.5, x[0]); },
       .samples = few_sizes({{0.5, 4}}),
       .edges = {{.what = "values",
                  .x = {real({0.5, 3.25})},
                  .y = {0x1.779c338e139c6p-4, 0x1.b375ec08a5938p-2},
                  .xbar = {{0x1.103fe1d47d8d2p-2, -0x1.f4089c5fab05dp-3}},
                  .second = {{0x1.9d7146e6583cdp-3, -0x1.09c58366aaa53p-2}}},
                 {.what = "0 and below", .x = {real({0, -1})}, .y = {0, nan}, .xbar = {{0, nan}}}},
       .analytic = false,
       .elementwise = true},

      {.name = "bessel_y",
       .variant = "order 0",
       .family = "special",
       .record = [](vars x) { return bessel_y(0, x[0]); },
       .samples = few_sizes({{0.5, 4}}),
       .edges = {{.what = "values",
                  .x = {real({0.5, 3.25})},
                  .y = {-0x1.c72feb3b7b8a2p-2, 0x1.2734ae8b62595p-2},
                  .xbar = {{0x1.78b26a2b7c4dfp+0, -0x1.84e476f773438p-2}},
                  .second = {{-0x1.3fcc6cc40cdcbp+1, -0x1.5f17d8cd42b08p-3}}},
                 {.what = "0, below and infinities",
                  .x = {real({0, -1, inf, nan})},
                  .y = {-inf, nan, 0, nan},
                  .xbar = {{inf, nan, 0, nan}}}},
       .analytic = false,
       .elementwise = true},

      {.name = "bessel_y",
       .variant = "order 1.5",
       .family = "special",
       .record = [](vars x) { return bessel_y(1.5, x[0]); },
       .samples = few_sizes({{0.5, 4}}),
       .edges = {{.what = "values",
                  .x = {real({0.5, 3.25})},
                  .y = {-0x1.42bf6216866fcp+1, 0x1.77549a5d27111p-3},
                  .xbar = {{0x1.a4bee2e0206dcp+2, 0x1.6bef0015d8eb9p-2}},
                  .second = {{-0x1.0a8f69c34b535p+5, -0x1.03ab35316fa7dp-2}}},
                 {.what = "0", .x = {real({0})}, .y = {-inf}}},
       .analytic = false,
       .elementwise = true},

      {.name = "bessel_i",
       .variant = "order 0",
       .family = "special",
       .record = [](vars x) { return bessel_i(0, x[0]); },
       .samples = few_sizes({{0.5, 4}}),
       .edges = {{.what = "values",
                  .x = {real({0.5, 3.25})},
                  .y = {0x1.104072392c800p+0, 0x1.7f5147eef9f7ep+2},
                  .xbar = {{0x1.081571ddea056p-2, 0x1.3cf68431a0795p+2}},
                  .second = {{0x1.186b72946efa9p-1, 0x1.1dca5a55dc48cp+2}}},
                 {.what = "0, below and infinities",
                  .x = {real({0, -1, inf, -inf, nan})},
                  .y = {1, 0x1.441ce4b386c2dp+0, inf, inf, nan},
                  .xbar = {{0, -0x1.215c88b95e67ep-1, inf, -inf, nan}}}},
       .analytic = false,
       .elementwise = true},

      {.name = "bessel_i",
       .variant = "order 1.5",
       .family = "special",
       .record = [](vars x) { return bessel_i(1.5, x[0]); },
       .samples = few_sizes({{0.5, 4}}),
       .edges = {{.what = "values",
                  .x = {real({0.5, 3.25})},
                  .y = {0x1.8ade5e7568032p-4, 0x1.fb2f492c24b11p+1},
                  .xbar = {{0x1.31f4154019da5p-2, 0x1.ef578e7199cbcp+1}},
                  .second = {{0x1.7743c1a550535p-2, 0x1.cecfa61d32342p+1}}},
                 {.what = "0 and below", .x = {real({0, -1})}, .y = {0, nan}, .xbar = {{0, nan}}}},
       .analytic = false,
       .elementwise = true},

      {.name = "bessel_k",
       .variant = "order 0",
       .family = "special",
       .record = [](vars x) { return bessel_k(0, x[0]); },
       .samples = few_sizes({{0.5, 4}}),
       .edges = {{.what = "values",
                  .x = {real({0.5, 3.25})},
                  .y = {0x1.d94d74dd716b0p-1, 0x1.aaf257661a5b2p-6},
                  .xbar = {{-0x1.a80c867629ee1p+0, -0x1.e8a956c3d4d7bp-6}},
                  .second = {{0x1.0f2ff1d6c3246p+2, 0x1.20a6ea47554ecp-5}}},
                 {.what = "0, below and infinities",
                  .x = {real({0, -1, inf, nan})},
                  .y = {inf, nan, 0, nan},
                  .xbar = {{-inf, nan, -0.0, nan}}}},
       .analytic = false,
       .elementwise = true},

      {.name = "bessel_k",
       .variant = "order 1.5",
       .family = "special",
       .record = [](vars x) { return bessel_k(1.5, x[0]); },
       .samples = few_sizes({{0.5, 4}}),
       .edges = {{.what = "values",
                  .x = {real({0.5, 3.25})},
                  .y = {0x1.9cd17ac80353ep+1, 0x1.20c5e88d27ff6p-5},
                  .xbar = {{-0x1.5803e651581b4p+3, -0x1.621b3a1fc5518p-5}},
                  .second = {{0x1.ae04dfe5ae221p+5, 0x1.cb3e1fdaded73p-5}}},
                 {.what = "0", .x = {real({0})}, .y = {inf}}},
       .analytic = false,
       .elementwise = true},

  };
}

}  // namespace reel::table
