// SPDX-License-Identifier: MIT
// Layers and losses of neural networks. Parameters are operands; nothing here keeps a state. Images and
// sequences are [batch, channels, positions …] with one, two or three axes of positions.
#pragma once

#include <reel/ops/reduce.hpp>

#include <optional>
#include <vector>

namespace reel {

// x·w of x [… in] and w [in, out], and that + b.
var linear(operand x, operand w);
var linear(operand x, operand w, operand b);

// -- windows. Lists have a number for each axis of positions, or one for all.
struct window_options {
  std::vector<index_t> stride = {1};    // between neighbouring windows
  std::vector<index_t> dilation = {1};  // between neighbouring elements of a window
};
// All windows of these sizes over the last axes: [… n] gives [… size, count], for two axes [… s1, s2, c1,
// c2], with count = ⌊(n − dilation·(size − 1) − 1)/stride⌋ + 1. Windows that do not fit are refused.
var windows(operand x, const std::vector<index_t>& size, const window_options& o = {});
// Its transpose: adds the elements of windows up, each at its place in the last axes of these sizes.
var fold(operand x, const std::vector<index_t>& into, const window_options& o = {});

// -- convolutions, of x [n, c, positions …] with w [out, c/groups, size …]. The kernel is not turned round,
// as in all such libraries. Group g of the channels of x gives group g of those of the result.
struct conv_options {
  std::vector<index_t> stride = {1};
  std::vector<index_t> padding = {0};  // zeros at both ends of each axis
  std::vector<index_t> dilation = {1};
  index_t groups = 1;
  // Zeros such that the result has ⌈n/stride⌉ positions, of an odd number the larger part at the end, also
  // for even kernels: as lax's SAME, and for stride 1 torch's. `padding` is then left at 0.
  bool same = false;
};
var conv1d(operand x, operand w, const conv_options& o = {});
var conv2d(operand x, operand w, const conv_options& o = {});
var conv3d(operand x, operand w, const conv_options& o = {});
// The transpose of a convolution with these options: x [n, in, positions …] with w [in, out/groups, size …].
// The result has (n − 1)·stride − 2·padding + dilation·(size − 1) + 1 + extra positions; `same` is refused.
var conv1d_transpose(operand x, operand w, const conv_options& o = {},
                     const std::vector<index_t>& extra = {0});
var conv2d_transpose(operand x, operand w, const conv_options& o = {},
                     const std::vector<index_t>& extra = {0});
var conv3d_transpose(operand x, operand w, const conv_options& o = {},
                     const std::vector<index_t>& extra = {0});

// -- pooling over windows of the axes after the first two. Without a stride it is the size.
struct pool_options {
  std::vector<index_t> stride = {};
  std::vector<index_t> padding = {0};  // at most half of the size
  std::vector<index_t> dilation = {1};
  bool count_padding = true;  // avg_pool divides by the window's size, as torch does; else by what lies in x
};
var max_pool(operand x, const std::vector<index_t>& size, const pool_options& o = {});  // the first of equals
var avg_pool(operand x, const std::vector<index_t>& size, const pool_options& o = {});
var global_max_pool(operand x);  // over all positions: [n, c]
var global_avg_pool(operand x);

// -- normalization: (x − μ)/√(σ² + eps)·scale + shift, where σ² divides by n. Scale and shift broadcast.
var layer_norm(operand x, operand scale, operand shift, const axis_list& axes = -1, double eps = 1e-5);
var rms_norm(operand x, operand scale, const axis_list& axes = -1,
             double eps = 1e-6);  // x/√(mean x² + eps)·scale
// Over the positions and the channels of each of the groups; scale and shift are [c].
var group_norm(operand x, index_t groups, operand scale, operand shift, double eps = 1e-5);

// Statistics of the channels, axis 1. What runs along is the mean and the variance with n − 1 (as in torch,
// MLX and tinygrad; Keras and ONNX take n). Batches of one number per channel are refused while training.
struct batch_statistics {
  var mean, variance;  // [c]
};
struct batch_normalized {
  var y;
  batch_statistics running;  // (1 − momentum) of the old and momentum of the batch's, without a derivative
};
struct batch_norm_options {
  double momentum = 0.1, eps = 1e-5;
};
batch_normalized batch_norm(operand x, operand scale, operand shift, const batch_statistics& running,
                            const batch_norm_options& o = {});
// By the running statistics, for inference.
var batch_norm_by(operand x, operand scale, operand shift, const batch_statistics& running,
                  double eps = 1e-5);

// -- dropout: x/(1 − p) with probability 1 − p, else 0, with slopes to match. Key and step are indices
// (numbers, or inputs of a program): equal ones drop the same elements, in every number type. 0 ≤ p < 1.
var dropout(operand x, operand key, operand step, double p);

// -- attention: softmax(q kᵀ/√d) v of q [… n, d], k [… m, d], v [… m, e]; batches broadcast. Where a bool
// mask (broadcast to [… n, m]) does not hold, nothing is read; a row that reads nothing gives 0. Causal: row
// i reads columns up to i + m − n.
var attention(operand q, operand k, operand v);
var attention(operand q, operand k, operand v, operand mask);
var causal_attention(operand q, operand k, operand v);
// Pairs (x_i, x_{i+d/2}) of the last axis turned by the angle position·base^(−2i/d), positions 0 … along the
// last axis but one. The last axis is even.
var rotary(operand x, double base = 10000, index_t first_position = 0);

// -- recurrent cells: x [n, in], h and c [n, size]; weights [in, gates·size] and [size, gates·size], bias
// [gates·size], with the gates in the order input, forget, cell, output (LSTM) and reset, update, new (GRU).
struct lstm_state {
  var h, c;
};
lstm_state lstm_cell(operand x, const lstm_state& s, operand w, operand u, operand b);
// As in torch and cuDNN, the reset gate weighs h·u + its own bias bu.
var gru_cell(operand x, operand h, operand w, operand u, operand b, operand bu);

// -- losses, each the mean over all elements (or rows, of cross-entropy).
var mse_loss(operand x, operand target);
var mae_loss(operand x, operand target);                      // slope 0 where both agree
var huber_loss(operand x, operand target, double delta = 1);  // ½e², and delta (|e| − ½ delta) beyond delta
var hinge_loss(operand x, operand target);  // max(0, 1 − x·target), of targets ±1; slope 0 at 0
// −t ln σ(x) − (1 − t) ln σ(−x) for targets in [0, 1].
var binary_cross_entropy_with_logits(operand x, operand target);

struct cross_entropy_options {
  double smoothing = 0;  // a label counts 1 − smoothing, and all classes smoothing/classes more
  std::vector<double> class_weights = {};  // a row's loss is weighed by its label's, and so is the mean
  std::optional<index_t> ignored = {};     // rows with this label count for nothing; of such rows only: 0
};
// The mean of softmax_cross_entropy over rows of logits [… classes] with labels [… ] of kind index.
var cross_entropy_loss(operand logits, operand labels, const cross_entropy_options& o = {});

}  // namespace reel
