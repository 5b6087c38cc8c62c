// SPDX-License-Identifier: MIT
// The fusion pass: runs of elementwise instructions over the same number of elements become one group
// that goes over them block by block. Between the members of a group a block stays in the first-level
// cache, and a value that only they use needs no memory beyond a block. Exact: each element is computed
// by the same function from the same numbers.
#include "program/ir.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

namespace reel::detail {

namespace {

class fusion {
 public:
  explicit fusion(code& c) : c_(c), uses_(c.storages.size()) {
    for (const auto& i : c.instructions)
      for (const value_id v : i.inputs) ++uses_[storage_of(v)];
    const auto root = [&](value_id v) { uses_[storage_of(v)] += outside; };
    for (const value_id v : c.outputs) root(v);
    for (const auto& u : c.updates) root(u.second);
    for (const auto& f : c.finite) root(f.value);
  }

  std::size_t run() {
    std::vector<instruction> all = std::move(c_.instructions);
    c_.instructions.clear();
    for (std::size_t t = 0; t < all.size(); ++t) {
      instruction& i = all[t];
      if (t < c_.once) {
        c_.instructions.push_back(std::move(i));
      } else if (is_fill(i)) {
        fills_.emplace(storage_of(i.output), i);
        flush_needed(i, 0);
        c_.instructions.push_back(std::move(i));
      } else if (is_elementwise(i)) {
        const index_t n = size_of(i.output);
        flush_needed(i, n);
        open_at_[storage_of(i.output)] = n;
        open_[n].push_back(std::move(i));
      } else {
        if (is_commit(i)) flush_all();  // a commit comes after everything else
        flush_needed(i, 0);
        c_.instructions.push_back(std::move(i));
      }
    }
    flush_all();
    drop_unused_fills();
    return fused_;
  }

 private:
  static constexpr std::size_t outside = std::size_t{1} << 32;
  using open_group = std::map<index_t, std::vector<instruction>>::iterator;

  std::uint32_t storage_of(value_id v) const { return c_.values[v].storage; }
  index_t size_of(value_id v) const { return c_.values[v].shape.size(); }
  // A scalar that is stretched, or a row of moderate length that is stretched to rows and nothing else.
  bool is_fill(const instruction& i) const {
    if (!i.op.traits->stretch || size_of(i.output) <= size_of(i.inputs[0])) return false;
    return size_of(i.inputs[0]) == 1 ||
           repeats_whole(c_.values[i.inputs[0]].shape, c_.values[i.output].shape);
  }
  // Whether y is x over and over: x is the last axes of y, but for axes of 1 before them.
  static bool repeats_whole(const shape& x, const shape& y) {
    if (x.size() == 0 || x.size() > group::longest_row) return false;
    index_t size = 1;
    for (std::size_t k = 1; k <= x.rank() && size < x.size(); ++k) {
      if (x[x.rank() - k] != y[y.rank() - k]) return false;
      size *= x[x.rank() - k];
    }
    return size == x.size();
  }
  bool is_elementwise(const instruction& i) const {
    return i.op.traits->elementwise && !i.op.traits->effect && !is_commit(i) && size_of(i.output) > 0 &&
           std::ranges::all_of(i.inputs, [&](value_id v) { return size_of(v) == size_of(i.output); });
  }

  // Closes the open groups that `i` reads from, except the one of size n, which it joins.
  void flush_needed(const instruction& i, index_t n) {
    for (const value_id v : i.inputs) {
      const auto made = open_at_.find(storage_of(v));
      if (made == open_at_.end() || made->second == n) continue;
      flush(open_.find(made->second));
    }
  }

  void flush_all() {
    while (!open_.empty()) flush(open_.begin());
  }
  void flush(open_group open) {
    auto g = std::make_shared<group>();
    g->size = open->first;
    g->members = std::move(open->second);
    open_.erase(open);
    for (const instruction& member : g->members) open_at_.erase(storage_of(member.output));
    find_fills(*g);
    if (g->members.size() == 1 && g->fills.empty()) {
      c_.instructions.push_back(std::move(g->members[0]));
      return;
    }
    fused_ += g->members.size();
    instruction whole = g->members.back();
    const reading inside = readers(*g);
    find_outputs(*g, inside);
    watch(*g);
    whole.inputs = outer_inputs(*g);
    assign_blocks(*g, inside);
    whole.fused = std::move(g);
    c_.instructions.push_back(std::move(whole));
  }

  // Rows of one length: others are stretched in memory.
  void find_fills(group& g) const {
    std::unordered_set<std::uint32_t> seen;
    for (const auto& member : g.members)
      for (const value_id v : member.inputs) {
        const auto fill = fills_.find(storage_of(v));
        if (fill == fills_.end() || !seen.insert(fill->first).second) continue;
        const index_t length = size_of(fill->second.inputs[0]);
        if (length > 1 && g.row > 1 && length != g.row) continue;
        g.row = std::max(g.row, length);
        g.fills.push_back(fill->second);
      }
  }

  // How often a group's members read a storage, and which one last.
  struct use {
    std::size_t count = 0, last = 0;
  };
  using reading = std::unordered_map<std::uint32_t, use>;
  reading readers(const group& g) const {
    reading all;
    for (std::size_t m = 0; m < g.members.size(); ++m)
      for (const value_id v : g.members[m].inputs) {
        use& u = all[storage_of(v)];
        ++u.count;
        u.last = m;
      }
    return all;
  }

  // What is used elsewhere, or nowhere, keeps its memory; the rest lives in blocks.
  void find_outputs(group& g, const reading& inside) {
    for (const auto& member : g.members) {
      const std::uint32_t s = storage_of(member.output);
      const auto u = inside.find(s);
      const bool inner =
          c_.storages[s].where == home::arena && u != inside.end() && uses_[s] == u->second.count;
      if (inner) c_.storages[s].where = home::block;
      else g.outputs.push_back(member.output);
    }
  }

  void watch(group& g) {
    for (auto& f : c_.finite)
      if (!f.implied && std::ranges::find(g.outputs, f.value) != g.outputs.end()) {
        g.watched.push_back(f.value);
        f.watched = true;
      }
  }

  std::vector<value_id> outer_inputs(const group& g) const {
    std::unordered_set<std::uint32_t> made_here;
    for (const auto* list : {&g.members, &g.fills})
      for (const auto& i : *list) made_here.insert(storage_of(i.output));
    std::vector<value_id> inputs;
    std::unordered_set<value_id> added;
    const auto add = [&](value_id v) {
      if (added.insert(v).second) inputs.push_back(v);
    };
    for (const auto& fill : g.fills) add(fill.inputs[0]);
    for (const auto& member : g.members)
      for (const value_id v : member.inputs) {
        const std::uint32_t s = storage_of(v);
        if (!made_here.contains(s)) add(v);
      }
    return inputs;
  }

  // Blocks for fills stay throughout; a member's is free again after the last member that reads it, for
  // numbers of the same kind: a chain writes elements where it has read those before them, which of kinds of
  // other sizes lie elsewhere.
  void assign_blocks(group& g, const reading& inside) {
    std::map<kind, std::vector<std::uint32_t>> free;
    const auto kind_of = [&](std::uint32_t s) { return c_.storages[s].kind; };
    const auto take = [&](std::uint32_t s) {
      auto& fitting = free[kind_of(s)];
      if (fitting.empty()) return static_cast<std::uint32_t>(g.slots++);
      const std::uint32_t slot = fitting.back();
      fitting.pop_back();
      return slot;
    };
    for (const auto& fill : g.fills)
      g.blocks.emplace_back(storage_of(fill.output), take(storage_of(fill.output)));
    std::unordered_map<std::uint32_t, std::uint32_t> held;  // by members' outputs: the slot
    for (std::size_t m = 0; m < g.members.size(); ++m) {
      const std::uint32_t out = storage_of(g.members[m].output);
      if (c_.storages[out].where == home::block) {
        held[out] = take(out);
        g.blocks.emplace_back(out, held[out]);
      }
      for (const value_id v : g.members[m].inputs) {
        const auto slot = held.find(storage_of(v));
        if (slot == held.end() || inside.at(slot->first).last != m) continue;
        free[kind_of(slot->first)].push_back(slot->second);
        held.erase(slot);
      }
    }
  }

  // What is stretched and only groups read is no instruction of its own.
  void drop_unused_fills() {
    std::vector<char> read(c_.storages.size());
    for (std::size_t s = 0; s < read.size(); ++s) read[s] = uses_[s] >= outside;
    for (const auto& i : c_.instructions)
      for (const value_id v : i.inputs) read[storage_of(v)] = true;
    std::erase_if(c_.instructions, [&](const instruction& i) {
      return i.fused == nullptr && fills_.contains(storage_of(i.output)) && is_fill(i) &&
             !read[storage_of(i.output)];
    });
  }

  code& c_;
  std::vector<std::size_t> uses_;  // by storage
  std::map<std::uint32_t, instruction> fills_;
  std::map<index_t, std::vector<instruction>> open_;
  std::unordered_map<std::uint32_t, index_t> open_at_;  // by what members make: the size of their group
  std::size_t fused_ = 0;
};

}  // namespace

std::size_t fuse_elementwise(code& c) { return fusion(c).run(); }

}  // namespace reel::detail
