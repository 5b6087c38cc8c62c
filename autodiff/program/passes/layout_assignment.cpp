// SPDX-License-Identifier: MIT
// Layout assignment: a tall, narrow matrix of parameters, such as 785 features × 10 classes, is kept
// transposed, so that products run along the features in full registers rather than along a few classes
// in part of one. Whatever is computed from it element by element (its gradient, momentum, next value)
// lies transposed, too. Each of its rows begins at a cache line, if need be after zeros, as if there were
// some more features that are always 0; but only where all that is computed from these is 0 as well. Not
// exact: a product sums in another order, within the bound of any order, k u Σ|a||b| for an inner size k.
#include "program/analysis.hpp"

#include <reel/autodiff/kernels.hpp>

#include <algorithm>
#include <array>

namespace reel::detail {

namespace {

constexpr index_t narrow = 16, tall = 4 * narrow;

bool is_tall_and_narrow(const shape& s) {
  return s.rank() == 2 && s[1] >= 2 && s[1] <= narrow && s[0] >= tall;
}

class layout_assignment {
 public:
  explicit layout_assignment(program_ir& c)
      : c_(c),
        uses_(c),
        set_of_(c.values.size()),
        filled_(c.values.size()),
        next_of_(c.states.size(), no_value),
        state_of_(c.values.size(), none),
        first_update_(c.values.size(), none),
        next_update_(c.updates.size(), none) {
    for (std::uint32_t s = 0; s < c.states.size(); ++s) state_of_[c.states[s]] = s;
    for (std::uint32_t u = 0; u < c.updates.size(); ++u) {
      const auto& [state, next] = c.updates[u];
      next_of_[state] = next;
      next_update_[u] = std::exchange(first_update_[next], u);
    }
  }

  std::size_t run() {
    for (const auto& [state, next] : c_.updates) {
      const value_id w = c_.states[state];
      if (c_.relaid[state] || !is_tall_and_narrow(c_.values[w].shape)) continue;
      if (set_of_[w] == stays || !multiplies(w)) continue;
      if (collect(w)) relay();
      else
        for (const value_id v : set_) set_of_[v] = stays;  // with all that would have to be relaid with it
    }
    return static_cast<std::size_t>(std::ranges::count(c_.relaid, true));
  }

 private:
  static constexpr std::uint32_t none = def_use::none, stays = none;

  std::uint32_t storage_of(value_id v) const { return c_.values[v].storage; }
  bool multiplies(value_id v) const {
    return std::ranges::any_of(uses_.readers_of(storage_of(v)),
                               [&](std::uint32_t t) { return relays(*c_.instructions[t].op.type); });
  }
  bool contains(value_id v) const { return set_of_[v] == sets_; }
  void add(value_id v) {
    if (contains(v)) return;
    meets_one_that_stays_ = meets_one_that_stays_ || set_of_[v] == stays;
    set_.push_back(v), set_of_[v] = sets_;
  }

  // All values that have to be relaid with this one; false where one of them cannot be. Which values have to
  // be relaid together does not depend on the one that is asked about.
  bool collect(value_id first) {
    set_.clear();
    ++sets_;
    meets_one_that_stays_ = false;
    add(first);
    for (std::size_t i = 0; i < set_.size(); ++i) {
      const value_id v = set_[i];
      const std::uint32_t s = storage_of(v);
      // A storage seen under two shapes, or shared with a value left as it is, must stay.
      if (meets_one_that_stays_ || uses_.is_output(s) || uses_.sharers_of(s) > 1) return false;
      if (c_.values[v].shape.rank() != 2 || !joins_maker(v)) return false;
      for (const std::uint32_t t : uses_.readers_of(s))
        if (!joins_reader(c_.instructions[t])) return false;
      for (std::uint32_t u = first_update_[v]; u != none; u = next_update_[u])
        add(c_.states[c_.updates[u].first]);
      if (state_of_[v] != none && next_of_[state_of_[v]] != no_value) add(next_of_[state_of_[v]]);
    }
    return !meets_one_that_stays_;
  }

  bool is_broadcast(const instruction& i) const {
    return i.op.type->is == algebra::broadcast && c_.values[i.inputs[0]].shape.size() == 1;
  }
  bool joins_maker(value_id v) {
    const std::uint32_t maker = uses_.maker_of(storage_of(v));
    if (maker == none) return c_.storages[storage_of(v)].where == home::state;
    const instruction& i = c_.instructions[maker];
    if (i.constant) return false;
    if (is_broadcast(i) || relays(*i.op.type)) return true;
    return keeps_layout(i) && joins_whole(i);
  }
  bool joins_reader(const instruction& i) {
    if (relays(*i.op.type) || is_total(i)) return true;
    return keeps_layout(i) && joins_whole(i);
  }
  // A sum of all, to which zeros after the numbers of a row add nothing.
  bool is_total(const instruction& i) const {
    return i.op.type->is == algebra::sum && c_.values[i.output].shape.size() == 1;
  }
  bool keeps_layout(const instruction& i) const { return i.op.type->elementwise || transposes(*i.op.type); }
  bool joins_whole(const instruction& i) {
    add(i.output);
    for (const value_id x : i.inputs) add(x);
    return true;
  }

  // The instructions that make or read values of the set, in order.
  std::vector<std::uint32_t> instructions_of_set() const {
    std::vector<std::uint32_t> all;
    for (const value_id v : set_) {
      const std::uint32_t s = storage_of(v);
      if (uses_.maker_of(s) != none) all.push_back(uses_.maker_of(s));
      std::ranges::copy(uses_.readers_of(s), std::back_inserter(all));
    }
    std::ranges::sort(all);
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
  }

  // Whether what follows the numbers of a row stays 0, whatever is computed from the set's values, which are
  // all of one shape.
  bool keeps_zeros(const std::vector<std::uint32_t>& instructions) {
    for (const std::uint32_t t : instructions) {
      const instruction& i = c_.instructions[t];
      if (!contains(i.output) || relays(*i.op.type)) continue;
      if (transposes(*i.op.type)) return false;
      if (is_broadcast(i)) filled_[i.output] = true;
      else if (!maps_zero_to_zero(i)) return false;
    }
    return true;
  }
  bool maps_zero_to_zero(const instruction& i) const {
    const auto body = i.op.type->eval[static_cast<std::size_t>(dtype::f64)];
    const auto is_real = [&](value_id v) { return c_.values[v].kind == kind::real; };
    if (body == nullptr || !is_real(i.output) || !std::ranges::all_of(i.inputs, is_real)) return false;
    // Of either sign: pow(0, s) and min(0, s) are 0 for one of them alone.
    return std::ranges::all_of(std::array{0.5, -0.5}, [&](double some) {
      const shape one{1};
      double zero = 0, result = 1;
      std::vector<operand_view> x;
      for (const value_id v : i.inputs) x.push_back({filled_[v] != 0 ? &some : &zero, &one});
      body(i.op.self.get(), {&result, &one}, x);
      return result == 0;
    });
  }

  void relay() {
    const index_t row = c_.values[set_[0]].shape[0];
    const auto instructions = instructions_of_set();
    const bool pads = kernels::padded(row) != row && keeps_zeros(instructions);
    for (const std::uint32_t t : instructions) {
      instruction& i = c_.instructions[t];
      if (relays(*i.op.type)) relay(i, pads ? row : 0);
      else if (transposes(*i.op.type) && contains(i.output))
        i.op.self = i.op.type->layouts->transposed(i.op.self.get());
    }
    for (const value_id v : set_) {
      value& x = c_.values[v];
      x.shape = {x.shape[1], pads ? kernels::padded(row) : x.shape[0]};
      c_.storages[x.storage].size = x.shape.size();
      if (state_of_[v] != none) c_.relaid[state_of_[v]] = true;
    }
  }

  void relay(instruction& i, index_t row_numbers) {
    unsigned inputs = 0;
    for (std::size_t k = 0; k < i.inputs.size(); ++k)
      if (contains(i.inputs[k])) inputs |= 1U << k;
    if (inputs == 0 && !contains(i.output)) return;
    bool swap = false;
    i.op.self =
        i.op.type->layouts->relaid_for(i.op.self.get(), inputs, contains(i.output), row_numbers, swap);
    if (swap) std::swap(i.inputs[0], i.inputs[1]);
  }

  program_ir& c_;
  def_use uses_;
  std::vector<value_id> set_;  // what is to be relaid
  std::uint32_t sets_ = 0;
  std::vector<std::uint32_t> set_of_;  // by value: the last set it was in, or stays
  bool meets_one_that_stays_ = false;
  std::vector<char> filled_;             // by value: stretched from one number, which need not be 0
  std::vector<value_id> next_of_;        // by state: its next value
  std::vector<std::uint32_t> state_of_;  // by value: which state it is, or none
  std::vector<std::uint32_t> first_update_, next_update_;  // whose next value it is, linked
};

}  // namespace

std::size_t assign_layouts(program_ir& c) {
  c.relaid.resize(c.states.size());
  const bool any = std::ranges::any_of(
      c.updates, [&](const auto& u) { return is_tall_and_narrow(c.values[c.states[u.first]].shape); });
  return any ? layout_assignment(c).run() : 0;
}

}  // namespace reel::detail
