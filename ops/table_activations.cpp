// SPDX-License-Identifier: MIT
#include <reel/ops/activations.hpp>

#include "table_rows.hpp"

namespace reel::table {

rows activations() {
  return {
      {.name = "softplus",
       .family = "activations",
       .record = [](vars x) { return softplus(x[0]); },
       .samples = each_size({{-2, 2}}),
       .edges =
           {
               {.what = "values",
                .x = {real({0.5, -3, 20})},
                .y = {0x1.f2ba37edae032p-1, 0x1.8e070fc045701p-5, 0x1.400000008da43p4},
                .xbar = {{0x1.3eb2fd4d34391p-1, 0x1.848343c905445p-5, 0x1.ffffffee4b79bp-1}},
                .second = {{0x1.e149a052c16c2p-3, 0x1.72165282c6f72p-5, 0x1.1b48654b9f942p-29}}},
               {.what = "0 and far out",
                .x = {real({0, 1000, -1000, inf, -inf, nan})},
                .y = {0x1.62e42fefa39efp-1, 1000, 0, inf, 0, nan},
                .xbar = {{0.5, 1, 0, 1, 0, nan}},
                .second = {{0.25, 0, 0, 0, 0, nan}}},
           },
       .elementwise = true},

      {.name = "log_sigmoid",
       .family = "activations",
       .record = [](vars x) { return log_sigmoid(x[0]); },
       .samples = each_size({{-2, 2}}),
       .edges =
           {
               {.what = "values",
                .x = {real({0.5, -3, 20})},
                .y = {-0x1.e5746fdb5c064p-2, -0x1.86381c3f0115cp1, -0x1.1b48655a5141ep-29},
                .xbar = {{0x1.829a0565978dfp-2, 0x1.e7b7cbc36fabcp-1, 0x1.1b4865556b5d5p-29}},
                .second = {{-0x1.e149a052c16c2p-3, -0x1.72165282c6f72p-5, -0x1.1b48654b9f942p-29}}},
               {.what = "0 and far out",
                .x = {real({0, 1000, -1000, inf, -inf, nan})},
                .y = {-0x1.62e42fefa39efp-1, -0.0, -1000, -0.0, -inf, nan},
                .xbar = {{0.5, 0, 1, 0, 1, nan}},
                .second = {{-0.25, 0, 0, 0, 0, nan}}},
           },
       .composite = true,
       .elementwise = true},

      {.name = "silu",
       .family = "activations",
       .record = [](vars x) { return silu(x[0]); },
       .samples = each_size({{-3, 2}}),
       .edges =
           {
               {.what = "values",
                .x = {real({0.5, -3})},
                .y = {0x1.3eb2fd4d34391p-2, -0x1.236272d6c3f34p-3},
                .xbar = {{0x1.7adc31578c669p-1, -0x1.68dfd9dfa7d09p-4}},
                .second = {{0x1.c3d18ac3a6222p-2, -0x1.08c6e5ec1cbcfp-5}}},
               {.what = "0 and far out",
                .x = {real({0, 1000, -1000, inf, nan})},
                .y = {0, 1000, -0.0, inf, nan},
                .xbar = {{0.5, 1, 0, nan, nan}}},
           },
       .composite = true,
       .elementwise = true},

      {.name = "mish",
       .family = "activations",
       .record = [](vars x) { return mish(x[0]); },
       .samples = each_size({{-2, 2}}),
       .edges =
           {
               {.what = "values",
                .x = {real({0.5, -3})},
                .y = {0x1.804047da23fa3p-2, -0x1.2a49375764d4dp-3},
                .xbar = {{0x1.c5d96a6d13cc2p-1, -0x1.7e89c749680a3p-4}}},
               // Farther out the terms of the second derivative cancel.
               {.what = "curvature",
                .x = {real({0.5, -0.25})},
                .y = {0x1.804047da23fa3p-2, -0x1.0a1725def6c3cp-3},
                .xbar = {{0x1.c5d96a6d13cc2p-1, 0x1.c25f0566a9b11p-2}},
                .second = {{0x1.df49627a81255p-2, 0x1.42dba13f9e48ap-1}}},
               {.what = "0 and far out",
                .x = {real({0, 1000, -1000, inf, nan})},
                .y = {0, 1000, -0.0, inf, nan}},
           },
       .composite = true,
       .elementwise = true},

      {.name = "gelu",
       .family = "activations",
       .record = [](vars x) { return gelu(x[0]); },
       .samples = each_size({{-2, 2}}),
       .edges = {{.what = "values",
                  .x = {real({0.5, -1.5})},
                  .y = {0x1.62075e232ac77p-2, -0x1.9a76a44e16be6p-4},
                  .xbar = {{0x1.bc28522bace22p-1, -0x1.050e915f009cfp-3}},
                  .second = {{0x1.3b73561dc75d7p-1, -0x1.0940856d21e84p-5}}},
                 {.what = "0 and far out",
                  .x = {real({0, 1000, -1000, inf, -inf, nan})},
                  .y = {0, 1000, -0.0, inf, nan, nan},
                  .xbar = {{0.5, 1, 0, nan, nan, nan}}}},
       .composite = true,
       .analytic = false,
       .elementwise = true},

      {.name = "gelu_tanh",
       .family = "activations",
       .record = [](vars x) { return gelu_tanh(x[0]); },
       .samples = each_size({{-2, 2}}),
       .edges =
           {
               {.what = "values",
                .x = {real({0.5, -1.5})},
                .y = {0x1.6202da77df3f9p-2, -0x1.9b5ad587570d9p-4},
                .xbar = {{0x1.bc17e8726e92cp-1, -0x1.058d3c7f73f84p-3}}},
               // Farther out the terms of the second derivative cancel.
               {.what = "curvature",
                .x = {real({0.5, -0.25})},
                .y = {0x1.6202da77df3f9p-2, -0x1.9aee04fb80bf2p-4},
                .xbar = {{0x1.bc17e8726e92cp-1, 0x1.37f51898befffp-2}},
                .second = {{0x1.3b23b841f8a81p-1, 0x1.7f763158f3402p-1}}},
               {.what = "0 and far out",
                .x = {real({0, 100, -100, nan})},
                .y = {0, 100, -0.0, nan},
                .xbar = {{0.5, 1, 0, nan}}},
           },
       .composite = true,
       .elementwise = true},

      {.name = "leaky_relu",
       .family = "activations",
       .record = [](vars x) { return leaky_relu(x[0], 0.125); },
       .samples = each_size({{-2, 2}}),
       .edges =
           {
               {.what = "0, infinities and NaN",
                .x = {real({0, -0.0, 2, -2, inf, -inf, nan})},
                .y = {0, -0.0, 2, -0.25, inf, -inf, nan},
                .xbar = {{0.125, 0.125, 1, 0.125, 1, 0.125, 0.125}},
                .second = {{0, 0, 0, 0, 0, 0, 0}}},
           },
       .composite = true,
       .elementwise = true},

      {.name = "elu",
       .family = "activations",
       .record = [](vars x) { return elu(x[0], 0.5); },
       .samples = each_size({{-2, 2}}),
       .edges =
           {
               {.what = "0 and infinities",
                .x = {real({0, 2, inf, -inf, nan})},
                .y = {0, 2, inf, -0.5, nan},
                .xbar = {{0.5, 1, 1, 0, nan}}},
           },
       .composite = true,
       .elementwise = true},

      {.name = "selu",
       .family = "activations",
       .record = [](vars x) { return selu(x[0]); },
       .samples = each_size({{0.5, 2}}),
       .edges =
           {
               {.what = "0 and infinities", .x = {real({0, inf, -inf})}, .y = {0, inf, -0x1.c212cc640f031p0}},
           },
       .composite = true,
       .elementwise = true},

      {.name = "hardtanh",
       .family = "activations",
       .record = [](vars x) { return hardtanh(x[0]); },
       .samples = each_size({{-0.75, 0.75}}),
       .edges =
           {
               {.what = "the ends and beyond",
                .x = {real({-1, 1, -2, 2, nan})},
                .y = {-1, 1, -1, 1, nan},
                .xbar = {{1, 1, 0, 0, 1}}},
           },
       .composite = true,
       .analytic = false,
       .elementwise = true},
  };
}

}  // namespace reel::table
