// SPDX-License-Identifier: MIT
// reel sweep: the best batch size depends on the device and is found by trial and error. Every batch size is
// tried with every rate for the same time.
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

struct sweep_arguments : trial_arguments {
  std::vector<index_t> batches{8, 32, 128, 512, 2048};
  double target = 0;
};

// The target is given, or a twentieth above the lowest loss that any of them reached.
double target_of(const sweep_arguments& a, const std::vector<trial>& trials) {
  if (a.target > 0) return a.target;
  double lowest = INFINITY;
  for (const trial& t : trials) lowest = std::min(lowest, t.final_loss());
  return 1.05 * lowest;
}

std::string cell(const trial& t, double target) {
  if (const double s = t.seconds_to(target); std::isfinite(s)) return fmt::format("{:.3g} s", s);
  return t.diverged ? "diverged" : fmt::format("({:.4f})", t.final_loss());
}

std::string text_of(const sweep_arguments& a, const std::vector<trial>& trials, double target) {
  std::vector<std::vector<std::string>> rows{{"batch"}};
  for (const double rate : a.rates) rows[0].push_back(fmt::format("rate {}", rate));
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (i % a.rates.size() == 0)
      rows.push_back({trials[i].batch == 0 ? "all" : std::to_string(trials[i].batch)});
    rows.back().push_back(cell(trials[i], target));
  }
  return table(rows);
}

chart time_chart(const sweep_arguments& a, const std::vector<trial>& trials, double target) {
  chart c{fmt::format("seconds until the training loss is {:.4g}", target),
          "samples per step",
          "seconds",
          {},
          true,
          true};
  for (std::size_t r = 0; r < a.rates.size(); ++r) {
    c.lines.push_back({fmt::format("rate {}", a.rates[r]), {}});
    for (std::size_t i = r; i < trials.size(); i += a.rates.size())
      c.lines.back().points.emplace_back(static_cast<double>(trials[i].batch), trials[i].seconds_to(target));
  }
  return c;
}

// Of every batch size, the trial that was quickest, or came closest.
chart loss_chart_of(const sweep_arguments& a, const std::vector<trial>& trials, double target) {
  chart c{"training loss of every batch size at its best rate", "seconds", "loss", {}, true, true};
  for (std::size_t i = 0; i < trials.size(); i += a.rates.size()) {
    const auto first = trials.begin() + static_cast<std::ptrdiff_t>(i),
               end = first + static_cast<std::ptrdiff_t>(a.rates.size());
    const auto& best = *std::min_element(first, end, [&](const trial& x, const trial& y) {
      return std::pair(x.seconds_to(target), x.final_loss()) <
             std::pair(y.seconds_to(target), y.final_loss());
    });
    c.lines.push_back(
        {fmt::format("{} a step, rate {}", best.batch == 0 ? "all" : std::to_string(best.batch), best.rate),
         {}});
    for (const trial_point& p : best.points) c.lines.back().points.emplace_back(p.seconds, p.train_loss);
  }
  return c;
}

nlohmann::ordered_json json_of(const std::vector<trial>& trials, double target, const std::string& picture) {
  const auto finite = [](double x) { return std::isfinite(x) ? nlohmann::ordered_json(x) : nullptr; };
  auto cells = nlohmann::ordered_json::array();
  for (const trial& t : trials)
    cells.push_back({{"batch", t.batch},
                     {"rate", t.rate},
                     {"seconds_to_target", finite(t.seconds_to(target))},
                     {"loss", finite(t.final_loss())},
                     {"test_loss", finite(t.points.back().test_loss)},
                     {"epochs", t.points.back().epochs}});
  return {{"target", finite(target)}, {"trials", cells}, {"picture", picture}};
}

int run_sweep(const sweep_arguments& a) {
  const task t = read_task(a.data, a.training.seed);
  const std::string picture = a.out.empty() ? "reel-sweep-" + t.name + ".svg" : a.out;
  check_writable(picture);
  std::vector<trial> trials;
  for (const index_t batch : a.batches)
    for (const double rate : a.rates) {
      training_arguments one = a.training;
      one.batch = batch;
      one.rate = rate;
      trials.push_back(try_out(t, one, a.seconds, 0));
      if (!a.quiet)
        note("batch {:>5}   rate {:<6}   loss {:.4f} after {:.3g} epochs\n", batch, rate,
             trials.back().final_loss(), trials.back().points.back().epochs);
    }
  const double target = target_of(a, trials);
  if (!std::isfinite(target)) throw error(errc::non_finite, "every trial diverged: try smaller rates.");
  const chart times = time_chart(a, trials, target);
  write_text(picture, to_svg({times, loss_chart_of(a, trials, target)}));
  if (a.json) {
    result("{}\n", json_of(trials, target, picture).dump());
    return 0;
  }
  result("seconds until the training loss is {:.4g}, or (the loss after {} s)\n{}", target, a.seconds,
         text_of(a, trials, target));
  const auto& best = *std::min_element(trials.begin(), trials.end(), [&](const trial& x, const trial& y) {
    return x.seconds_to(target) < y.seconds_to(target);
  });
  if (std::isfinite(best.seconds_to(target)))
    result("quickest: {} samples a step at rate {}\n", best.batch == 0 ? "all" : std::to_string(best.batch),
           best.rate);
  result("\n{}\nwrote {}\n", to_text(times), picture);
  return 0;
}

}  // namespace

void add_sweep(CLI::App& program, action& chosen) {
  CLI::App& verb = *program.add_subcommand("sweep", "try batch sizes and rates for the same time each");
  const auto arguments =
      std::make_shared<sweep_arguments>(sweep_arguments{{.rates = {0.03, 0.1, 0.3, 1}, .seconds = 2}});
  sweep_arguments& a = *arguments;
  verb.add_option("--batches", a.batches, "batch sizes to try; 0 is all samples")
      ->delimiter(',')
      ->type_name("SIZES")
      ->capture_default_str()
      ->check(count_from_zero);
  verb.add_option("--target", a.target, "training loss to reach; by default 1.05 times the lowest found")
      ->type_name("LOSS")
      ->check(more_than_zero);
  add_trial_arguments(verb, a);
  verb.callback([&verb, &chosen, arguments] {
    refuse_without_effect(verb);
    chosen = [arguments] { return run_sweep(*arguments); };
  });
}

}  // namespace reel::cli
