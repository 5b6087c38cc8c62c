// SPDX-License-Identifier: MIT
#include <reel/models/metrics.hpp>

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>

#include <cmath>

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

template <class T> double log_loss(const array<T>& probabilities, const array<index_t>& labels) {
  const char* what = "log_loss";
  const std::size_t n = samples(what, shape_of(probabilities), 2, labels);
  const std::size_t classes = probabilities.shape(1);
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double p =
        static_cast<double>(probabilities(i, class_at(what, labels, i, static_cast<index_t>(classes))));
    if (!(p >= 0 && p <= 1))
      throw error(errc::invalid_argument, fmt::format("{}: {} in row {} is no probability.", what, p, i));
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
template array<index_t> largest_column(const array<float>&);
template array<index_t> largest_column(const array<double>&);

}  // namespace reel
