// SPDX-License-Identifier: MIT
#include <reel/optim/step.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace reel::optim::detail {

reel::detail::machine* step_core::find(std::span<const binding> batch) {
  const auto fits = [&](const known_shape& k) {
    return std::ranges::equal(k.shapes, batch, {}, {}, &binding::shape);
  };
  for (std::size_t i = 0; i < known_.size(); ++i)
    if (fits(known_[i])) {
      switch_to(i);
      return &known_[i].machine;
    }
  return nullptr;
}

reel::detail::machine& step_core::add(const program& p, std::span<const binding> batch) {
  known_shape k{{}, reel::detail::machine(p, number_, workers_)};
  for (const auto& b : batch) k.shapes.push_back(b.shape);
  known_.push_back(std::move(k));
  switch_to(known_.size() - 1);
  return known_.back().machine;
}

namespace {

void copy_states(reel::detail::machine& to, const reel::detail::machine& from) {
  const auto slots = from.source().states();
  for (std::size_t s = 0; s < slots.size(); ++s) to.set_state(s, from.state(s), slots[s].shape);
}

}  // namespace

// The states live in the machine that ran last; another one takes them over before it runs.
void step_core::switch_to(std::size_t i) {
  if (current_ != none && current_ != i) copy_states(known_[i].machine, known_[current_].machine);
  current_ = i;
}

void step_core::use(const workers& w) {
  std::vector<reel::detail::machine> made;
  for (const auto& k : known_) made.emplace_back(k.machine.source(), number_, w);
  if (current_ != none) copy_states(made[current_], known_[current_].machine);
  for (std::size_t i = 0; i < made.size(); ++i) known_[i].machine = std::move(made[i]);
  workers_ = w;
}

double step_core::read_loss(const reel::detail::machine& m) const {
  const void* loss = m.output(0);
  switch (number_) {
    case element::f32:
      return static_cast<double>(*static_cast<const float*>(loss));
    case element::f64:
      return *static_cast<const double*>(loss);
    case element::real50:
      return static_cast<double>(*static_cast<const real50*>(loss));
    default:
      throw error(errc::unsupported_number, "training steps run in float, double or 50 digits.");
  }
}

program freeze_recorded(const recorded_step& s, const advanced& next) {
  freeze_request request;
  request.outputs = {s.loss};
  request.inputs = s.inputs;
  request.finite = {s.loss};
  request.finite.insert(request.finite.end(), next.finite.begin(), next.finite.end());
  std::size_t k = 0;  // states are listed in the order of their updates
  for (std::size_t i = 0; i < s.parameters.size(); ++i) {
    const var& p = s.parameters[i];
    request.updates.push_back(
        {p, next.parameters[i].named("the next value of parameter '" + p.name() + "'")});
    request.finite.push_back(next.parameters[i]);  // a gradient that is not finite makes it so, too
    for (const std::size_t end = k + s.kept[i]; k < end; ++k)
      request.updates.push_back({s.state[k], next.state[k]});
  }
  return reel::freeze(request);
}

void check_snapshot(std::span<const shape> expected, std::span<const shape> given) {
  if (expected.size() != given.size())
    throw error(errc::binding_mismatch,
                fmt::format("restore: {} arrays for a step that holds {}: was it made with another rule?",
                            given.size(), expected.size()));
  for (std::size_t i = 0; i < expected.size(); ++i)
    if (expected[i] != given[i])
      throw error(errc::binding_mismatch, fmt::format("restore: array {} has shape {}; this step's has {}.",
                                                      i, to_string(given[i]), to_string(expected[i])));
}

void check_seen(const var& loss, std::span<const var> parameters) {
  const auto missing = unseen(loss, parameters);
  if (!missing.empty())
    throw error(
        errc::unreachable_variable,
        fmt::format("{}. Use it in the loss, or leave it out of the model.", fmt::join(missing, "; ")));
}

}  // namespace reel::optim::detail
