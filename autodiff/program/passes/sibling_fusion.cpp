// SPDX-License-Identifier: MIT
// Sibling fusion: an op whose type names another op of its first inputs is computed along with it, such as
// softmax with the logsumexp whose slope it is, or cross-entropy with its own slope, which have their
// exponentials in common. Exact: both come out as each would alone.
#include "program/ir.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace reel::detail {

namespace {

instruction& instruction_of(instruction& i) { return i; }
instruction& instruction_of(loop_op& m) { return m.what; }
const instruction& instruction_of(const instruction& i) { return i; }
const instruction& instruction_of(const loop_op& m) { return m.what; }

bool single(const instruction& i) {
  return i.rows == nullptr && i.fused == nullptr && !is_in_place_update(i) && i.sibling == no_value &&
         !i.unused;
}

bool has_candidate(const auto& list) {
  return std::ranges::any_of(list, [](const auto& x) {
    return instruction_of(x).op.type->with != nullptr && single(instruction_of(x));
  });
}

// Pairs in a list: the instructions of a program from `first` on, or the members of a fusion. Partners are
// found by a table of what could be computed along. Then the list is written anew: a pair stands where the
// earlier one stood, after what the later one needs.
template <class Item> class sibling_matcher {
 public:
  sibling_matcher(const program_ir& c, std::vector<Item>& list, std::size_t first)
      : c_(c), list_(list), first_(static_cast<std::uint32_t>(first)) {}

  std::size_t run() {
    find_partners();
    find_makers();
    done_.assign(list_.size(), false);
    rewritten_.reserve(list_.size());
    for (std::uint32_t t = 0; t < list_.size(); ++t)
      if (done_[t] == 0) place(t);
    list_ = std::move(rewritten_);
    return pairs_;
  }

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  static constexpr std::size_t most_moved = 64;  // instructions that are moved before a pair

  instruction& at(std::uint32_t t) { return instruction_of(list_[t]); }

  static std::size_t hash(const op_type* op, std::span<const value_id> inputs) {
    std::size_t h = reinterpret_cast<std::uintptr_t>(op);
    for (const value_id v : inputs) h = hash_with(h, v);
    return h;
  }

  // Of two that compute the same op along the earlier one has it.
  void find_partners() {
    const auto count = static_cast<std::uint32_t>(list_.size());
    partner_.assign(count, none);
    std::unordered_multimap<std::size_t, std::uint32_t> wanting;  // who computes what along, by its hash
    for (std::uint32_t t = first_; t < count; ++t) {
      const instruction& i = at(t);
      if (i.op.type->with == nullptr || !single(i)) continue;
      const op_type* const other = i.op.type->with->type;
      if (other->arity <= i.inputs.size())
        wanting.emplace(hash(other, std::span(i.inputs).first(other->arity)), t);
    }
    for (std::uint32_t other = first_; other < count; ++other) {
      const instruction& i = at(other);
      if (!single(i)) continue;
      const auto [from, to] = wanting.equal_range(hash(i.op.type, i.inputs));
      std::uint32_t best = none;
      int looks = 0;
      for (auto it = from; it != to && ++looks <= 32; ++it)
        if (it->second != other && partner_[it->second] == none && computes(at(it->second), i))
          best = std::min(best, it->second);
      if (best == none || partner_[other] != none) continue;
      partner_[best] = other;
      partner_[other] = best;
    }
  }
  // Whether `other` is what `i` can compute along.
  static bool computes(const instruction& i, const instruction& other) {
    const sibling* const with = i.op.type->with;
    return with != nullptr && other.op.type == with->type && other.inputs.size() <= i.inputs.size() &&
           std::ranges::equal(other.inputs, std::span(i.inputs).first(other.inputs.size())) &&
           with->computes(i.op.self.get(), other.op.self.get());
  }

  void find_makers() {
    maker_.reserve(list_.size());
    for (std::uint32_t t = 0; t < list_.size(); ++t) {
      if (is_in_place_update(at(t))) continue;
      for (const value_id v : outputs_of(at(t))) maker_.emplace(c_.values[v].storage, t);
    }
  }
  std::uint32_t maker_of(value_id v) const {
    const auto maker = maker_.find(c_.values[v].storage);
    return maker == maker_.end() ? none : maker->second;
  }

  void write(std::uint32_t t) {
    done_[t] = true;
    rewritten_.push_back(std::move(list_[t]));
  }

  void place(std::uint32_t t) {
    const std::uint32_t other = partner_[t];
    if (other == none || done_[other] != 0) return write(t);
    const bool computes_other = computes(at(t), at(other));
    const std::uint32_t whole = computes_other ? t : other, part = computes_other ? other : t;
    if (!computes_other && !place_before(whole, part)) return write(t);
    at(whole).sibling = at(part).output;
    done_[part] = true;
    write(whole);
    ++pairs_;
  }

  // Places what `later` needs; false, and nothing is placed, where it needs `earlier` or too much.
  bool place_before(std::uint32_t later, std::uint32_t earlier) {
    std::vector<std::uint32_t> needed, open{later};
    while (!open.empty()) {
      const std::uint32_t t = open.back();
      open.pop_back();
      for (const value_id v : at(t).inputs) {
        const std::uint32_t maker = maker_of(v);
        if (maker == none || done_[maker] != 0) continue;
        if (maker == earlier || needed.size() == most_moved) return false;
        if (std::ranges::find(needed, maker) != needed.end()) continue;
        needed.push_back(maker);
        open.push_back(maker);
      }
    }
    std::ranges::sort(needed);  // makers come before their readers
    for (const std::uint32_t t : needed) write(t);
    return true;
  }

  const program_ir& c_;
  std::vector<Item>& list_;
  std::uint32_t first_;
  std::vector<std::uint32_t> partner_;                      // by instruction: the other of the pair, or none
  std::unordered_map<std::uint32_t, std::uint32_t> maker_;  // by storage
  std::vector<char> done_;
  std::vector<Item> rewritten_;
  std::size_t pairs_ = 0;
};

}  // namespace

std::size_t fuse_siblings(program_ir& c) {
  std::size_t pairs = 0;
  if (has_candidate(c.instructions)) pairs += sibling_matcher(c, c.instructions, c.prologue).run();
  for (instruction& i : c.instructions) {
    if (i.rows == nullptr || !has_candidate(i.rows->members)) continue;
    auto g = std::make_shared<tiled_loop>(*i.rows);
    pairs += sibling_matcher(c, g->members, 0).run();
    i.rows = std::move(g);
  }
  return pairs;
}

}  // namespace reel::detail
