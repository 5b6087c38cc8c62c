// SPDX-License-Identifier: MIT
// The settings of training, for the verbs that train, and what they make: a step, a schedule, options of
// the fit loop.
#pragma once

#include "data.hpp"

#include <reel/models/classifier.hpp>
#include <reel/optim.hpp>

#include <optional>

namespace reel::cli {

struct training_arguments {
  std::vector<index_t> hidden;
  std::string optimizer = "sgd";
  std::optional<double> rate;
  double momentum = 0;
  bool nesterov = false;
  double weight_decay = 0;
  double l2 = 1e-4;
  double clip = 0;
  std::string schedule = "cosine";
  double factor = 0.5;
  index_t every = 10;
  index_t warm_up = 0;
  std::string class_weights = "none";
  index_t epochs = 20;
  index_t batch = 32;
  index_t patience = 0;
  double min_delta = 0;
  double validation_share = 0.1;
  double seconds = 0;
  std::uint64_t seed = 0;
};
inline constexpr const char* training_group = "Training";
// What is trained by which rule.
void add_model_arguments(CLI::App& verb, training_arguments& a);
// Rate and batch of a step.
void add_step_arguments(CLI::App& verb, training_arguments& a);
// Schedules, and how long to train.
void add_fit_arguments(CLI::App& verb, training_arguments& a);

// A weight for every class where settings ask for them, from the labels to train with; otherwise none. Throws
// reel::error of code invalid_argument for a class without samples.
std::vector<double> class_weights_of(const training_arguments& a, const array<index_t>& labels,
                                     const std::vector<std::string>& class_names);

double rate_of(const training_arguments& a);
optim::any_rule rule_of(const training_arguments& a);
optim::schedule schedule_of(const training_arguments& a);
// "softmax regression" or "perceptron with 128, 64 hidden units".
std::string model_name(const training_arguments& a);
std::string describe(const training_arguments& a);

// The loss of a network on a batch.
struct network_loss {
  double l2 = 0;
  std::vector<double> class_weights = {};
  var operator()(const mlp<var>& m, const var& x, const var& labels) const {
    return mlp_loss(m, x, labels, l2, class_weights);
  }
};
using network_step = optim::training_step<float, network_loss, optim::any_rule, mlp<array<float>>>;

// Softmax regression begins with zeros, a perceptron with random weights of the seed.
network_step make_step(const training_arguments& a, index_t features, index_t classes,
                       std::vector<double> class_weights = {});

}  // namespace reel::cli
