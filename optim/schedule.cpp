// SPDX-License-Identifier: MIT
#include <reel/optim/schedule.hpp>

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>

#include <cmath>
#include <numbers>

namespace reel::optim {

namespace {

void check(const char* maker, const char* what, double number) {
  if (!(number >= 0) || !std::isfinite(number))
    throw error(errc::invalid_argument,
                fmt::format("{}: the {} is {}; give 0 or more.", maker, what, number));
}

}  // namespace

schedule constant_rate(double rate) {
  check("constant_rate", "rate", rate);
  return [rate](const progress&) { return rate; };
}

schedule cosine_rate(double rate, double last) {
  check("cosine_rate", "rate", rate);
  check("cosine_rate", "last rate", last);
  return [=](const progress& p) {
    return last + (rate - last) * 0.5 * (1 + std::cos(std::numbers::pi * p.fraction));
  };
}

schedule inverse_rate(double rate, double decay) {
  check("inverse_rate", "rate", rate);
  check("inverse_rate", "decay", decay);
  return [=](const progress& p) { return rate / (1 + decay * static_cast<double>(p.step)); };
}

schedule step_rate(double rate, double factor, std::int64_t every) {
  check("step_rate", "rate", rate);
  check("step_rate", "factor", factor);
  if (every <= 0)
    throw error(errc::invalid_argument,
                fmt::format("step_rate: a step every {} epochs; give 1 or more.", every));
  return [=](const progress& p) { return rate * std::pow(factor, static_cast<double>(p.epoch / every)); };
}

schedule warm_up(std::int64_t steps, schedule then) {
  if (steps < 0)
    throw error(errc::invalid_argument, fmt::format("warm_up: {} steps; give 0 or more.", steps));
  if (!then)
    throw error(errc::invalid_argument, "warm_up: no schedule to warm up; give one, or constant_rate(lr).");
  return [steps, then = std::move(then)](const progress& p) {
    const double rate = then(p);
    return p.step < steps ? rate * (static_cast<double>(p.step + 1) / static_cast<double>(steps)) : rate;
  };
}

}  // namespace reel::optim
