// SPDX-License-Identifier: MIT
// The layouts pass: a tall, narrow matrix of parameters, such as 785 features × 10 classes, is kept
// transposed, so that products run along the features in full registers rather than along a few classes
// in part of one. Whatever is computed from it element by element (its gradient, momentum, next value)
// lies transposed, too. Each of its rows begins at a cache line, if need be after zeros, as if there were
// some more features that are always 0; but only where all that is computed from these is 0 as well. Not
// exact: a product sums in another order, within the bound of any order, k u Σ|a||b| for an inner size k.
#include "program/ir.hpp"

#include <reel/autodiff/kernels.hpp>

#include <algorithm>
#include <array>

namespace reel::detail {

namespace {

constexpr index_t narrow = 16, tall = 4 * narrow;

class layouts {
 public:
  explicit layouts(code& c) : c_(c), made_by_(c.values.size(), none), readers_(c.values.size()) {
    for (std::size_t t = 0; t < c.instructions.size(); ++t) {
      made_by_[c.instructions[t].output] = t;
      for (const value_id v : c.instructions[t].inputs) readers_[v].push_back(t);
    }
  }

  std::size_t run() {
    for (const auto& [state, next] : c_.updates) {
      const shape& s = c_.values[c_.states[state]].shape;
      if (c_.turned[state] || s.rank() != 2 || s[1] < 2 || s[1] > narrow || s[0] < tall) continue;
      if (multiplies(c_.states[state]) && collect(c_.states[state])) turn();
    }
    return static_cast<std::size_t>(std::ranges::count(c_.turned, true));
  }

 private:
  static constexpr std::size_t none = ~std::size_t{0};

  bool multiplies(value_id v) const {
    return std::ranges::any_of(
        readers_[v], [&](std::size_t t) { return c_.instructions[t].op.traits->turned != nullptr; });
  }
  bool contains(value_id v) const { return member_[v] != 0; }
  void add(value_id v) {
    if (!contains(v)) set_.push_back(v), member_[v] = true;
  }

  // All values that have to be turned with this one; false where one of them cannot be.
  bool collect(value_id first) {
    set_.clear();
    member_.assign(c_.values.size(), false);
    add(first);
    for (std::size_t i = 0; i < set_.size(); ++i) {
      const value_id v = set_[i];
      if (std::ranges::find(c_.outputs, v) != c_.outputs.end()) return false;
      if (c_.values[v].shape.rank() != 2 || !joins_maker(v)) return false;
      for (const std::size_t t : readers_[v])
        if (!joins_reader(c_.instructions[t])) return false;
      for (const auto& [state, next] : c_.updates)
        if (next == v || c_.states[state] == v) add(next), add(c_.states[state]);
    }
    // A storage seen under two shapes, or shared with a value left as it is, must stay.
    return std::ranges::all_of(set_, [&](value_id v) { return sharers(v) == 1; });
  }
  std::ptrdiff_t sharers(value_id v) const {
    return std::ranges::count(c_.values, c_.values[v].storage, &value::storage);
  }

  bool is_fill(const instruction& i) const {
    return i.op.traits->stretch && c_.values[i.inputs[0]].shape.size() == 1;
  }
  bool joins_maker(value_id v) {
    if (made_by_[v] == none) return c_.storages[c_.values[v].storage].where == home::state;
    const instruction& i = c_.instructions[made_by_[v]];
    if (i.constant) return false;
    if (is_fill(i) || i.op.traits->turned != nullptr) return true;
    return transposes(i) && joins_whole(i);
  }
  bool joins_reader(const instruction& i) {
    if (i.op.traits->turned != nullptr || is_total(i)) return true;
    return transposes(i) && joins_whole(i);
  }
  // A sum of all, to which zeros after the numbers of a row add nothing.
  bool is_total(const instruction& i) const {
    return i.op.traits->sum && c_.values[i.output].shape.size() == 1;
  }
  bool transposes(const instruction& i) const {
    return i.op.traits->elementwise || i.op.traits->transposed != nullptr;
  }
  bool joins_whole(const instruction& i) {
    add(i.output);
    for (const value_id x : i.inputs) add(x);
    return true;
  }

  // Whether what follows the numbers of a row stays 0, whatever is computed from the set's values, which are
  // all of one shape.
  bool keeps_zeros() const {
    std::vector<char> filled(c_.values.size());  // stretched from one number, which need not be 0
    for (const auto& i : c_.instructions) {
      if (!contains(i.output) || i.op.traits->turned != nullptr) continue;
      if (i.op.traits->transposed != nullptr) return false;
      if (is_fill(i)) filled[i.output] = true;
      else if (!maps_zero_to_zero(i, filled)) return false;
    }
    return true;
  }
  bool maps_zero_to_zero(const instruction& i, const std::vector<char>& filled) const {
    const auto body = i.op.traits->eval[static_cast<std::size_t>(element::f64)];
    const auto is_real = [&](value_id v) { return c_.values[v].kind == kind::real; };
    if (body == nullptr || !is_real(i.output) || !std::ranges::all_of(i.inputs, is_real)) return false;
    // Of either sign: pow(0, s) and min(0, s) are 0 for one of them alone.
    return std::ranges::all_of(std::array{0.5, -0.5}, [&](double some) {
      const shape one{1};
      double zero = 0, result = 1;
      std::vector<operand_view> x;
      for (const value_id v : i.inputs) x.push_back({filled[v] != 0 ? &some : &zero, &one});
      body(i.op.self.get(), {&result, &one}, x);
      return result == 0;
    });
  }

  void turn() {
    const index_t row = c_.values[set_[0]].shape[0];
    const bool pads = kernels::padded(row) != row && keeps_zeros();
    for (auto& i : c_.instructions) {
      if (i.op.traits->turned != nullptr) turn(i, pads ? row : 0);
      else if (i.op.traits->transposed != nullptr && contains(i.output))
        i.op.self = i.op.traits->transposed(i.op.self.get());
    }
    for (const value_id v : set_) {
      value& x = c_.values[v];
      x.shape = {x.shape[1], pads ? kernels::padded(row) : x.shape[0]};
      c_.storages[x.storage].size = x.shape.size();
    }
    for (std::size_t s = 0; s < c_.states.size(); ++s)
      if (contains(c_.states[s])) c_.turned[s] = true;
  }

  void turn(instruction& i, index_t used) {
    unsigned inputs = 0;
    for (std::size_t k = 0; k < i.inputs.size(); ++k)
      if (contains(i.inputs[k])) inputs |= 1U << k;
    if (inputs == 0 && !contains(i.output)) return;
    bool swap = false;
    i.op.self = i.op.traits->turned(i.op.self.get(), inputs, contains(i.output), used, swap);
    if (swap) std::swap(i.inputs[0], i.inputs[1]);
  }

  code& c_;
  std::vector<std::size_t> made_by_;  // by value: the instruction, or none
  std::vector<std::vector<std::size_t>> readers_;
  std::vector<value_id> set_;  // what is to be turned
  std::vector<char> member_;   // by value: whether it is in the set
};

}  // namespace

std::size_t turn_narrow_states(code& c) {
  c.turned.resize(c.states.size());
  return layouts(c).run();
}

}  // namespace reel::detail
