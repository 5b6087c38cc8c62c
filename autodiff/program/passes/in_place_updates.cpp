// SPDX-License-Identifier: MIT
// In-place updates. An update w' = beta·w + alpha·op(x), where op can add a multiple of its result in one
// pass, is made over w itself: without a gradient in memory, and without a second copy of the state. So that
// a step stays all or nothing, these updates are the last of it, after every check has passed; and of each it
// is made sure beforehand that its numbers will be finite (executor::execution_state::ensure_finite). What
// they read lives until then, so that updates from more numbers than they have are made as usual.
//
// What a tape holds is some sum of multiples of w and of op(x): the gradient of a loss with a penalty, decay
// of weights, a rate. As it is linear in the two, its coefficients are its values at (1, 0) and at (0, 1):
// the same ops on scalars. Not exact: they are rounded in another order, and may overflow where the terms did
// not, or the other way round; and what a factor of 0 hides of a state that is not finite is not hidden.
#include "program/analysis.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace reel::detail {

namespace {

class in_place_updates {
 public:
  explicit in_place_updates(program_ir& c)
      : c_(c),
        uses_(c),
        counts_(c.storages.size()),
        check_of_(c.values.size(), no_check),
        next_check_(c.finite.size(), no_check) {
    for (std::uint32_t s = 0; s < c.storages.size(); ++s)
      counts_[s] = uses_.reads_of(s) + (uses_.is_output(s) ? outside : 0);
    std::vector<char> is_next(c.values.size());
    for (const auto& [state, next] : c.updates) ++counts_[storage_of(next)], is_next[next] = true;
    for (std::uint32_t f = 0; f < c.finite.size(); ++f) {
      const value_id v = c.finite[f].value;
      if (is_next[v] == 0) ++counts_[storage_of(v)];
      next_check_[f] = std::exchange(check_of_[v], f);
    }
  }

  std::size_t run() {
    for (const auto& [state, next] : c_.updates)
      if (auto p = match(state, next)) plans_.push_back(std::move(*p));
    drop_those_read();
    std::vector<char> gone(c_.instructions.size());
    std::vector<instruction> epilogue;
    for (const plan& p : plans_) {
      epilogue.push_back(update_of(p));
      gone[p.op] = true;
      for (const std::size_t t : p.terms) gone[t] = true;
      for (const std::size_t t : p.broadcasts)
        if (counts_[storage_of(at(t).output)] == 1) gone[t] = true;
    }
    drop_updates_done();
    std::size_t t = 0;
    std::erase_if(c_.instructions, [&](const instruction&) { return gone[t++] != 0; });
    for (auto* list : {&scalars_, &epilogue}) std::ranges::move(*list, std::back_inserter(c_.instructions));
    return plans_.size();
  }

 private:
  static constexpr std::uint32_t no_check = ~std::uint32_t{0};
  static constexpr std::size_t none = ~std::size_t{0}, outside = std::size_t{1} << 32, most_terms = 64;

  // A state, its next value, the instruction of op, those that add up multiples of both, and the scalars
  // stretched that are their factors.
  struct plan {
    std::uint32_t state;
    value_id next;
    bool reads_state = false;
    std::size_t op = none;
    std::vector<std::size_t> terms = {}, broadcasts = {};
  };

  std::uint32_t storage_of(value_id v) const { return c_.values[v].storage; }
  std::size_t maker_of(value_id v) const {
    const std::uint32_t t = uses_.maker_of(storage_of(v));
    return t == def_use::none ? none : t;
  }
  const instruction& at(std::size_t t) const { return c_.instructions[t]; }

  // The instruction that makes a value for one reader alone, none where there is no such.
  std::size_t maker_for_one(value_id v) const {
    const std::uint32_t s = storage_of(v);
    const std::size_t t = maker_of(v);
    return t == none || t < c_.prologue || counts_[s] != 1 || uses_.sharers_of(s) > 1 ? none : t;
  }

  std::optional<plan> match(std::uint32_t state, value_id next) const {
    plan p{state, next};
    const bool is_plan = counts_[storage_of(c_.states[state])] < outside && is_linear(next, p) &&
                         p.reads_state && p.op != none;
    return is_plan ? std::optional(std::move(p)) : std::nullopt;
  }

  // Whether v is a sum of multiples of the state and of one op that adds scaled, which goes into the plan.
  bool is_linear(value_id v, plan& p) const {
    if (v == c_.states[p.state]) return p.reads_state = true;
    const std::size_t t = maker_for_one(v);
    if (t == none) return false;
    const instruction& i = at(t);
    if (accumulates_scaled(i) && saves_memory(i)) return std::exchange(p.op, t) == none;
    if (p.terms.size() == most_terms) return false;
    p.terms.push_back(t);
    if (is_sum(i)) return is_linear(i.inputs[0], p) && is_linear(i.inputs[1], p);
    const std::size_t k = scalar_factor(i);
    if (k == none) return false;
    p.broadcasts.push_back(maker_of(i.inputs[k]));
    const std::size_t op = p.op;
    // A number that is not finite is not known to stay so unless it is multiplied in any case.
    return is_linear(i.inputs[1 - k], p) && (i.op.type->is == algebra::multiply || p.op == op);
  }

  static bool is_sum(const instruction& i) {
    return i.op.type == &op_type_of<add_op> || i.op.type->is == algebra::subtract;
  }
  // Which factor of a product is a stretched scalar; none where it is no such product.
  std::size_t scalar_factor(const instruction& i) const {
    if (i.op.type->is != algebra::multiply && i.op.type->is != algebra::multiply_or_zero) return none;
    for (const std::size_t k : {0U, 1U})
      if (const std::size_t t = maker_of(i.inputs[k]); t != none && is_broadcast(at(t))) return k;
    return none;
  }

  // The value of v where `one` is 1 and all else that it is linear in is 0, as an instruction on scalars
  // where it takes one.
  struct coefficient {
    enum { zero, one, number } is;
    value_id value = no_value;
  };
  coefficient coefficient_of(value_id v, value_id one, const plan& p) {
    if (v == one) return {coefficient::one};
    if (v == c_.states[p.state] || v == at(p.op).output) return {coefficient::zero};
    const instruction& i = at(maker_of(v));
    if (is_sum(i)) {
      const coefficient a = coefficient_of(i.inputs[0], one, p), b = coefficient_of(i.inputs[1], one, p);
      if (b.is == coefficient::zero) return a;
      if (a.is == coefficient::zero && i.op.type->is != algebra::subtract) return b;
      return on_scalars(i, {value_of(a), value_of(b)});
    }
    const std::size_t k = scalar_factor(i);
    const coefficient x = coefficient_of(i.inputs[1 - k], one, p);
    const value_id factor = at(maker_of(i.inputs[k])).inputs[0];
    if (x.is == coefficient::zero) return x;
    if (x.is == coefficient::one) return {coefficient::number, factor};
    return on_scalars(i, k == 0 ? std::array{factor, x.value} : std::array{x.value, factor});
  }

  coefficient on_scalars(const instruction& like, std::array<value_id, 2> x) {
    instruction i = like;
    i.inputs.assign(x.begin(), x.end());
    i.output = add_value({home::arena, kind::real, 1});
    scalars_.push_back(std::move(i));
    return {coefficient::number, scalars_.back().output};
  }
  value_id value_of(const coefficient& x) {
    return x.is == coefficient::number ? x.value : constant(x.is == coefficient::one ? 1 : 0);
  }
  value_id constant(double number) {
    c_.constants.push_back({&leaf_type(tape::role::constant),
                            std::make_shared<const leaf>(leaf{tape::role::constant, dtype::f64, shape{},
                                                              std::make_shared<const double>(number)})});
    return add_value({home::constant, kind::real, 1, static_cast<std::uint32_t>(c_.constants.size() - 1)});
  }
  value_id add_value(const storage& s) {
    c_.storages.push_back(s);
    c_.values.push_back({shape{}, s.kind, static_cast<std::uint32_t>(c_.storages.size() - 1)});
    return static_cast<value_id>(c_.values.size() - 1);
  }

  bool is_broadcast(const instruction& i) const {
    return i.op.type->is == algebra::broadcast && c_.values[i.inputs[0]].shape.size() == 1;
  }

  bool accumulates_scaled(const instruction& i) const {
    if (i.op.type->accumulates == nullptr) return false;
    std::vector<const shape*> shapes;
    for (const value_id v : i.inputs) shapes.push_back(&c_.values[v].shape);
    return i.op.type->accumulates->pays(i.op.self.get(), shapes);
  }

  // Operands that would not do so otherwise live to the end of the run: these may take no more than the
  // result, which need not be anywhere.
  bool saves_memory(const instruction& i) const {
    std::vector<std::uint32_t> kept;
    for (const value_id v : i.inputs) {
      const std::uint32_t s = storage_of(v);
      const bool dies = maker_of(v) != none && maker_of(v) >= c_.prologue && counts_[s] < outside;
      if (dies && std::ranges::find(kept, s) == kept.end()) kept.push_back(s);
    }
    index_t numbers = 0;
    for (const std::uint32_t s : kept) numbers += c_.storages[s].size;
    return numbers <= c_.values[i.output].shape.size();
  }

  // By the time of these updates a state that is written over must have been read: none that stays reads the
  // state of another.
  void drop_those_read() {
    std::vector<std::uint32_t> reads(c_.storages.size());
    const auto count = [&](const plan& p, auto change) {
      for (const value_id v : at(p.op).inputs) change(reads[storage_of(v)]);
    };
    for (const plan& p : plans_) count(p, [](std::uint32_t& n) { ++n; });
    std::erase_if(plans_, [&](const plan& p) {
      if (reads[storage_of(c_.states[p.state])] == 0) return false;
      count(p, [](std::uint32_t& n) { --n; });
      return true;
    });
  }

  instruction update_of(const plan& p) {
    instruction i = at(p.op);
    for (const value_id one : {i.output, c_.states[p.state]})
      i.inputs.push_back(value_of(coefficient_of(p.next, one, p)));
    i.output = c_.states[p.state];
    i.in_epilogue = true;
    in_place_update done{p.state, std::nullopt};
    // Of several checks the last, but sooner one that asks for more than that a state stays finite.
    for (std::uint32_t k = check_of_[p.next]; k != no_check; k = next_check_[k]) {
      c_.finite[k].in_epilogue = true;
      if (!done.check || (c_.finite[*done.check].state && !c_.finite[k].state)) done.check = k;
    }
    c_.epilogue.push_back(done);
    return i;
  }

  void drop_updates_done() {
    std::vector<char> done(c_.states.size());
    for (const plan& p : plans_) done[p.state] = true;
    std::erase_if(c_.updates, [&](const auto& u) { return done[u.first] != 0; });
  }

  program_ir& c_;
  def_use uses_;
  std::vector<std::size_t> counts_;                   // by storage: how often it is used, by whomever
  std::vector<std::uint32_t> check_of_, next_check_;  // the checks of a value, linked
  std::vector<plan> plans_;
  std::vector<instruction> scalars_;  // that compute coefficients
};

}  // namespace

std::size_t update_in_place(program_ir& c) { return c.updates.empty() ? 0 : in_place_updates(c).run(); }

}  // namespace reel::detail
