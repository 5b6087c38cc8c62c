// SPDX-License-Identifier: MIT
// The overwriting pass. An update w' = w ± s·op(x), where op can add a multiple of its result in one pass,
// is made over w itself: without a gradient in memory, and without a second copy of the state. So that a
// step stays all or nothing, these updates are the last of it, after every check has passed; and of each it
// is made sure beforehand that its numbers will be finite (machine::memory::make_sure). Not exact: add_scaled
// may leave out the rounding of the product with s.
#include "code.hpp"

#include <algorithm>

namespace reel::detail {

namespace {

class overwriting {
 public:
  explicit overwriting(code& c) : c_(c), uses_(c.storages.size()), made_by_(c.storages.size(), none) {
    for (std::size_t t = 0; t < c.instructions.size(); ++t) {
      made_by_[storage_of(c.instructions[t].output)] = t;
      for (const value_id v : c.instructions[t].inputs) ++uses_[storage_of(v)];
    }
    for (const value_id v : c.outputs) uses_[storage_of(v)] += outside;
    for (const auto& [state, next] : c.updates) ++uses_[storage_of(next)];
    for (const auto& f : c.finite)
      if (std::ranges::find(c.updates, f.value, &std::pair<std::uint32_t, value_id>::second) ==
          c.updates.end())
        ++uses_[storage_of(f.value)];
  }

  std::size_t run() {
    for (const auto& [state, next] : c_.updates)
      if (auto p = match(state, next)) plans_.push_back(std::move(*p));
    drop_those_read();
    std::vector<char> gone(c_.instructions.size());
    std::vector<instruction> last;
    for (const plan& p : plans_) {
      last.push_back(commit_of(p));
      for (const std::size_t t : {p.sum, p.scaling, p.op}) gone[t] = true;
      if (p.fill != none && uses_[storage_of(at(p.fill).output)] == 1) gone[p.fill] = true;
    }
    std::size_t t = 0;
    std::erase_if(c_.instructions, [&](const instruction&) { return gone[t++] != 0; });
    std::ranges::move(last, std::back_inserter(c_.instructions));
    return plans_.size();
  }

 private:
  static constexpr std::size_t none = ~std::size_t{0}, outside = std::size_t{1} << 32;

  // next = sum(state, scaling(fill(scale), op)): the instructions that make them, and the scale.
  struct plan {
    std::uint32_t state;
    value_id next, scale;
    std::size_t sum, scaling, op, fill;
  };

  std::uint32_t storage_of(value_id v) const { return c_.values[v].storage; }
  const instruction& at(std::size_t t) const { return c_.instructions[t]; }

  // The instruction that makes a value for one reader alone, none where there is no such.
  std::size_t maker_for_one(value_id v) const {
    const std::uint32_t s = storage_of(v);
    const std::size_t t = made_by_[s];
    if (t == none || t < c_.once || uses_[s] != 1 || std::ranges::count(c_.values, s, &value::storage) > 1)
      return none;
    return t;
  }

  std::optional<plan> match(std::uint32_t state, value_id next) const {
    const value_id w = c_.states[state];
    plan p{state, next, no_value, maker_for_one(next), none, none, none};
    if (p.sum == none || uses_[storage_of(w)] >= outside) return std::nullopt;
    const op_traits& sum = *at(p.sum).op.traits;
    if (&sum != &traits_of<add_op> && !sum.difference) return std::nullopt;
    const auto& terms = at(p.sum).inputs;
    if (terms[0] == w) p.scaling = maker_for_one(terms[1]);
    else if (terms[1] == w && !sum.difference) p.scaling = maker_for_one(terms[0]);
    if (p.scaling == none || !at(p.scaling).op.traits->product) return std::nullopt;
    const auto& factors = at(p.scaling).inputs;
    for (const std::size_t k : {0U, 1U}) {
      p.op = maker_for_one(factors[1 - k]);
      p.fill = made_by_[storage_of(factors[k])];
      if (p.op == none || p.fill == none || !is_fill(at(p.fill)) || !adds_scaled(at(p.op))) continue;
      p.scale = at(p.fill).inputs[0];
      return p;
    }
    return std::nullopt;
  }

  bool is_fill(const instruction& i) const {
    return i.op.traits->stretch && c_.values[i.inputs[0]].shape.size() == 1;
  }

  bool adds_scaled(const instruction& i) const {
    if (i.op.traits->adds_scaled == nullptr) return false;
    std::vector<const shape*> shapes;
    for (const value_id v : i.inputs) shapes.push_back(&c_.values[v].shape);
    return i.op.traits->adds_scaled(i.op.self.get(), shapes);
  }

  // By the time of these updates a state that is written over must have been read.
  void drop_those_read() {
    const auto is_read = [&](const plan& p) {
      const std::uint32_t w = storage_of(c_.states[p.state]);
      const auto is = [&](value_id v) { return storage_of(v) == w; };
      return std::ranges::any_of(plans_,
                                 [&](const plan& q) { return std::ranges::any_of(at(q.op).inputs, is); });
    };
    while (std::erase_if(plans_, [&](const plan& p) { return is_read(p); }) > 0) {
    }
  }

  instruction commit_of(const plan& p) {
    instruction i = at(p.op);
    i.inputs.push_back(p.scale);
    i.output = c_.states[p.state];
    i.into = at(p.sum).op.traits->difference ? instruction::subtracts : instruction::adds;
    commit done{p.state, std::nullopt};
    for (std::size_t k = 0; k < c_.finite.size(); ++k)
      if (c_.finite[k].value == p.next) c_.finite[k].commits = true, done.check = k;
    c_.commits.push_back(done);
    std::erase_if(c_.updates, [&](const auto& u) { return u.first == p.state; });
    return i;
  }

  code& c_;
  std::vector<std::size_t> uses_, made_by_;  // by storage
  std::vector<plan> plans_;
};

}  // namespace

std::size_t overwrite_states(code& c) { return overwriting(c).run(); }

}  // namespace reel::detail
