// SPDX-License-Identifier: MIT
#include <reel/models/classifier.hpp>

#include <reel/autodiff/error.hpp>
#include <reel/autodiff/transforms.hpp>
#include <reel/models/batches.hpp>
#include <reel/models/metrics.hpp>
#include <reel/ops/softmax.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace reel {

namespace {

constexpr index_t samples_at_a_time = 1000;

index_t class_count(const classifier& c) { return static_cast<index_t>(c.class_names.size()); }
index_t feature_count(const classifier& c) { return static_cast<index_t>(c.feature_names.size()); }

[[noreturn]] void refuse(const std::string& what) { throw error(errc::shape_mismatch, what); }

void check_finite(const array<float>& scores, index_t classes, index_t first) {
  for (std::size_t i = 0; i < scores.size(); ++i)
    if (std::isnan(scores.data()[i]))
      throw error(errc::non_finite,
                  fmt::format("the scores of row {} are not numbers: look for values in it that are missing, "
                              "or much larger than in training.",
                              first + static_cast<index_t>(i) / classes));
}

}  // namespace

void validate(const classifier& c) {
  if (c.model.layers.empty()) refuse("a classifier without layers.");
  index_t width = feature_count(c);
  for (std::size_t i = 0; i < c.model.layers.size(); ++i) {
    const shape w = shape_of(c.model.layers[i].W), b = shape_of(c.model.layers[i].b);
    if (w.rank() != 2 || b.rank() != 1 || w[0] != width || w[1] != b[0])
      refuse(fmt::format("layer {} of a classifier has W {} and b {}, for {} inputs.", i, to_string(w),
                         to_string(b), width));
    width = w[1];
  }
  if (width != class_count(c))
    refuse(fmt::format("a classifier of {} outputs and {} classes.", width, class_count(c)));
  if (static_cast<index_t>(c.scale.shift.size()) != feature_count(c) ||
      c.scale.divisor.size() != c.scale.shift.size())
    refuse(fmt::format("a scaling of {} features in a classifier of {}.", c.scale.shift.size(),
                       feature_count(c)));
}

template <class T> array<double> log_probabilities(const classifier& c, const basic_dataset<T>& samples) {
  validate(c);
  if (samples.features() != feature_count(c))
    refuse(fmt::format("samples of {} features for a model of {}.", samples.features(), feature_count(c)));
  const index_t n = samples.samples(), classes = class_count(c);
  auto result = make_array<double>({n, classes});
  std::vector<index_t> rows;
  const auto score = [](const mlp<var>& m, var x) { return log_softmax(mlp_logits(m, x)); };
  const auto chunk = [&](index_t first) {
    rows.resize(static_cast<std::size_t>(std::min(samples_at_a_time, n - first)));
    std::iota(rows.begin(), rows.end(), first);
    return scaled_rows<float>(samples, c.scale, rows);
  };
  const auto keep = [&](const array<float>& scores, index_t first) {
    check_finite(scores, classes, first);
    std::copy(scores.begin(), scores.end(), result.data() + first * classes);
  };
  const index_t whole = n - n % samples_at_a_time;
  if (whole > 0) {
    auto run = freeze<float>(score, c.model, chunk(0));
    for (index_t first = 0; first < whole; first += samples_at_a_time)
      keep(run(c.model, chunk(first)), first);
  }
  if (whole < n) {
    const array<float> rest = chunk(whole);
    keep(freeze<float>(score, c.model, rest)(c.model, rest), whole);
  }
  return result;
}

template <class T> evaluation evaluate(const classifier& c, const basic_dataset<T>& samples) {
  if (!samples.has_labels()) refuse("evaluate: the samples have no labels.");
  if (samples.classes() != class_count(c))
    refuse(
        fmt::format("evaluate: samples of {} classes for a model of {}.", samples.classes(), class_count(c)));
  array<double> p = log_probabilities(c, samples);
  const array<index_t> predicted = largest_column(p);
  evaluation e{};
  const auto classes = static_cast<std::size_t>(class_count(c));
  for (std::size_t i = 0; i < samples.labels.size(); ++i)
    e.loss -= p.data()[i * classes + static_cast<std::size_t>(samples.labels(i))];
  e.loss /= static_cast<double>(samples.samples());
  for (double& x : p) x = std::min(1.0, std::exp(x));
  e.accuracy = accuracy(predicted, samples.labels);
  e.confusion = confusion_matrix(predicted, samples.labels, class_count(c));
  e.macro_f1 = macro_f1(e.confusion);
  e.calibration_error = calibration_error(p, samples.labels);
  return e;
}

template array<double> log_probabilities(const classifier&, const dataset&);
template array<double> log_probabilities(const classifier&, const byte_dataset&);
template evaluation evaluate(const classifier&, const dataset&);
template evaluation evaluate(const classifier&, const byte_dataset&);

}  // namespace reel
