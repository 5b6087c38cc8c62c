// SPDX-License-Identifier: MIT
#pragma once

#include <reel/autodiff/shape.hpp>

#include <cstdint>
#include <string>

namespace reel::cli {

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

// Trains, reports, returns the exit status.
int run_train(const train_options& options);

}  // namespace reel::cli
