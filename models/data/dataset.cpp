// SPDX-License-Identifier: MIT
#include <reel/models/data.hpp>

#include <reel/autodiff/error.hpp>
#include <reel/optim/random.hpp>
#include <reel/optim/rows.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace reel {

namespace {

std::string feature(const std::vector<std::string>& names, std::size_t j) {
  return fmt::format("feature {} ('{}')", j, names[j]);
}

}  // namespace

template <class T> void check(const basic_dataset<T>& data) {
  const shape x = shape_of(data.x), labels = shape_of(data.labels);
  if (x.rank() != 2 || labels.rank() != 1 || x[0] != labels[0] || x[1] != data.features())
    throw error(errc::shape_mismatch,
                fmt::format("dataset: x {}, labels {} and {} feature names do not agree.", to_string(x),
                            to_string(labels), data.features()));
  for (std::size_t i = 0; i < data.labels.size(); ++i)
    if (data.labels(i) < 0 || data.labels(i) >= data.classes())
      throw error(errc::invalid_label, fmt::format("dataset: label {} in row {} is outside the {} classes.",
                                                   data.labels(i), i, data.classes()));
}

template <class T> basic_dataset<T> rows(const basic_dataset<T>& data, std::span<const index_t> indices) {
  check(data);
  return {optim::rows(data.x, indices), optim::rows(data.labels, indices), data.class_names,
          data.feature_names};
}

row_split split_fifths(index_t n) {
  if (n < 5)
    throw error(errc::invalid_argument, fmt::format("split_fifths: {} rows have no row 4 to test with.", n));
  row_split s;
  for (index_t i = 0; i < n; ++i) (i % 5 == 4 ? s.test : s.train).push_back(i);
  return s;
}

row_split split_randomly(index_t n, double fraction, std::uint64_t seed) {
  if (!(fraction > 0 && fraction < 1))
    throw error(errc::invalid_argument,
                fmt::format("split_randomly: the fraction {} is not between 0 and 1.", fraction));
  const auto tests =
      static_cast<index_t>(std::round(fraction * static_cast<double>(std::max<index_t>(n, 0))));
  if (tests < 1 || tests >= n)
    throw error(errc::invalid_argument, fmt::format("split_randomly: {} of {} rows leave nothing to {} with.",
                                                    fraction, n, tests < 1 ? "test" : "train"));
  // Selection sampling: each row is taken with the probability that still as many are to be taken.
  optim::random_stream random(seed, optim::purpose::split);
  row_split s;
  for (index_t i = 0; i < n; ++i) {
    const index_t wanted = tests - static_cast<index_t>(s.test.size());
    (random.below(n - i) < wanted ? s.test : s.train).push_back(i);
  }
  return s;
}

template <class T> train_and_test<T> split(const basic_dataset<T>& data, const row_split& s) {
  return {rows(data, s.train), rows(data, s.test)};
}

scaling divide_by(double divisor, index_t features) {
  if (!std::isfinite(divisor) || divisor == 0)
    throw error(errc::invalid_argument, fmt::format("divide_by: {} cannot divide features.", divisor));
  const auto d = static_cast<std::size_t>(std::max<index_t>(features, 0));
  return {std::vector<double>(d, 0.0), std::vector<double>(d, divisor)};
}

template <class T> scaling standardize(const basic_dataset<T>& train) {
  check(train);
  const auto n = static_cast<std::size_t>(train.samples()), d = static_cast<std::size_t>(train.features());
  if (n == 0) throw error(errc::invalid_argument, "standardize: no samples.");
  scaling s{std::vector<double>(d), std::vector<double>(d)};
  for (std::size_t j = 0; j < d; ++j) {
    const auto at = [&](std::size_t i) { return static_cast<double>(train.x(i, j)); };
    double sum = 0, squares = 0;
    bool constant = true;
    for (std::size_t i = 0; i < n; ++i) {
      sum += at(i);
      constant = constant && at(i) == at(0);
    }
    const double mean = constant ? at(0) : sum / static_cast<double>(n);
    for (std::size_t i = 0; i < n; ++i) squares += (at(i) - mean) * (at(i) - mean);
    const double deviation = std::sqrt(squares / static_cast<double>(n));
    if (!std::isfinite(mean) || !std::isfinite(deviation))
      throw error(errc::non_finite, fmt::format("standardize: {} has mean {} and standard deviation {}.",
                                                feature(train.feature_names, j), mean, deviation));
    s.shift[j] = mean;
    s.divisor[j] = deviation == 0 ? 1 : deviation;
  }
  return s;
}

template <class T> basic_dataset<T> scaled(basic_dataset<T> data, const scaling& s) {
  check(data);
  const auto d = static_cast<std::size_t>(data.features());
  if (s.shift.size() != d || s.divisor.size() != d)
    throw error(
        errc::shape_mismatch,
        fmt::format("scaled: a scaling of {} features does not fit the {} there are.", s.shift.size(), d));
  for (std::size_t i = 0; i < data.labels.size(); ++i)
    for (std::size_t j = 0; j < d; ++j) {
      T& x = data.x(i, j);
      const T before = x;
      x = static_cast<T>((static_cast<double>(x) - s.shift[j]) / s.divisor[j]);
      if (!std::isfinite(x))
        throw error(errc::non_finite, fmt::format("scaled: {} in row {} and {} becomes {}.", before, i,
                                                  feature(data.feature_names, j), x));
    }
  return data;
}

template <class To> basic_dataset<To> cast(const dataset& data) {
  check(data);
  basic_dataset<To> to{make_array<To>(shape_of(data.x)), data.labels, data.class_names, data.feature_names};
  const auto d = static_cast<std::size_t>(data.features());
  for (std::size_t k = 0; k < data.x.size(); ++k) {
    to.x.data()[k] = static_cast<To>(data.x.data()[k]);
    if (!std::isfinite(to.x.data()[k]))
      throw error(errc::non_finite, fmt::format("cast: {} in row {} and {} does not fit.", data.x.data()[k],
                                                k / d, feature(data.feature_names, k % d)));
  }
  return to;
}

template void check(const basic_dataset<float>&);
template void check(const basic_dataset<double>&);
template basic_dataset<float> rows(const basic_dataset<float>&, std::span<const index_t>);
template basic_dataset<double> rows(const basic_dataset<double>&, std::span<const index_t>);
template train_and_test<float> split(const basic_dataset<float>&, const row_split&);
template train_and_test<double> split(const basic_dataset<double>&, const row_split&);
template scaling standardize(const basic_dataset<float>&);
template scaling standardize(const basic_dataset<double>&);
template basic_dataset<float> scaled(basic_dataset<float>, const scaling&);
template basic_dataset<double> scaled(basic_dataset<double>, const scaling&);
template basic_dataset<float> cast<float>(const dataset&);

}  // namespace reel
