// SPDX-License-Identifier: MIT
// Elementwise fusion: runs of elementwise instructions over the same number of elements become one fusion
// that goes over them block by block. Between the members of a fusion a block stays in the first-level
// cache, and a value that only they use needs no memory beyond a block. Exact: each element is computed
// by the same function from the same numbers. A fusion is closed when an instruction that stays outside reads
// from it; what a fusion reads stretched is made before it, so that pipelines on scalars and on arrays go on
// side by side.
#include "program/analysis.hpp"

#include <algorithm>
#include <map>

namespace reel::detail {

namespace {

class elementwise_fusion {
 public:
  explicit elementwise_fusion(program_ir& c)
      : c_(c),
        uses_(c),
        broadcast_of_(c.storages.size(), none),
        open_at_(c.storages.size(), closed),
        source_of_(c.storages.size(), none),
        seen_(c.storages.size()),
        added_(c.values.size()),
        check_of_(c.values.size(), none),
        next_check_(c.finite.size(), none) {
    for (std::uint32_t f = 0; f < c.finite.size(); ++f)
      next_check_[f] = std::exchange(check_of_[c.finite[f].value], f);
  }

  std::size_t run() {
    // What is written takes the place of what was read: each instruction, or fusion, that of one at least.
    std::vector<instruction>& all = c_.instructions;
    written_ = c_.prologue;
    for (std::size_t t = c_.prologue; t < all.size(); ++t) {
      instruction i = std::move(all[t]);
      if (is_broadcast(i)) {
        broadcast_of_[storage_of(i.output)] = static_cast<std::uint32_t>(broadcasts_.size());
        broadcasts_.push_back(std::move(i));
        made_.push_back(false);
      } else if (is_elementwise(i)) {
        const index_t n = size_of(i.output);
        open_at_[storage_of(i.output)] = n;
        open_[n].push_back(std::move(i));
      } else {
        if (is_in_place_update(i)) flush_all();  // an in-place update comes after everything else
        make_inputs(i);
        all[written_++] = std::move(i);
      }
    }
    flush_all();
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(written_), all.end());
    return fused_;
  }

 private:
  static constexpr std::uint32_t none = fusion::none;
  static constexpr index_t closed = -1;
  using open_fusion = std::map<index_t, std::vector<instruction>>::iterator;

  std::uint32_t storage_of(value_id v) const { return c_.values[v].storage; }
  index_t size_of(value_id v) const { return c_.values[v].shape.size(); }
  // A scalar that is stretched, or a row of moderate length that is stretched to rows and nothing else.
  bool is_broadcast(const instruction& i) const {
    if (i.op.type->is != algebra::broadcast || size_of(i.output) <= size_of(i.inputs[0])) return false;
    return size_of(i.inputs[0]) == 1 ||
           repeats_whole(c_.values[i.inputs[0]].shape, c_.values[i.output].shape);
  }
  // Whether y is x over and over: x is the last axes of y, but for axes of 1 before them.
  static bool repeats_whole(const shape& x, const shape& y) {
    if (x.size() == 0 || x.size() > fusion::longest_row) return false;
    index_t size = 1;
    for (std::size_t k = 1; k <= x.rank() && size < x.size(); ++k) {
      if (x[x.rank() - k] != y[y.rank() - k]) return false;
      size *= x[x.rank() - k];
    }
    return size == x.size();
  }
  bool is_elementwise(const instruction& i) const {
    return i.op.type->elementwise && !i.op.type->effect && !is_in_place_update(i) && !i.unused &&
           size_of(i.output) > 0 &&
           std::ranges::all_of(i.inputs, [&](value_id v) { return size_of(v) == size_of(i.output); });
  }

  // Sees to it that what an instruction reads is made before it. An elementwise one waits in its fusion.
  void make_inputs(const instruction& i) {
    for (const value_id v : i.inputs) {
      const std::uint32_t s = storage_of(v);
      if (broadcast_of_[s] != none) make_fill(broadcast_of_[s]);
      else close(s);
    }
  }
  // What is stretched and only fusions read, block by block, is no instruction of its own.
  void make_fill(std::uint32_t broadcast) {
    if (std::exchange(made_[broadcast], true)) return;
    make_inputs(broadcasts_[broadcast]);
    c_.instructions[written_++] = broadcasts_[broadcast];
  }
  void close(std::uint32_t storage) {
    if (open_at_[storage] != closed) flush(open_.find(open_at_[storage]));
  }

  void flush_all() {
    while (!open_.empty()) flush(open_.begin());
    for (std::uint32_t broadcast = 0; broadcast < broadcasts_.size(); ++broadcast)
      if (uses_.is_used_outside(storage_of(broadcasts_[broadcast].output))) make_fill(broadcast);
  }
  void flush(open_fusion open) {
    auto g = std::make_shared<fusion>();
    g->size = open->first;
    g->members = std::move(open->second);
    open_.erase(open);
    for (const instruction& member : g->members) open_at_[storage_of(member.output)] = closed;
    close_sources(*g);
    find_broadcasts(*g);
    if (g->members.size() == 1 && g->broadcasts.empty()) {
      c_.instructions[written_++] = std::move(g->members[0]);
      return;
    }
    fused_ += g->members.size();
    instruction whole = g->members.back();
    find_outputs(*g, find_sources(*g));
    guard(*g);
    whole.inputs = outer_inputs(*g);
    assign_blocks(*g);
    for (const auto* list : {&g->members, &g->broadcasts})
      for (const instruction& i : *list) source_of_[storage_of(i.output)] = none;
    whole.fused = std::move(g);
    c_.instructions[written_++] = std::move(whole);
  }

  // What a fusion stretches may be made in fusions that are open. They are of fewer numbers, and read nothing
  // that is made in this one.
  void close_sources(const fusion& g) {
    for (const auto& member : g.members)
      for (const value_id v : member.inputs)
        if (const std::uint32_t broadcast = broadcast_of_[storage_of(v)]; broadcast != none)
          make_inputs(broadcasts_[broadcast]);
  }

  // Rows of one length: others are stretched in memory.
  void find_broadcasts(fusion& g) {
    ++flushes_;
    for (const auto& member : g.members)
      for (const value_id v : member.inputs) {
        const std::uint32_t s = storage_of(v), broadcast = broadcast_of_[s];
        if (broadcast == none || std::exchange(seen_[s], flushes_) == flushes_) continue;
        const index_t length = size_of(broadcasts_[broadcast].inputs[0]);
        if (length > 1 && g.row > 1 && length != g.row) {
          make_fill(broadcast);
          continue;
        }
        g.row = std::max(g.row, length);
        source_of_[s] = static_cast<std::uint32_t>(g.broadcasts.size());
        g.broadcasts.push_back(broadcasts_[broadcast]);
      }
  }

  // Where operands come from, and which members read a member's result last. Returns how many do.
  std::vector<std::uint32_t> find_sources(fusion& g) {
    const std::size_t broadcasts = g.broadcasts.size();
    std::vector<std::uint32_t> reads(g.members.size());
    g.last_readers.assign(g.members.size(), none);
    for (std::uint32_t m = 0; m < g.members.size(); ++m) {
      for (const value_id v : g.members[m].inputs) {
        const std::uint32_t source = source_of_[storage_of(v)];
        g.sources.push_back(source);
        if (source == none || source < broadcasts) continue;
        ++reads[source - broadcasts];
        g.last_readers[source - broadcasts] = m;
      }
      source_of_[storage_of(g.members[m].output)] = static_cast<std::uint32_t>(broadcasts + m);
    }
    return reads;
  }

  // What is used elsewhere, or nowhere, keeps its memory; the rest lives in blocks.
  void find_outputs(fusion& g, const std::vector<std::uint32_t>& reads) {
    for (std::size_t m = 0; m < g.members.size(); ++m) {
      const std::uint32_t s = storage_of(g.members[m].output);
      const bool inner = c_.storages[s].where == home::arena && reads[m] > 0 &&
                         uses_.reads_of(s) == reads[m] && !uses_.is_used_outside(s);
      if (inner) c_.storages[s].where = home::block;
      else g.outputs.push_back(g.members[m].output);
    }
  }

  void guard(fusion& g) {
    for (const value_id v : g.outputs) {
      bool watches = false;
      for (std::uint32_t f = check_of_[v]; f != none; f = next_check_[f])
        if (!c_.finite[f].implied) c_.finite[f].guarded = watches = true;
      if (watches) g.guarded.push_back(v);
    }
  }

  std::vector<value_id> outer_inputs(const fusion& g) {
    std::vector<value_id> inputs;
    const auto add = [&](value_id v) {
      if (std::exchange(added_[v], flushes_) != flushes_) inputs.push_back(v);
    };
    for (const auto& broadcast : g.broadcasts) add(broadcast.inputs[0]);
    auto source = g.sources.begin();
    for (const auto& member : g.members)
      for (const value_id v : member.inputs)
        if (*source++ == none) add(v);
    return inputs;
  }

  // Blocks for broadcasts stay throughout; a member's is free again after the last member that reads it, for
  // numbers of the same kind: a pipeline writes elements where it has read those before them, which of kinds
  // of other sizes lie elsewhere.
  void assign_blocks(fusion& g) const {
    std::array<std::vector<std::uint32_t>, 3> free;
    const auto free_like = [&](const instruction& i) -> std::vector<std::uint32_t>& {
      return free[static_cast<std::size_t>(c_.values[i.output].kind)];
    };
    const auto take = [&](const instruction& i) {
      auto& fitting = free_like(i);
      if (fitting.empty()) return static_cast<std::uint32_t>(g.scratch_slots++);
      const std::uint32_t slot = fitting.back();
      fitting.pop_back();
      return slot;
    };
    for (const auto& broadcast : g.broadcasts) g.broadcast_slots.push_back(take(broadcast));
    std::vector<char> held(g.members.size());
    auto source = g.sources.begin();
    for (std::size_t m = 0; m < g.members.size(); ++m) {
      const instruction& member = g.members[m];
      held[m] = c_.storages[storage_of(member.output)].where == home::block;
      g.member_slots.push_back(held[m] != 0 ? take(member) : none);
      for (std::size_t k = 0; k < member.inputs.size(); ++k) {
        const std::size_t from = *source++;
        if (from == none || from < g.broadcasts.size()) continue;
        const std::size_t maker = from - g.broadcasts.size();
        if (held[maker] == 0 || g.last_readers[maker] != m) continue;
        free_like(g.members[maker]).push_back(g.member_slots[maker]);
        held[maker] = false;
      }
    }
  }

  program_ir& c_;
  def_use uses_;
  std::vector<instruction> broadcasts_;
  std::vector<std::uint32_t> broadcast_of_;  // by storage: which of the fills makes it, or none
  std::vector<char> made_;                   // by fill: whether it is an instruction of its own
  std::map<index_t, std::vector<instruction>> open_;
  std::vector<index_t> open_at_;  // by storage: the size of the open fusion that makes it, or closed
  // Of the fusion that is being closed: where a storage comes from; what has been looked at.
  std::vector<std::uint32_t> source_of_;
  std::uint32_t flushes_ = 0;
  std::vector<std::uint32_t> seen_, added_;           // by storage, by value
  std::vector<std::uint32_t> check_of_, next_check_;  // the checks of a value, linked
  std::size_t written_ = 0, fused_ = 0;
};

}  // namespace

std::size_t fuse_elementwise(program_ir& c) { return elementwise_fusion(c).run(); }

}  // namespace reel::detail
