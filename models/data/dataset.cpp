// SPDX-License-Identifier: MIT
#include <reel/models/dataset.hpp>

#include "column_words.hpp"

#include <reel/autodiff/error.hpp>
#include <reel/optim/random.hpp>
#include <reel/optim/rows.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

namespace reel {

namespace {

std::string feature(const std::vector<std::string>& names, std::size_t j) {
  return fmt::format("feature {} ('{}')", j, names[j]);
}

}  // namespace

template <class T> void validate(const basic_dataset<T>& data) {
  const shape x = shape_of(data.x), labels = shape_of(data.labels);
  const bool fits = !data.has_labels() || (labels.rank() == 1 && x.rank() == 2 && labels[0] == x[0]);
  if (x.rank() != 2 || x[1] != data.features() || !fits)
    throw error(errc::shape_mismatch,
                fmt::format("dataset: x {}, labels {} and {} feature names do not agree.", to_string(x),
                            to_string(labels), data.features()));
  if (!data.has_labels()) return;
  for (std::size_t i = 0; i < data.labels.size(); ++i)
    if (data.labels(i) < 0 || data.labels(i) >= data.classes())
      throw error(errc::invalid_label, fmt::format("dataset: label {} in row {} is outside the {} classes.",
                                                   data.labels(i), i, data.classes()));
}

template <class T> basic_dataset<T> rows(const basic_dataset<T>& data, std::span<const index_t> indices) {
  validate(data);
  basic_dataset<T> chosen{optim::rows(data.x, indices), {}, data.class_names, data.feature_names, data.named};
  if (data.has_labels()) chosen.labels = optim::rows(data.labels, indices);
  return chosen;
}

row_split split_fifths(index_t n) {
  if (n < 5)
    throw error(errc::invalid_argument, fmt::format("split_fifths: {} rows have no row 4 to test with.", n));
  row_split s;
  for (index_t i = 0; i < n; ++i) (i % 5 == 4 ? s.test : s.train).push_back(i);
  return s;
}

namespace {

// How many of n rows are test rows.
index_t test_rows(const char* what, index_t n, double fraction) {
  if (!(fraction > 0 && fraction < 1))
    throw error(errc::invalid_argument,
                fmt::format("{}: the fraction {} is not between 0 and 1.", what, fraction));
  const auto tests =
      static_cast<index_t>(std::round(fraction * static_cast<double>(std::max<index_t>(n, 0))));
  if (tests < 1 || tests >= n)
    throw error(errc::invalid_argument, fmt::format("{}: {} of {} rows leave nothing to {} with.", what,
                                                    fraction, n, tests < 1 ? "test" : "train"));
  return tests;
}

}  // namespace

row_split split_randomly(index_t n, double fraction, std::uint64_t seed) {
  const index_t tests = test_rows("split_randomly", n, fraction);
  // Selection sampling: each row is taken with the probability that still as many are to be taken.
  optim::random_stream random(seed, optim::purpose::split);
  row_split s;
  for (index_t i = 0; i < n; ++i) {
    const index_t wanted = tests - static_cast<index_t>(s.test.size());
    (random.below(n - i) < wanted ? s.test : s.train).push_back(i);
  }
  return s;
}

namespace {

// One class of a stratified split.
struct stratum {
  index_t rows = 0, tests = 0;  // still to come, and how many of them are test rows
  double remainder = 0;         // of its share beyond `tests`
  bool can_give() const { return tests + 1 < rows; }
};

std::vector<stratum> strata_of(const array<index_t>& labels, double fraction, index_t tests) {
  std::vector<stratum> all;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const index_t label = labels.data()[i];
    if (label < 0 || label >= static_cast<index_t>(labels.size()) + (index_t{1} << 16))
      throw error(errc::invalid_label,
                  fmt::format("split_stratified: label {} in row {} is no class.", label, i));
    if (static_cast<std::size_t>(label) >= all.size()) all.resize(static_cast<std::size_t>(label) + 1);
    ++all[static_cast<std::size_t>(label)].rows;
  }
  for (stratum& s : all) {
    const double share = fraction * static_cast<double>(s.rows);
    s.tests = static_cast<index_t>(share);
    s.remainder = share - static_cast<double>(s.tests);
    tests -= s.tests;
  }
  for (; tests > 0; --tests) {
    stratum* largest = nullptr;
    for (stratum& s : all)
      if (s.can_give() && (largest == nullptr || s.remainder > largest->remainder)) largest = &s;
    if (largest == nullptr) break;
    ++largest->tests;
    largest->remainder -= 1;
  }
  return all;
}

}  // namespace

row_split split_stratified(const array<index_t>& labels, double fraction, std::uint64_t seed) {
  const auto n = static_cast<index_t>(labels.size());
  std::vector<stratum> strata = strata_of(labels, fraction, test_rows("split_stratified", n, fraction));
  optim::random_stream random(seed, optim::purpose::split);
  row_split s;
  for (index_t i = 0; i < n; ++i) {
    stratum& own = strata[static_cast<std::size_t>(labels.data()[i])];
    const bool is_test = random.below(own.rows) < own.tests;
    --own.rows;
    if (is_test) --own.tests;
    (is_test ? s.test : s.train).push_back(i);
  }
  if (s.test.empty())
    throw error(errc::invalid_argument,
                "split_stratified: no class has samples to test with: each needs two at least.");
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

namespace {

// Mean and standard deviation of the values that at(0 … n − 1) has, those that are NaN left out if asked. A
// deviation that is no more than rounding makes of a constant is 0: <reel/models/dataset.hpp> says why.
// `unit` is the relative error of the values themselves.
struct moments {
  double mean = 0, deviation = 0;
  std::size_t count = 0;

  template <class At> moments(std::size_t n, bool skip_nan, double unit, const At& at) {
    const auto each = [&](const auto& f) {
      for (std::size_t i = 0; i < n; ++i)
        if (const double x = at(i); !(skip_nan && std::isnan(x))) f(x);
    };
    double first = 0, sum = 0, squares = 0;
    bool constant = true;
    each([&](double x) {
      if (count++ == 0) first = x;
      sum += x;
      constant = constant && x == first;
    });
    mean = constant ? first : sum / static_cast<double>(count);
    each([&](double x) { squares += (x - mean) * (x - mean); });
    const double variance = squares / static_cast<double>(count);
    const double relative = static_cast<double>(count) * std::numeric_limits<double>::epsilon();
    const double absolute = std::abs(mean) * (relative + unit);
    const bool varies = variance > relative * variance + absolute * absolute || !std::isfinite(variance);
    deviation = varies ? std::sqrt(variance) : 0;
  }
};

// How far a value of type T is from what it was made of, relative to it: bytes are exact, and doubles are
// what the bound on the variance is about.
template <class T>
constexpr double own_rounding = std::is_same_v<T, float> ? double{std::numeric_limits<float>::epsilon()} : 0;

}  // namespace

template <class T> scaling standardize(const basic_dataset<T>& train, missing_values missing) {
  validate(train);
  const auto n = static_cast<std::size_t>(train.samples()), d = static_cast<std::size_t>(train.features());
  if (n == 0) throw error(errc::invalid_argument, "standardize: no samples.");
  const bool fills = missing == missing_values::mean;
  scaling s{std::vector<double>(d), std::vector<double>(d), fills};
  for (std::size_t j = 0; j < d; ++j) {
    const moments m(n, fills, own_rounding<T>,
                    [&](std::size_t i) { return static_cast<double>(train.x(i, j)); });
    if (m.count == 0)
      throw error(errc::invalid_argument,
                  fmt::format("standardize: every value of {} is missing: leave the feature out.",
                              feature(train.feature_names, j)));
    if (!std::isfinite(m.mean) || !std::isfinite(m.deviation))
      throw error(errc::non_finite, fmt::format("standardize: {} has mean {} and standard deviation {}.",
                                                feature(train.feature_names, j), m.mean, m.deviation));
    s.shift[j] = m.mean;
    s.divisor[j] = m.deviation == 0 ? 1 : m.deviation;
  }
  return s;
}

template <class T> basic_dataset<T> scaled(basic_dataset<T> data, const scaling& s) {
  validate(data);
  const auto d = static_cast<std::size_t>(data.features());
  if (s.shift.size() != d || s.divisor.size() != d)
    throw error(
        errc::shape_mismatch,
        fmt::format("scaled: a scaling of {} features does not fit the {} there are.", s.shift.size(), d));
  for (std::size_t i = 0; i < static_cast<std::size_t>(data.samples()); ++i)
    for (std::size_t j = 0; j < d; ++j) {
      T& x = data.x(i, j);
      const T before = x;
      x = static_cast<T>(s(static_cast<double>(x), j));
      if (!std::isfinite(x))
        throw error(errc::non_finite, fmt::format("scaled: {} in row {} and {} becomes {}.", before, i,
                                                  feature(data.feature_names, j), x));
    }
  return data;
}

template <class T>
basic_dataset<T> without_features(const basic_dataset<T>& data, std::span<const std::string> words) {
  validate(data);
  std::vector<bool> left_out(data.feature_names.size(), false);
  for (const std::string& word : words)
    left_out[detail::named_column("feature", data.feature_names, word)] = true;
  basic_dataset<T> rest{{}, data.labels, data.class_names, {}, data.named, data.notes};
  std::vector<std::size_t> kept;
  for (std::size_t j = 0; j < left_out.size(); ++j) {
    if (left_out[j]) continue;
    kept.push_back(j);
    rest.feature_names.push_back(data.feature_names[j]);
  }
  if (kept.empty()) throw error(errc::invalid_argument, "without_features: no feature is left.");
  rest.x = make_array<T>({data.samples(), rest.features()});
  T* to = rest.x.data();
  for (std::size_t i = 0; i < static_cast<std::size_t>(data.samples()); ++i)
    for (const std::size_t j : kept) *to++ = data.x(i, j);
  return rest;
}

template <class To, class From> basic_dataset<To> cast(const basic_dataset<From>& data) {
  validate(data);
  basic_dataset<To> to{make_array<To>(shape_of(data.x)), data.labels, data.class_names, data.feature_names,
                       data.named};
  const auto d = static_cast<std::size_t>(data.features());
  for (std::size_t k = 0; k < data.x.size(); ++k) {
    to.x.data()[k] = static_cast<To>(data.x.data()[k]);
    if (std::isinf(to.x.data()[k]))
      throw error(errc::non_finite, fmt::format("cast: {} in row {} and {} does not fit.", data.x.data()[k],
                                                k / d, feature(data.feature_names, k % d)));
  }
  return to;
}

template void validate(const basic_dataset<float>&);
template void validate(const dataset&);
template void validate(const byte_dataset&);
template basic_dataset<float> rows(const basic_dataset<float>&, std::span<const index_t>);
template dataset rows(const dataset&, std::span<const index_t>);
template byte_dataset rows(const byte_dataset&, std::span<const index_t>);
template train_and_test<float> split(const basic_dataset<float>&, const row_split&);
template train_and_test<double> split(const dataset&, const row_split&);
template train_and_test<std::uint8_t> split(const byte_dataset&, const row_split&);
template scaling standardize(const basic_dataset<float>&, missing_values);
template scaling standardize(const dataset&, missing_values);
template scaling standardize(const byte_dataset&, missing_values);
template basic_dataset<float> scaled(basic_dataset<float>, const scaling&);
template dataset scaled(dataset, const scaling&);
template dataset without_features(const dataset&, std::span<const std::string>);
template byte_dataset without_features(const byte_dataset&, std::span<const std::string>);
template basic_dataset<float> cast(const dataset&);
template basic_dataset<float> cast(const byte_dataset&);
template dataset cast(const byte_dataset&);

}  // namespace reel
