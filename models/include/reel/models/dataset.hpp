// SPDX-License-Identifier: MIT
// A data set for classification, and what is done with it before training: choosing rows, splitting
// off test rows, scaling. T is the type of the features in memory: double where they were written as
// numbers, std::uint8_t for images, which stay bytes and become numbers batch by batch
// (<reel/models/batches.hpp>), or float.
#pragma once

#include <reel/autodiff/array.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace reel {

template <class T> struct basic_dataset {
  array<T> x;                              // [samples x features]; NaN where a missing value was kept
  array<index_t> labels;                   // [samples], each 0 … classes − 1; {} where there are none
  std::vector<std::string> class_names;    // one per class
  std::vector<std::string> feature_names;  // one per feature
  bool named = false;                      // feature_names were in the file; if not, they are numbers
  std::vector<std::string> notes = {};     // what the reader noticed, for whoever asked it to read

  index_t samples() const { return x.dimension() == 0 ? 0 : static_cast<index_t>(x.shape()[0]); }
  index_t features() const { return static_cast<index_t>(feature_names.size()); }
  index_t classes() const { return static_cast<index_t>(class_names.size()); }
  bool has_labels() const { return labels.dimension() != 0; }
};
using dataset = basic_dataset<double>;
using byte_dataset = basic_dataset<std::uint8_t>;

// What a reader does with a missing value: refuses the file, leaves out the row, or keeps it as NaN,
// which `scaled` replaces by the mean that `standardize` found in the training rows.
enum class missing_values { refuse, drop_row, mean };

// Throws shape_mismatch unless the parts agree in their sizes, invalid_label for a label that is no
// class.
template <class T> void validate(const basic_dataset<T>& data);

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

// The same share of test rows from every class: of a class with m samples, fraction·m rounded down or up, but
// never all m, so that every class keeps a sample to train with. In all there are round(fraction·n) test
// rows if the classes have so many to give. The roundings up go to the largest remainders. Throws
// invalid_label for a label below 0, invalid_argument as split_randomly.
row_split split_stratified(const array<index_t>& labels, double fraction, std::uint64_t seed);

template <class T> struct train_and_test { basic_dataset<T> train, test; };
template <class T> train_and_test<T> split(const basic_dataset<T>& data, const row_split& rows);

// x ↦ (x − shift) / divisor, feature by feature; a missing value (NaN) is taken for the shift if that
// was asked for.
struct scaling {
  std::vector<double> shift, divisor;
  bool fills_missing = false;
  static constexpr const char* field_names[] = {"shift", "divisor", "fills_missing"};

  double operator()(double x, std::size_t feature) const {
    if (fills_missing && x != x) return 0;
    return (x - shift[feature]) / divisor[feature];
  }
};

// x ↦ x / divisor for every feature. Throws invalid_argument unless the divisor is finite and not 0.
scaling divide_by(double divisor, index_t features);

// The scaling that gives every feature mean 0 and variance 1 (over n) in these data: fit it to the
// training rows alone. A constant feature is only shifted. A feature counts as constant, too, if its
// deviation is no more than rounding makes of a constant: sqrt(n·ε·variance + (n·ε·mean)²), the bound on
// the error of a variance from n numbers in two passes (Chan, Golub and LeVeque, Algorithms for computing
// the sample variance, 1983), and for features of type float their own rounding. With
// missing_values::mean, missing values are left out of means and variances, and the scaling puts the mean
// in their place. Throws invalid_argument for no samples or a feature without any value, non_finite where
// a mean or variance is not finite.
template <class T>
scaling standardize(const basic_dataset<T>& train, missing_values missing = missing_values::refuse);

// Throws shape_mismatch where the number of features differs, non_finite where a result is not finite.
template <class T> basic_dataset<T> scaled(basic_dataset<T> data, const scaling& s);

// The data without the features that these words name: by their names or, failing that, by their numbers
// from 1. Throws invalid_argument for a word that is neither, and if no feature is left.
template <class T>
basic_dataset<T> without_features(const basic_dataset<T>& data, std::span<const std::string> words);

// The same data with features of type To; NaN stays NaN. Throws non_finite where a feature does not fit.
template <class To, class From> basic_dataset<To> cast(const basic_dataset<From>& data);

extern template void validate(const basic_dataset<float>&);
extern template void validate(const dataset&);
extern template void validate(const byte_dataset&);
extern template basic_dataset<float> rows(const basic_dataset<float>&, std::span<const index_t>);
extern template dataset rows(const dataset&, std::span<const index_t>);
extern template byte_dataset rows(const byte_dataset&, std::span<const index_t>);
extern template train_and_test<float> split(const basic_dataset<float>&, const row_split&);
extern template train_and_test<double> split(const dataset&, const row_split&);
extern template train_and_test<std::uint8_t> split(const byte_dataset&, const row_split&);
extern template scaling standardize(const basic_dataset<float>&, missing_values);
extern template scaling standardize(const dataset&, missing_values);
extern template scaling standardize(const byte_dataset&, missing_values);
extern template basic_dataset<float> scaled(basic_dataset<float>, const scaling&);
extern template dataset scaled(dataset, const scaling&);
extern template dataset without_features(const dataset&, std::span<const std::string>);
extern template byte_dataset without_features(const byte_dataset&, std::span<const std::string>);
extern template basic_dataset<float> cast(const dataset&);
extern template basic_dataset<float> cast(const byte_dataset&);
extern template dataset cast(const byte_dataset&);

}  // namespace reel
