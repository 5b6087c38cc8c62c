// SPDX-License-Identifier: MIT
// reel eval: how good a model is on samples whose classes are known.
#include "applying.hpp"
#include "effects.hpp"
#include "output.hpp"
#include "report.hpp"
#include "verbs.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <memory>

namespace reel::cli {

namespace {

struct eval_arguments {
  apply_arguments apply;
  bool json = false;
};

nlohmann::ordered_json rows_of(const array<index_t>& matrix) {
  auto rows = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < matrix.shape(0); ++i) {
    rows.push_back(nlohmann::ordered_json::array());
    for (std::size_t j = 0; j < matrix.shape(1); ++j) rows.back().push_back(matrix(i, j));
  }
  return rows;
}

int run_eval(const eval_arguments& a) {
  const application all = read_application(a.apply, csv_labels::required);
  const auto report = [&](const auto& samples) {
    const evaluation e = evaluate(all.model, samples);
    if (!a.json) {
      result("{}\n{}", evaluation_line("eval", e, samples.samples()),
             confusion_text(e.confusion, all.model.class_names));
      return;
    }
    const nlohmann::ordered_json j{{"loss", std::isfinite(e.loss) ? nlohmann::ordered_json(e.loss) : nullptr},
                                   {"accuracy", e.accuracy},
                                   {"macro_f1", e.macro_f1},
                                   {"calibration_error", e.calibration_error},
                                   {"samples", samples.samples()},
                                   {"classes", all.model.class_names},
                                   {"confusion", rows_of(e.confusion)}};
    result("{}\n", j.dump());
  };
  std::visit(report, all.samples);
  return 0;
}

}  // namespace

void add_eval(CLI::App& program, action& chosen) {
  CLI::App& verb = *program.add_subcommand("eval", "loss, accuracy and confusion matrix of a model on data");
  const auto arguments = std::make_shared<eval_arguments>();
  add_apply_arguments(verb, arguments->apply);
  verb.add_flag("--json", arguments->json, "one JSON object in place of text");
  verb.callback([&verb, &chosen, arguments] {
    refuse_without_effect(verb);
    chosen = [arguments] { return run_eval(*arguments); };
  });
}

}  // namespace reel::cli
