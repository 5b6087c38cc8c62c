// SPDX-License-Identifier: MIT
#include <reel/models/metrics.hpp>

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace reel {

namespace {

// The number of samples, checked to be the same in both.
std::size_t samples(const char* what, const shape& s, std::size_t rank, const array<index_t>& labels) {
  const shape l = shape_of(labels);
  if (s.rank() != rank || l.rank() != 1 || s[0] != l[0])
    throw error(errc::shape_mismatch,
                fmt::format("{}: {} and labels {}: expected {} and [n].", what, to_string(s), to_string(l),
                            rank == 1 ? "[n]" : "[n x classes]"));
  if (l[0] == 0) throw error(errc::invalid_argument, fmt::format("{}: no samples.", what));
  return static_cast<std::size_t>(l[0]);
}

std::size_t class_at(const char* what, const array<index_t>& labels, std::size_t row, index_t classes) {
  const index_t label = labels.data()[row];
  if (label < 0 || label >= classes)
    throw error(errc::invalid_label, fmt::format("{}: label {} in row {} is outside the classes 0 … {}.",
                                                 what, label, row, classes - 1));
  return static_cast<std::size_t>(label);
}

}  // namespace

double accuracy(const array<index_t>& predicted, const array<index_t>& labels) {
  const std::size_t n = samples("accuracy", shape_of(predicted), 1, labels);
  std::size_t right = 0;
  for (std::size_t i = 0; i < n; ++i) right += predicted.data()[i] == labels.data()[i];
  return static_cast<double>(right) / static_cast<double>(n);
}

array<index_t> confusion_matrix(const array<index_t>& predicted, const array<index_t>& labels,
                                index_t classes) {
  const char* what = "confusion_matrix";
  const std::size_t n = samples(what, shape_of(predicted), 1, labels);
  if (classes < 1) throw error(errc::invalid_argument, fmt::format("{}: {} classes.", what, classes));
  auto counts = make_array<index_t>({classes, classes});
  counts.fill(0);
  for (std::size_t i = 0; i < n; ++i)
    ++counts(class_at(what, labels, i, classes), class_at(what, predicted, i, classes));
  return counts;
}

double macro_f1(const array<index_t>& confusion) {
  const shape s = shape_of(confusion);
  if (s.rank() != 2 || s[0] != s[1])
    throw error(errc::shape_mismatch,
                fmt::format("macro_f1: a confusion matrix is square, not {}.", to_string(s)));
  const auto classes = static_cast<std::size_t>(s[0]);
  double sum = 0, counted = 0;
  for (std::size_t k = 0; k < classes; ++k) {
    index_t occurs = 0, predicted = 0;
    for (std::size_t j = 0; j < classes; ++j) {
      occurs += confusion(k, j);
      predicted += confusion(j, k);
    }
    if (occurs + predicted == 0) continue;
    sum += 2 * static_cast<double>(confusion(k, k)) / static_cast<double>(occurs + predicted);
    ++counted;
  }
  if (counted == 0) throw error(errc::invalid_argument, "macro_f1: no samples.");
  return sum / counted;
}

namespace {

double checked_probability(const char* what, double p, std::size_t row) {
  if (!(p >= 0 && p <= 1))
    throw error(errc::invalid_argument, fmt::format("{}: {} in row {} is no probability.", what, p, row));
  return p;
}

}  // namespace

template <class T>
double calibration_error(const array<T>& probabilities, const array<index_t>& labels, index_t bins) {
  const char* what = "calibration_error";
  const std::size_t n = samples(what, shape_of(probabilities), 2, labels);
  if (bins < 1) throw error(errc::invalid_argument, fmt::format("{}: {} bins.", what, bins));
  const array<index_t> predicted = largest_column(probabilities);
  const auto classes = static_cast<index_t>(probabilities.shape(1));
  std::vector<double> gap(static_cast<std::size_t>(bins), 0.0);  // Σ (right − probability)
  for (std::size_t i = 0; i < n; ++i) {
    const auto best = static_cast<std::size_t>(predicted(i));
    const double p = checked_probability(what, static_cast<double>(probabilities(i, best)), i);
    const auto bin = static_cast<index_t>(std::ceil(p * static_cast<double>(bins))) - 1;
    gap[static_cast<std::size_t>(std::clamp(bin, index_t{0}, bins - 1))] +=
        (class_at(what, labels, i, classes) == best ? 1 : 0) - p;
  }
  double sum = 0;
  for (const double g : gap) sum += std::abs(g);
  return sum / static_cast<double>(n);
}

template <class T> double log_loss(const array<T>& probabilities, const array<index_t>& labels) {
  const char* what = "log_loss";
  const std::size_t n = samples(what, shape_of(probabilities), 2, labels);
  const std::size_t classes = probabilities.shape(1);
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t k = class_at(what, labels, i, static_cast<index_t>(classes));
    const double p = checked_probability(what, static_cast<double>(probabilities(i, k)), i);
    sum += p == 1 ? 0 : -std::log(p);
  }
  return sum / static_cast<double>(n);
}

template <class T> array<index_t> largest_column(const array<T>& scores) {
  const shape s = shape_of(scores);
  if (s.rank() != 2 || s[1] == 0)
    throw error(errc::shape_mismatch,
                fmt::format("largest_column: {}: expected [n x classes], at least one class.", to_string(s)));
  const auto classes = static_cast<std::size_t>(s[1]);
  auto columns = make_array<index_t>({s[0]});
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const T* row = scores.data() + i * classes;
    std::size_t best = 0;
    for (std::size_t j = 0; j < classes; ++j) {
      if (std::isnan(row[j]))
        throw error(errc::non_finite, fmt::format("largest_column: NaN in row {}, column {}.", i, j));
      if (row[j] > row[best]) best = j;
    }
    columns(i) = static_cast<index_t>(best);
  }
  return columns;
}

template double log_loss(const array<float>&, const array<index_t>&);
template double log_loss(const array<double>&, const array<index_t>&);
template double calibration_error(const array<float>&, const array<index_t>&, index_t);
template double calibration_error(const array<double>&, const array<index_t>&, index_t);
template array<index_t> largest_column(const array<float>&);
template array<index_t> largest_column(const array<double>&);

}  // namespace reel
