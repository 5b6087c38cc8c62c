// SPDX-License-Identifier: MIT
#include "applying.hpp"

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace reel::cli {

namespace {

// Columns without a header are called by their number.
bool is_named(const std::string& feature) { return !feature.starts_with("column "); }

void check_names(const std::vector<std::string>& model, const std::vector<std::string>& data,
                 const std::string& path) {
  if (model.size() != data.size())
    throw error(errc::shape_mismatch, fmt::format("'{}' has {} features; the model was trained with {}.",
                                                  path, data.size(), model.size()));
  for (std::size_t j = 0; j < model.size(); ++j)
    if (model[j] != data[j] && is_named(model[j]) && is_named(data[j]))
      throw error(
          errc::invalid_argument,
          fmt::format("'{}' has '{}' as feature {}, where the model was trained with '{}': put the columns "
                      "in the order of training.",
                      path, data[j], j + 1, model[j]));
}

// The name of the label column in training, where it had been given.
std::string label_of(const classifier& model) {
  const auto at = model.about.find("settings");
  if (at == model.about.end()) return {};
  const auto settings = nlohmann::json::parse(at->second, nullptr, false);
  if (!settings.is_object() || !settings.contains("label") || !settings["label"].is_string()) return {};
  return settings["label"];
}

}  // namespace

void add_apply_arguments(CLI::App& verb, apply_arguments& a) {
  verb.add_option("model", a.model, "model.safetensors, as reel train writes it")
      ->type_name("MODEL")
      ->required();
  verb.add_option("data", a.data, "as for reel train; of fashion-mnist, the test images")
      ->type_name("DATA")
      ->required()
      ->group(data_group);
  add_format_arguments(verb, a.format);
}

application read_application(const apply_arguments& a, csv_labels labels) {
  application all{load<classifier>(a.model), {}};
  validate(all.model);
  data_options options = reading_options(a.format);
  options.csv.labels = labels;
  if (options.csv.label.empty()) options.csv.label = label_of(all.model);
  options.csv.class_names = all.model.class_names;
  options.csv.features = static_cast<index_t>(all.model.feature_names.size());
  all.samples = read_samples(a.data, options);
  std::visit([&](const auto& d) { check_names(all.model.feature_names, d.feature_names, a.data); },
             all.samples);
  return all;
}

}  // namespace reel::cli
