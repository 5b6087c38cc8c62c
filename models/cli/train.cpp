// SPDX-License-Identifier: MIT
#include "arguments.hpp"
#include "verbs.hpp"

#include <reel/models/csv.hpp>
#include <reel/models/data_sets.hpp>
#include <reel/models/softmax_regression.hpp>

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <memory>
#include <string>

namespace reel::cli {

namespace {

struct train_options {
  std::string data = "digits";
  index_t epochs = 30;
  index_t batch = 32;
  double rate = 0.5;
  double momentum = 0;
  double l2 = 1e-4;
  std::uint64_t seed = 0;
  bool quiet = false;
};

bool comes_with_reel(const std::string& name) { return name == "digits" || name == "iris"; }

// Every fifth row is for testing: the split for which the optima of iris and digits are published.
train_and_test<double> load(const std::string& name) {
  const dataset all = comes_with_reel(name) ? load_data(name) : read_csv(name);
  auto parts = split(all, split_fifths(all.samples()));
  // digits counts pixels from 0 to 16; features of unknown scale are standardised, by the training rows
  if (name == "iris") return parts;
  const scaling s = name == "digits" ? divide_by(16, all.features()) : standardize(parts.train);
  return {scaled(std::move(parts.train), s), scaled(std::move(parts.test), s)};
}

void announce(const train_options& o, const train_and_test<double>& d) {
  fmt::print(stderr, "{}: {} training and {} test samples, {} features, {} classes\n", o.data,
             d.train.samples(), d.test.samples(), d.train.features(), d.train.classes());
  fmt::print(stderr,
             "softmax regression, {} epochs, {} samples a step, rate {}, momentum {}, l2 {}, seed {}\n",
             o.epochs, o.batch == 0 ? "all" : std::to_string(o.batch), o.rate, o.momentum, o.l2, o.seed);
}

// A line for about twenty of the epochs, so that a long run fits on a screen.
bool worth_showing(index_t epoch, index_t epochs) {
  const index_t every = std::max<index_t>(1, epochs / 20);
  return epoch == 1 || epoch == epochs || epoch % every == 0;
}

void show(const optim::epoch_record& e, const train_options& o) {
  if (worth_showing(e.epoch, o.epochs))
    fmt::print(stderr, "epoch {:>4} of {}   loss {:.4f}   rate {:.4f}   {:.1f} ms\n", e.epoch, o.epochs,
               e.loss, e.rate, e.seconds * 1e3);
}

void report(const char* part, const softmax_regression& model, const dataset& d) {
  fmt::print("{:<5}  loss {:.4f}   accuracy {:.4f}   ({} samples)\n", part, model.loss(d.x, d.labels),
             model.score(d.x, d.labels), d.samples());
}

int run_train(const train_options& o) {
  const auto data = load(o.data);
  if (!o.quiet) announce(o, data);
  softmax_regression model(data.train.features(), data.train.classes());
  softmax_regression_options options;
  options.rule.lr = o.rate;
  options.rule.momentum = o.momentum;
  options.l2 = o.l2;
  options.fit.epochs = o.epochs;
  options.fit.batch = o.batch;
  options.fit.seed = o.seed;
  options.fit.rate = optim::cosine_rate(o.rate);
  if (!o.quiet) options.fit.on_epoch = [&](const optim::epoch_record& e) { return show(e, o), true; };
  const auto history = model.fit<float>(data.train.x, data.train.labels, options);
  const bool failed = history.stopped == optim::stop_reason::non_finite;
  if (failed) fmt::print(stderr, "reel: training stopped at {}\n", history.why);
  else if (!o.quiet) fmt::print(stderr, "{}\n", history.why);
  report("train", model, data.train);
  report("test", model, data.test);
  return failed ? 1 : 0;
}

}  // namespace

void add_train(CLI::App& program, action& chosen) {
  CLI::App& verb = *program.add_subcommand("train", "train softmax regression by minibatch SGD");
  const auto options = std::make_shared<train_options>();
  train_options& o = *options;
  verb.add_option("data", o.data, "digits, iris, or a CSV file whose last column is the class")
      ->capture_default_str();
  verb.add_option("--epochs", o.epochs, "passes over the training samples")
      ->capture_default_str()
      ->check(at_least_zero);
  verb.add_option("--batch", o.batch, "samples per step; 0 takes all of them (gradient descent)")
      ->capture_default_str()
      ->check(at_least_zero);
  verb.add_option("--lr", o.rate, "learning rate at the start; it falls along half a cosine")
      ->capture_default_str()
      ->check(at_least_zero);
  verb.add_option("--momentum", o.momentum, "heavy-ball momentum")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  verb.add_option("--l2", o.l2, "penalty l2/2·ΣW² on all weights but the bias")
      ->capture_default_str()
      ->check(at_least_zero);
  verb.add_option("--seed", o.seed, "the same seed gives the same model, bit for bit")->capture_default_str();
  verb.add_flag("--quiet", o.quiet, "no progress");
  verb.callback([options, &chosen] { chosen = [options] { return run_train(*options); }; });
}

}  // namespace reel::cli
