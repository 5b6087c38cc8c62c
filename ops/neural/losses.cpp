// SPDX-License-Identifier: MIT
#include <reel/ops/activations.hpp>
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/cross_entropy.hpp>
#include <reel/ops/functions.hpp>
#include <reel/ops/movement.hpp>
#include <reel/ops/neural.hpp>
#include <reel/ops/rounding.hpp>
#include <reel/ops/select.hpp>
#include <reel/ops/softmax.hpp>

#include <fmt/format.h>

#include <cmath>

namespace reel {
namespace {

operand at(const operand& x, const var& v) { return operand(v, x.where().file, x.where().line); }

}  // namespace

var mse_loss(operand x, operand target) {
  return composed("mse_loss", {x, target}, [&] { return mean(at(x, square(x - target))); });
}
var mae_loss(operand x, operand target) {
  return composed("mae_loss", {x, target}, [&] { return mean(at(x, abs(x - target))); });
}

// With e cut to c in [−delta, delta]:  c (e − ½c) is ½e² within and delta (|e| − ½ delta) beyond.
var huber_loss(operand x, operand target, double delta) {
  return composed("huber_loss", {x, target}, [&] {
    if (!(delta > 0)) throw error(errc::invalid_argument, fmt::format("delta {}: it is positive.", delta));
    const var e = x - target, c = clip(e, -delta, delta);
    return mean(at(x, c * (e - 0.5 * c)));
  });
}

var hinge_loss(operand x, operand target) {
  return composed("hinge_loss", {x, target}, [&] { return mean(at(x, relu(1.0 - x * target))); });
}

// −t ln σ(x) − (1 − t) ln σ(−x) = softplus(x) − t x
var binary_cross_entropy_with_logits(operand x, operand target) {
  return composed("binary_cross_entropy_with_logits", {x, target}, [&] {
    x = x.sibling(target);
    return mean(at(x, target * softplus(-x) + (1.0 - target) * softplus(x)));
  });
}

// The weights of rows are those of their labels, and 0 where a label is ignored; the mean divides by their
// sum.
var cross_entropy_loss(operand logits, operand labels, const cross_entropy_options& o) {
  return composed("cross_entropy_loss", {logits, labels}, [&] {
    labels = labels.sibling(logits);
    if (!(o.smoothing >= 0 && o.smoothing <= 1))
      throw error(errc::invalid_argument, fmt::format("smoothing {}: it is from 0 to 1.", o.smoothing));
    if (!labels.is_var() || labels.variable().kind() != kind::index)
      throw error(errc::kind_mismatch,
                  "labels are of kind index. For distributions use softmax_cross_entropy.");
    const shape s = logits.variable().shape();
    const index_t classes = s.is_scalar() ? 0 : s.back();
    if (classes == 0) throw error(errc::invalid_argument, fmt::format("{} has no classes.", to_string(s)));
    const bool plain = o.class_weights.empty() && !o.ignored;

    var label = labels.variable(), counts;
    if (o.ignored) {
      const auto number = static_cast<double>(*o.ignored);
      counts = label != number;
      label = where(counts, label, 0);  // any class: its loss counts for nothing
    }
    var loss;
    if (o.smoothing == 0) loss = softmax_cross_entropy(logits, at(labels, label));
    else {
      const var smooth = (1 - o.smoothing) * one_hot(at(labels, label), classes) +
                         o.smoothing / static_cast<double>(classes);
      loss = softmax_cross_entropy(logits, at(labels, smooth));
    }
    if (plain) return mean(at(logits, loss));

    var weight = ones_like(loss);
    if (!o.class_weights.empty()) {
      if (static_cast<index_t>(o.class_weights.size()) != classes)
        throw error(errc::shape_mismatch,
                    fmt::format("{} class weights for {} classes.", o.class_weights.size(), classes));
      auto table = make_array<double>({classes});
      for (std::size_t i = 0; i < o.class_weights.size(); ++i) {
        table.data()[i] = o.class_weights[i];
        if (!(o.class_weights[i] >= 0) || !std::isfinite(o.class_weights[i]))
          throw error(errc::invalid_argument, fmt::format("class weight {}.", o.class_weights[i]));
      }
      weight = gather(constant_like(loss, constant(table)), at(labels, label));
    }
    if (o.ignored) weight = where(counts, weight, 0.0);
    const var total = sum(weight), weighed = where(weight == 0.0, 0.0, weight * loss);
    return at(logits, sum(weighed)) / where(total == 0.0, 1.0, total);
  });
}

}  // namespace reel
