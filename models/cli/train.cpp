// SPDX-License-Identifier: MIT
// reel train: a model from data, and all that is kept of it.
#include "arguments.hpp"
#include "effects.hpp"
#include "training_run.hpp"
#include "output.hpp"
#include "report.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <filesystem>
#include <memory>
#include <string_view>

namespace reel::cli {

namespace {

namespace fs = std::filesystem;
using optim::stop_reason;

struct train_arguments {
  data_arguments data;
  training_arguments training;
  std::string out;
  std::string resume;
  index_t stop_after = 0;
  index_t save_every = 0;
  int threads = 1;
  bool json = false, quiet = false;
};

// What is seldom meant: one class, or a class that a misspelt name has made.
template <class T> void warn_of_classes(const train_and_test<T>& parts) {
  const auto& names = parts.train.class_names;
  if (names.size() == 1)
    note("all samples are of one class, '{}': there is nothing to tell apart\n", names[0]);
  std::vector<index_t> counts(names.size());
  for (const auto* part : {&parts.train, &parts.test})
    for (const index_t label : part->labels) ++counts[static_cast<std::size_t>(label)];
  for (std::size_t k = 0; k < counts.size(); ++k)
    if (counts[k] == 1) note("there is one sample only of class '{}': is it misspelt?\n", names[k]);
}

void announce(const train_arguments& a, const task& t) {
  std::visit(
      [&](const auto& parts) {
        note("{}: {} training and {} test samples, {} features, {} classes, read in {}\n", t.name,
             parts.train.samples(), parts.test.samples(), parts.train.features(), parts.train.classes(),
             duration_text(t.reading_seconds));
        warn_of_classes(parts);
      },
      t.parts);
  note("{}\n", describe(a.training));
}

// A run that is resumed goes on in its own folder.
fs::path folder_of(const train_arguments& a, const task& t) {
  if (!a.out.empty()) return a.out;
  if (a.resume.empty()) return "reel-" + t.name;
  const fs::path own = fs::path(a.resume).parent_path();
  return own.empty() ? fs::path(".") : own;
}

// The files of a run. What a failed run leaves has names of its own: it does not replace a good model.
struct places {
  std::string file(const char* name) const { return (folder / name).lexically_normal().string(); }
  std::string model() const { return file(failed ? "failed.safetensors" : "model.safetensors"); }
  std::string history() const { return file(failed ? "failed.jsonl" : "history.jsonl"); }
  std::string picture() const { return file(failed ? "failed.svg" : "loss.svg"); }
  std::string checkpoint() const { return file("checkpoint.safetensors"); }
  void make() const {
    std::error_code why, unknown;
    fs::create_directories(folder, why);
    if (!fs::is_directory(folder, unknown))
      throw error(errc::bad_file,
                  fmt::format("'{}' is no folder and cannot be made: {}. Name another with --out.",
                              folder.string(), (why ? why : unknown).message()));
    for (const std::string& path : {model(), history(), picture(), checkpoint()}) check_writable(path);
  }
  fs::path folder;
  bool failed = false;
};

// As a shell takes it for one word.
std::string shell_word(const std::string& text) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./,:@%";
  if (text.find_first_not_of(plain) == text.npos) return text;
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? "'\\''" : std::string(1, c);
  return word + '\'';
}

// What to try where training stopped at a number that is not finite.
std::string advice(const train_arguments& a) {
  const training_arguments& t = a.training;
  std::string text = fmt::format("try a smaller rate than --lr {}", rate_of(t));
  const auto smaller = [&](const char* option, double value, double usual) {
    if (value > usual) text += fmt::format(", or less than {} {}", option, value);
  };
  smaller("--l2", t.l2, training_arguments{}.l2);
  smaller("--weight-decay", t.weight_decay, 0);
  if (t.schedule == "step") smaller("--factor", t.factor, 1);
  if (t.clip == 0) text += ", or shorter gradients: --clip 1";
  if (a.data.scale != "auto" && a.data.scale != "standardize") text += ", or --scale standardize";
  return text + "; and look for values in the data that are much larger than the others";
}

struct outcome {
  classifier model;
  fitted_run run;
  evaluation train, test;
};

// Fits, and saves checkpoints on the way and where it was interrupted.
fitted_run fit_and_save(const train_arguments& a, const task& t, const places& p,
                        const std::vector<setting>& settings) {
  fit_request request{a.training, t};
  request.settings = settings;
  request.resume = a.resume;
  request.checkpoint = p.checkpoint();
  request.save_every = a.save_every;
  request.stop_after = a.stop_after;
  request.team = workers(a.threads);
  request.quiet = a.quiet;
  request.begins = [&] {
    p.make();
    if (!a.quiet) announce(a, t);
  };
  return fit_network(request);
}

std::string json_lines(const std::vector<optim::epoch_record>& epochs) {
  std::string text;
  for (const auto& e : epochs) text += to_json(e) + '\n';
  return text;
}

nlohmann::ordered_json finite(double x) { return std::isfinite(x) ? nlohmann::ordered_json(x) : nullptr; }

void print_json(const outcome& o, const task& t, const places& p) {
  const auto& at = o.run.history.at;
  const double epochs = static_cast<double>(at.steps) / static_cast<double>(o.run.steps_per_epoch);
  nlohmann::ordered_json j{{"train_loss", finite(o.train.loss)},
                           {"train_accuracy", finite(o.train.accuracy)},
                           {"test_loss", finite(o.test.loss)},
                           {"test_accuracy", finite(o.test.accuracy)},
                           {"test_macro_f1", finite(o.test.macro_f1)},
                           {"test_calibration_error", finite(o.test.calibration_error)},
                           {"epochs", at.epoch},
                           {"seconds", at.seconds},
                           {"seconds_per_epoch", at.steps == 0 ? 0.0 : at.seconds / epochs},
                           {"seconds_reading", t.reading_seconds},
                           {"seconds_converting", o.run.converting_seconds},
                           {"stopped", name(o.run.history.stopped)},
                           {"why", o.run.history.why},
                           {"model", p.model()},
                           {"history", p.history()},
                           {"picture", p.picture()}};
  result("{}\n", j.dump());
}

void print_text(const outcome& o, const task& t, const places& p) {
  const auto& at = o.run.history.at;
  const bool is_evaluated = o.test.confusion.dimension() == 2;
  const auto evaluations = [&](const auto& parts) {
    result("{}{}\n{}\n", evaluation_line("train", o.train, parts.train.samples()),
           evaluation_line("test", o.test, parts.test.samples()),
           confusion_text(o.test.confusion, parts.test.class_names));
  };
  if (is_evaluated) std::visit(evaluations, t.parts);
  if (o.run.epochs.size() > 1) result("{}\n", to_text(loss_chart(t.name, o.run.epochs)));
  if (at.steps > 0) {
    const double epochs = static_cast<double>(at.steps) / static_cast<double>(o.run.steps_per_epoch);
    const double converting = o.run.converting_seconds / static_cast<double>(o.run.steps_here) *
                              static_cast<double>(o.run.steps_per_epoch);
    result("{} per epoch, of which {} go into making batches; {} for reading the data\n",
           duration_text(at.seconds / epochs), duration_text(converting), duration_text(t.reading_seconds));
  }
  result("wrote {}, {}, {}\n", p.model(), p.history(), p.picture());
}

// A run that was interrupted is not evaluated: it leaves a checkpoint, and is to be resumed.
int leave(const train_arguments& a, const fitted_run& run, const places& p) {
  note("{}; saved {}\ngo on with: reel train --resume {}\n", run.history.why, p.checkpoint(),
       shell_word(p.checkpoint()));
  if (a.json)
    result("{}\n",
           nlohmann::ordered_json{
               {"stopped", "interrupted"}, {"why", run.history.why}, {"checkpoint", p.checkpoint()}}
               .dump());
  return interruption::requested() ? 130 : 0;
}

// How good the model is. The model of a failed run may give scores that are no numbers: that is not worth a
// word beside the reason it failed for.
void evaluate_parts(outcome& o, const task& t, bool failed) {
  try {
    std::visit(
        [&](const auto& parts) {
          o.train = evaluate(o.model, parts.train);
          o.test = evaluate(o.model, parts.test);
        },
        t.parts);
  } catch (const error& e) {
    if (!failed || e.code() != errc::non_finite) throw;
    o.train = o.test = {NAN, NAN, NAN, NAN, {}};
  }
}

// The model last: it is replaced when everything else is there.
void write_files(const outcome& o, const task& t, const places& p) {
  write_text(p.history(), json_lines(o.run.epochs));
  write_text(p.picture(), to_svg({loss_chart(t.name, o.run.epochs)}));
  save(p.model(), o.model);
}

int run_train(const train_arguments& a, const std::vector<setting>& settings) {
  const task t = read_task(a.data, a.training.seed);
  places p{folder_of(a, t)};
  outcome o;
  o.run = fit_and_save(a, t, p, settings);
  const auto& history = o.run.history;
  if (history.stopped == stop_reason::interrupted) return leave(a, o.run, p);
  o.model = o.run.model;
  p.failed = history.stopped == stop_reason::non_finite;
  evaluate_parts(o, t, p.failed);
  write_files(o, t, p);
  if (p.failed) note("reel: training stopped at {}\n{}\n", history.why, advice(a));
  else if (!a.quiet) note("{}\n", history.why);
  if (a.json) print_json(o, t, p);
  else print_text(o, t, p);
  return p.failed ? 1 : 0;
}

constexpr const char* run_group = "Run";

void add_run_arguments(CLI::App& verb, train_arguments& a) {
  verb.add_option("--out", a.out,
                  "folder for model.safetensors, history.jsonl and loss.svg; by default reel-DATA")
      ->type_name("FOLDER")
      ->group(run_group);
  verb.add_option("--resume", a.resume, "checkpoint of a run to go on with, with its data and settings")
      ->type_name("FILE")
      ->group(run_group);
  verb.add_option("--save-every", a.save_every,
                  "epochs between checkpoints; 0 saves one when interrupted (Ctrl-C)")
      ->type_name("EPOCHS")
      ->capture_default_str()
      ->check(count_from_zero)
      ->group(run_group);
  verb.add_option("--threads", a.threads,
                  "threads that share a step's work; the model is the same, bit for bit")
      ->type_name("NUMBER")
      ->capture_default_str()
      ->check(one_to_256)
      ->group(run_group);
  verb.add_option("--stop-after", a.stop_after, "interrupt the run after so many steps in all; 0 does not")
      ->type_name("STEPS")
      ->capture_default_str()
      ->check(count_from_zero)
      ->group(run_group);
  verb.add_flag("--json", a.json, "one JSON object on stdout in place of text")->group(run_group);
  verb.add_flag("--quiet", a.quiet, "no progress")->group(run_group);
}

}  // namespace

void add_train(CLI::App& program, action& chosen) {
  CLI::App& verb = *program.add_subcommand("train", "train softmax regression or a perceptron");
  const auto arguments = std::make_shared<train_arguments>();
  add_data_arguments(verb, arguments->data);
  add_model_arguments(verb, arguments->training);
  add_step_arguments(verb, arguments->training);
  add_fit_arguments(verb, arguments->training);
  add_run_arguments(verb, *arguments);
  add_config(verb);
  verb.callback([&verb, &chosen, arguments] {
    if (!arguments->resume.empty()) resume_settings(verb, arguments->resume, {data_group, training_group});
    refuse_without_effect(verb);
    const auto settings = given_settings(verb, {data_group, training_group});
    chosen = [arguments, settings] { return run_train(*arguments, settings); };
  });
}

}  // namespace reel::cli
