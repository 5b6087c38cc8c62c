// SPDX-License-Identifier: MIT
// An optimizer is a rule written in ops: from a parameter's gradient and the rule's own state it
// records the parameter's next value and the next state. Being recorded, it is frozen into one program
// with forward and backward, and can be differentiated through. Rules are composed of small
// transforms, as in optax (Babuschkin et al., 2020): each turns a direction into another one.
#pragma once

#include <reel/autodiff/sweep.hpp>

#include <concepts>
#include <limits>
#include <span>
#include <tuple>
#include <vector>

namespace reel::optim {

// What changes from step to step and is bound at each run.
struct hyperparameters {
  var learning_rate;  // the learning rate, a scalar
};

// What a transform makes of a direction, and its state after the step.
struct update {
  var direction;
  std::vector<var> state;
};

// state_shapes: what the transform keeps for a parameter of the given shape; starts as zeros.
// apply: records the new direction. It is called once per parameter. A state that it gives a name, as in
// velocity.named("the velocity"), has that name in messages.
template <class R>
concept transform = requires(const R& r, const shape& s, var v, std::span<const var> state,
                             const hyperparameters& k) {
  { r.state_shapes(s) } -> std::convertible_to<std::vector<shape>>;
  { r.apply(v, v, state, k) } -> std::convertible_to<update>;
};

// A complete rule: the direction of its last transform is added to the parameter. `lr` is the rate
// used until another one is set.
template <class R>
concept rule = transform<R> && requires(const R& r) {
  { r.lr } -> std::convertible_to<double>;
};

// What a rule makes of the gradients of all parameters before it takes them one by one, and what must be
// finite for the step to count.
struct preparation {
  std::vector<var> gradients;
  std::vector<var> finite = {};
};

// A rule that has to see all gradients at once says so by a member prepare.
template <class R>
concept preparing = requires(const R& r, std::vector<var> gradients) {
  { r.prepare(gradients) } -> std::convertible_to<preparation>;
};

// A transform that can be set up wrongly says so by a member check, which throws invalid_argument.
template <class R>
concept checked = requires(const R& r) {
  r.check();
};

namespace detail {
// Throws invalid_argument unless 0 ≤ number < bound, which NaN is not. A bound of infinity: any finite
// number.
void check_setting(const char* what, double number, double bound = std::numeric_limits<double>::infinity());
}  // namespace detail

// Throws invalid_argument where a setting of the rule, the learning rate included, is out of range.
template <transform R> void check_settings(const R& r) {
  if constexpr (rule<R>) detail::check_setting("lr", r.lr);
  if constexpr (checked<R>) r.check();
}

template <transform R> preparation prepare(const R& r, std::vector<var> gradients) {
  if constexpr (preparing<R>) return r.prepare(std::move(gradients));
  else return {std::move(gradients)};
}

// Parameters and the rule's state after a step: state holds, parameter by parameter, as many vars as
// state_shapes names.
struct applied_updates {
  std::vector<var> parameters, state;
  std::vector<var> finite;  // what must be finite for the step to count
};

namespace detail {
// Throws invalid_argument where a rule returns another number of states than it asked for.
void check_update(const update& c, std::size_t asked);
}  // namespace detail

// Records one step of a rule. What comes out is recorded like anything else, so that several steps in a
// row are one function of where they began, and can be differentiated.
template <transform R>
applied_updates apply_updates(const R& r, std::span<const var> parameters, std::vector<var> gradients,
                              std::span<const var> state, const hyperparameters& k) {
  check_settings(r);
  preparation ready = prepare(r, std::move(gradients));
  applied_updates next{{}, {}, std::move(ready.finite)};
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const var& p = parameters[i];
    const std::size_t count = r.state_shapes(p.shape()).size();
    update c = r.apply(ready.gradients[i], p, state.first(count), k);
    detail::check_update(c, count);
    next.parameters.push_back(p + c.direction);
    next.state.insert(next.state.end(), c.state.begin(), c.state.end());
    state = state.subspan(count);
  }
  return next;
}

// g + λp, the gradient of an additional λ/2·p².
struct add_decay {
  double factor = 0;
  std::vector<shape> state_shapes(const shape&) const { return {}; }
  update apply(var gradient, var parameter, std::span<const var> state, const hyperparameters&) const;
  void check() const { detail::check_setting("weight_decay", factor); }
};

// Heavy-ball momentum (Polyak, 1964): v' = μv + g. Nesterov's variant looks ahead: g + μv'
// (Sutskever et al., 2013, in the form PyTorch uses).
struct trace {
  double momentum = 0.9;
  bool nesterov = false;
  std::vector<shape> state_shapes(const shape& parameter) const { return {parameter}; }
  update apply(var gradient, var parameter, std::span<const var> state, const hyperparameters&) const;
  void check() const { detail::check_setting("momentum", momentum, 1); }
};

// −rate · direction: what is added to the parameter.
struct scale_by_learning_rate {
  std::vector<shape> state_shapes(const shape&) const { return {}; }
  update apply(var gradient, var parameter, std::span<const var> state, const hyperparameters& k) const;
};

// One transform after the other; their states side by side.
template <transform... R> struct chain {
  std::tuple<R...> parts;
  explicit chain(R... r) : parts(std::move(r)...) {}

  std::vector<shape> state_shapes(const shape& parameter) const {
    std::vector<shape> all;
    each([&](const auto& part) {
      const std::vector<shape> mine = part.state_shapes(parameter);
      all.insert(all.end(), mine.begin(), mine.end());
    });
    return all;
  }
  update apply(var direction, var parameter, std::span<const var> state, const hyperparameters& k) const {
    update all{direction, {}};
    each([&](const auto& part) {
      const std::size_t count = part.state_shapes(parameter.shape()).size();
      update mine = part.apply(all.direction, parameter, state.first(count), k);
      state = state.subspan(count);
      all.direction = mine.direction;
      all.state.insert(all.state.end(), mine.state.begin(), mine.state.end());
    });
    return all;
  }

  void check() const {
    each([](const auto& part) { check_settings(part); });
  }

 private:
  template <class F> void each(F f) const {
    std::apply([&](const auto&... part) { (f(part), ...); }, parts);
  }
};

}  // namespace reel::optim
