// SPDX-License-Identifier: MIT
// Softmax, mean cross-entropy and its gradient in the logits, row by row in one place; a penalty.
#pragma once

#include "../problems.hpp"
#include "exp.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace bench {

// Turns `rows` logits into probabilities; returns the sum of the losses.
inline double probabilities(float* z, const std::int64_t* labels, std::size_t rows) {
  double loss = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    float* row = z + i * classes;
    float top = row[0];
    for (std::size_t k = 1; k < classes; ++k) top = std::max(top, row[k]);
    for (std::size_t k = 0; k < classes; ++k) row[k] -= top;
    loss -= static_cast<double>(row[labels[i]]);
  }
  for (std::size_t i = 0; i < rows * classes; ++i) z[i] = fast_exp(z[i]);
  for (std::size_t i = 0; i < rows; ++i) {
    float* row = z + i * classes;
    float sum = 0;
    for (std::size_t k = 0; k < classes; ++k) sum += row[k];
    for (std::size_t k = 0; k < classes; ++k) row[k] /= sum;
    loss += static_cast<double>(std::log(sum));
  }
  return loss;
}

// Turns logits into the gradient of the mean loss in them, (p − y)/rows; returns that loss.
inline double cross_entropy(float* z, const std::int64_t* labels, std::size_t rows) {
  const double loss = probabilities(z, labels, rows);
  const float scale = 1 / static_cast<float>(rows);
  for (std::size_t i = 0; i < rows; ++i) z[i * classes + static_cast<std::size_t>(labels[i])] -= 1;
  for (std::size_t i = 0; i < rows * classes; ++i) z[i] *= scale;
  return loss / static_cast<double>(rows);
}

// ½ l2 Σw²
inline double penalty(const std::vector<float>& w, float l2) {
  if (l2 == 0) return 0;
  constexpr std::size_t side_by_side = 64;
  std::array<float, side_by_side> sums{};
  for (std::size_t i = 0; i + side_by_side <= w.size(); i += side_by_side)
    for (std::size_t k = 0; k < side_by_side; ++k) sums[k] += w[i + k] * w[i + k];
  double sum = 0;
  for (std::size_t i = w.size() / side_by_side * side_by_side; i < w.size(); ++i)
    sum += static_cast<double>(w[i] * w[i]);
  for (const float s : sums) sum += static_cast<double>(s);
  return static_cast<double>(l2) / 2 * sum;
}

}  // namespace bench
