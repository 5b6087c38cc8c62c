// SPDX-License-Identifier: MIT
// A model that was saved, and samples to apply it to.
#pragma once

#include "data.hpp"

#include <reel/models/classifier.hpp>

#include <string>

namespace reel::cli {

struct apply_arguments {
  std::string model, data;
  bool unverified = false;
  format_arguments format;
};
void add_apply_arguments(CLI::App& verb, apply_arguments& a);

struct application {
  classifier model;
  any_dataset samples;   // features in the order of the model
  index_t left_out = 0;  // rows with missing values, where labels are ignored
};
// What the verb was not told of how to read the data, the model knows from training: the label column,
// columns that were left out, what stands for missing values and what to do with them. Throws reel::error,
// too, for a header that names other features.
application read_application(const apply_arguments& a, csv_labels labels);

}  // namespace reel::cli
