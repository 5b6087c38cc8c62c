// SPDX-License-Identifier: MIT
#include <reel/autodiff/structural.hpp>
#include <reel/autodiff/sweep.hpp>
#include <reel/ops/elementary.hpp>

#include "table_rows.hpp"

namespace reel::table {

rows angles() {
  return {
      {.name = "sin",
       .family = "elementary",
       .record = [](vars x) { return sin(x[0]); },
       .samples = each_size({{-2, 2}}),
       .edges =
           {
               {.what = "values",
                .x = {real({0.5, -2, 100})},
                .y = {0x1.eaee8744b05fp-2, -0x1.d18f6ead1b446p-1, -0x1.03425b78c4db8p-1},
                .xbar = {{0x1.c1528065b7d5p-1, -0x1.aa22657537205p-2, 0x1.b981dbf665fdfp-1}},
                .second = {{-0x1.eaee8744b05fp-2, 0x1.d18f6ead1b446p-1, 0x1.03425b78c4db8p-1}}},
               {.what = "0, infinities and NaN",
                .x = {real({0, -0.0, inf, -inf, nan})},
                .y = {0, -0.0, nan, nan, nan},
                .xbar = {{1, 1, nan, nan, nan}},
                .second = {{0, 0, nan, nan, nan}}},
               {.what = "far out",
                .x = {real({1e22})},
                .y = {-0x1.b453ab76bf397p-1},
                .xbar = {{0x1.0be2cef01c8f4p-1}},
                .only = dtype::f64},
           },
       .elementwise = true},

      {.name = "cos",
       .family = "elementary",
       .record = [](vars x) { return cos(x[0]); },
       .samples = each_size({{-2, 2}}),
       .edges =
           {
               {.what = "values",
                .x = {real({0.5, -2, 100})},
                .y = {0x1.c1528065b7d5p-1, -0x1.aa22657537205p-2, 0x1.b981dbf665fdfp-1},
                .xbar = {{-0x1.eaee8744b05fp-2, 0x1.d18f6ead1b446p-1, 0x1.03425b78c4db8p-1}},
                .second = {{-0x1.c1528065b7d5p-1, 0x1.aa22657537205p-2, -0x1.b981dbf665fdfp-1}}},
               {.what = "0, infinities and NaN",
                .x = {real({0, inf, -inf, nan})},
                .y = {1, nan, nan, nan},
                .xbar = {{0, nan, nan, nan}},
                .second = {{-1, nan, nan, nan}}},
           },
       .elementwise = true},

      {.name = "tan",
       .family = "elementary",
       .record = [](vars x) { return tan(x[0]); },
       .samples = each_size({{-1, 1}}),
       .edges =
           {
               {.what = "values",
                .x = {real({0.5, -1.5, 2})},
                .y = {0x1.17b4f5bf3474ap-1, -0x1.c33ed50b88777p3, -0x1.17af62e0950f8p1},
                .xbar = {{0x1.4c66fbe45147ep0, 0x1.8fb3390942dbap7, 0x1.718fc1adda245p2}},
                .second = {{0x1.6b2f3405c5225p0, -0x1.60456bc2a0a08p12, -0x1.93c0dc171bb2dp4}}},
               {.what = "0, infinities and NaN",
                .x = {real({0, -0.0, inf, nan})},
                .y = {0, -0.0, nan, nan},
                .xbar = {{1, 1, nan, nan}}},
           },
       .elementwise = true},

      {.name = "asin",
       .family = "elementary",
       .record = [](vars x) { return asin(x[0]); },
       .samples = each_size({{-0.75, 0.75}}),
       .edges =
           {
               {.what = "values",
                .x = {real({0.5, -0.875})},
                .y = {0x1.0c152382d7366p-1, -0x1.10c066d3e6932p0},
                .xbar = {{0x1.279a74590331cp0, 0x1.08654a2d4f6dbp1}},
                .second = {{0x1.8a2345cc04426p-1, -0x1.ed89dfcc0bbbap2}}},
               {.what = "the ends and beyond",
                .x = {real({0, 1, -1, 2, nan})},
                .y = {0, 0x1.921fb54442d18p0, -0x1.921fb54442d18p0, nan, nan},
                .xbar = {{1, inf, inf, nan, nan}}},
               {.what = "beyond the ends with a cotangent of 0",
                .x = {real({1, 2})},
                .y = {0x1.921fb54442d18p0, nan},
                .ybar = {0, 0},
                .xbar = {{0, 0}},
                .second = {{0, 0}}},
           },
       .elementwise = true},

      {.name = "acos",
       .family = "elementary",
       .record = [](vars x) { return acos(x[0]); },
       .samples = each_size({{-0.75, 0.75}}),
       .edges =
           {
               {.what = "values",
                .x = {real({0.5, -0.875})},
                .y = {0x1.0c152382d7366p0, 0x1.51700e0c14b25p1},
                .xbar = {{-0x1.279a74590331cp0, -0x1.08654a2d4f6dbp1}},
                .second = {{-0x1.8a2345cc04426p-1, 0x1.ed89dfcc0bbbap2}}},
               {.what = "the ends and beyond",
                .x = {real({1, -1, 2, nan})},
                .y = {0, 0x1.921fb54442d18p1, nan, nan},
                .xbar = {{-inf, -inf, nan, nan}}},
           },
       .elementwise = true},

      {.name = "atan_slope",
       .family = "elementary",
       .record =
           [](vars x) {
             return composed("atan_slope", {x[0]}, [&] { return grad(sum_to(atan(x[0]), {}), x[0]); });
           },
       .samples = each_size({{-2, 2}}),
       .edges =
           {
               {.what = "values",
                .x = {real({0.5, -3})},
                .y = {0x1.999999999999ap-1, 0x1.999999999999ap-4},
                .xbar = {{-0x1.47ae147ae147bp-1, 0x1.eb851eb851eb8p-5}},
                .second = {{-0x1.0624dd2f1a9fcp-2, 0x1.a9fbe76c8b439p-5}}},
               {.what = "0 and far out",
                .x = {real({0, -0.0, inf, -inf, nan})},
                .y = {1, 1, 0, 0, nan},
                .xbar = {{0, 0, nan, nan, nan}}},
           },
       .elementwise = true},

      {.name = "atan",
       .family = "elementary",
       .record = [](vars x) { return atan(x[0]); },
       .samples = each_size({{-2, 2}}),
       .edges =
           {
               {.what = "values",
                .x = {real({0.5, -3})},
                .y = {0x1.dac670561bb4fp-2, -0x1.3fc176b7a856p0},
                .xbar = {{0x1.999999999999ap-1, 0x1.999999999999ap-4}},
                .second = {{-0x1.47ae147ae147bp-1, 0x1.eb851eb851eb8p-5}}},
               {.what = "0 and infinities",
                .x = {real({0, -0.0, inf, -inf, nan})},
                .y = {0, -0.0, 0x1.921fb54442d18p0, -0x1.921fb54442d18p0, nan},
                .xbar = {{1, 1, 0, 0, nan}}},
           },
       .elementwise = true},

      {.name = "atan2",
       .family = "elementary",
       .record = [](vars x) { return atan2(x[0], x[1]); },
       .samples = each_size({{0.5, 2}, {-2, 2}}),
       .edges =
           {
               {.what = "values",
                .x = {real({0.5, 2, -1}), real({2, -0.5, -3})},
                .y = {0x1.f5b75f92c80ddp-3, 0x1.d0d6a1369bd34p0, -0x1.68f095fdf593cp1},
                .xbar = {{0x1.e1e1e1e1e1e1ep-2, -0x1.e1e1e1e1e1e1ep-4, -0x1.3333333333333p-2},
                         {-0x1.e1e1e1e1e1e1ep-4, -0x1.e1e1e1e1e1e1ep-2, 0x1.999999999999ap-4}},
                .second = {{-0x1.45faaf6418cd8p-2, 0x1.45faaf6418cd8p-2, -0x1.1eb851eb851ecp-3},
                           {-0x1.8cd8236eba055p-4, 0x1.8cd8236eba055p-4, -0x1.47ae147ae147bp-6}}},
               {.what = "the axes",
                .x = {real({1, -1, 0, -0.0, 0, -0.0}), real({0, 0, 1, 1, -1, -1})},
                .y = {0x1.921fb54442d18p0, -0x1.921fb54442d18p0, 0, -0.0, 0x1.921fb54442d18p1,
                      -0x1.921fb54442d18p1},
                .xbar = {{0, 0, 1, 1, -1, -1}, {-1, 1, 0, 0, 0, 0}}},
               {.what = "the origin has no angle",
                .x = {real({0, 0}), real({0, nan})},
                .y = {0, nan},
                .xbar = {{nan, nan}, {nan, nan}}},
           },
       .elementwise = true},

      {.name = "sinh",
       .family = "elementary",
       .record = [](vars x) { return sinh(x[0]); },
       .samples = each_size({{-2, 2}}),
       .edges =
           {
               {.what = "values",
                .x = {real({0.5, -2, 10})},
                .y = {0x1.0acd00fe63b97p-1, -0x1.d03cf63b6e19fp1, 0x1.5829dced69992p13},
                .xbar = {{0x1.20ac1862ae8dp0, 0x1.e18fa0df2d9bcp1, 0x1.5829dd053712dp13}},
                .second = {{0x1.0acd00fe63b97p-1, -0x1.d03cf63b6e19fp1, 0x1.5829dced69992p13}}},
               {.what = "0 and infinities",
                .x = {real({0, -0.0, inf, -inf, nan})},
                .y = {0, -0.0, inf, -inf, nan},
                .xbar = {{1, 1, inf, inf, nan}},
                .second = {{0, 0, inf, -inf, nan}}},
           },
       .elementwise = true},

      {.name = "cosh",
       .family = "elementary",
       .record = [](vars x) { return cosh(x[0]); },
       .samples = each_size({{-2, 2}}),
       .edges =
           {
               {.what = "values",
                .x = {real({0.5, -2, 10})},
                .y = {0x1.20ac1862ae8dp0, 0x1.e18fa0df2d9bcp1, 0x1.5829dd053712dp13},
                .xbar = {{0x1.0acd00fe63b97p-1, -0x1.d03cf63b6e19fp1, 0x1.5829dced69992p13}},
                .second = {{0x1.20ac1862ae8dp0, 0x1.e18fa0df2d9bcp1, 0x1.5829dd053712dp13}}},
               {.what = "0 and infinities",
                .x = {real({0, inf, -inf, nan})},
                .y = {1, inf, inf, nan},
                .xbar = {{0, inf, -inf, nan}},
                .second = {{1, inf, inf, nan}}},
           },
       .elementwise = true},

      {.name = "asinh",
       .family = "elementary",
       .record = [](vars x) { return asinh(x[0]); },
       .samples = each_size({{-2, 2}}),
       .edges =
           {
               {.what = "values",
                .x = {real({0.5, -3})},
                .y = {0x1.ecc2caec5160ap-2, -0x1.d185b507edc0ep0},
                .xbar = {{0x1.c9f25c5bfedd9p-1, 0x1.43d136248490fp-2}},
                .second = {{-0x1.6e5b7d16657e1p-2, 0x1.8494a75f057abp-4}}},
               {.what = "0 and infinities",
                .x = {real({0, -0.0, inf, -inf, nan})},
                .y = {0, -0.0, inf, -inf, nan},
                .xbar = {{1, 1, 0, 0, nan}}},
           },
       .elementwise = true},

      {.name = "acosh",
       .family = "elementary",
       .record = [](vars x) { return acosh(x[0]); },
       .samples = each_size({{1.25, 3}}),
       .edges =
           {
               {.what = "values",
                .x = {real({1.5, 3})},
                .y = {0x1.ecc2caec5160ap-1, 0x1.c34366179d427p0},
                .xbar = {{0x1.c9f25c5bfedd9p-1, 0x1.6a09e667f3bcdp-2}},
                .second = {{-0x1.12c49dd0cc1e9p0, -0x1.0f876ccdf6cd9p-3}}},
               {.what = "1, below and at infinity",
                .x = {real({1, 0.5, inf, nan})},
                .y = {0, nan, inf, nan},
                .xbar = {{inf, nan, 0, nan}}},
           },
       .elementwise = true},

      {.name = "atanh",
       .family = "elementary",
       .record = [](vars x) { return atanh(x[0]); },
       .samples = each_size({{-0.75, 0.75}}),
       .edges =
           {
               {.what = "values",
                .x = {real({0.5, -0.875})},
                .y = {0x1.193ea7aad030bp-1, -0x1.5aa16394d481fp0},
                .xbar = {{0x1.5555555555555p0, 0x1.1111111111111p2}},
                .second = {{0x1.c71c71c71c71cp0, -0x1.fdb97530eca86p4}}},
               {.what = "the ends and beyond",
                .x = {real({0, -0.0, 1, -1, 2, nan})},
                .y = {0, -0.0, inf, -inf, nan, nan},
                .xbar = {{1, 1, inf, inf, -0x1.5555555555555p-2, nan}}},
           },
       .elementwise = true},
  };
}

}  // namespace reel::table
