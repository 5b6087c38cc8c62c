// SPDX-License-Identifier: MIT
// A training step: loss, gradient and update frozen into one program per batch shape.
//
//   auto step = freeze_step<float>(loss, sgd{.lr = 0.1, .momentum = 0.9}, model);
//   for (const auto& [x, labels] : ...) step(x, labels);
//   model = step.parameters();
//
// loss is called as loss(model, batch...), with vars, once per batch shape: when that shape is first
// seen. A step is all or nothing: if a label is out of range, or the loss, a gradient or a
// parameter would not be finite, it throws, and the parameters are those of the last good step.
#pragma once

#include <reel/autodiff/transforms.hpp>
#include <reel/optim/rule.hpp>

#include <memory>
#include <vector>

namespace reel::optim {

namespace detail {

// The part of a step that knows nothing of models: parameters and rule state as a flat list.
class step_core {
 public:
  explicit step_core(element number) : number_(number) {}

  // The machine for a batch of these shapes, its states brought up to date; null when it is new.
  reel::detail::machine* find(std::span<const binding> batch);
  reel::detail::machine& add(const program& p, std::span<const binding> batch);
  double run(reel::detail::machine& m, std::vector<binding>& batch, const binding& rate);

  const reel::detail::machine* current() const {
    return current_ == none ? nullptr : &known_[current_].machine;
  }
  std::size_t programs() const { return known_.size(); }

 private:
  static constexpr std::size_t none = ~std::size_t{0};
  struct known_shape {
    std::vector<shape> shapes;
    reel::detail::machine machine;
  };
  void use(std::size_t i);
  std::vector<known_shape> known_;
  std::size_t current_ = none;
  element number_;
};

struct recorded_step {
  var loss;
  std::vector<var> parameters, state, inputs;
  knobs k;
};

// Appends gradient and update to a recorded loss and freezes all of it. Throws unreachable_variable
// if the loss cannot see a parameter, non_scalar_loss.
template <transform Rule> program freeze_recorded(const recorded_step& s, const Rule& r) {
  const std::vector<var> gradients = grad(s.loss, s.parameters);
  freeze_request request;
  request.outputs = {s.loss};
  request.inputs = s.inputs;
  request.finite = {s.loss};
  std::span<const var> state = s.state;
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    const var& p = s.parameters[i];
    const std::size_t count = r.state_shapes(p.shape()).size();
    const change c = r.apply(gradients[i], p, state.first(count), s.k);
    const var next = (p + c.direction).named("the next value of parameter '" + p.name() + "'");
    request.updates.push_back({p, next});
    request.finite.push_back(next);  // a gradient that is not finite makes it so, too
    for (std::size_t k = 0; k < count; ++k) request.updates.push_back({state[k], c.state[k]});
    state = state.subspan(count);
  }
  return reel::freeze(request);
}

void check_seen(const var& loss, std::span<const var> parameters);

}  // namespace detail

template <number T, class Loss, class Rule, class Model> class training_step {
 public:
  training_step(Loss loss, Rule rule, Model model, place where)
      : loss_(std::move(loss)),
        rule_(std::move(rule)),
        model_(std::move(model)),
        where_(where),
        core_(element_of<T>),
        rate_(make_array<T>({})) {
    set_rate(rule_.lr);
  }

  // One step on a batch of arrays (or trees of arrays); returns the loss before it. Arrays of T,
  // index_t and bool are used where they lie; others are converted first. Allocates nothing once
  // the shape is known.
  template <class... Batch> double operator()(const Batch&... batch) {
    collect(batch...);
    reel::detail::machine* m = core_.find(inputs_);
    if (m == nullptr) m = &core_.add(record(batch...), inputs_);
    return core_.run(*m, inputs_, rate_);
  }

  template <class... Batch> double operator()(const std::tuple<Batch...>& batch) {
    return std::apply(*this, batch);
  }

  void set_rate(double rate) { *rate_.data() = static_cast<T>(rate); }
  double rate() const { return static_cast<double>(*rate_.data()); }

  // The parameters as they are now.
  rebind<Model, array<double>> parameters() const {
    std::size_t i = 0;
    return map_tree<array<double>>(model_, [&](const auto& initial) {
      const std::size_t mine = slot_of(i++);
      if (core_.current() == nullptr) return array<double>(initial);
      return array<double>(state_array(mine));
    });
  }

  std::size_t programs() const { return core_.programs(); }
  // What the program for the batch shape used last does; empty before the first step.
  std::string explain() const {
    return core_.current() == nullptr ? std::string{} : core_.current()->source().explain();
  }

 private:
  // States are listed parameter by parameter: the parameter, then what the rule keeps for it.
  std::size_t slot_of(std::size_t parameter) const {
    std::size_t slot = 0, i = 0;
    for_each_leaf(model_, [&](const auto& leaf) {
      if (i++ < parameter) slot += 1 + rule_.state_shapes(shape_of(leaf)).size();
    });
    return slot;
  }
  array<T> state_array(std::size_t slot) const {
    const auto& m = *core_.current();
    return reel::detail::copy_array<T>(m.state(slot), m.source().states()[slot].shape);
  }

  template <class... Batch> void collect(const Batch&... batch) {
    inputs_.clear();
    std::size_t reals = 0, indices = 0;
    [[maybe_unused]] const auto one = [&](const auto& leaf) {  // a loss may take no batch
      using V = typename std::remove_cvref_t<decltype(leaf)>::value_type;
      if constexpr (std::same_as<V, T> || std::same_as<V, index_t> || std::same_as<V, bool>) {
        inputs_.emplace_back(leaf);
      } else if constexpr (std::is_floating_point_v<V>) {
        inputs_.emplace_back(copy(reals_, reals, leaf));
      } else {
        inputs_.emplace_back(copy(indices_, indices, leaf));
      }
    };
    (for_each_leaf(batch, one), ...);
  }
  template <class Store, class Leaf> const auto& copy(Store& store, std::size_t& used, const Leaf& leaf) {
    if (used == store.size()) store.push_back(std::make_unique<typename Store::value_type::element_type>());
    return *store[used++] = leaf;
  }

  template <class... Batch> program record(const Batch&... batch) {
    tape t("step");
    reel::detail::workplace on_tape(t);
    detail::recorded_step s;
    const auto current = parameters();
    const auto parameters = map_tree<var>(current, [&](const auto& leaf) {
      const var p = t.state(leaf, where_).named(std::to_string(s.parameters.size()));
      s.parameters.push_back(p);
      for (const shape& like : rule_.state_shapes(p.shape())) {
        auto zeros = make_array<double>(like);
        std::fill_n(zeros.data(), zeros.size(), 0.0);
        s.state.push_back(t.state(zeros, where_));
      }
      return p;
    });
    const auto inputs = std::make_tuple(on_tape.lift(batch, tape::role::input)...);
    for_each_leaf(inputs, [&](const var& x) { s.inputs.push_back(x); });
    s.k.rate = t.input(rate_).named("rate");
    s.inputs.push_back(s.k.rate);
    s.loss = std::apply(loss_, std::tuple_cat(std::tie(parameters), inputs)).named("loss");
    detail::check_seen(s.loss, s.parameters);
    return detail::freeze_recorded(s, rule_);
  }

  Loss loss_;
  Rule rule_;
  Model model_;  // the structure, and the numbers to begin with
  place where_;
  detail::step_core core_;
  array<T> rate_;
  std::vector<binding> inputs_;
  std::vector<std::unique_ptr<array<T>>> reals_;
  std::vector<std::unique_ptr<array<index_t>>> indices_;
};

template <number T = double, class Loss, rule Rule, class Model>
auto freeze_step(Loss loss, Rule r, Model model, place where = here()) {
  return training_step<T, Loss, Rule, Model>(std::move(loss), std::move(r), std::move(model), where);
}

}  // namespace reel::optim
