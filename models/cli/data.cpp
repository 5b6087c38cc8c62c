// SPDX-License-Identifier: MIT
#include "data.hpp"

#include "arguments.hpp"
#include "columns.hpp"
#include "effects.hpp"
#include "hints.hpp"
#include "output.hpp"

#include <reel/autodiff/error.hpp>
#include <reel/models/data_sets.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <limits>
#include <type_traits>

namespace reel::cli {

namespace {

constexpr const char* fashion = "fashion-mnist";

bool comes_with_reel(const std::string& name) { return name == "digits" || name == "iris"; }

std::string stem_of(const std::string& path) {
  const std::string name = std::filesystem::path(path).filename().string();
  const std::string stem = name.substr(0, name.find('.', 1));
  return stem.empty() ? "data" : stem;
}

// Refuses a scaling that makes a feature infinite: not as much as a step could be made.
template <class T> void check_scaled(const scaling& s, const basic_dataset<T>& data, const std::string& how) {
  const auto fits = [](double x) { return !(std::abs(x) > std::numeric_limits<float>::max()); };
  if constexpr (std::is_same_v<T, std::uint8_t>)
    if (std::all_of(s.divisor.begin(), s.divisor.end(), [&](double d) { return fits(255 / d); })) return;
  const auto features = static_cast<std::size_t>(data.features());
  for (std::size_t i = 0; i < data.x.size(); ++i) {
    const auto x = static_cast<double>(data.x.data()[i]);
    if (!fits(s(x, i % features)))
      throw error(errc::non_finite,
                  fmt::format("--scale {}: '{}' of row {}, which is {}, would be more than a float can be.",
                              how, data.feature_names[i % features], i / features, x));
  }
}

template <class T>
scaling fitted(const std::string& how, const basic_dataset<T>& train, missing_values missing) {
  if (how == "standardize") return standardize(train, missing);
  if (missing == missing_values::mean)
    throw error(errc::usage, "--missing mean needs --scale standardize, which finds the means.");
  double divisor = 1;
  if (how != "none") std::from_chars(how.data(), how.data() + how.size(), divisor);
  return divide_by(divisor, train.features());
}

std::string scale_of(const data_arguments& a, bool are_bytes) {
  if (a.scale != "auto") return a.scale;
  if (a.data == "iris") return "none";  // all in centimetres
  if (a.data == "digits") return "16";  // pixels from 0 to 16
  return are_bytes ? "255" : "standardize";
}

template <class T>
train_and_test<T> parted(basic_dataset<T> all, const data_arguments& a, std::uint64_t seed) {
  // The split for which the optima of iris and digits are published, and one drawn by the seed.
  if (comes_with_reel(a.data)) return split(all, split_fifths(all.samples()));
  return split(all, drawn(all, a.test_share, seed, a.stratify));
}

// As read_data, and says what the reader noticed, not even left out by --quiet.
any_dataset read_file(const std::string& path, data_options options,
                      const std::function<void(const std::string&, data_format)>& check_format,
                      const char* labels_option = "--labels") {
  options.on_format = [&](data_format f) {
    if (check_format) check_format(path, f);
  };
  const bool has_label = !options.csv.label.empty();
  try {
    any_dataset data = read_data(path, options);
    std::visit(
        [&](const auto& d) {
          for (const std::string& text : d.notes) note("{}: {}\n", path, with_options(text, has_label));
        },
        data);
    return data;
  } catch (const error& e) {
    throw error(e.code(), with_options(e.detail(), has_label, labels_option));
  }
}

// Other data than are meant are not taken in silence, not even by --quiet.
std::string default_data() {
  if (find_fashion_mnist()) return fashion;
  note("Fashion-MNIST is not installed (Debian: dataset-fashion-mnist): the data are digits\n");
  return "digits";
}

using either_parts = decltype(task::parts);

either_parts read_parts(const data_arguments& a, std::uint64_t seed) {
  if (a.data == fashion) return load_fashion_mnist();
  data_options options = reading_options(a.format);
  any_dataset all =
      comes_with_reel(a.data) ? any_dataset(load_data(a.data)) : read_file(a.data, options, a.format.check);
  if (a.test.empty())
    return std::visit([&](auto& d) { return either_parts(parted(std::move(d), a, seed)); }, all);
  return std::visit(
      [&](auto& train) {
        using part = std::remove_reference_t<decltype(train)>;
        options.csv.class_names = train.class_names;
        options.csv.features = train.features();
        if (train.named) options.csv.feature_names = train.feature_names;
        options.labels_file = a.test_labels;
        any_dataset test = read_file(a.test, options, a.check_test, "--test-labels");
        if (!std::holds_alternative<part>(test))
          throw error(errc::kind_mismatch,
                      fmt::format("'{}' and '{}' hold numbers of different kinds.", a.data, a.test));
        train_and_test<typename decltype(train.x)::value_type> parts{std::move(train),
                                                                     std::get<part>(std::move(test))};
        name_columns(parts.test, parts.train.feature_names, a.test);
        return either_parts(std::move(parts));
      },
      all);
}

std::string a_scale(const std::string& text) {
  if (text == "auto" || text == "none" || text == "standardize") return {};
  return more_than_zero(text).empty() ? std::string{}
                                      : fmt::format(
                                            "'{}' is no scale; give auto, none, standardize or a number "
                                            "more than 0 to divide by",
                                            text);
}

std::string a_separator(const std::string& text) {
  return text.size() == 1 || text == "tab" || text == "blanks"
             ? std::string{}
             : fmt::format("'{}' is no separator; give one character, or tab, or blanks", text);
}

std::string a_character(const std::string& text) {
  return text.size() == 1 ? std::string{} : fmt::format("'{}' is not one character", text);
}

}  // namespace

void add_format_arguments(CLI::App& verb, format_arguments& a) {
  const auto add = [&](const char* name, std::string& value, const char* help, const char* type) {
    return verb.add_option(name, value, help)->type_name(type)->group(data_group);
  };
  const auto add_list = [&](const char* name, std::vector<std::string>& values, const char* help,
                            const char* type) {
    verb.add_option(name, values, help)->type_name(type)->delimiter(',')->group(data_group);
  };
  add("--label", a.label, "column with the classes, by name or number; by default the last one", "NAME");
  add("--labels", a.labels_file, "file with the labels of an IDX or NPY file", "FILE");
  add_list("--ignore", a.ignore, "columns to leave out, by name or number; qid: of LIBSVM", "NAMES");
  add("--separator", a.separator,
      "between columns: a character, tab, or blanks for runs of them; by default what the first line has "
      "most of",
      "CHAR")
      ->check(a_separator);
  add("--header", a.header, "whether the first line names the columns: detect, yes, no", "WHETHER")
      ->capture_default_str()
      ->check(CLI::IsMember({"detect", "yes", "no"}));
  add("--decimal", a.decimal, "what stands before the fraction of a number: point or comma", "MARK")
      ->default_str("point")
      ->check(CLI::IsMember({"point", "comma"}));
  add("--comment", a.comment, "character from which on the rest of a line is skipped", "CHAR")
      ->check(a_character);
  add("--missing", a.missing, "a missing value: refuse the file, drop the row, or take the mean", "HOW")
      ->default_str("refuse")
      ->check(CLI::IsMember({"refuse", "drop", "mean"}));
  add_list("--missing-marks", a.missing_marks,
           "what stands for a missing value beside nothing, ?, NA and nan", "TEXTS");
  verb.add_flag("--zero-based", a.zero_based, "the features of a LIBSVM file count from 0")
      ->group(data_group);
  a.check = [&verb](const std::string& path, data_format f) { refuse_without_effect(verb, path, f); };
}

data_options reading_options(const format_arguments& a) {
  data_options o;
  o.labels_file = a.labels_file;
  o.csv.label = a.label;
  o.csv.ignore = a.ignore;
  o.csv.missing_marks = a.missing_marks;
  o.zero_based = a.zero_based;
  if (!a.separator.empty())
    o.csv.separator = a.separator == "tab" ? '\t' : a.separator == "blanks" ? ' ' : a.separator[0];
  if (!a.comment.empty()) o.csv.comment = a.comment[0];
  o.csv.decimal = a.decimal == "comma" ? ',' : '.';
  o.csv.header = a.header == "yes"  ? csv_header::present
                 : a.header == "no" ? csv_header::absent
                                    : csv_header::detect;
  o.csv.missing = a.missing == "drop"   ? missing_values::drop_row
                  : a.missing == "mean" ? missing_values::mean
                                        : missing_values::refuse;
  return o;
}

void add_data_arguments(CLI::App& verb, data_arguments& a) {
  verb.add_option(
          "data", a.data,
          "digits, iris, fashion-mnist, or a file: CSV, LIBSVM, IDX or NPY, packed with gzip or not; by "
          "default fashion-mnist, or digits where that is not installed")
      ->type_name("DATA")
      ->group(data_group);
  verb.add_option("--test", a.test, "file of test samples; by default rows of DATA, drawn by the seed")
      ->type_name("FILE")
      ->group(data_group);
  verb.add_option("--test-labels", a.test_labels,
                  "file with the labels of an IDX or NPY file of test samples")
      ->type_name("FILE")
      ->group(data_group);
  verb.add_option("--test-share", a.test_share, "share of the rows to test with")
      ->type_name("SHARE")
      ->capture_default_str()
      ->check(a_share)
      ->group(data_group);
  verb.add_flag("--stratify", a.stratify, "draw the rows to test with from every class in the same share")
      ->group(data_group);
  verb.add_option(
          "--scale", a.scale,
          "standardize features by the training rows, divide them by a number, none; auto: 255 for bytes")
      ->type_name("HOW")
      ->capture_default_str()
      ->check(a_scale)
      ->group(data_group);
  add_format_arguments(verb, a.format);
  a.check_test = [&verb](const std::string& path, data_format f) {
    refuse_without_effect_on_test(verb, path, f);
  };
}

bool is_data_set(const std::string& name) { return comes_with_reel(name) || name == fashion; }

task read_task(data_arguments a, std::uint64_t seed) {
  if (a.data.empty()) a.data = default_data();
  const auto began = std::chrono::steady_clock::now();
  task t;
  t.name = stem_of(a.data);
  t.stratify = a.stratify;
  t.parts = read_parts(a, seed);
  t.reading_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  const missing_values missing = reading_options(a.format).csv.missing;
  t.scale = std::visit(
      [&](const auto& parts) {
        using T = typename decltype(parts.train.x)::value_type;
        const std::string how = scale_of(a, std::is_same_v<T, std::uint8_t>);
        const scaling s = fitted(how, parts.train, missing);
        check_scaled(s, parts.train, how);
        check_scaled(s, parts.test, how);
        return s;
      },
      t.parts);
  return t;
}

any_dataset read_samples(const std::string& path, const format_arguments& format, data_options options) {
  if (comes_with_reel(path)) return load_data(path);
  if (path == fashion) return load_fashion_mnist().test;
  return read_file(path, std::move(options), format.check);
}

}  // namespace reel::cli
