// SPDX-License-Identifier: MIT
#include <reel/optim/step.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace reel::optim::detail {

namespace {

std::size_t hash_of(std::span<const binding> batch) {
  std::size_t h = batch.size();
  const auto mix = [&](std::size_t n) { h = (h ^ n) * 0x9e3779b97f4a7c15u; };
  for (const binding& b : batch) {
    mix(b.shape.rank());
    for (const index_t n : b.shape) mix(static_cast<std::size_t>(n));
  }
  return h ^ (h >> 32);
}

void copy_states(reel::detail::executor& to, const reel::detail::executor& from) {
  const auto slots = from.source().states();
  for (std::size_t s = 0; s < slots.size(); ++s) to.set_state(s, from.state(s), slots[s].shape);
}

}  // namespace

reel::detail::executor* step_core::find(std::span<const binding> batch) {
  const auto fits = [&](const known_shape& k) {
    return std::ranges::equal(k.shapes, batch, {}, {}, &binding::shape);
  };
  if (!known_.empty() && fits(known_.front())) return &known_.front().executor;
  const auto [first, last] = by_hash_.equal_range(hash_of(batch));
  for (auto it = first; it != last; ++it)
    if (fits(*it->second)) {
      switch_to(it->second);
      return &known_.front().executor;
    }
  return nullptr;
}

// A new one goes to the end of the list until it has the states.
reel::detail::executor& step_core::add(const program& p, std::span<const binding> batch) {
  known_shape k{hash_of(batch), {}, reel::detail::executor(p, number_, workers_)};
  for (const auto& b : batch) k.shapes.push_back(b.shape);
  known_.push_back(std::move(k));
  const auto added = std::prev(known_.end());
  try {
    by_hash_.emplace(added->hash, added);
  } catch (...) {
    known_.pop_back();
    throw;
  }
  switch_to(added);
  give_up_oldest();
  return known_.front().executor;
}

// The states live in the executor that ran last; another one takes them over before it runs.
void step_core::switch_to(place_in_list next) {
  if (next == known_.begin()) return;
  if (known_.size() > 1) copy_states(next->executor, known_.front().executor);
  known_.splice(known_.begin(), known_, next);
}

void step_core::give_up_oldest() {
  while (known_.size() > most_) {
    const auto oldest = std::prev(known_.end());
    const auto [first, last] = by_hash_.equal_range(oldest->hash);
    by_hash_.erase(std::find_if(first, last, [&](const auto& one) { return one.second == oldest; }));
    known_.erase(oldest);
  }
}

void step_core::keep(std::size_t shapes) {
  if (shapes == 0)
    throw error(errc::invalid_argument, "keep_shapes: 0 shapes; the one in use is kept, so give 1 or more.");
  most_ = shapes;
  give_up_oldest();
}

void step_core::use(const workers& w) {
  std::vector<reel::detail::executor> made;
  for (const auto& k : known_) made.emplace_back(k.executor.source(), number_, w);
  if (!known_.empty()) copy_states(made.front(), known_.front().executor);
  auto next = made.begin();
  for (auto& k : known_) k.executor = std::move(*next++);
  workers_ = w;
}

double step_core::read_loss(const reel::detail::executor& m) const {
  const void* loss = m.output(0);
  switch (number_) {
    case dtype::f32:
      return static_cast<double>(*static_cast<const float*>(loss));
    case dtype::f64:
      return *static_cast<const double*>(loss);
    case dtype::real50:
      return static_cast<double>(*static_cast<const real50*>(loss));
    default:
      throw error(errc::unsupported_number, "training steps run in float, double or 50 digits.");
  }
}

program freeze_recorded(const recorded_step& s, const applied_updates& next) {
  freeze_request request;
  request.outputs = {s.loss};
  request.inputs = s.inputs;
  request.check_finite = {s.loss};
  request.check_finite.insert(request.check_finite.end(), next.finite.begin(), next.finite.end());
  std::size_t k = 0;  // states are listed in the order of their updates
  for (std::size_t i = 0; i < s.parameters.size(); ++i) {
    const var& p = s.parameters[i];
    request.updates.push_back(
        {p, next.parameters[i].named("the next value of parameter '" + p.name() + "'")});
    request.check_finite.push_back(next.parameters[i]);  // a gradient that is not finite makes it so, too
    for (std::size_t n = 0; n < s.kept[i]; ++n, ++k) {
      const auto kept = next.state[k].name();
      const var named = next.state[k].named(fmt::format(
          "{} of parameter '{}'", kept.empty() ? fmt::format("state {} of the rule", n) : kept, p.name()));
      request.updates.push_back({s.state[k], named});
      request.stays_finite.push_back(named);
    }
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

void check_rate(double rate, bool fits) {
  if (!(rate >= 0) || !std::isfinite(rate))
    throw error(errc::invalid_argument, fmt::format("a learning rate of {}; give 0 or more.", rate));
  if (!fits)
    throw error(errc::invalid_argument,
                fmt::format("a learning rate of {} is more than the numbers of the step hold.", rate));
}

void check_seen(const var& loss, std::span<const var> parameters) {
  const auto missing = unseen(loss, parameters);
  if (!missing.empty())
    throw error(
        errc::unreachable_variable,
        fmt::format("{}. Use it in the loss, or leave it out of the model.", fmt::join(missing, "; ")));
}

}  // namespace reel::optim::detail
