// SPDX-License-Identifier: MIT
#include <reel/autodiff/structural.hpp>
#include <reel/autodiff/sweep.hpp>
#include <reel/ops/elementary.hpp>

#include "table_rows.hpp"

namespace reel::table {

rows elementary() {
  return {
      {.name = "exp2",
       .family = "elementary",
       .record = [](vars x) { return exp2(x[0]); },
       .samples = each_size({{-2, 2}}),
       .edges =
           {
               {.what = "values",
                .x = {real({0.5, -3, 10})},
                .y = {0x1.6a09e667f3bcdp0, 0x1p-3, 0x1p10},
                .xbar = {{0x1.f5e46537ab907p-1, 0x1.62e42fefa39efp-4, 0x1.62e42fefa39efp9}},
                .second = {{0x1.5be298adf0352p-1, 0x1.ebfbdff82c58fp-5, 0x1.ebfbdff82c58fp8}}},
               {.what = "whole numbers and infinities",
                .x = {real({0, 1, -3, inf, -inf, nan})},
                .y = {1, 2, 0.125, inf, 0, nan},
                .xbar = {{0x1.62e42fefa39efp-1, 0x1.62e42fefa39efp0, 0x1.62e42fefa39efp-4, inf, 0, nan}}},
           },
       .elementwise = true},

      {.name = "expm1",
       .family = "elementary",
       .record = [](vars x) { return expm1(x[0]); },
       .samples = each_size({{-2, 2}}),
       .edges =
           {
               {.what = "values",
                .x = {real({0.5, -2})},
                .y = {0x1.4c2531c3c0d38p-1, -0x1.bab5557101f8dp-1},
                .xbar = {{0x1.a61298e1e069cp0, 0x1.152aaa3bf81ccp-3}},
                .second = {{0x1.a61298e1e069cp0, 0x1.152aaa3bf81ccp-3}}},
               {.what = "0 and infinities",
                .x = {real({0, -0.0, inf, -inf, nan})},
                .y = {0, -0.0, inf, -1, nan},
                .xbar = {{1, 1, inf, 0, nan}},
                .second = {{1, 1, inf, 0, nan}}},
           },
       .elementwise = true},

      {.name = "log2",
       .family = "elementary",
       .record = [](vars x) { return log2(x[0]); },
       .samples = each_size({{0.25, 3}}),
       .edges =
           {
               {.what = "values",
                .x = {real({3, 0.25})},
                .y = {0x1.95c01a39fbd68p0, -0x1p1},
                .xbar = {{0x1.ec709dc3a03fdp-2, 0x1.71547652b82fep2}},
                .second = {{-0x1.484b13d7c02a9p-3, -0x1.71547652b82fep4}}},
               {.what = "powers of 2, 0 and below",
                .x = {real({1, 8, 0, -1, inf, nan})},
                .y = {0, 3, -inf, nan, inf, nan},
                .xbar = {{0x1.71547652b82fep0, 0x1.71547652b82fep-3, inf, -0x1.71547652b82fep0, 0, nan}}},
           },
       .elementwise = true},

      {.name = "log10",
       .family = "elementary",
       .record = [](vars x) { return log10(x[0]); },
       .samples = each_size({{0.25, 3}}),
       .edges =
           {
               {.what = "values",
                .x = {real({2, 1000})},
                .y = {0x1.34413509f79ffp-2, 0x1.8p1},
                .xbar = {{0x1.bcb7b1526e50ep-3, 0x1.c764098bb48c3p-12}},
                .second = {{-0x1.bcb7b1526e50ep-4, -0x1.d251f54b79648p-22}}},
               {.what = "powers of 10, 0 and below",
                .x = {real({1, 100, 0, -1, inf, nan})},
                .y = {0, 2, -inf, nan, inf, nan},
                .xbar = {{0x1.bcb7b1526e50ep-2, 0x1.1c9e85f750d7ap-8, inf, -0x1.bcb7b1526e50ep-2, 0, nan}}},
           },
       .elementwise = true},

      {.name = "log1p",
       .family = "elementary",
       .record = [](vars x) { return log1p(x[0]); },
       .samples = each_size({{-0.5, 2}}),
       .edges =
           {
               {.what = "values",
                .x = {real({0.5, -0.75})},
                .y = {0x1.9f323ecbf984cp-2, -0x1.62e42fefa39efp0},
                .xbar = {{0x1.5555555555555p-1, 0x1p2}},
                .second = {{-0x1.c71c71c71c71cp-2, -0x1p4}}},
               {.what = "0, -1 and below",
                .x = {real({0, -0.0, -1, -2, inf, nan})},
                .y = {0, -0.0, -inf, nan, inf, nan},
                .xbar = {{1, 1, inf, -1, 0, nan}}},
           },
       .elementwise = true},

      {.name = "logaddexp",
       .family = "elementary",
       .record = [](vars x) { return logaddexp(x[0], x[1]); },
       .samples = each_size({{-2, 2}, {-2, 2}}),
       .edges =
           {
               {.what = "values",
                .x = {real({0.5, -3}), real({2, -3.5})},
                .y = {0x1.19c7e908f5421p1, -0x1.43517204947f4p1},
                .xbar = {{0x1.759b8355a1bbp-3, 0x1.3eb2fd4d34391p-1},
                         {0x1.a2991f2a97914p-1, 0x1.829a0565978dfp-2}},
                .second = {{0x0p0, 0x0p0}, {0x0p0, 0x0p0}}},
               {.what = "infinities",
                .x = {real({-inf, -inf, 0, inf, inf, nan}), real({-inf, 0, -inf, 0, -inf, 0})},
                .y = {-inf, 0, 0, inf, inf, nan},
                .xbar = {{0, 0, 1, 1, 1, nan}, {0, 1, 0, 0, 0, nan}}},
               {.what = "far apart and equal",
                .x = {real({1000, -1000, 2}), real({0, 0, 2})},
                .y = {1000, 0, 0x1.58b90bfbe8e7cp1},
                .xbar = {{1, 0, 0.5}, {0, 1, 0.5}}},
           },
       .elementwise = true},

      {.name = "cbrt",
       .family = "elementary",
       .record = [](vars x) { return cbrt(x[0]); },
       .samples = each_size({{0.25, 3}}),
       .edges =
           {
               {.what = "values",
                .x = {real({2, -0.125})},
                .y = {0x1.428a2f98d728bp0, -0x1p-1},
                .xbar = {{0x1.ae0d94cbc98b9p-3, 0x1.5555555555555p0}},
                .second = {{-0x1.1eb3b887dbb26p-4, 0x1.c71c71c71c71cp2}}},
               {.what = "0 and infinities",
                .x = {real({0, -0.0, 8, inf, -inf, nan})},
                .y = {0, -0.0, 2, inf, -inf, nan},
                .xbar = {{inf, inf, 0x1.5555555555555p-4, 0, 0, nan}}},
           },
       .elementwise = true},

      {.name = "rsqrt",
       .family = "elementary",
       .record = [](vars x) { return rsqrt(x[0]); },
       .samples = each_size({{0.25, 3}}),
       .edges =
           {
               {.what = "values",
                .x = {real({2, 0.25})},
                .y = {0x1.6a09e667f3bcdp-1, 0x1p1},
                .xbar = {{-0x1.6a09e667f3bcdp-3, -0x1p2}},
                .second = {{0x1.0f876ccdf6cd9p-3, 0x1.8p4}}},
               {.what = "0, below and at infinity",
                .x = {real({0, 4, -1, inf, nan})},
                .y = {inf, 0.5, nan, 0, nan},
                .xbar = {{-inf, -0.0625, nan, 0, nan}}},
           },
       .elementwise = true},

      {.name = "reciprocal",
       .family = "elementary",
       .record = [](vars x) { return reciprocal(x[0]); },
       .samples = each_size({{0.5, 3}}),
       .edges =
           {
               {.what = "values",
                .x = {real({3, -0.25})},
                .y = {0x1.5555555555555p-2, -0x1p2},
                .xbar = {{-0x1.c71c71c71c71cp-4, -0x1p4}},
                .second = {{0x1.2f684bda12f68p-4, -0x1p7}}},
               {.what = "0 and infinities",
                .x = {real({0, -0.0, inf, -inf, nan})},
                .y = {inf, -inf, 0, -0.0, nan},
                .xbar = {{-inf, -inf, 0, 0, nan}}},
           },
       .elementwise = true},

      {.name = "cosine_of",
       .family = "elementary",
       .record =
           [](vars x) {
             return composed("cosine_of", {x[0], x[1]},
                             [&] { return grad(sum_to(hypot(x[0], x[1]), {}), x[0]); });
           },
       .samples = each_size({{0.5, 2}, {-2, -0.5}}),
       .edges =
           {
               {.what = "values",
                .x = {real({3, -0.5}), real({4, 2})},
                .y = {0x1.3333333333333p-1, -0x1.f0b6848d2af1cp-3},
                .xbar = {{0x1.0624dd2f1a9fcp-3, 0x1.d37e9adf377a2p-2},
                         {-0x1.89374bc6a7efap-4, 0x1.d37e9adf377a2p-4}},
                .second = {{-0x1.64840e1719f8p-5, -0x1.b7feafe12527ap-6},
                           {0x1.93b3a68b19a41p-6, -0x1.2b0f1b8b0740fp-2}}},
               {.what = "the origin", .x = {real({0, 3, 0}), real({0, 0, 2})}, .y = {0, 1, 0}},
           },
       .elementwise = true},

      {.name = "hypot",
       .family = "elementary",
       .record = [](vars x) { return hypot(x[0], x[1]); },
       .samples = each_size({{0.5, 2}, {-2, 2}}),
       .edges =
           {
               {.what = "values",
                .x = {real({3, -0.5}), real({4, 2})},
                .y = {0x1.4p2, 0x1.07e0f66afed07p1},
                .xbar = {{0x1.3333333333333p-1, -0x1.f0b6848d2af1cp-3},
                         {0x1.999999999999ap-1, 0x1.f0b6848d2af1cp-1}},
                .second = {{0x1.0624dd2f1a9fcp-5, 0x1.242f20cb82ac5p-1},
                           {-0x1.89374bc6a7efap-6, 0x1.242f20cb82ac5p-3}}},
               {.what = "the origin and the axes",
                .x = {real({0, 3, 0, inf, nan}), real({0, 0, -2, nan, 1})},
                .y = {0, 3, 2, inf, nan},
                .xbar = {{0, 1, 0, nan, nan}, {0, 0, -1, nan, nan}}},
               {.what = "no overflow",
                .x = {real({0x1.8p127}), real({0x1p127})},
                .y = {0x1.cd82b446159f3p127},
                .xbar = {{0x1.aa027f059dce1p-1}, {0x1.1c01aa03be896p-1}}},
           },
       .elementwise = true},
  };
}

}  // namespace reel::table
