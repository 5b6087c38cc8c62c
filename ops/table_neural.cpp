// SPDX-License-Identifier: MIT
#include <reel/ops/neural.hpp>
#include <reel/ops/select.hpp>

#include "table_rows.hpp"

namespace reel::table {

namespace {

rows convolutions() {
  return {
      {.name = "windows",
       .family = "neural",
       .record = [](vars x) { return windows(x[0], {2}, {.stride = {2}, .dilation = {2}}); },
       .samples = {{spread({5}, -1, 1)}, {spread({2, 7}, -1, 1)}},
       .edges = {{.what = "of nothing", .x = {real({0, 4}, {})}, .y = {}, .xbar = {{}}},
                 {.what = "overlapping",
                  .x = {real({1, 2, 3, 4, 5})},
                  .y = {1, 3, 3, 5},
                  .xbar = {{1, 0, 2, 0, 1}}}},
       .linear_in = {0}},

      {.name = "windows",
       .variant = "two axes",
       .family = "neural",
       .record =
           [](vars x) {
             return windows(x[0], {2, 1}, {.stride = {1, 2}});
           },
       .samples = {{spread({3, 4}, -1, 1)}, {spread({2, 3, 3}, -1, 1)}},
       .linear_in = {0}},

      {.name = "fold",
       .family = "neural",
       .record = [](vars x) { return fold(x[0], {5}); },
       .samples = {{spread({2, 4}, -1, 1)}, {spread({2, 3, 3}, -1, 1)}},
       .edges = {{.what = "sums", .x = {real({2, 4}, {1, 2, 3, 4, 5, 6, 7, 8})}, .y = {1, 7, 9, 11, 8}}},
       .linear_in = {0}},

      {.name = "conv1d",
       .family = "neural",
       .record =
           [](vars x) {
             return conv1d(x[0], x[1], {.stride = {2}, .padding = {1}, .dilation = {2}, .groups = 2});
           },
       .samples = {{spread({1, 2, 5}, -1, 1), spread({2, 1, 2}, -1, 1, 1)},
                   {spread({2, 4, 6}, -1, 1), spread({2, 2, 3}, -1, 1, 1)}},
       .composite = true,
       .linear_in = {0, 1}},

      {.name = "conv1d",
       .variant = "same",
       .family = "neural",
       .record = [](vars x) { return conv1d(x[0], x[1], {.same = true}); },
       .samples = {{spread({1, 2, 4}, -1, 1), spread({2, 2, 2}, -1, 1, 1)}},
       .edges = {{.what = "an even kernel reads one more to the right",
                  .x = {real({1, 1, 3}, {1, 2, 3}), real({1, 1, 2}, {10, 1})},
                  .y = {12, 23, 30}}},
       .composite = true,
       .linear_in = {0, 1}},

      {.name = "conv2d",
       .family = "neural",
       .record =
           [](vars x) {
             return conv2d(x[0], x[1], {.stride = {1, 2}, .padding = {1, 0}});
           },
       .samples = {{spread({1, 1, 3, 3}, -1, 1), spread({1, 1, 2, 2}, -1, 1, 1)},
                   {spread({1, 2, 3, 3}, -1, 1), spread({2, 2, 2, 2}, -1, 1, 1)}},
       .composite = true,
       .linear_in = {0, 1}},

      {.name = "conv3d",
       .family = "neural",
       .record = [](vars x) { return conv3d(x[0], x[1]); },
       .samples = {{spread({1, 1, 2, 3, 2}, -1, 1), spread({2, 1, 2, 2, 1}, -1, 1, 1)}},
       .composite = true,
       .linear_in = {0, 1}},

      {.name = "conv1d_transpose",
       .family = "neural",
       .record =
           [](vars x) {
             return conv1d_transpose(x[0], x[1], {.stride = {2}, .padding = {1}, .groups = 2}, {1});
           },
       .samples = {{spread({1, 2, 3}, -1, 1), spread({2, 2, 3}, -1, 1, 1)}},
       .composite = true,
       .linear_in = {0, 1}},

      {.name = "conv2d_transpose",
       .family = "neural",
       .record =
           [](vars x) {
             return conv2d_transpose(x[0], x[1], {.stride = {2, 1}});
           },
       .samples = {{spread({1, 2, 2, 2}, -1, 1), spread({2, 1, 2, 2}, -1, 1, 1)}},
       .composite = true,
       .linear_in = {0, 1}},

      {.name = "conv3d_transpose",
       .family = "neural",
       .record = [](vars x) { return conv3d_transpose(x[0], x[1]); },
       .samples = {{spread({1, 1, 2, 1, 2}, -1, 1), spread({1, 1, 2, 2, 1}, -1, 1, 1)}},
       .composite = true,
       .linear_in = {0, 1}},

      {.name = "max_pool",
       .family = "neural",
       .record = [](vars x) { return max_pool(x[0], {2}, {.padding = {1}}); },
       .samples = {{spread({1, 2, 4}, -1, 1)}, {spread({2, 1, 6}, -1, 1)}},
       .edges = {{.what = "ties and margins",
                  .x = {real({1, 1, 4}, {-1, 2, 2, -3})},
                  .y = {-1, 2, -3},
                  .xbar = {{1, 1, 0, 1}}}},
       .composite = true,
       .analytic = false},

      {.name = "avg_pool",
       .family = "neural",
       .record =
           [](vars x) {
             return avg_pool(x[0], {2, 2}, {.stride = {1}, .padding = {1, 0}});
           },
       .samples = {{spread({1, 2, 3, 3}, -1, 1)}},
       .composite = true,
       .linear_in = {0}},

      {.name = "avg_pool",
       .variant = "without margins",
       .family = "neural",
       .record = [](vars x) { return avg_pool(x[0], {2}, {.padding = {1}, .count_padding = false}); },
       .samples = {{spread({1, 2, 4}, -1, 1)}},
       .edges = {{.what = "one element in the window", .x = {real({1, 1, 2}, {4, 6})}, .y = {4, 6}}},
       .composite = true,
       .linear_in = {0}},

      {.name = "global_max_pool",
       .family = "neural",
       .record = [](vars x) { return global_max_pool(x[0]); },
       .samples = {{spread({2, 2, 2, 2}, -1, 1)}},
       .composite = true,
       .analytic = false},

      {.name = "global_avg_pool",
       .family = "neural",
       .record = [](vars x) { return global_avg_pool(x[0]); },
       .samples = {{spread({2, 2, 2, 2}, -1, 1)}},
       .composite = true,
       .linear_in = {0}},
  };
}

rows layers() {
  return {
      {.name = "linear",
       .family = "neural",
       .record = [](vars x) { return linear(x[0], x[1], x[2]); },
       .samples = {{spread({2, 3}, -1, 1), spread({3, 2}, -1, 1, 1), spread({2}, -1, 1, 2)}},
       .composite = true},

      {.name = "layer_norm",
       .family = "neural",
       .record = [](vars x) { return layer_norm(x[0], x[1], x[2]); },
       .samples = {{spread({2, 4}, -2, 2), spread({4}, 0.5, 2, 1), spread({4}, -1, 1, 2)}},
       .composite = true},

      {.name = "rms_norm",
       .family = "neural",
       .record = [](vars x) { return rms_norm(x[0], x[1]); },
       .samples = {{spread({2, 4}, -2, 2), spread({4}, 0.5, 2, 1)}},
       .composite = true},

      {.name = "group_norm",
       .family = "neural",
       .record = [](vars x) { return group_norm(x[0], 2, x[1], x[2]); },
       .samples = {{spread({1, 4, 3}, -2, 2), spread({4}, 0.5, 2, 1), spread({4}, -1, 1, 2)}},
       .composite = true},

      {.name = "batch_norm",
       .family = "neural",
       .record =
           [](vars x) {
             return composed("sample", x, here(), [&] {
               const batch_statistics running{zeros_like(x[1]), ones_like(x[1])};
               return batch_norm(x[0], x[1], x[2], running).y;
             });
           },
       .samples = {{spread({3, 2}, -2, 2), spread({2}, 0.5, 2, 1), spread({2}, -1, 1, 2)},
                   {spread({2, 2, 2}, -2, 2), spread({2}, 0.5, 2, 1), spread({2}, -1, 1, 2)}},
       .composite = true},

      {.name = "batch_norm_by",
       .family = "neural",
       .record =
           [](vars x) {
             return batch_norm_by(x[0], x[1], x[2], {x[3], x[4]});
           },
       .samples = {{spread({2, 2, 2}, -2, 2), spread({2}, 0.5, 2, 1), spread({2}, -1, 1, 2),
                    spread({2}, -1, 1, 3), spread({2}, 0.5, 2, 4)}},
       .composite = true},

      {.name = "dropout",
       .family = "neural",
       .record = [](vars x) { return dropout(x[0], 7, 3, 0.5); },
       .samples = {{spread({3, 4}, -2, 2)}},
       .composite = true,
       .linear_in = {0}},

      {.name = "attention",
       .family = "neural",
       .record = [](vars x) { return attention(x[0], x[1], x[2]); },
       .samples = {{spread({2, 2}, -1, 1), spread({3, 2}, -1, 1, 1), spread({3, 2}, -1, 1, 2)},
                   {spread({2, 1, 2}, -1, 1), spread({2, 2, 2}, -1, 1, 1), spread({2, 2, 1}, -1, 1, 2)}},
       .composite = true},

      {.name = "attention",
       .variant = "masked",
       .family = "neural",
       .record = [](vars x) { return attention(x[0], x[1], x[2], x[3]); },
       .samples = {{spread({2, 2}, -1, 1), spread({3, 2}, -1, 1, 1), spread({3, 1}, -1, 1, 2),
                    boolean({2, 3}, {1, 1, 0, 0, 1, 1})}},
       .edges = {{.what = "a row that reads nothing",
                  .x = {real({1, 1}, {2}), real({2, 1}, {1, 3}), real({2, 1}, {5, 7}), boolean({2}, {0, 0})},
                  .y = {0},
                  .xbar = {{0}, {0, 0}, {0, 0}}}},
       .composite = true},

      {.name = "causal_attention",
       .family = "neural",
       .record = [](vars x) { return causal_attention(x[0], x[1], x[2]); },
       .samples = {{spread({3, 2}, -1, 1), spread({3, 2}, -1, 1, 1), spread({3, 2}, -1, 1, 2)}},
       .composite = true},

      {.name = "rotary",
       .family = "neural",
       .record = [](vars x) { return rotary(x[0]); },
       .samples = {{spread({3, 4}, -1, 1)}},
       .composite = true,
       .linear_in = {0}},

      {.name = "lstm_cell",
       .family = "neural",
       .record =
           [](vars x) {
             return lstm_cell(x[0], {x[1], x[2]}, x[3], x[4], x[5]).h;
           },
       .samples = {{spread({1, 1}, -1, 1), spread({1, 1}, -1, 1, 1), spread({1, 1}, -1, 1, 2),
                    spread({1, 4}, -1, 1, 3), spread({1, 4}, -1, 1, 4), spread({4}, -1, 1, 5)}},
       .composite = true},

      {.name = "gru_cell",
       .family = "neural",
       .record = [](vars x) { return gru_cell(x[0], x[1], x[2], x[3], x[4], x[5]); },
       .samples = {{spread({1, 1}, -1, 1), spread({1, 1}, -1, 1, 1), spread({1, 3}, -1, 1, 2),
                    spread({1, 3}, -1, 1, 3), spread({3}, -1, 1, 4), spread({3}, -1, 1, 5)}},
       .composite = true},
  };
}

rows losses() {
  return {
      {.name = "mse_loss",
       .family = "neural",
       .record = [](vars x) { return mse_loss(x[0], x[1]); },
       .samples = {{spread({2, 3}, -2, 2), spread({2, 3}, -2, 2, 1)}},
       .composite = true},

      {.name = "mae_loss",
       .family = "neural",
       .record = [](vars x) { return mae_loss(x[0], x[1]); },
       .samples = {{spread({2, 3}, -2, 2), spread({2, 3}, -2, 2, 1)}},
       .edges = {{.what = "agreement",
                  .x = {real({1, 2}), real({1, 4})},
                  .y = {1},
                  .xbar = {{0, -0.5}, {0, 0.5}}}},
       .composite = true,
       .analytic = false},

      {.name = "huber_loss",
       .family = "neural",
       .record = [](vars x) { return huber_loss(x[0], x[1], 0.75); },
       .samples = {{spread({2, 3}, -2, 2), spread({2, 3}, -2, 2, 1)}},
       .edges = {{.what = "within, at delta and beyond",
                  .x = {real({0.5, 0.75, 2, -2}), real({0, 0, 0, 0})},
                  .y = {0.7109375},
                  .xbar = {{0.125, 0.1875, 0.1875, -0.1875}, {-0.125, -0.1875, -0.1875, 0.1875}}}},
       .composite = true,
       .analytic = false},

      {.name = "hinge_loss",
       .family = "neural",
       .record = [](vars x) { return hinge_loss(x[0], x[1]); },
       .samples = {{spread({6}, -2, 2), spread({6}, -1.5, 1.5, 1)}},
       .edges = {{.what = "at the hinge", .x = {real({1, -1, 0.5, 2}), real({1, 1, 1, 1})}, .y = {0.625}}},
       .composite = true,
       .analytic = false},

      {.name = "binary_cross_entropy_with_logits",
       .family = "neural",
       .record = [](vars x) { return binary_cross_entropy_with_logits(x[0], x[1]); },
       .samples = {{spread({2, 3}, -2, 2), spread({2, 3}, 0.1, 0.9, 1)}},
       .edges = {{.what = "far out",
                  .x = {real({1000, -1000}), real({1, 0})},
                  .y = {0},
                  .xbar = {{0, 0}, {-500, 500}}}},
       .composite = true},

      {.name = "cross_entropy_loss",
       .family = "neural",
       .record = [](vars x) { return cross_entropy_loss(x[0], x[1]); },
       .samples = {{spread({2, 3}, -2, 2), index({2}, {2, 0})}},
       .composite = true},

      {.name = "cross_entropy_loss",
       .variant = "smoothed, weighed, with an ignored label",
       .family = "neural",
       .record =
           [](vars x) {
             return cross_entropy_loss(x[0], x[1],
                                       {.smoothing = 0.25, .class_weights = {1, 2, 0.5}, .ignored = -1});
           },
       .samples = {{spread({4, 3}, -2, 2), index({4}, {2, -1, 0, 1})}},
       .edges = {{.what = "all ignored",
                  .x = {real({1, 3}, {inf, 2, 3}), index({1}, {-1})},
                  .y = {0},
                  .xbar = {{0, 0, 0}}}},
       .composite = true},
  };
}

}  // namespace

rows neural() {
  rows all = convolutions();
  for (rows more : {layers(), losses()})
    for (op_row& r : more) all.push_back(std::move(r));
  return all;
}

}  // namespace reel::table
