// SPDX-License-Identifier: MIT
// The program: parses arguments and hands over to a verb. Results go to stdout, progress and errors to
// stderr; wrong usage exits with status 2, any other failure with 1.
#include "train.hpp"

#include <reel/autodiff/error.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <exception>
#include <string>

namespace {

// What a check finds wrong with a value, or nothing.
std::string at_least_zero(const std::string& text) {
  double value = 0;
  if (!CLI::detail::lexical_cast(text, value) || !std::isfinite(value)) return text + " is not a number";
  return value < 0 ? text + " is negative; give 0 or more" : std::string{};
}

void train_arguments(CLI::App& verb, reel::cli::train_options& o) {
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
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"reel: train classifiers and inspect what was trained"};
  app.set_version_flag("--version", REEL_VERSION);
  app.require_subcommand(1);
  reel::cli::train_options train;
  train_arguments(*app.add_subcommand("train", "train softmax regression by minibatch SGD")->callback([] {}),
                  train);
  try {
    app.parse(argc, argv);
    return reel::cli::run_train(train);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  } catch (const reel::error& e) {
    fmt::print(stderr, "reel: {}\n", e.what());
    return e.code() == reel::errc::usage ? 2 : 1;
  } catch (const std::exception& e) {
    fmt::print(stderr, "reel: {}\n", e.what());
    return 1;
  }
}
