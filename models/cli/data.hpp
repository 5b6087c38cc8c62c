// SPDX-License-Identifier: MIT
// The data a verb works on: its arguments, and what is read from them.
#pragma once

#include <reel/models/data_file.hpp>

#include <CLI/CLI.hpp>

#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace reel::cli {

// How to read a file, for every verb that takes one.
struct format_arguments {
  std::string label;
  std::string labels_file;
  std::string separator;
  std::string header = "detect";
  std::string missing;  // empty where it was not given
  std::vector<std::string> missing_marks;
  std::vector<std::string> ignore;
  std::string decimal;  // "point" or "comma"; empty where it was not given
  std::string comment;
  bool zero_based = false;
  // Refuses what was given and has no effect on a file of this format.
  std::function<void(const std::string& path, data_format)> check = {};
};
void add_format_arguments(CLI::App& verb, format_arguments& a);
// Throws reel::error of code usage.
reel::data_options reading_options(const format_arguments& a);

// What to train and test with, for the verbs that train.
struct data_arguments {
  std::string data;  // empty: fashion-mnist where it is installed, or else digits
  std::string test;
  std::string test_labels;
  double test_share = 0.2;
  bool stratify = false;
  std::string scale = "auto";
  format_arguments format;
  std::function<void(const std::string& path, data_format)> check_test = {};
};
inline constexpr const char* data_group = "Data";
void add_data_arguments(CLI::App& verb, data_arguments& a);

// Whether this names one of the data sets that reel knows.
bool is_data_set(const std::string& name);

struct task {
  std::string name;  // "digits", or a file's name without directories and endings
  std::variant<train_and_test<double>, train_and_test<std::uint8_t>> parts;
  scaling scale;               // fitted to the training samples
  bool stratify = false;       // whether samples are drawn class by class
  double reading_seconds = 0;  // until the parts were there
};

// So many of the samples, drawn by the seed, and the others.
template <class T>
row_split drawn(const basic_dataset<T>& data, double share, std::uint64_t seed, bool stratify) {
  return stratify ? split_stratified(data.labels, share, seed) : split_randomly(data.samples(), share, seed);
}

// Reads, splits by the seed and finds the scaling.
task read_task(data_arguments a, std::uint64_t seed);

// Samples to apply a model to.
any_dataset read_samples(const std::string& path, const format_arguments& format, reel::data_options options);

}  // namespace reel::cli
