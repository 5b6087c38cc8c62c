// SPDX-License-Identifier: MIT
#include <reel/models/metrics.hpp>
#include <reel/models/softmax_regression.hpp>
#include <reel/ops.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace reel {

var softmax_regression_loss(operand w, operand x, operand labels, double l2) {
  const var data = mean(softmax_cross_entropy(matmul(x, w), labels));
  if (l2 == 0) return data;
  const var weights = slice(w, 0, 0, -1);  // all rows but the bias
  return data + l2 / 2 * sum(square(weights));
}

array<double> with_ones(const array<double>& x) {
  if (x.dimension() != 2)
    throw error(errc::shape_mismatch,
                fmt::format("samples of shape {}; give [samples, features].", to_string(shape_of(x))));
  const std::size_t n = x.shape()[0], d = x.shape()[1];
  auto y = make_array<double>({static_cast<index_t>(n), static_cast<index_t>(d + 1)});
  for (std::size_t i = 0; i < n; ++i) {
    std::copy_n(x.data() + i * d, d, y.data() + i * (d + 1));
    y.data()[i * (d + 1) + d] = 1;
  }
  return y;
}

namespace {

array<double> zero_weights(index_t features, index_t classes) {
  if (features < 1 || classes < 1)
    throw error(errc::invalid_argument,
                fmt::format("softmax regression of {} features into {} classes; both must be 1 or more.",
                            features, classes));
  auto w = make_array<double>({features + 1, classes});
  w.fill(0.0);
  return w;
}

}  // namespace

softmax_regression::softmax_regression(index_t features, index_t classes)
    : weights_(zero_weights(features, classes)) {}

softmax_regression::softmax_regression(array<double> weights) : weights_(std::move(weights)) {
  if (weights_.dimension() != 2 || weights_.shape()[0] < 2 || weights_.shape()[1] < 1)
    throw error(errc::shape_mismatch, fmt::format("weights of shape {}; give [features + 1, classes].",
                                                  to_string(shape_of(weights_))));
}

void softmax_regression::check(const array<double>& x, const array<index_t>* labels) const {
  if (x.dimension() != 2 || static_cast<index_t>(x.shape()[1]) != features())
    throw error(errc::shape_mismatch,
                fmt::format("samples of shape {} for a model of {} features; give [samples, {}].",
                            to_string(shape_of(x)), features(), features()));
  if (labels == nullptr) return;
  if (labels->dimension() != 1 || labels->shape()[0] != x.shape()[0])
    throw error(errc::shape_mismatch,
                fmt::format("{} samples and labels of shape {}; give one label per sample.", x.shape()[0],
                            to_string(shape_of(*labels))));
  if (x.shape()[0] == 0) throw error(errc::invalid_argument, "empty batch: there are no samples.");
}

template <number T>
optim::history softmax_regression::fit(const array<double>& x, const array<index_t>& labels,
                                       const softmax_regression_options& options) {
  check(x, &labels);
  const array<T> samples = with_ones(x);
  const double l2 = options.l2;
  auto step = optim::freeze_step<T>(
      [l2](const var& w, const var& batch, const var& classes) {
        return softmax_regression_loss(w, batch, classes, l2);
      },
      options.rule, weights_);
  auto history = optim::fit(step, std::tie(samples, labels), options.fit);
  weights_ = step.parameters();
  return history;
}

template optim::history softmax_regression::fit<float>(const array<double>&, const array<index_t>&,
                                                       const softmax_regression_options&);
template optim::history softmax_regression::fit<double>(const array<double>&, const array<index_t>&,
                                                        const softmax_regression_options&);

array<double> softmax_regression::predict_proba(const array<double>& x) const {
  check(x, nullptr);
  tape t("predict");
  return softmax(matmul(t.constant(with_ones(x)), t.constant(weights_))).value();
}

array<index_t> softmax_regression::predict(const array<double>& x) const {
  check(x, nullptr);
  tape t("predict");
  return argmax(matmul(t.constant(with_ones(x)), t.constant(weights_))).value<index_t>();
}

double softmax_regression::score(const array<double>& x, const array<index_t>& labels) const {
  check(x, &labels);
  return accuracy(predict(x), labels);
}

double softmax_regression::loss(const array<double>& x, const array<index_t>& labels, double l2) const {
  check(x, &labels);
  tape t("loss");
  return softmax_regression_loss(t.constant(weights_), t.constant(with_ones(x)), t.constant(labels), l2)
      .item();
}

}  // namespace reel
