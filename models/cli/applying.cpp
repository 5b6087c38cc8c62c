// SPDX-License-Identifier: MIT
#include "applying.hpp"

#include "columns.hpp"
#include "hints.hpp"
#include "output.hpp"

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <utility>
#include <vector>

namespace reel::cli {

namespace {

// How the model's own data were read, for what the verb was not told.
format_arguments remembered(format_arguments f, const classifier& model) {
  const auto at = model.about.find("settings");
  if (at == model.about.end()) return f;
  const auto settings = nlohmann::json::parse(at->second, nullptr, false);
  const auto value_of = [&](const char* name) -> std::string {
    const bool is_there = settings.is_object() && settings.contains(name) && settings[name].is_string();
    return is_there ? settings[name].get<std::string>() : std::string();
  };
  const auto recall = [&](const char* name, std::vector<std::string>& words) {
    std::istringstream all(words.empty() ? value_of(name) : std::string());
    for (std::string word; std::getline(all, word, ',');) words.push_back(word);
  };
  if (f.label.empty() && f.header != "no") f.label = value_of("label");
  if (f.missing.empty()) f.missing = value_of("missing");
  recall("missing-marks", f.missing_marks);
  recall("ignore", f.ignore);
  f.zero_based = f.zero_based || value_of("zero-based") == "true";
  return f;
}

// Whether the model's features have names; models of earlier versions do not say.
bool has_names(const classifier& model) {
  const auto at = model.about.find("columns");
  return at != model.about.end() ? at->second == "named" : are_names(model.feature_names);
}

// The two are easily given the wrong way round.
classifier load_model(const apply_arguments& a) {
  try {
    if (!a.unverified) return load<classifier>(a.model);
    loaded<classifier> all = load_unverified<classifier>(a.model);
    if (!all.not_verified.empty()) note("{}: not verified: {}\n", a.model, all.not_verified);
    return std::move(all.tree);
  } catch (const error& e) {
    const bool swapped = e.code() == errc::parse_error && a.data.ends_with(".safetensors");
    throw error(e.code(), with_options(e.detail(), true) +
                              (swapped ? " The model comes first, and then the data." : ""));
  }
}

// Means are in a scaling that standardises.
void fill_with_means(scaling& s) {
  if (std::all_of(s.shift.begin(), s.shift.end(), [](double x) { return x == 0; }))
    throw error(errc::usage,
                "--missing mean needs a model that was trained with --scale standardize, which "
                "finds the means.");
  s.fills_missing = true;
}

// Leaves out rows with missing values, and returns how many.
index_t drop_incomplete(dataset& data, const std::string& path) {
  const auto features = static_cast<std::size_t>(data.features());
  std::vector<index_t> complete;
  for (index_t i = 0; i < data.samples(); ++i) {
    const double* const row = data.x.data() + static_cast<std::size_t>(i) * features;
    if (std::none_of(row, row + features, [](double x) { return std::isnan(x); })) complete.push_back(i);
  }
  if (complete.empty())
    throw error(errc::non_finite, fmt::format("'{}': there is no row without a missing value.", path));
  const index_t dropped = data.samples() - static_cast<index_t>(complete.size());
  if (dropped > 0) data = rows(data, complete);
  return dropped;
}
index_t drop_incomplete(byte_dataset&, const std::string&) { return 0; }

}  // namespace

void add_apply_arguments(CLI::App& verb, apply_arguments& a) {
  verb.add_option("model", a.model, "model.safetensors, as reel train writes it")
      ->type_name("MODEL")
      ->required();
  verb.add_option("data", a.data, "as for reel train; of fashion-mnist, the test images")
      ->type_name("DATA")
      ->required()
      ->group(data_group);
  verb.add_flag("--unverified", a.unverified,
                "read a model that another program has saved again, whose checksum is gone or not right");
  add_format_arguments(verb, a.format);
  for (const char* remembered : {"--label", "--missing", "--missing-marks", "--ignore"})
    verb.get_option(remembered)->default_str("as in training");
}

application read_application(const apply_arguments& a, csv_labels labels) {
  application all{load_model(a), {}};
  validate(all.model);
  const format_arguments format = remembered(a.format, all.model);
  data_options options = reading_options(format);
  options.csv.labels = labels;
  options.csv.class_names = all.model.class_names;
  options.csv.features = static_cast<index_t>(all.model.feature_names.size());
  if (has_names(all.model)) options.csv.feature_names = all.model.feature_names;
  missing_values& missing = options.csv.missing;
  if (all.model.scale.fills_missing && format.missing.empty()) missing = missing_values::mean;
  if (missing == missing_values::mean && !all.model.scale.fills_missing) fill_with_means(all.model.scale);
  // Rows are counted, so that predictions can be told which rows they are of.
  const bool drops = missing == missing_values::drop_row && labels == csv_labels::ignored;
  if (drops) missing = missing_values::mean;
  all.samples = read_samples(a.data, a.format, options);
  std::visit(
      [&](auto& d) {
        if (drops) all.left_out = drop_incomplete(d, a.data);
        name_columns(d, all.model.feature_names, a.data);
      },
      all.samples);
  return all;
}

}  // namespace reel::cli
