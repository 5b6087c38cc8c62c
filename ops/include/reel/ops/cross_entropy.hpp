// SPDX-License-Identifier: MIT
// Cross-entropy of rows, from probabilities or from logits. Both give one loss per row; reduce with
// mean() or sum(). Rows of 0 classes and batches of 0 rows are refused.
#pragma once

#include <reel/autodiff/structural.hpp>

namespace reel {

// H(P, q) = −Σ_k P_k ln q_k along the last axis, with 0 ln 0 = 0: the entropy of P coded for q.
var cross_entropy(operand probabilities, operand targets);

// H(P, softmax(logits)) along the last axis, computed together: exact where softmax underflows.
// Targets of kind index are class labels (one axis fewer; a label outside 0 … C−1 is refused with its
// row and value), real targets are distributions. A class with logit −inf and target 0 adds 0.
var softmax_cross_entropy(operand logits, operand targets);

// (softmax(logits) − onehot(labels)) l̄, the slope of Σ l̄·softmax_cross_entropy(logits, labels) in the
// logits: what its backward rule records. l̄ has one number per row.
var softmax_cross_entropy_slope(operand logits, operand labels, operand lbar);

}  // namespace reel
