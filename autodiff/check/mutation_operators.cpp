// SPDX-License-Identifier: MIT
#include "check/mutation_operators.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace reel::check {

namespace {

std::string letter(const rule& r, node_id n) {
  const auto index = [&](const std::vector<var>& of, const char* name) -> std::string {
    for (std::size_t i = 0; i < of.size(); ++i)
      if (of[i].id() == n) return of.size() == 1 ? name : fmt::format("{}{}", name, i);
    return {};
  };
  if (auto x = index(r.x, "x"); !x.empty()) return x;
  if (auto y = index(r.y, "y"); !y.empty()) return y;
  return index(r.ybar, "ybar");
}

bool plain(const recording& nodes, node_id n) {
  const std::string_view op = nodes.op_of(n).traits->name;
  return op == "identity" || op == "broadcast_to" || op == "reshape";
}

}  // namespace

std::string formula(const rule& r, node_id n, int depth) {
  const recording& nodes = r.source();
  if (const auto named = nodes.names.find(n); named != nodes.names.end()) return named->second;
  if (auto known = letter(r, n); !known.empty()) return known;
  if (nodes.nodes[n].role != tape::role::computed)
    return nodes.shape_of(n).size() == 1 && nodes.nodes[n].kind == kind::real &&
                   nodes.leaf_of(n)->data != nullptr
               ? fmt::format("{:.4g}", *static_cast<const double*>(nodes.leaf_of(n)->data.get()))
               : "c";
  const auto inputs = nodes.inputs_of(n);
  const std::string_view op = nodes.op_of(n).traits->name;
  if (plain(nodes, n)) return formula(r, inputs[0], depth);
  if (depth == 0) return "…";
  std::vector<std::string> parts;
  for (const node_id i : inputs) parts.push_back(formula(r, i, depth - 1));
  if (op == "neg") return "-" + parts[0];
  const auto infix = [&](const char* sign) { return fmt::format("({} {} {})", parts[0], sign, parts[1]); };
  if (op == "add") return infix("+");
  if (op == "sub") return infix("-");
  if (op == "mul" || op == "scale_cotangent") return infix("*");
  if (op == "div") return infix("/");
  return fmt::format("{}({})", op, fmt::join(parts, ", "));
}

namespace {

class maker {
 public:
  explicit maker(const rule& r) : r_(r), nodes_(r.source()) {
    std::vector<char> seen(nodes_.nodes.size());
    for (const var& g : r.xbar) seen[g.id()] = true;
    live_.resize(nodes_.nodes.size());
    for (const var& v : r.given()) live_[v.id()] = true;
    for (node_id n = 0; n < live_.size(); ++n)
      for (const node_id i : nodes_.inputs_of(n)) live_[n] = live_[n] || live_[i];
    const node_id first = r.ybar.back().id() + 1;  // what the rule recorded comes after its cotangent
    for (node_id n = static_cast<node_id>(seen.size()); n-- > first;) {
      if (!seen[n] || nodes_.nodes[n].role != tape::role::computed) continue;
      steps_.insert(steps_.begin(), n);
      for (const node_id i : nodes_.inputs_of(n)) seen[i] = true;
    }
    outer_ = std::min<std::size_t>(r.x.size(), 4);
  }

  std::vector<planted> run() {
    for (std::size_t i = 0; i < outer_; ++i) of_cotangent(i);
    swaps();
    for (const var& seed : r_.ybar) of_seed(seed);
    saved();
    for (const node_id n : steps_) of_step(n);
    return std::move(all_);
  }

 private:
  std::size_t elements(node_id n) const { return static_cast<std::size_t>(nodes_.shape_of(n).size()); }
  bool real(node_id n) const { return nodes_.nodes[n].kind == kind::real; }
  bool wide(node_id n) const { return nodes_.shape_of(n).rank() > 0 && nodes_.shape_of(n).back() > 1; }
  bool tall(node_id n) const {
    const shape& s = nodes_.shape_of(n);
    return s.rank() > 1 && s[0] > 1;
  }
  bool matrix(node_id n) const {
    const shape& s = nodes_.shape_of(n);
    return s.rank() > 1 && s[s.rank() - 1] > 1 && s[s.rank() - 2] > 1;
  }
  bool has_tail(node_id n) const { return elements(n) > 4 && elements(n) % 4 != 0; }

  void make(const char* family, std::string what, std::vector<edit> edits) {
    if (edits.empty()) return;
    all_.push_back({family, std::move(what), std::move(edits)});
  }

  // Numbers in a new order, where there is an order to change.
  void reorder(const std::string& what, node_id of, const std::vector<edit>& places) {
    const auto with = [&](change c) {
      auto edits = places;
      for (edit& e : edits) e.change = c;
      return edits;
    };
    if (matrix(of)) make("transposed", what + " transposed", with(change::transpose));
    if (wide(of)) make("rolled", what + " rolled by one", with(change::roll));
    if (tall(of)) make("wrong axis", what + " rolled along the first axis", with(change::roll_first));
    if (has_tail(of)) make("tail", what + " without its last elements", with(change::drop_tail));
  }

  void of_cotangent(std::size_t i) {
    const node_id n = r_.xbar[i].id();
    if (elements(n) == 0) return;
    const auto name = r_.x.size() == 1 ? std::string("xbar") : fmt::format("xbar{}", i);
    const auto times = [&](double by) { return std::vector<edit>{{n, -1, change::scale, by}}; };
    make("sign", "-" + name, times(-1));
    make("factor", "2 " + name, times(2));
    make("factor", name + " / 2", times(0.5));
    for (const int k : {3, 6, 12})
      make("factor", fmt::format("{} (1 + 1e-{})", name, k), times(1 + std::pow(10.0, -k)));
    make("dropped", name + " = 0", {{n, -1, change::zero}});
    reorder(name, n, {{n, -1, change::none}});
  }

  void swaps() {
    for (std::size_t i = 0; i < outer_; ++i)
      for (std::size_t k = i + 1; k < outer_; ++k) {
        const node_id a = r_.xbar[i].id(), b = r_.xbar[k].id();
        if (elements(a) != elements(b) || elements(a) == 0) continue;
        make("swapped", fmt::format("xbar{} and xbar{} swapped", i, k),
             {{a, 0, change::read_instead, 1, nodes_.inputs_of(b)[0]},
              {b, 0, change::read_instead, 1, nodes_.inputs_of(a)[0]}});
      }
  }

  // Every place where the rule reads a node.
  std::vector<edit> readers(node_id n, change c, node_id other = no_node) const {
    std::vector<edit> edits;
    for (const node_id s : steps_) {
      const auto inputs = nodes_.inputs_of(s);
      for (std::size_t slot = 0; slot < inputs.size(); ++slot)
        if (inputs[slot] == n) edits.push_back({s, static_cast<int>(slot), c, 1, other});
    }
    return edits;
  }

  void of_seed(const var& seed) {
    const std::string name = letter(r_, seed.id());
    if (elements(seed.id()) == 0) return;
    make("seed ignored", name + " = 1", readers(seed.id(), change::ones));
    reorder(name, seed.id(), readers(seed.id(), change::none));
  }

  // A saved number mistaken for another of the same shape.
  void saved() {
    std::vector<var> known(r_.x.begin(), r_.x.begin() + static_cast<std::ptrdiff_t>(outer_));
    known.insert(known.end(), r_.y.begin(), r_.y.end());
    for (const var& a : known)
      if (matrix(a.id()))
        make("saved", fmt::format("{} transposed where it is read", letter(r_, a.id())),
             readers(a.id(), change::transpose));
    for (const var& a : known)
      for (const var& b : known)
        if (a.id() != b.id() && a.shape() == b.shape() && elements(a.id()) > 0)
          make("saved", fmt::format("{} for {}", letter(r_, b.id()), letter(r_, a.id())),
               readers(a.id(), change::read_instead, b.id()));
  }

  void of_step(node_id n) {
    const std::string_view op = nodes_.op_of(n).traits->name;
    const auto inputs = nodes_.inputs_of(n);
    if (!real(n) || !live_[n] || elements(n) == 0 || op == "identity") return;
    const bool sum = op == "add" || op == "sub", product = op == "mul" || op == "scale_cotangent";
    for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
      const auto at = static_cast<int>(slot);
      const std::string part = formula(r_, inputs[slot]), whole = formula(r_, n);
      if (sum) {
        make("term", fmt::format("{} without {}", whole, part), {{n, at, change::zero}});
        make("term", fmt::format("{} with -{}", whole, part), {{n, at, change::scale, -1}});
        if (elements(r_.y[0].id()) == elements(inputs[slot]))
          make("term", fmt::format("{} with {} times y", whole, part),
               {{n, at, change::times, 1, r_.y[0].id()}});
      }
      if (product)
        make("term", fmt::format("{} without the factor {}", whole, part), {{n, at, change::ones}});
    }
    reductions(n, op);
    if (has_tail(n))
      make("tail", fmt::format("the loop of {} stops short", formula(r_, n)), {{n, -1, change::drop_tail}});
  }

  void reductions(node_id n, std::string_view op) {
    const bool sum = op == "sum_to" || op == "sum" || op == "mean";
    const auto inputs = nodes_.inputs_of(n);
    if (sum || op == "scatter_add" || op == "matmul")
      for (node_id slot = 0; slot < inputs.size(); ++slot) {
        if (!real(inputs[slot]) || !live_[inputs[slot]] || elements(inputs[slot]) < 2 ||
            elements(inputs[slot]) > 512)
          continue;
        const std::string text = fmt::format("{} of {}", op, formula(r_, inputs[slot]));
        if (sum) make("reduction", text + ": the first term alone", {{n, -1, change::first_only, 1, slot}});
        make("reduction", text + ": overwritten instead of accumulated",
             {{n, -1, change::last_only, 1, slot}});
      }
    const std::size_t from = elements(inputs[0]), to = elements(n);
    if (from == to || from == 0) return;
    const std::string text = fmt::format("{} of {}", op, formula(r_, inputs[0]));
    if (sum && matrix(inputs[0]))
      make("wrong axis", text + " along the other axis", {{n, -1, change::other_axis}});
    if (op == "broadcast_to") sums_spread(n, inputs[0]);
    if (op == "mean") make("reduction", text + ": a sum instead", {{n, -1, change::inverse_ratio}});
    if (op == "sum_to" || op == "sum" || op == "broadcast_to")
      make("reduction", text + ": a mean instead", {{n, -1, change::ratio}});
  }

  // A sum along an axis that is stretched back over it.
  void sums_spread(node_id n, node_id sum) {
    while (plain(nodes_, sum)) sum = nodes_.inputs_of(sum)[0];
    const std::string_view op = nodes_.op_of(sum).traits->name;
    if (op != "sum" && op != "sum_to") return;
    const node_id from = nodes_.inputs_of(sum)[0];
    if (matrix(from) && nodes_.shape_of(from) == nodes_.shape_of(n))
      make("wrong axis", fmt::format("{} of {} along the other axis", op, formula(r_, from)),
           {{n, -1, change::other_spread, 1, from}});
  }

  const rule& r_;
  const recording& nodes_;
  std::vector<node_id> steps_;
  std::size_t outer_;
  std::vector<char> live_;  // depends on x or ȳ: constants are no part of the rule
  std::vector<planted> all_;
};

}  // namespace

std::vector<planted> catalogue(const rule& r) { return maker(r).run(); }

}  // namespace reel::check
