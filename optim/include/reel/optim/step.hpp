// SPDX-License-Identifier: MIT
// A training step: loss, gradient and update frozen into one program per batch shape.
//
//   auto step = freeze_step<float>(loss, sgd{.lr = 0.1, .momentum = 0.9}, model);
//   for (const auto& [x, labels] : ...) step(x, labels);
//   model = step.parameters();
//
// loss is called as loss(model, batch...), with vars, once per batch shape: when that shape is first
// seen, or seen again after so many others that its program was given up (keep_shapes). A step is all or
// nothing: if a label is out of range, or the loss, a gradient or a parameter would not be finite, it throws,
// and the parameters are those of the last good step. The same holds for what the rule keeps, such as a
// velocity or moments: a step that would make a number of it infinite or NaN that was finite is refused, and
// named. (One that was not finite before may stay so.)
#pragma once

#include <reel/autodiff/transforms.hpp>
#include <reel/autodiff/zero_cotangents.hpp>
#include <reel/optim/rule.hpp>

#include <algorithm>
#include <limits>
#include <list>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

namespace reel::optim {

namespace detail {

// The part of a step that knows nothing of models: parameters and rule state as a flat list.
class step_core {
 public:
  explicit step_core(dtype number) : number_(number) {}

  // The executor for a batch of these shapes, its states brought up to date; null when it is new.
  reel::detail::executor* find(std::span<const binding> batch);
  reel::detail::executor& add(const program& p, std::span<const binding> batch);
  double read_loss(const reel::detail::executor& m) const;
  void use(const workers& w);
  void keep(std::size_t shapes);

  const reel::detail::executor* current() const {
    return known_.empty() ? nullptr : &known_.front().executor;
  }
  reel::detail::executor* current() { return known_.empty() ? nullptr : &known_.front().executor; }
  std::size_t programs() const { return known_.size(); }

 private:
  struct known_shape {
    std::size_t hash;
    std::vector<shape> shapes;
    reel::detail::executor executor;
  };
  using place_in_list = std::list<known_shape>::iterator;
  void switch_to(place_in_list next);
  void give_up_oldest();

  std::list<known_shape> known_;  // the one used last comes first; it has the states
  std::unordered_multimap<std::size_t, place_in_list> by_hash_;
  std::size_t most_ = 32;
  dtype number_;
  workers workers_;
};

struct recorded_step {
  var loss;
  std::vector<var> parameters, state, inputs;
  std::vector<std::size_t> kept;  // by parameter: how many of the states are its own
  hyperparameters k;
};

// Freezes a recorded loss and what a rule made of its gradients.
program freeze_recorded(const recorded_step& s, const applied_updates& next);

// Throws invalid_argument for a rate that is negative or not finite, in the number type of the step included.
void check_rate(double rate, bool fits);
void check_seen(const var& loss, std::span<const var> parameters);
// Throws binding_mismatch unless the shapes are the same, one by one.
void check_snapshot(std::span<const shape> expected, std::span<const shape> given);

}  // namespace detail

// What a step holds at a moment: a step of the same loss, rule and model that is given it goes on from
// there, bit for bit. A tree, so that files take it.
template <class Model, class Leaf> struct snapshot {
  Model parameters;
  std::vector<Leaf> rule = {};     // what the rule keeps, parameter by parameter
  std::vector<Model> marked = {};  // the parameters that were marked, or none
  static constexpr const char* field_names[] = {"parameters", "rule", "marked"};
};

template <number T, class Loss, class Rule, class Model> class training_step {
 public:
  training_step(Loss loss, Rule rule, Model model, source_location where)
      : loss_(std::move(loss)),
        rule_(std::move(rule)),
        model_(std::move(model)),
        where_(where),
        core_(dtype_of<T>),
        losses_(dtype_of<T>),
        rate_(make_array<T>({})) {
    check_settings(rule_);
    set_rate(rule_.lr);
    for_each_leaf(model_, [&](const auto& leaf) {
      begin_.emplace_back(leaf);
      for (const shape& like : rule_.state_shapes(shape_of(leaf)))
        std::fill_n(begin_.emplace_back(make_array<T>(like)).data(), like.size(), T(0));
    });
  }

  // One step on a batch of arrays (or trees of arrays); returns the loss before it. Arrays of T,
  // index_t and bool are used where they lie; others are converted first, into memory that is kept.
  // Allocates nothing once the shape is known. Throws invalid_argument for an integer beyond index_t.
  template <class... Batch> double operator()(const Batch&... batch) {
    const std::size_t n = collect(batch...);
    reel::detail::executor* m = core_.find(first(n));
    if (m == nullptr) m = &add(record(batch...), n);
    bind(n, rate_);
    m->run(first(n + 1));
    return core_.read_loss(*m);
  }

  template <class... Batch> double operator()(const std::tuple<Batch...>& batch) {
    return std::apply(*this, batch);
  }

  // From now on these share the work: the same steps, bit for bit.
  void use(const workers& w) {
    core_.use(w);
    losses_.use(w);
  }

  // From now on programs of new batch shapes refuse a step (non_finite) in which a cotangent that is 0 by
  // arithmetic meets an infinite slope, naming op and line: the product is taken as 0, and a parameter may
  // never move.
  void watch_zero_cotangents(bool on = true) { watches_zeros_ = on; }

  // Of how many batch shapes, the ones used last, programs are kept; 32 by default. A program of another
  // shape is recorded again when it is needed: the same steps, bit for bit. Throws invalid_argument for 0.
  void keep_shapes(std::size_t most) {
    core_.keep(most);
    losses_.keep(most);
  }

  // Throws invalid_argument for a rate that is negative, NaN or more than T holds.
  void set_rate(double rate) {
    detail::check_rate(rate, num::isfinite(static_cast<T>(rate)));
    *rate_.data() = static_cast<T>(rate);
  }
  double rate() const { return static_cast<double>(*rate_.data()); }

  // The program of a step on batches of this shape; records it where it is new, and runs nothing.
  template <class... Batch> const program& program_for(const Batch&... batch) {
    const std::size_t n = collect(batch...);
    reel::detail::executor* m = core_.find(first(n));
    return (m == nullptr ? add(record(batch...), n) : *m).source();
  }

  // The loss on a batch at the parameters as they are, without a step. Throws non_finite.
  template <class... Batch> double evaluate(const Batch&... batch) {
    const std::size_t n = collect(batch...);
    reel::detail::executor* m = losses_.find(first(n));
    if (m == nullptr) m = &losses_.add(record_loss(batch...), first(n));
    inputs_.erase(at(n), inputs_.end());
    for (const std::size_t slot : parameter_slots())
      inputs_.emplace_back(numbers(slot), shape_of(begin_[slot]));
    m->run(inputs_);
    return losses_.read_loss(*m);
  }
  template <class... Batch> double evaluate(const std::tuple<Batch...>& batch) {
    return std::apply([&](const auto&... part) { return evaluate(part...); }, batch);
  }

  // The parameters as they are now.
  template <number N = double> rebind<Model, array<N>> parameters() const {
    std::size_t slot = 0;
    return map_tree<array<N>>(model_, [&](const auto& leaf) {
      const std::size_t mine = slot;
      slot += 1 + kept_for(shape_of(leaf));
      return array<N>(state_array(mine));
    });
  }

  using snapshot_type = snapshot<rebind<Model, array<T>>, array<T>>;
  snapshot_type save() const {
    snapshot_type s{parameters<T>(), {}, marked_};
    std::size_t slot = 0;
    for_each_leaf(model_, [&](const auto& leaf) {
      const std::size_t kept = kept_for(shape_of(leaf));
      for (std::size_t i = 1; i <= kept; ++i) s.rule.push_back(state_array(slot + i));
      slot += 1 + kept;
    });
    return s;
  }
  // Throws binding_mismatch, changing nothing, where a shape is not that of this step's own.
  void restore(const snapshot_type& s) {
    std::vector<array<T>> all;
    auto kept = s.rule.begin();
    for_each_leaf(s.parameters, [&](const array<T>& leaf) {
      all.push_back(leaf);
      for (std::size_t i = kept_for(shape_of(leaf)); i > 0 && kept != s.rule.end(); --i)
        all.push_back(*kept++);
    });
    all.insert(all.end(), kept, s.rule.end());
    const auto shapes = [](const std::vector<array<T>>& arrays) {
      std::vector<shape> each;
      for (const auto& a : arrays) each.push_back(shape_of(a));
      return each;
    };
    detail::check_snapshot(shapes(begin_), shapes(all));
    auto marked = s.marked;
    begin_ = std::move(all);
    marked_ = std::move(marked);
    if (core_.current() != nullptr) set_states(*core_.current());
  }

  // Marks the parameters as they are, and goes back to those that are marked: to the best, say.
  void mark() { marked_ = {parameters<T>()}; }
  void return_to_mark() {
    if (marked_.empty()) return;
    snapshot_type s = save();
    s.parameters = marked_.front();
    restore(s);
  }

  std::size_t programs() const { return core_.programs(); }
  // What the program for the batch shape used last does; empty before the first step.
  std::string explain() const {
    return core_.current() == nullptr ? std::string{} : core_.current()->source().explain();
  }

 private:
  // States are listed parameter by parameter: the parameter, then what the rule keeps for it.
  std::size_t kept_for(const shape& parameter) const { return rule_.state_shapes(parameter).size(); }
  std::vector<std::size_t> parameter_slots() const {
    std::vector<std::size_t> slots;
    std::size_t slot = 0;
    for_each_leaf(model_, [&](const auto& leaf) {
      slots.push_back(slot);
      slot += 1 + kept_for(shape_of(leaf));
    });
    return slots;
  }
  const T* numbers(std::size_t slot) const {
    return core_.current() == nullptr ? begin_[slot].data()
                                      : static_cast<const T*>(core_.current()->state(slot));
  }
  array<T> state_array(std::size_t slot) const {
    return reel::detail::copy_array<T>(numbers(slot), shape_of(begin_[slot]));
  }
  void set_states(reel::detail::executor& m) const {
    for (std::size_t i = 0; i < begin_.size(); ++i) m.set_state(i, begin_[i].data(), shape_of(begin_[i]));
  }
  // The program of a step on as many inputs as are bound.
  reel::detail::executor& add(const program& p, std::size_t n) {
    const bool is_first = core_.current() == nullptr;
    reel::detail::executor& m = core_.add(p, first(n));
    if (is_first) set_states(m);
    return m;
  }

  std::span<const binding> first(std::size_t n) const { return std::span(inputs_).first(n); }
  auto at(std::size_t n) { return inputs_.begin() + static_cast<std::ptrdiff_t>(n); }
  template <class Leaf> void bind(std::size_t n, const Leaf& leaf) {
    if (n < inputs_.size() && inputs_[n].rebind(leaf)) return;
    inputs_.erase(at(n), inputs_.end());
    inputs_.emplace_back(leaf);
  }
  // Binds the arrays of a batch, as inputs from the first on; returns how many.
  template <class... Batch> std::size_t collect(const Batch&... batch) {
    std::size_t n = 0, reals = 0, indices = 0;
    [[maybe_unused]] const auto one = [&](const auto& leaf) {  // a loss may take no batch
      using V = typename std::remove_cvref_t<decltype(leaf)>::value_type;
      if constexpr (std::same_as<V, T> || std::same_as<V, index_t> || std::same_as<V, bool>) {
        bind(n++, leaf);
      } else if constexpr (std::is_floating_point_v<V>) {
        bind(n++, copy(reals_, reals, leaf));
      } else {
        bind(n++, copy(indices_, indices, leaf));
      }
    };
    (for_each_leaf(batch, one), ...);
    return n;
  }
  // Converted, in the memory of the last run where the shape is that of then.
  template <class Store, class Leaf> const auto& copy(Store& store, std::size_t& used, const Leaf& leaf) {
    using array_type = typename Store::value_type::element_type;
    using N = typename array_type::value_type;
    if (used == store.size()) store.push_back(std::make_unique<array_type>());
    array_type& to = *store[used++];
    if (const shape s = shape_of(leaf); !has_shape(to, s)) to = make_array<N>(s);
    std::transform(leaf.begin(), leaf.end(), to.data(), [this](const auto& x) {
      if constexpr (std::is_unsigned_v<std::remove_cvref_t<decltype(x)>> && std::same_as<N, index_t>)
        if (x > static_cast<std::uint64_t>(std::numeric_limits<index_t>::max()))
          reel::detail::refuse_index(x, where_);
      return static_cast<N>(x);
    });
    return to;
  }

  template <class F, class Parameters, class... Inputs>
  static var call(F& loss, const Parameters& parameters, const std::tuple<Inputs...>& inputs) {
    constexpr bool fits = std::is_invocable_r_v<var, F&, const Parameters&, const Inputs&...>;
    static_assert(
        fits,
        "reel: the loss is called as loss(model, batch...), with a var for each array, and returns a "
        "var; take them by const reference");
    if constexpr (fits) return std::apply([&](const auto&... x) { return loss(parameters, x...); }, inputs);
    else return {};
  }

  template <class... Batch> program record(const Batch&... batch) {
    tape t("step");
    reel::detail::recorder on_tape(t);
    detail::recorded_step s;
    const auto parameters = map_tree<var>(model_, [&](const auto& leaf) {
      const var p = t.state(leaf, where_).named(std::to_string(s.parameters.size()));
      s.parameters.push_back(p);
      const std::vector<shape> kept = rule_.state_shapes(p.shape());
      s.kept.push_back(kept.size());
      for (const shape& like : kept) s.state.push_back(state_of(t, like));
      return p;
    });
    const auto inputs = std::make_tuple(on_tape.lift(batch, tape::role::input)...);
    for_each_leaf(inputs, [&](const var& x) { s.inputs.push_back(x); });
    s.k.learning_rate = t.input(rate_).named("rate");
    s.inputs.push_back(s.k.learning_rate);
    s.loss = call(loss_, parameters, inputs).named("loss");
    detail::check_seen(s.loss, s.parameters);
    const std::vector<var> gradients = grad(s.loss, s.parameters);
    if (watches_zeros_) reel::watch_zero_cotangents(gradients);
    return detail::freeze_recorded(s, apply_updates(rule_, s.parameters, gradients, s.state, s.k));
  }
  // Numbers are set when there is an executor.
  var state_of(tape& t, const shape& like) const {
    auto zeros = make_array<double>(like);
    std::fill_n(zeros.data(), zeros.size(), 0.0);
    return t.state(zeros, where_);
  }

  template <class... Batch> program record_loss(const Batch&... batch) const {
    tape t("loss");
    reel::detail::recorder on_tape(t);
    const auto parameters = on_tape.lift(model_, tape::role::input);
    const auto inputs = std::make_tuple(on_tape.lift(batch, tape::role::input)...);
    const var loss = call(loss_, parameters, inputs).named("loss");
    freeze_request request;
    request.outputs = {loss};
    request.check_finite = {loss};
    for_each_leaf(inputs, [&](const var& x) { request.inputs.push_back(x); });
    for_each_leaf(parameters, [&](const var& p) { request.inputs.push_back(p); });
    return reel::freeze(request);
  }

  Loss loss_;
  Rule rule_;
  Model model_;  // the structure, and names and numbers that are no parameters
  source_location where_;
  bool watches_zeros_ = false;
  detail::step_core core_, losses_;
  array<T> rate_;
  std::vector<rebind<Model, array<T>>> marked_;
  std::vector<array<T>> begin_;  // all states before the first step
  std::vector<binding> inputs_;  // of the last run: the next one mostly binds others of their shapes
  std::vector<std::unique_ptr<array<T>>> reals_;
  std::vector<std::unique_ptr<array<index_t>>> indices_;
};

template <number T = double, class Loss, rule Rule, class Model>
auto freeze_step(Loss loss, Rule r, Model model, source_location where = here()) {
  return training_step<T, Loss, Rule, Model>(std::move(loss), std::move(r), std::move(model), where);
}

}  // namespace reel::optim
