// SPDX-License-Identifier: MIT
#include <reel/optim/schedule.hpp>

#include <cmath>
#include <numbers>

namespace reel::optim {

schedule constant_rate(double rate) {
  return [rate](const progress&) { return rate; };
}

schedule cosine_rate(double rate, double last) {
  return [=](const progress& p) {
    return last + (rate - last) * 0.5 * (1 + std::cos(std::numbers::pi * p.fraction));
  };
}

schedule inverse_rate(double rate, double decay) {
  return [=](const progress& p) { return rate / (1 + decay * static_cast<double>(p.step)); };
}

}  // namespace reel::optim
