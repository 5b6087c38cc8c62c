// SPDX-License-Identifier: MIT
// A data set for classification, and what is done with it before training: choosing rows, splitting
// off test rows, scaling. T is the type of the features in memory: double as read, float or bytes
// where that matters.
#pragma once

#include <reel/autodiff/array.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace reel {

template <class T> struct basic_dataset {
  array<T> x;                              // [samples x features]
  array<index_t> labels;                   // [samples], each 0 … classes − 1
  std::vector<std::string> class_names;    // one per class
  std::vector<std::string> feature_names;  // one per feature

  index_t samples() const { return static_cast<index_t>(labels.size()); }
  index_t features() const { return static_cast<index_t>(feature_names.size()); }
  index_t classes() const { return static_cast<index_t>(class_names.size()); }
};
using dataset = basic_dataset<double>;

// Throws shape_mismatch unless the parts agree in their sizes, invalid_label for a label that is no
// class.
template <class T> void check(const basic_dataset<T>& data);

// The samples at these indices, in their order. Throws invalid_argument for an index outside.
template <class T> basic_dataset<T> rows(const basic_dataset<T>& data, std::span<const index_t> indices);

// Which rows to train with and which to test with.
struct row_split {
  std::vector<index_t> train, test;
};

// Row i is a test row if i % 5 == 4. Throws invalid_argument for n < 5, where there would be none.
row_split split_fifths(index_t n);

// round(fraction·n) test rows, chosen by the seed; both parts keep the order of the rows. Throws
// invalid_argument unless 0 < fraction < 1 and both parts get a row.
row_split split_randomly(index_t n, double fraction, std::uint64_t seed);

template <class T> struct train_and_test { basic_dataset<T> train, test; };
template <class T> train_and_test<T> split(const basic_dataset<T>& data, const row_split& rows);

// x ↦ (x − shift) / divisor, feature by feature.
struct scaling {
  std::vector<double> shift, divisor;
};

// x ↦ x / divisor for every feature. Throws invalid_argument unless the divisor is finite and not 0.
scaling divide_by(double divisor, index_t features);

// The scaling that gives every feature mean 0 and variance 1 (over n) in these data: fit it to the
// training rows alone. A constant feature is only shifted. Throws invalid_argument for no samples,
// non_finite where a mean or variance is not finite.
template <class T> scaling standardize(const basic_dataset<T>& train);

// Throws shape_mismatch where the number of features differs, non_finite where a result is not finite.
template <class T> basic_dataset<T> scaled(basic_dataset<T> data, const scaling& s);

// The same data with features of type To. Throws non_finite where a feature does not fit.
template <class To> basic_dataset<To> cast(const dataset& data);

extern template void check(const basic_dataset<float>&);
extern template void check(const basic_dataset<double>&);
extern template basic_dataset<float> rows(const basic_dataset<float>&, std::span<const index_t>);
extern template basic_dataset<double> rows(const basic_dataset<double>&, std::span<const index_t>);
extern template train_and_test<float> split(const basic_dataset<float>&, const row_split&);
extern template train_and_test<double> split(const basic_dataset<double>&, const row_split&);
extern template scaling standardize(const basic_dataset<float>&);
extern template scaling standardize(const basic_dataset<double>&);
extern template basic_dataset<float> scaled(basic_dataset<float>, const scaling&);
extern template basic_dataset<double> scaled(basic_dataset<double>, const scaling&);
extern template basic_dataset<float> cast<float>(const dataset&);

}  // namespace reel
