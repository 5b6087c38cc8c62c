// SPDX-License-Identifier: MIT
// reel graph: the program of a training step, as a picture or as a list of instructions. Nothing is
// trained.
#include "data.hpp"
#include "effects.hpp"
#include "output.hpp"
#include "training_settings.hpp"
#include "verbs.hpp"

#include <reel/autodiff/node.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace reel::cli {

namespace {

struct graph_arguments {
  data_arguments data;
  training_arguments training;
  bool explain = false;
};

int run_graph(const graph_arguments& a) {
  const task t = read_task(a.data, a.training.seed);
  const auto show = [&](const auto& parts) {
    const index_t samples = parts.train.samples(), features = parts.train.features();
    const index_t batch = a.training.batch == 0 ? samples : std::min(a.training.batch, samples);
    network_step step = make_step(a.training, features, parts.train.classes(),
                                  class_weights_of(a.training, parts.train.labels, parts.train.class_names));
    const auto x = make_array<float>({batch, features});
    const auto labels = make_array<index_t>({batch});
    const program& p = step.program_for(x, labels);
    write_result(a.explain ? p.explain() : to_dot(p, {.number = dtype::f32}));
  };
  std::visit(show, t.parts);
  return 0;
}

}  // namespace

void add_graph(CLI::App& program, action& chosen) {
  CLI::App& verb =
      *program.add_subcommand("graph", "the program of a training step, for Graphviz or in words");
  const auto arguments = std::make_shared<graph_arguments>();
  add_data_arguments(verb, arguments->data);
  add_model_arguments(verb, arguments->training);
  add_step_arguments(verb, arguments->training);
  verb.add_flag("--explain", arguments->explain, "passes and instructions in words, in place of DOT");
  verb.callback([&verb, &chosen, arguments] {
    refuse_without_effect(verb);
    chosen = [arguments] { return run_graph(*arguments); };
  });
}

}  // namespace reel::cli
