// SPDX-License-Identifier: MIT
#include "check/mutation_operators.hpp"

#include "check/algebra.hpp"

#include <reel/autodiff/structural.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace reel::check {

namespace {

constexpr std::size_t most_inputs = 4;          // of which cotangents and saved numbers are mutated
constexpr std::size_t most_terms = 512;         // of a sum of which single terms are taken
constexpr int shown_depth = 3;                  // of a formula
constexpr std::array<int, 3> digits{3, 6, 12};  // of a factor 1 + 10^−k

// A recorded rule as the operators look at it.
class mutable_rule {
 public:
  explicit mutable_rule(const rule& r) : rule_(r), nodes_(r.source()) {
    live_.resize(nodes_.nodes.size());
    for (const var& v : r.given()) live_[v.id()] = true;
    for (node_id n = 0; n < live_.size(); ++n)
      for (const node_id i : nodes_.inputs_of(n)) live_[n] = live_[n] || live_[i];
    std::vector<char> seen(nodes_.nodes.size());
    for (const var& g : r.xbar) seen[g.id()] = true;
    const node_id first = r.ybar.back().id() + 1;  // what the rule recorded comes after its cotangent
    for (node_id n = static_cast<node_id>(seen.size()); n-- > first;) {
      if (!seen[n] || nodes_.nodes[n].role != tape::role::computed) continue;
      steps_.push_back(n);
      for (const node_id i : nodes_.inputs_of(n)) seen[i] = true;
    }
    std::ranges::reverse(steps_);
  }

  const rule& of() const { return rule_; }
  const recording& nodes() const { return nodes_; }
  std::span<const node_id> steps() const { return steps_; }
  std::span<const node_id> inputs(node_id n) const { return nodes_.inputs_of(n); }
  std::size_t mutated_inputs() const { return std::min(rule_.x.size(), most_inputs); }
  std::size_t elements(node_id n) const { return static_cast<std::size_t>(nodes_.shape_of(n).size()); }
  bool real(node_id n) const { return nodes_.nodes[n].kind == kind::real; }
  bool live(node_id n) const { return live_[n]; }  // depends on x or ȳ: constants are no part of the rule
  const algebra& computes(node_id n) const {
    const auto [at, is_new] = algebra_.try_emplace(n);
    if (is_new) at->second = algebra_of(nodes_, n);
    return at->second;
  }
  // A step whose faults are not those of another: neither constant nor the end of the record.
  bool mutates(node_id n) const {
    return real(n) && live(n) && elements(n) > 0 && nodes_.op_of(n).type != &detail::op_type_of<identity_op>;
  }

  // Every place where the rule reads a node.
  std::vector<edit> readers(node_id n, change c, node_id other = no_node) const {
    std::vector<edit> edits;
    for (const node_id s : steps_) {
      const auto read = inputs(s);
      for (std::size_t slot = 0; slot < read.size(); ++slot)
        if (read[slot] == n) edits.push_back({s, static_cast<int>(slot), c, 1, other});
    }
    return edits;
  }

  std::string letter(node_id n) const {
    const auto index = [&](const std::vector<var>& of, const char* name) -> std::string {
      for (std::size_t i = 0; i < of.size(); ++i)
        if (of[i].id() == n) return of.size() == 1 ? name : fmt::format("{}{}", name, i);
      return {};
    };
    if (auto x = index(rule_.x, "x"); !x.empty()) return x;
    if (auto y = index(rule_.y, "y"); !y.empty()) return y;
    return index(rule_.ybar, "ybar");
  }

  // "y * (ybar - sum(y * ybar))": a node of the rule as a formula, or the name its author gave it.
  std::string formula(node_id n, int depth = shown_depth) const {
    if (const auto named = nodes_.names.find(n); named != nodes_.names.end()) return named->second;
    if (auto known = letter(n); !known.empty()) return known;
    if (nodes_.nodes[n].role != tape::role::computed) return constant(n);
    const algebra& is = computes(n);
    if (is.plain()) return formula(inputs(n)[0], depth);
    if (depth == 0) return "…";
    std::vector<std::string> parts;
    for (const node_id i : inputs(n)) parts.push_back(formula(i, depth - 1));
    if (is.negation) return "-" + parts[0];
    for (const auto& [holds, sign] : {std::pair{is.sum, "+"}, std::pair{is.difference, "-"},
                                      std::pair{is.product, "*"}, std::pair{is.quotient, "/"}})
      if (holds) return fmt::format("({} {} {})", parts[0], sign, parts[1]);
    return fmt::format("{}({})", op_name(n), fmt::join(parts, ", "));
  }
  std::string_view op_name(node_id n) const { return nodes_.op_of(n).type->name; }

 private:
  std::string constant(node_id n) const {
    const bool number = elements(n) == 1 && real(n) && nodes_.leaf_of(n)->data != nullptr;
    return number ? fmt::format("{:.4g}", *static_cast<const double*>(nodes_.leaf_of(n)->data.get())) : "c";
  }

  const rule& rule_;
  const recording& nodes_;
  std::vector<node_id> steps_;
  std::vector<char> live_;
  mutable std::map<node_id, algebra> algebra_;
};

using mutants_made = std::vector<mutation>;

void make(mutants_made& all, const char* family, std::string what, std::vector<edit> edits) {
  if (!edits.empty()) all.push_back({family, std::move(what), std::move(edits)});
}

bool is_wide(const shape& s) { return s.rank() > 0 && s.back() > 1; }
bool is_tall(const shape& s) { return s.rank() > 1 && s[0] > 1; }
bool is_matrix(const shape& s) { return s.rank() > 1 && s[s.rank() - 1] > 1 && s[s.rank() - 2] > 1; }
bool has_tail(const shape& s) { return s.size() > 4 && s.size() % 4 != 0; }

// Numbers in a new order, where there is an order to change.
void reorder(mutants_made& all, const std::string& what, const shape& dims, const std::vector<edit>& places) {
  const auto with = [&](change c) {
    auto edits = places;
    for (edit& e : edits) e.change = c;
    return edits;
  };
  if (is_matrix(dims)) make(all, "transposed", what + " transposed", with(change::transpose));
  if (is_wide(dims)) make(all, "rolled", what + " rolled by one", with(change::roll));
  if (is_tall(dims)) make(all, "wrong axis", what + " rolled along the first axis", with(change::roll_first));
  if (has_tail(dims)) make(all, "tail", what + " without its last elements", with(change::drop_tail));
}

// Sign, factors, order and absence of each cotangent.
void cotangents(const mutable_rule& m, mutants_made& all) {
  for (std::size_t i = 0; i < m.mutated_inputs(); ++i) {
    const node_id n = m.of().xbar[i].id();
    if (m.elements(n) == 0) continue;
    const auto name = m.of().x.size() == 1 ? std::string("xbar") : fmt::format("xbar{}", i);
    const auto times = [&](double by) { return std::vector<edit>{{n, -1, change::scale, by}}; };
    make(all, "sign", "-" + name, times(-1));
    make(all, "factor", "2 " + name, times(2));
    make(all, "factor", name + " / 2", times(0.5));
    for (const int k : digits)
      make(all, "factor", fmt::format("{} (1 + 1e-{})", name, k), times(1 + std::pow(10.0, -k)));
    make(all, "dropped", name + " = 0", {{n, -1, change::zero}});
    reorder(all, name, m.nodes().shape_of(n), {{n, -1, change::none}});
  }
}

// The cotangents of two inputs exchanged.
void swapped_cotangents(const mutable_rule& m, mutants_made& all) {
  for (std::size_t i = 0; i < m.mutated_inputs(); ++i)
    for (std::size_t k = i + 1; k < m.mutated_inputs(); ++k) {
      const node_id a = m.of().xbar[i].id(), b = m.of().xbar[k].id();
      if (m.elements(a) != m.elements(b) || m.elements(a) == 0) continue;
      make(
          all, "swapped", fmt::format("xbar{} and xbar{} swapped", i, k),
          {{a, 0, change::read_instead, 1, m.inputs(b)[0]}, {b, 0, change::read_instead, 1, m.inputs(a)[0]}});
    }
}

// ȳ ignored, or read in another order.
void seeds(const mutable_rule& m, mutants_made& all) {
  for (const var& seed : m.of().ybar) {
    const node_id n = seed.id();
    if (m.elements(n) == 0) continue;
    make(all, "seed ignored", m.letter(n) + " = 1", m.readers(n, change::ones));
    reorder(all, m.letter(n), seed.shape(), m.readers(n, change::none));
  }
}

// A saved number mistaken for another of the same shape.
void saved_numbers(const mutable_rule& m, mutants_made& all) {
  const auto& x = m.of().x;
  std::vector<var> known(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(m.mutated_inputs()));
  known.insert(known.end(), m.of().y.begin(), m.of().y.end());
  for (const var& a : known)
    if (is_matrix(a.shape()))
      make(all, "saved", m.letter(a.id()) + " transposed where it is read",
           m.readers(a.id(), change::transpose));
  for (const var& a : known)
    for (const var& b : known)
      if (a.id() != b.id() && a.shape() == b.shape() && m.elements(a.id()) > 0)
        make(all, "saved", fmt::format("{} for {}", m.letter(b.id()), m.letter(a.id())),
             m.readers(a.id(), change::read_instead, b.id()));
}

// The terms of a sum, and the factors of a product.
void terms(const mutable_rule& m, node_id n, mutants_made& all) {
  const algebra& is = m.computes(n);
  const auto inputs = m.inputs(n);
  for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
    const auto at = static_cast<int>(slot);
    if (is.sum || is.difference) {
      const std::string part = m.formula(inputs[slot]), whole = m.formula(n);
      make(all, "term", fmt::format("{} without {}", whole, part), {{n, at, change::zero}});
      make(all, "term", fmt::format("{} with -{}", whole, part), {{n, at, change::scale, -1}});
      const var& y = m.of().y[0];
      if (m.elements(y.id()) == m.elements(inputs[slot]))
        make(all, "term", fmt::format("{} with {} times y", whole, part),
             {{n, at, change::times, 1, y.id()}});
    }
    if (is.product)
      make(all, "term", fmt::format("{} without the factor {}", m.formula(n), m.formula(inputs[slot])),
           {{n, at, change::ones}});
  }
}

// Sums of which one term is taken.
void single_terms(const mutable_rule& m, node_id n, mutants_made& all) {
  const algebra& is = m.computes(n);
  const auto inputs = m.inputs(n);
  for (node_id slot = 0; slot < inputs.size(); ++slot) {
    const node_id from = inputs[slot];
    if (!is.accumulates[slot] || !m.live(from) || m.elements(from) > most_terms) continue;
    const std::string text = fmt::format("{} of {}", m.op_name(n), m.formula(from));
    if (is.total || is.average)
      make(all, "reduction", text + ": the first term alone", {{n, -1, change::first_only, 1, slot}});
    make(all, "reduction", text + ": overwritten instead of accumulated",
         {{n, -1, change::last_only, 1, slot}});
  }
}

// A sum along an axis that is stretched back over it.
void stretched_sums(const mutable_rule& m, node_id n, mutants_made& all) {
  if (!m.computes(n).stretch) return;
  node_id sum = m.inputs(n)[0];
  while (m.nodes().nodes[sum].role == tape::role::computed && m.computes(sum).plain()) sum = m.inputs(sum)[0];
  if (!m.computes(sum).total) return;
  const node_id from = m.inputs(sum)[0];
  if (is_matrix(m.nodes().shape_of(from)) && m.nodes().shape_of(from) == m.nodes().shape_of(n))
    make(all, "wrong axis", fmt::format("{} of {} along the other axis", m.op_name(sum), m.formula(from)),
         {{n, -1, change::other_spread, 1, from}});
}

// Sums along another axis, means for sums and sums for means.
void reductions(const mutable_rule& m, node_id n, mutants_made& all) {
  const algebra& is = m.computes(n);
  if (!is.total && !is.average && !is.stretch) return;
  const std::string text = fmt::format("{} of {}", m.op_name(n), m.formula(m.inputs(n)[0]));
  if (!is.stretch && is_matrix(m.nodes().shape_of(m.inputs(n)[0])))
    make(all, "wrong axis", text + " along the other axis", {{n, -1, change::other_axis}});
  stretched_sums(m, n, all);
  if (is.average) make(all, "reduction", text + ": a sum instead", {{n, -1, change::inverse_ratio}});
  else make(all, "reduction", text + ": a mean instead", {{n, -1, change::ratio}});
}

// A loop that leaves out what remains after whole groups of 4.
void short_loops(const mutable_rule& m, node_id n, mutants_made& all) {
  if (has_tail(m.nodes().shape_of(n)))
    make(all, "tail", fmt::format("the loop of {} stops short", m.formula(n)), {{n, -1, change::drop_tail}});
}

}  // namespace

std::vector<mutation> mutations_of(const rule& r) {
  const mutable_rule m(r);
  mutants_made all;
  for (const auto mutate : {cotangents, swapped_cotangents, seeds, saved_numbers}) mutate(m, all);
  for (const node_id n : m.steps())
    if (m.mutates(n))
      for (const auto mutate : {terms, single_terms, reductions, short_loops}) mutate(m, n, all);
  return all;
}

}  // namespace reel::check
