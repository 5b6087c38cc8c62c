// SPDX-License-Identifier: MIT
// reel compare: gradient descent, stochastic gradient descent on single samples, and on minibatches, each at
// the rate that serves it best: loss against time and epochs, in training and on test samples.
#include "arguments.hpp"
#include "effects.hpp"
#include "output.hpp"
#include "report.hpp"
#include "timed_trial.hpp"
#include "verbs.hpp"

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <memory>

namespace reel::cli {

namespace {

const trial_arguments defaults{.rates = {0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1}, .seconds = 5};

struct method {
  std::string name;
  index_t batch;
};

std::vector<method> methods(const trial_arguments& a) {
  return {{"gradient descent", 0},
          {"SGD, single samples", 1},
          {fmt::format("SGD, minibatches of {}", a.training.batch), a.training.batch}};
}

trial best_of(const trial_arguments& a, const task& t, const method& m) {
  std::vector<trial> trials;
  for (const double rate : a.rates) {
    training_arguments one = a.training;
    one.batch = m.batch;
    one.rate = rate;
    trials.push_back(try_out(t, one, a.seconds, 0));
    if (!a.quiet)
      note("{:<24} rate {:<6}   loss {:.4f} after {:.3g} epochs\n", m.name, rate, trials.back().final_loss(),
           trials.back().points.back().epochs);
  }
  return *std::min_element(trials.begin(), trials.end(),
                           [](const trial& x, const trial& y) { return x.final_loss() < y.final_loss(); });
}

std::string text_of(const std::vector<method>& all, const std::vector<trial>& trials) {
  std::vector<std::vector<std::string>> rows{{"method", "rate", "epochs", "train loss", "test loss",
                                              "test − train", "train accuracy", "test accuracy"}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const trial_point& end = trials[i].points.back();
    rows.push_back({all[i].name, fmt::format("{}", trials[i].rate), fmt::format("{:.3g}", end.epochs),
                    fmt::format("{:.4f}", end.train_loss), fmt::format("{:.4f}", end.test_loss),
                    fmt::format("{:.4f}", end.test_loss - end.train_loss),
                    fmt::format("{:.4f}", trials[i].train_accuracy),
                    fmt::format("{:.4f}", trials[i].test_accuracy)});
  }
  return table(rows);
}

// Training loss solid and, if asked for, test loss dashed, in one colour for each method.
chart loss_chart_of(const std::vector<method>& all, const std::vector<trial>& trials, const char* across,
                    double trial_point::*x, bool with_test = true) {
  chart c{fmt::format("loss against {}", across), across, "loss", {}, true, true};
  for (std::size_t i = 0; i < all.size(); ++i) {
    series train{all[i].name, {}, false, static_cast<int>(i)},
        test{"the same, test loss", {}, true, static_cast<int>(i)};
    for (const trial_point& p : trials[i].points) {
      train.points.emplace_back(p.*x, p.train_loss);
      test.points.emplace_back(p.*x, p.test_loss);
    }
    c.lines.push_back(std::move(train));
    if (with_test) c.lines.push_back(std::move(test));
  }
  return c;
}

nlohmann::ordered_json json_of(const std::vector<method>& all, const std::vector<trial>& trials,
                               const std::string& picture) {
  auto list = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto points = nlohmann::ordered_json::array();
    for (const trial_point& p : trials[i].points)
      points.push_back({{"seconds", p.seconds},
                        {"epochs", p.epochs},
                        {"train_loss", p.train_loss},
                        {"test_loss", p.test_loss}});
    list.push_back({{"method", all[i].name},
                    {"batch", all[i].batch},
                    {"rate", trials[i].rate},
                    {"train_accuracy", trials[i].train_accuracy},
                    {"test_accuracy", trials[i].test_accuracy},
                    {"points", points}});
  }
  return {{"methods", list}, {"picture", picture}};
}

int run_compare(const trial_arguments& a) {
  if (a.training.batch < 2)
    throw error(errc::usage, "--batch is the size of minibatches here: give 2 or more.");
  const task t = read_task(a.data, a.training.seed);
  const std::string picture = a.out.empty() ? "reel-compare-" + t.name + ".svg" : a.out;
  check_writable(picture);
  const auto all = methods(a);
  std::vector<trial> trials;
  for (const method& m : all) trials.push_back(best_of(a, t, m));
  if (std::any_of(trials.begin(), trials.end(), [](const trial& x) { return x.diverged; }))
    throw error(errc::non_finite, "a method diverged at every rate: try smaller ones.");
  const chart over_time = loss_chart_of(all, trials, "seconds", &trial_point::seconds),
              over_epochs = loss_chart_of(all, trials, "epochs", &trial_point::epochs);
  write_text(picture, to_svg({over_time, over_epochs}));
  if (a.json) result("{}\n", json_of(all, trials, picture).dump());
  else
    result("after {} s each\n{}\n{}\nwrote {}\n", a.seconds, text_of(all, trials),
           to_text(loss_chart_of(all, trials, "seconds", &trial_point::seconds, false)), picture);
  return 0;
}

}  // namespace

void add_compare(CLI::App& program, action& chosen) {
  CLI::App& verb = *program.add_subcommand(
      "compare", "gradient descent and stochastic gradient descent, at the same time each");
  const auto arguments = std::make_shared<trial_arguments>(defaults);
  trial_arguments& a = *arguments;
  verb.add_option("--batch", a.training.batch, "samples in a minibatch")
      ->type_name("SIZE")
      ->capture_default_str()
      ->check(count_from_one);
  add_trial_arguments(verb, a);
  verb.callback([&verb, &chosen, arguments] {
    refuse_without_effect(verb);
    chosen = [arguments] { return run_compare(*arguments); };
  });
}

}  // namespace reel::cli
