// SPDX-License-Identifier: MIT
#include <reel/autodiff/kernels.hpp>
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/cross_entropy.hpp>
#include <reel/ops/functions.hpp>
#include <reel/ops/movement.hpp>
#include <reel/ops/reduce.hpp>
#include <reel/ops/select.hpp>
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
  if (z.size() == 0)
    throw error(errc::invalid_argument, fmt::format("empty batch: {} has no rows.", to_string(z)));
  return z.without(last);
}

// −ln p_k of a row of logits, for p = softmax(z): ln Σ e^(z − max) − (z_k − max).
template <class T> T surprise(const shifted_row<T>& s, const T& zk) { return s.log_sum - (zk - s.top); }

// A loss per row as a factor of the row's elements.
var per_element(const var& lbar, const var& z) {
  return broadcast_to(reshape(lbar, lbar.shape().inserted(lbar.rank(), 1)), z.shape());
}

shape labels_of_rows(const shape& z, const shape& labels) {
  const shape rows = one_loss_per_row(z);
  if (labels != rows)
    throw error(errc::shape_mismatch,
                fmt::format("logits {} need labels {}, one per row, not {}. For distributions pass reals.",
                            to_string(z), to_string(rows), to_string(labels)));
  return rows;
}

// ℓ = −ln p_y with p = softmax(z).
//   dℓ = ⟨p, dz⟩ − dz_y, hence   z̄ = (p − onehot(y)) ℓ̄
struct label_cross_entropy_op {
  static constexpr auto name = "softmax_cross_entropy";
  static constexpr bool analytic = true;
  shape infer(const shape& z, const shape& labels) const { return labels_of_rows(z, labels); }
  template <class T> void eval(out<T> loss, in<T> z, in<index_t> labels) const {
    check_labels(labels, z.shape().back());
    if constexpr (std::floating_point<T>)
      return kernels::active<T>().cross_entropy(loss.data, nullptr, z.data, labels.data, nullptr, loss.size(),
                                                z.shape().back());
    each_row(z.shape(), -1, [&](const row& r, index_t i) {
      loss[i] = surprise(shifted_row<T>(z.data, r), z[r.at(labels[i])]);
    });
  }
  std::array<var, 2> vjp(var lbar, var, var z, var labels) const {
    return {softmax_cross_entropy_slope(z, labels, lbar), none};
  }
  std::vector<identity> identities(const applied_vjp& r) const {
    return {{"1^T zbar = 0", sum(r.xbar[0], -1)}};
  }
  row_slices slices(const shape& z) const { return {.inputs = z.rank() > 1 ? 0b11U : 0U}; }
  bool operator==(const label_cross_entropy_op&) const = default;
};

// z̄ = (p − onehot(y)) ℓ̄ with p = softmax(z), in one pass over the rows. Where the label's p is the largest of
// its row, p − 1 is taken as −Σ of the others, which keeps its digits however close p is to 1.
struct label_cross_entropy_slope_op {
  static constexpr auto name = "softmax_cross_entropy_slope";
  static constexpr bool analytic = true;
  shape infer(const shape& z, const shape& labels, const shape& lbar) const {
    const shape rows = labels_of_rows(z, labels);
    if (lbar != rows)
      throw error(errc::shape_mismatch, fmt::format("logits {} need cotangents {}, one per row, not {}.",
                                                    to_string(z), to_string(rows), to_string(lbar)));
    return z;
  }
  template <class T> void eval(out<T> zbar, in<T> z, in<index_t> labels, in<T> lbar) const {
    check_labels(labels, z.shape().back());
    if constexpr (std::floating_point<T>)
      return kernels::active<T>().cross_entropy(nullptr, zbar.data, z.data, labels.data, lbar.data,
                                                lbar.size(), z.shape().back());
    each_row(z.shape(), -1, [&](const row& r, index_t i) {
      const shifted_row<T> s(z.data, r);
      const T total = T(1) + s.rest + (s.top - s.top);  // NaN where the maximum is infinite
      for (index_t k = 0; k < r.n; ++k) {
        const T p = num::exp(z[r.at(k)] - s.top) / total;
        const T slope = k != labels[i] ? p : k == s.best ? -s.others / total : p - T(1);
        zbar[r.at(k)] = lbar[i] == T(0) ? T(0) : lbar[i] * slope;
      }
    });
  }
  row_slices slices(const shape& z) const { return {.inputs = z.rank() > 1 ? 0b111U : 0U}; }
  using sibling = label_cross_entropy_op;
  bool computes(const label_cross_entropy_op&) const { return true; }
  template <class T>
  void eval_with_sibling(out<T> zbar, out<T> loss, in<T> z, in<index_t> labels, in<T> lbar) const {
    if constexpr (std::floating_point<T>) {
      check_labels(labels, z.shape().back());
      kernels::active<T>().cross_entropy(loss.data, zbar.data, z.data, labels.data, lbar.data, lbar.size(),
                                         z.shape().back());
    } else {
      eval(zbar, z, labels, lbar);
      label_cross_entropy_op{}.eval(loss, z, labels);
    }
  }
  var reference(var z, var labels, var lbar) const {
    const var p = softmax(z), hot = one_hot(labels, z.shape().back());
    return scale_cotangent(per_element(lbar, z), p * (1.0 - hot) - hot * sum_others(p));
  }
  bool operator==(const label_cross_entropy_slope_op&) const = default;
};

// ℓ = −Σ_k P_k ln p_k with p = softmax(z), and 0·ln 0 = 0.
//   dℓ = Σ_k P_k ⟨p, dz⟩ − ⟨P, dz⟩ − ⟨ln p, dP⟩, hence   z̄ = (p ΣP − P) ℓ̄,   P̄ = −ln p ℓ̄
// with ln p taken as 0 where P = p = 0, like xlogy's slope. As Σ p = 1, p ΣP − P is p_k Σ_{j≠k} P_j − P_k
// Σ_{j≠k} p_j, in which no p is subtracted from 1.
struct soft_cross_entropy_op {
  static constexpr auto name = "softmax_cross_entropy_soft";
  static constexpr bool analytic = true;
  shape infer(const shape& z, const shape& P) const {
    if (P != z)
      throw error(errc::shape_mismatch,
                  fmt::format("logits {} and target distributions {} differ.{}", to_string(z), to_string(P),
                              P.rank() < z.rank() ? " Labels are no reals: give an array of index_t." : ""));
    return one_loss_per_row(z);
  }
  template <class T> void eval(out<T> loss, in<T> z, in<T> P) const {
    each_row(z.shape(), -1, [&](const row& r, index_t i) {
      const shifted_row<T> s(z.data, r);
      loss[i] = sum_of<T>(r.n, [&](index_t k) {
        return P[r.at(k)] == T(0) && !num::isnan(s.log_sum) ? T(0) : P[r.at(k)] * surprise(s, z[r.at(k)]);
      });
    });
  }
  std::array<var, 2> vjp(var lbar, var, var z, var P) const {
    const var scale = per_element(lbar, z), y = log_softmax(z), p = softmax(z);
    const var ignored = P == 0.0 && y == -std::numeric_limits<double>::infinity();
    return {scale_cotangent(scale, p * sum_others(P) - P * sum_others(p)),
            scale_cotangent(scale, where(ignored, 0.0, -y))};
  }
  std::vector<identity> identities(const applied_vjp& r) const {
    return {{"1^T zbar = 0", sum(r.xbar[0], -1)},
            {"P^T Pbar = l lbar", sum(r.x[1] * r.xbar[1], -1) - r.y * r.ybar}};
  }
  row_slices slices(const shape& z) const { return {.inputs = z.rank() > 1 ? 0b11U : 0U}; }
  bool operator==(const soft_cross_entropy_op&) const = default;
};

}  // namespace

var cross_entropy(operand probabilities, operand targets) {
  constexpr auto name = "cross_entropy";
  return composed(name, {probabilities, targets}, [&] {
    probabilities = probabilities.sibling(targets), targets = targets.sibling(probabilities);
    const source_location where = probabilities.where();
    const auto at = [&](const auto& x) { return operand(x, where.file, where.line); };
    if (targets.is_var() && targets.variable().kind() != kind::real)
      throw error(errc::kind_mismatch,
                  "the targets are no distributions. Use one_hot(labels, classes), or "
                  "softmax_cross_entropy(logits, labels).");
    const auto [P, q] = broadcast_together(name, targets, probabilities);
    one_loss_per_row(P.variable().shape());
    return at(0.0) - at(sum(at(xlogy(P, q)), -1));
  });
}

var softmax_cross_entropy_slope(operand logits, operand labels, operand lbar) {
  return apply(label_cross_entropy_slope_op{}, logits, labels, lbar);
}

var softmax_cross_entropy(operand logits, operand targets) {
  return composed("softmax_cross_entropy", {logits, targets}, [&] {
    targets = targets.sibling(logits);
    if (targets.is_var() && targets.variable().kind() == kind::index)
      return apply(label_cross_entropy_op{}, logits, targets);
    return apply(soft_cross_entropy_op{}, logits, targets);
  });
}

}  // namespace reel
