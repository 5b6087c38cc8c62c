// SPDX-License-Identifier: MIT
#include "training_settings.hpp"

#include "arguments.hpp"

#include <reel/autodiff/error.hpp>
#include <reel/models/class_weights.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <unistd.h>

namespace reel::cli {

namespace {

// Adds options of one group, each with its default shown.
struct adder {
  CLI::App& verb;
  template <class T>
  CLI::Option* operator()(const char* name, T& value, const char* help, const char* type) const {
    return verb.add_option(name, value, help)->type_name(type)->capture_default_str()->group(training_group);
  }
};

std::vector<index_t> layers_of(const std::vector<std::string>& sizes) {
  std::vector<index_t> layers;
  for (const std::string& size : sizes) {
    if (size == "none" && sizes.size() > 1)
      throw CLI::ValidationError("--hidden", "none stands alone, or give sizes");
    if (size != "none") layers.push_back(std::stoll(size));
  }
  return layers;
}

// Memory that is not there is granted all the same, and the program is ended when it is written to.
void check_memory(const training_arguments& a, const std::vector<index_t>& sizes) {
  constexpr double bytes_each = 24,
                   gigabyte = 1e9;  // as drawn, and in float with its gradient, rule and copy
  double weights = 0;
  for (std::size_t i = 1; i < sizes.size(); ++i)
    weights += (static_cast<double>(sizes[i - 1]) + 1) * static_cast<double>(sizes[i]);
  const double there =
      static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  if (weights * bytes_each > there)
    throw error(
        errc::size_overflow,
        fmt::format("a {} for {} features and {} classes has {:.3g} weights. They take {:.3g} GB, and "
                    "this machine has {:.3g}: give --hidden smaller sizes.",
                    model_name(a), sizes.front(), sizes.back(), weights, weights * bytes_each / gigabyte,
                    there / gigabyte));
}

}  // namespace

void add_model_arguments(CLI::App& verb, training_arguments& a) {
  const adder add{verb};
  verb.add_option_function<std::vector<std::string>>(
          "--hidden", [&a](const std::vector<std::string>& sizes) { a.hidden = layers_of(sizes); },
          "sizes of hidden layers, as in 128,64; none is softmax regression")
      ->type_name("SIZES")
      ->default_str("none")
      ->delimiter(',')
      ->check([](const std::string& text) { return text == "none" ? std::string{} : count_from_one(text); })
      ->group(training_group);
  add("--optimizer", a.optimizer, "sgd, adam or adamw", "NAME")
      ->check(CLI::IsMember({"sgd", "adam", "adamw"}));
  add("--momentum", a.momentum, "heavy-ball momentum of sgd", "FACTOR")->check(below_one);
  verb.add_flag("--nesterov", a.nesterov, "Nesterov's momentum")->group(training_group);
  add("--weight-decay", a.weight_decay, "of sgd and adamw, on all parameters", "FACTOR")
      ->check(at_least_zero);
  add("--l2", a.l2, "penalty l2/2·ΣW² in the loss, on all weights but the biases", "FACTOR")
      ->check(at_least_zero);
  add("--clip", a.clip, "shorten gradients to this length in all; 0 does not", "NORM")->check(at_least_zero);
  add("--class-weights", a.class_weights, "none, or balanced: every class weighs the same", "HOW")
      ->check(CLI::IsMember({"none", "balanced"}));
  add("--seed", a.seed, "of the split, the order of samples and the first weights", "NUMBER")->check(a_seed);
}

void add_step_arguments(CLI::App& verb, training_arguments& a) {
  const adder add{verb};
  add("--lr", a.rate, "learning rate; by default 0.1, of adam and adamw 0.001", "RATE")
      ->default_str("")
      ->check(more_than_zero);
  add("--batch", a.batch, "samples per step; 0 takes all of them (gradient descent)", "SIZE")
      ->check(count_from_zero);
}

void add_fit_arguments(CLI::App& verb, training_arguments& a) {
  const adder add{verb};
  add("--schedule", a.schedule, "how the rate goes on: constant, step, cosine", "NAME")
      ->check(CLI::IsMember({"constant", "step", "cosine"}));
  add("--factor", a.factor, "of the step schedule, every so many epochs", "FACTOR")->check(more_than_zero);
  add("--every", a.every, "epochs between steps of that schedule", "EPOCHS")->check(count_from_one);
  add("--warm-up", a.warm_up, "steps over which the rate rises first", "STEPS")->check(count_from_zero);
  add("--epochs", a.epochs, "passes over the training samples", "EPOCHS")->check(count_from_zero);
  add("--patience", a.patience,
      "stop when the validation loss has not improved for so many epochs, with the best; 0 does not",
      "EPOCHS")
      ->check(count_from_zero);
  add("--min-delta", a.min_delta, "what counts as an improvement", "LOSS")->check(at_least_zero);
  add("--validation-share", a.validation_share,
      "share of the training samples to validate with, if there is patience", "SHARE")
      ->check(a_share);
  add("--seconds", a.seconds, "stop when this time is over; 0 does not", "SECONDS")->check(at_least_zero);
}

std::vector<double> class_weights_of(const training_arguments& a, const array<index_t>& labels,
                                     const std::vector<std::string>& class_names) {
  if (a.class_weights != "balanced") return {};
  const auto classes = static_cast<index_t>(class_names.size());
  for (index_t k = 0; k < classes; ++k)
    if (std::find(labels.begin(), labels.end(), k) == labels.end())
      throw error(
          errc::invalid_argument,
          fmt::format("--class-weights balanced: no training sample is of class '{}'. --stratify keeps "
                      "samples of every class to train with; another --seed, or a smaller share for "
                      "tests or validation, draws other rows.",
                      class_names[static_cast<std::size_t>(k)]));
  return balanced_weights(labels, classes);
}

double rate_of(const training_arguments& a) { return a.rate.value_or(a.optimizer == "sgd" ? 0.1 : 0.001); }

optim::any_rule rule_of(const training_arguments& a) {
  const double lr = rate_of(a);
  const auto clipped = [&](auto rule) {
    return a.clip > 0 ? optim::any_rule(optim::clip_by_global_norm(rule, a.clip)) : optim::any_rule(rule);
  };
  if (a.optimizer == "adam") return clipped(optim::adam{.lr = lr});
  if (a.optimizer == "adamw") return clipped(optim::adamw{.lr = lr, .weight_decay = a.weight_decay});
  return clipped(optim::sgd{lr, a.momentum, a.nesterov, a.weight_decay});
}

optim::schedule schedule_of(const training_arguments& a) {
  const double lr = rate_of(a);
  return optim::warm_up(a.warm_up, a.schedule == "constant" ? optim::constant_rate(lr)
                                   : a.schedule == "step"   ? optim::step_rate(lr, a.factor, a.every)
                                                            : optim::cosine_rate(lr));
}

std::string model_name(const training_arguments& a) {
  return a.hidden.empty() ? "softmax regression"
                          : fmt::format("perceptron with {} hidden units", fmt::join(a.hidden, ", "));
}

std::string describe(const training_arguments& a) {
  return fmt::format("{}, {} at rate {} ({}), {} epochs, {} samples a step, l2 {}, seed {}", model_name(a),
                     a.optimizer, rate_of(a), a.schedule, a.epochs,
                     a.batch == 0 ? "all" : std::to_string(a.batch), a.l2, a.seed);
}

network_step make_step(const training_arguments& a, index_t features, index_t classes,
                       std::vector<double> class_weights) {
  std::vector<index_t> sizes{features};
  sizes.insert(sizes.end(), a.hidden.begin(), a.hidden.end());
  sizes.push_back(classes);
  check_memory(a, sizes);
  mlp<array<float>> start;
  for (auto& layer : make_mlp(sizes, a.seed).layers) {
    if (a.hidden.empty()) layer.W.fill(0.0);
    start.layers.push_back({array<float>(layer.W), array<float>(layer.b)});
  }
  return {{a.l2, std::move(class_weights)}, rule_of(a), std::move(start), here()};
}

}  // namespace reel::cli
