// SPDX-License-Identifier: MIT
// A model that was saved, and samples to apply it to.
#pragma once

#include "data.hpp"

#include <reel/models/classifier.hpp>

#include <string>

namespace reel::cli {

struct apply_arguments {
  std::string model, data;
  format_arguments format;
};
void add_apply_arguments(CLI::App& verb, apply_arguments& a);

struct application {
  classifier model;
  any_dataset samples;
};
// Throws reel::error, too, where a header names other features, or the same in another order, than the
// model was trained with.
application read_application(const apply_arguments& a, csv_labels labels);

}  // namespace reel::cli
