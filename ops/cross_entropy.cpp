// SPDX-License-Identifier: MIT
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/cross_entropy.hpp>
#include <reel/ops/functions.hpp>
#include <reel/ops/movement.hpp>
#include <reel/ops/reduce.hpp>
#include <reel/ops/softmax.hpp>

#include "labels.hpp"
#include "rows.hpp"

#include <fmt/format.h>

namespace reel {

namespace {

shape one_loss_per_row(const shape& z) {
  const std::size_t last = z.axis(-1);
  if (z[last] == 0)
    throw error(errc::invalid_argument,
                fmt::format("0 classes: the last axis of {} is empty.", to_string(z)));
  return z.without(last);
}

// logits − max and ln Σ e^(logits − max) of a row, by which −ln p_k = log_sum − (z_k − top).
template <class T> struct shifted_row {
  T top, log_sum;
  shifted_row(const T* z, const row& r)
      : top(num::real_part(z[r.at(first_max(z, r))])),
        log_sum(num::log(sum_of<T>(r.n, [&](index_t i) { return num::exp(z[r.at(i)] - top); }))) {}
  T surprise(const T& zk) const { return log_sum - (zk - top); }
};

// ℓ = −ln p_y with p = softmax(z).
//   dℓ = ⟨p, dz⟩ − dz_y, hence   z̄ = (p − onehot(y)) ℓ̄
struct label_cross_entropy_op {
  static constexpr auto name = "softmax_cross_entropy";
  static constexpr bool analytic = true;
  shape infer(const shape& z, const shape& labels) const {
    const shape rows = one_loss_per_row(z);
    if (labels != rows)
      throw error(errc::shape_mismatch,
                  fmt::format("logits {} need labels {}, one per row, not {}. For distributions pass reals.",
                              to_string(z), to_string(rows), to_string(labels)));
    return rows;
  }
  template <class T> void eval(out<T> loss, in<T> z, in<index_t> labels) const {
    check_labels(labels, z.shape().back());
    each_row(z.shape(), -1, [&](const row& r, index_t i) {
      loss[i] = shifted_row<T>(z.data, r).surprise(z[r.at(labels[i])]);
    });
  }
  std::array<var, 2> pull(var lbar, var, var z, var labels) const {
    const var error = softmax(z) - one_hot(labels, z.shape().back());
    return {error * reshape(lbar, lbar.shape().inserted(lbar.rank(), 1)), none};
  }
  bool operator==(const label_cross_entropy_op&) const = default;
};

// ℓ = −Σ_k P_k ln p_k with p = softmax(z), and 0·ln 0 = 0.
//   dℓ = Σ_k P_k ⟨p, dz⟩ − ⟨P, dz⟩ − ⟨ln p, dP⟩, hence   z̄ = (p ΣP − P) ℓ̄,   P̄ = −ln p ℓ̄
struct soft_cross_entropy_op {
  static constexpr auto name = "softmax_cross_entropy_soft";
  static constexpr bool analytic = true;
  shape infer(const shape& z, const shape& P) const {
    if (P != z)
      throw error(errc::shape_mismatch,
                  fmt::format("logits {} and target distributions {} differ.", to_string(z), to_string(P)));
    return one_loss_per_row(z);
  }
  template <class T> void eval(out<T> loss, in<T> z, in<T> P) const {
    each_row(z.shape(), -1, [&](const row& r, index_t i) {
      const shifted_row<T> s(z.data, r);
      loss[i] = sum_of<T>(r.n, [&](index_t k) {
        return P[r.at(k)] == T(0) && !num::isnan(s.log_sum) ? T(0) : P[r.at(k)] * s.surprise(z[r.at(k)]);
      });
    });
  }
  std::array<var, 2> pull(var lbar, var, var z, var P) const {
    const var scale = reshape(lbar, lbar.shape().inserted(lbar.rank(), 1));
    return {(softmax(z) * sum(P, -1, keep) - P) * scale, -log_softmax(z) * scale};
  }
  bool operator==(const soft_cross_entropy_op&) const = default;
};

}  // namespace

var cross_entropy(operand probabilities, operand targets) {
  const operand logs(xlogy(targets, probabilities), probabilities.where().file, probabilities.where().line);
  return operand(0.0, logs.where().file, logs.where().line) -
         operand(sum(logs, -1), logs.where().file, logs.where().line);
}

var softmax_cross_entropy(operand logits, operand targets) {
  if (!targets.is_number() && targets.variable().kind() == kind::index)
    return apply(label_cross_entropy_op{}, logits, targets);
  return apply(soft_cross_entropy_op{}, logits, targets);
}

}  // namespace reel
