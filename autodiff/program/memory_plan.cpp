// SPDX-License-Identifier: MIT
// Where in the arena the values of a program lie. Values that are never alive together may have the same
// place, and an elementwise op may write over an input that nothing reads any more.
#include "program/ir.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace reel::detail {

namespace {

constexpr std::size_t cache_line = 64;
constexpr std::size_t most_bytes = ~std::size_t{0} / 2;

bool in_arena(const storage& s) { return s.where == home::arena || s.where == home::instance_constant; }

// The place of a storage, or of several that are written over each other.
struct buffer {
  std::uint32_t first, last;  // instructions between which it is in use
  std::size_t bytes, offset = 0;
  bool meets(const buffer& other) const { return first <= other.last && other.first <= last; }
};

// Which buffer each storage is in, buffers by their first use.
class buffers {
 public:
  static constexpr std::size_t none = ~std::size_t{0};

  buffers(const program_ir& c, dtype number) : of(c.storages.size(), none), c_(c), number_(number) {
    for (std::uint32_t t = 0; t < c.instructions.size(); ++t) add(t);
    if (c.share_buffers) return;
    for (buffer& b : all) b.first = 0, b.last = static_cast<std::uint32_t>(c.instructions.size());
  }

  std::vector<std::size_t> of;  // by storage
  std::vector<buffer> all;

 private:
  void add(std::uint32_t t) {
    const auto& i = c_.instructions[t];
    const auto outputs = outputs_of(i);
    const bool may_overwrite = c_.reuse_operands && i.rows == nullptr &&
                               (i.fused != nullptr ? outputs.size() == 1 : i.op.type->elementwise);
    for (const value_id v : outputs) {
      const std::uint32_t n = c_.values[v].storage;
      const storage& y = c_.storages[n];
      if (!in_arena(y) || of[n] != none) continue;
      if (may_overwrite) of[n] = dying_like(i, t, y);
      if (of[n] == none) {
        of[n] = all.size();
        all.push_back({y.first, y.last, bytes_of(y)});
      }
      all[of[n]].last = std::max(all[of[n]].last, y.last);
    }
  }
  // The buffer of an input as large as y that is read here for the last time.
  std::size_t dying_like(const instruction& i, std::uint32_t t, const storage& y) const {
    for (const value_id v : i.inputs) {
      const std::uint32_t n = c_.values[v].storage;
      const storage& x = c_.storages[n];
      if (in_arena(x) && x.last == t && x.kind == y.kind && x.size == y.size) return of[n];
    }
    return none;
  }
  std::size_t bytes_of(const storage& s) const {
    const std::size_t n = static_cast<std::size_t>(s.size) * size_of(dtype_for(s.kind, number_));
    return std::max(cache_line, (n + cache_line - 1) / cache_line * cache_line);
  }

  const program_ir& c_;
  dtype number_;
};

[[noreturn]] void refuse_size() {
  throw error(errc::size_overflow, "the arena of this program has more than 2^63 bytes.");
}

// Free stretches of the arena. Best fit, of equal ones the first; neighbours merge when given back.
class free_list {
 public:
  std::size_t take(std::size_t bytes) {
    const auto best = by_size_.lower_bound({bytes, 0});
    if (best == by_size_.end()) {  // grow, from the last stretch if it reaches the end
      if (bytes > most_bytes - end_) refuse_size();
      std::size_t at = end_;
      if (!free_.empty() && std::prev(free_.end())->first + std::prev(free_.end())->second == end_) {
        at = std::prev(free_.end())->first;
        remove(std::prev(free_.end()));
      }
      end_ = at + bytes;
      return at;
    }
    const auto [size, at] = *best;
    remove(free_.find(at));
    if (size > bytes) add(at + bytes, size - bytes);
    return at;
  }
  void give(std::size_t at, std::size_t bytes) {
    if (const auto next = free_.find(at + bytes); next != free_.end()) {
      bytes += next->second;
      remove(next);
    }
    if (auto after = free_.lower_bound(at); after != free_.begin())
      if (const auto before = std::prev(after); before->first + before->second == at) {
        at = before->first;
        bytes += before->second;
        remove(before);
      }
    add(at, bytes);
  }
  std::size_t end() const { return end_; }

 private:
  void add(std::size_t at, std::size_t bytes) {
    free_.emplace(at, bytes);
    by_size_.emplace(bytes, at);
  }
  void remove(std::map<std::size_t, std::size_t>::iterator stretch) {
    by_size_.erase({stretch->second, stretch->first});
    free_.erase(stretch);
  }

  std::map<std::size_t, std::size_t> free_;                // by offset
  std::set<std::pair<std::size_t, std::size_t>> by_size_;  // size, offset
  std::size_t end_ = 0;
};

// Each buffer where there is room when it is first used. Returns how many bytes that takes.
std::size_t place_in_order(std::vector<buffer>& all, std::uint32_t instructions) {
  free_list memory;
  constexpr std::size_t none = ~std::size_t{0};
  std::vector<std::size_t> dying(instructions + std::size_t{1}, none),
      next(all.size());  // by instruction, linked
  std::uint32_t now = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (; now < all[i].first; ++now)
      for (std::size_t b = dying[now]; b != none; b = next[b]) memory.give(all[b].offset, all[b].bytes);
    all[i].offset = memory.take(all[i].bytes);
    next[i] = std::exchange(dying[all[i].last], i);
  }
  return memory.end();
}

// The largest first, each as low as those allow that are in use together with it.
std::size_t place_by_size(std::vector<buffer>& all) {
  std::vector<buffer*> order, placed;  // placed: by offset
  for (buffer& b : all) order.push_back(&b);
  std::ranges::stable_sort(order, std::ranges::greater{}, &buffer::bytes);
  std::size_t end = 0;
  for (buffer* const b : order) {
    b->offset = 0;
    for (const buffer* const p : placed) {
      if (!p->meets(*b)) continue;
      if (p->offset >= b->offset && p->offset - b->offset >= b->bytes) break;
      b->offset = std::max(b->offset, p->offset + p->bytes);
    }
    if (b->bytes > most_bytes - b->offset) refuse_size();
    end = std::max(end, b->offset + b->bytes);
    placed.insert(std::ranges::upper_bound(placed, b->offset, {}, &buffer::offset), b);
  }
  return end;
}

constexpr std::size_t few = 1000;  // by size takes time quadratic in their number

}  // namespace

memory_plan plan_memory(const program_ir& c, dtype number) {
  buffers plan(c, number);
  std::vector<buffer> chosen = plan.all;
  std::size_t bytes = place_in_order(chosen, static_cast<std::uint32_t>(c.instructions.size()));
  if (c.share_buffers && plan.all.size() <= few)
    if (const std::size_t by_size = place_by_size(plan.all); by_size < bytes) {
      bytes = by_size;
      chosen = std::move(plan.all);
    }
  memory_plan arena{std::vector<std::size_t>(c.storages.size()), bytes};
  for (std::size_t s = 0; s < c.storages.size(); ++s)
    if (plan.of[s] != buffers::none) arena.offset[s] = chosen[plan.of[s]].offset;
  return arena;
}

}  // namespace reel::detail
