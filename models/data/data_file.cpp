// SPDX-License-Identifier: MIT
#include <reel/models/data_file.hpp>

#include "formats.hpp"
#include "labels_file.hpp"

#include <reel/autodiff/error.hpp>
#include <reel/optim/rows.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <utility>

namespace reel {

namespace {

namespace fs = std::filesystem;
using detail::byte_source;

bool reads(csv_labels labels) { return labels == csv_labels::required || labels == csv_labels::optional; }

// Without the ending of a packed file.
fs::path unpacked_name(fs::path path) { return path.extension() == ".gz" ? path.replace_extension() : path; }

// "1 3:0.5 7:2": a word, and then index:value.
bool looks_like_libsvm(std::string_view start) {
  while (start.starts_with('#')) start.remove_prefix(std::min(start.find('\n'), start.size() - 1) + 1);
  std::string_view line = start.substr(0, start.find_first_of("\r\n"));
  line = line.substr(0, line.find('#'));
  const auto blank = line.find_first_of(" \t"), colon = line.find(':');
  if (blank == line.npos || colon == line.npos || colon < blank) return false;
  const auto index = line.find_first_not_of(" \t", blank);
  const std::string_view name = line.substr(std::min(index, colon), colon - std::min(index, colon));
  return !name.empty() && (name == "qid" || name.find_first_not_of("0123456789") == name.npos);
}

data_format format_of(byte_source& source) {
  constexpr std::size_t enough = 4096;
  const std::string_view start = source.peek(enough);
  if (start.starts_with("\x93NUMPY")) return data_format::npy;
  if (start.size() >= 4 && start[0] == 0 && start[1] == 0) return data_format::idx;
  const std::string ending = unpacked_name(source.name()).extension().string();
  if (ending == ".npy") return data_format::npy;
  for (const char* svm : {".libsvm", ".svmlight", ".svm"})
    if (ending == svm) return data_format::libsvm;
  return ending != ".csv" && ending != ".tsv" && looks_like_libsvm(start) ? data_format::libsvm
                                                                          : data_format::csv;
}

file_array read_array(byte_source source) {
  switch (format_of(source)) {
    case data_format::idx:
      return detail::read_idx(std::move(source));
    case data_format::npy:
      return detail::read_npy(std::move(source));
    default:
      detail::fail_at_byte(source.name(), 0, "this is neither an IDX nor an NPY file.");
  }
}

// train-images-idx3-ubyte.gz → train-labels-idx1-ubyte.gz, or nothing.
std::string labels_beside(const std::string& images) {
  constexpr std::string_view of_images = "images-idx3", of_labels = "labels-idx1";
  std::string name = fs::path(images).filename().string();
  const auto at = name.find(of_images);
  if (at == name.npos) return {};
  name.replace(at, of_images.size(), of_labels);
  return (fs::path(images).parent_path() / name).string();
}

std::vector<std::string> feature_names(const shape& s) {
  std::vector<std::string> names;
  if (s.rank() == 3) {
    for (index_t i = 0; i < s[1]; ++i)
      for (index_t j = 0; j < s[2]; ++j) names.push_back(fmt::format("pixel_{}_{}", i, j));
    return names;
  }
  const index_t features = s[0] == 0 ? 0 : s.size() / s[0];
  for (index_t j = 1; j <= features; ++j) names.push_back(fmt::format("column {}", j));
  return names;
}

// Refuses infinities, and what is missing (NaN) unless told otherwise.
void settle_missing(dataset& data, missing_values missing, const std::string& file) {
  const auto d = static_cast<std::size_t>(data.features());
  std::vector<index_t> complete;
  for (index_t i = 0; i < data.samples(); ++i) {
    bool keep = true;
    for (std::size_t j = 0; j < d; ++j) {
      const double x = data.x.data()[static_cast<std::size_t>(i) * d + j];
      if (std::isfinite(x)) continue;
      if (std::isinf(x) || missing == missing_values::refuse)
        throw error(
            errc::non_finite,
            fmt::format("'{}': feature {} ('{}') of row {} is {}: {}.", file, j, data.feature_names[j], i, x,
                        std::isinf(x) ? "only finite numbers can be trained on"
                                      : "fill it in or remove the row, or say what to do with missing "
                                        "values"));
      keep = missing != missing_values::drop_row;
    }
    if (keep) complete.push_back(i);
  }
  if (static_cast<index_t>(complete.size()) == data.samples()) return;
  if (complete.empty())
    throw error(errc::non_finite, fmt::format("'{}': there is no row without a missing value.", file));
  data = rows(data, complete);
}
void settle_missing(byte_dataset&, missing_values, const std::string&) {}

template <class T> void take_labels(basic_dataset<T>& data, const std::string& file) {
  data.labels = detail::as_labels(read_array(byte_source(file)), data.samples(), data.class_names, file);
}

// A second file may come without the features that were left out of the first.
template <class T> basic_dataset<T> without_ignored(basic_dataset<T> data, const csv_options& options) {
  if (options.ignore.empty() || data.features() == options.features) return data;
  return without_features(data, options.ignore);
}

template <class T>
basic_dataset<T> from_array(array<T> x, const std::string& path, const data_options& options) {
  const shape s = shape_of(x);
  if (s.rank() == 0 || s[0] == 0 || s.size() == 0)
    throw error(errc::shape_mismatch,
                fmt::format("'{}' has shape {}: there are no samples.", path, to_string(s)));
  basic_dataset<T> data{std::move(x), {}, options.csv.class_names, feature_names(s)};
  data.x.reshape({static_cast<std::size_t>(s[0]), data.feature_names.size()});
  std::string labels_file = options.labels_file.empty() ? labels_beside(path) : options.labels_file;
  if (options.csv.labels == csv_labels::optional && options.labels_file.empty() && !fs::exists(labels_file))
    labels_file.clear();
  if (reads(options.csv.labels) && !labels_file.empty()) take_labels(data, labels_file);
  else if (options.csv.labels == csv_labels::required)
    throw error(errc::invalid_argument,
                fmt::format("'{}' holds features alone: name the file with the labels.", path));
  data = without_ignored(std::move(data), options.csv);
  if (options.csv.features != 0 && data.features() != options.csv.features)
    throw error(errc::shape_mismatch, fmt::format("'{}' has {} features, where {} are expected.", path,
                                                  data.features(), options.csv.features));
  settle_missing(data, options.csv.missing, path);
  return data;
}

}  // namespace

namespace {

dataset from_csv(byte_source source, const data_options& options) {
  csv_options csv = options.csv;
  const bool has_file = !options.labels_file.empty() && reads(csv.labels);
  if (has_file) csv.labels = csv_labels::absent;
  dataset data = detail::read_csv(detail::text_source(std::move(source)), csv);
  if (has_file) take_labels(data, options.labels_file);
  return data;
}

dataset from_libsvm(byte_source source, const data_options& options) {
  const std::string path = source.name();
  if (!options.labels_file.empty())
    throw error(errc::invalid_argument,
                fmt::format("'{}' is LIBSVM text, which holds its labels: '{}' has no effect.", path,
                            options.labels_file));
  csv_options csv = options.csv;
  libsvm_options o{csv.features, csv.class_names, reads(csv.labels), options.zero_based};
  o.skip_queries = std::erase(csv.ignore, "qid") > 0;
  if (csv.features != 0) o.features += static_cast<index_t>(csv.ignore.size());
  return without_ignored(detail::read_libsvm(detail::text_source(std::move(source)), o), csv);
}

}  // namespace

any_dataset read_data(const std::string& path, const data_options& options) {
  byte_source source(path);
  const data_format found = format_of(source);
  if (options.on_format) options.on_format(found);
  switch (found) {
    case data_format::csv:
      return from_csv(std::move(source), options);
    case data_format::libsvm:
      return from_libsvm(std::move(source), options);
    default:
      return std::visit([&](auto x) { return any_dataset(from_array(std::move(x), path, options)); },
                        read_array(std::move(source)));
  }
}

}  // namespace reel
