// SPDX-License-Identifier: MIT
// reel predict: the classes of samples, or the probability of each, as CSV.
#include "applying.hpp"
#include "effects.hpp"
#include "output.hpp"
#include "report.hpp"
#include "verbs.hpp"

#include <reel/models/metrics.hpp>

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <memory>

namespace reel::cli {

namespace {

struct predict_arguments {
  apply_arguments apply;
  bool probabilities = false;
  std::string out;
};

// A field as RFC 4180 wants it.
std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

std::string classes_csv(const array<double>& log_p, const std::vector<std::string>& names) {
  std::string csv = "class\n";
  for (const index_t k : largest_column(log_p)) csv += csv_field(names[static_cast<std::size_t>(k)]) + '\n';
  return csv;
}

std::string probabilities_csv(const array<double>& log_p, const std::vector<std::string>& names) {
  std::string csv;
  for (std::size_t k = 0; k < names.size(); ++k) csv += (k == 0 ? "" : ",") + csv_field(names[k]);
  csv += '\n';
  for (std::size_t i = 0; i < log_p.shape(0); ++i)
    for (std::size_t k = 0; k < names.size(); ++k)
      fmt::format_to(std::back_inserter(csv), "{:.9g}{}", std::exp(log_p(i, k)),
                     k + 1 == names.size() ? '\n' : ',');
  return csv;
}

int run_predict(const predict_arguments& a) {
  const application all = read_application(a.apply, csv_labels::ignored);
  const array<double> log_p =
      std::visit([&](const auto& d) { return log_probabilities(all.model, d); }, all.samples);
  const std::string csv = (a.probabilities ? probabilities_csv : classes_csv)(log_p, all.model.class_names);
  if (all.left_out > 0)
    note("{} rows with missing values are left out: there are no predictions of them\n", all.left_out);
  if (a.out.empty()) write_result(csv);
  else write_text(a.out, csv);
  return 0;
}

}  // namespace

void add_predict(CLI::App& program, action& chosen) {
  CLI::App& verb =
      *program.add_subcommand("predict", "the class of every sample, or its probabilities, as CSV");
  const auto arguments = std::make_shared<predict_arguments>();
  add_apply_arguments(verb, arguments->apply);
  verb.add_flag("--proba", arguments->probabilities, "a column of probabilities for every class");
  verb.add_option("--out", arguments->out, "file to write; by default stdout")->type_name("FILE");
  verb.callback([&verb, &chosen, arguments] {
    refuse_without_effect(verb);
    chosen = [arguments] { return run_predict(*arguments); };
  });
}

}  // namespace reel::cli
