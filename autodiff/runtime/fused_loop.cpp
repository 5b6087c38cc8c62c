// SPDX-License-Identifier: MIT
#include "runtime/fused_loop.hpp"

#include "tape/evaluate.hpp"
#include "tape/inspect.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace reel::detail {

namespace {

// Eight blocks or so fit into 48 KiB of first-level cache.
constexpr std::size_t block_target = 4096;

// Elements. A row that fills blocks fits into one, whatever the number type.
index_t block_size(dtype number) {
  return std::max(static_cast<index_t>(block_target / size_of(number)), fusion::longest_row);
}

// From a block to the next: wide enough for indices, whatever the number type. Blocks that began at the same
// place of a page would share a few lines of the cache.
std::size_t block_stride(const fusion& g, dtype number) {
  constexpr std::size_t line = 64, page = 4096;
  const auto n = static_cast<std::size_t>(std::min(g.size, block_size(number)));
  const std::size_t bytes = (n * std::max(size_of(number), sizeof(index_t)) + line - 1) / line * line;
  return bytes % page == 0 ? bytes + line : bytes;
}

}  // namespace

std::size_t fused_loop::scratch_bytes(const instruction& i, dtype number) {
  if (i.fused != nullptr) return i.fused->scratch_slots * block_stride(*i.fused, number);
  return i.rows != nullptr ? scratch_bytes(*i.rows, number) : 0;
}
std::size_t fused_loop::scratch_bytes(const tiled_loop& g, dtype number) {
  std::size_t most = 0;
  for (const loop_op& m : g.members) most = std::max(most, scratch_bytes(m.what, number));
  return most;
}

fused_loop::fused_loop(const program_ir& c, const fusion& g, dtype number, std::byte* blocks,
                       const std::function<void*(value_id)>& locate,
                       const std::function<bool(value_id)>& starts_here)
    : dims_(std::make_unique<shape>()),
      size_(g.size),
      block_(std::min(g.size, block_size(number) / g.row * g.row)),
      row_(g.row) {
  const std::size_t bytes_to_next = block_stride(g, number), broadcasts = g.broadcasts.size();
  const auto block_of = [&](std::uint32_t source) {
    const std::uint32_t slot = source == fusion::none ? fusion::none
                               : source < broadcasts  ? g.broadcast_slots[source]
                                                      : g.member_slots[source - broadcasts];
    return slot == fusion::none ? nullptr : blocks + slot * bytes_to_next;
  };
  const auto bytes = [&](value_id v) { return size_of(dtype_for(c.values[v].kind, number)); };
  const auto view = [&](value_id v, std::uint32_t source) {
    std::byte* const block = block_of(source);
    const bool whole = !starts_here || !starts_here(v);
    return block != nullptr ? add_view(block, 0, false) : add_outside(v, locate(v), bytes(v), whole);
  };
  for (std::uint32_t k = 0; k < broadcasts; ++k) {
    const instruction& f = g.broadcasts[k];
    const std::size_t from = add_outside(f.inputs[0], locate(f.inputs[0]), 0, false);
    broadcasts_.push_back({from, block_of(k), bytes(f.output), c.values[f.inputs[0]].shape.size()});
  }
  std::size_t most_views = views_.size();
  for (const auto& i : g.members) most_views += 2 + i.inputs.size();
  views_.reserve(most_views);  // where they stand is what a pipeline knows of them
  const auto address = [&](value_id v, std::uint32_t source) -> void* const* {
    return &views_[view(v, source)].data;
  };
  const std::uint32_t* sources = g.sources.data();
  for (std::size_t first = 0, last = 0; first < g.members.size(); first = last) {
    last = first + stage_pipeline::length(g, first, number);
    if (last - first > 1) {
      member m{};
      m.stages.emplace(c, g, first, last, sources, number, address);
      members_.push_back(std::move(m));
      for (std::size_t k = first; k < last; ++k) sources += g.members[k].inputs.size();
    } else {
      const instruction& i = g.members[first];
      last = first + 1;
      member m{eval_of(*i.op.type, i.kind, number, i.where),
               i.op.self.get(),
               view(i.output, static_cast<std::uint32_t>(broadcasts + first)),
               views_.size(),
               i.inputs.size(),
               {}};
      for (const value_id v : i.inputs) view(v, *sources++);
      members_.push_back(std::move(m));
      ++loops_;
    }
  }
  for (const value_id v : g.guarded)
    guarded_.push_back({outside_.at(v).front(), dtype_for(c.values[v].kind, number)});
  far_ = is_far();
}

// What a second-level cache holds need not be asked for.
bool fused_loop::is_far() const {
  constexpr std::size_t near = 512 * 1024;
  std::size_t bytes = 0;
  for (const std::size_t i : streams_) bytes += stride_[i] * static_cast<std::size_t>(size_);
  return bytes > near;
}

std::size_t fused_loop::add_view(void* data, std::size_t stride, bool whole) {
  views_.push_back({data, dims_.get()});
  stride_.push_back(stride);
  whole_.push_back(whole);
  return views_.size() - 1;
}

std::size_t fused_loop::add_outside(value_id v, void* data, std::size_t stride, bool whole) {
  auto& all = outside_[v];
  if (all.empty() && stride > 0) streams_.push_back(views_.size());
  all.push_back(views_.size());
  return add_view(data, stride, whole);
}

void fused_loop::bind(value_id value, void* data) {
  const auto here = outside_.find(value);
  if (here == outside_.end()) return;
  for (const std::size_t i : here->second) views_[i].data = data;
}

void fused_loop::advance(index_t elements, bool all) {
  if (elements == 0) return;
  for (std::size_t i = 0; i < views_.size(); ++i)
    if (all || whole_[i] != 0)
      views_[i].data = static_cast<std::byte*>(views_[i].data) + elements * static_cast<index_t>(stride_[i]);
}

namespace {

// n copies of an element.
void repeat(std::byte* to, const void* element, std::size_t bytes, index_t n) {
  const auto as = [&]<class Word>(Word) {
    Word word;
    std::memcpy(&word, element, sizeof word);
    std::fill_n(reinterpret_cast<Word*>(to), n, word);
  };
  switch (bytes) {
    case 1:
      return as(std::uint8_t{});
    case 4:
      return as(std::uint32_t{});
    case 8:
      return as(std::uint64_t{});
    default:
      for (index_t i = 0; i < n; ++i) std::memcpy(to + static_cast<std::size_t>(i) * bytes, element, bytes);
  }
}

// Copies of a row, one after the other, to n elements: the last one may be cut short.
void repeat_row(std::byte* to, const void* row, std::size_t bytes, index_t length, index_t n) {
  for (index_t i = 0; i < n; i += length)
    std::memcpy(to + static_cast<std::size_t>(i) * bytes, row,
                static_cast<std::size_t>(std::min(length, n - i)) * bytes);
}

}  // namespace

void fused_loop::run_block(index_t n, bool more) {
  if (dims_->size() != n) *dims_ = shape{n};
  std::size_t loop = 0;
  for (const member& m : members_) {
    if (m.stages) {  // reads on and on, which the processor foresees
      m.stages->run(n);
      continue;
    }
    if (more) prefetch(n, loop++, loops_);
    m.body(m.op, views_[m.output], {views_.data() + m.first_input, m.inputs});
  }
  const auto count = static_cast<std::size_t>(n);
  for (const guard& w : guarded_)
    if (first_not_finite(w.type, views_[w.view].data, count) != count) finite_ = false;
}

// Asks for a part of the block after this one, so that memory is read while the processor computes.
void fused_loop::prefetch(index_t n, std::size_t part, std::size_t parts) const {
  constexpr std::size_t line = 64;
  for (const std::size_t i : streams_) {
    const std::size_t bytes = static_cast<std::size_t>(n) * stride_[i];
    const std::size_t share = (bytes / line + parts - 1) / parts * line;
    const auto* const next = static_cast<const std::byte*>(views_[i].data) + bytes;
    for (std::size_t at = part * share; at < std::min(bytes, (part + 1) * share); at += line)
      __builtin_prefetch(next + at, 0, 2);
  }
}

// How many of n elements go first, so that the others begin where a cache line does in most of the streams:
// registers that cross from a line into the next take twice as long to be read.
index_t fused_loop::first_block(index_t n) const {
  constexpr std::size_t line = 64;
  if (n <= block_ || row_ > 1) return std::min(n, block_);
  std::array<int, line> votes{};  // by elements up to a line
  for (const std::size_t i : streams_) {
    const std::size_t beyond = reinterpret_cast<std::uintptr_t>(views_[i].data) % line;
    if (beyond % stride_[i] == 0) ++votes[(line - beyond) % line / stride_[i]];
  }
  const auto elements = std::ranges::max_element(votes) - votes.begin();
  return elements == 0 ? block_ : elements;
}

void fused_loop::run(index_t first, index_t n) {
  finite_ = true;
  for (const broadcast& f : broadcasts_) {
    const void* const from = views_[f.from].data;
    if (f.length == 1) repeat(f.block, from, f.bytes, std::min(n, block_));
    else repeat_row(f.block, from, f.bytes, f.length, std::min(n, block_));
  }
  struct rewind {  // also when a body throws
    fused_loop& g;
    index_t first, at = 0;
    ~rewind() {
      g.advance(-at, true);
      g.advance(-first, false);
    }
  } done{*this, first};
  advance(first, false);
  index_t m = first_block(n);
  while (done.at < n) {
    run_block(m, far_ && done.at + 2 * m <= n);
    if (m == n) return;
    advance(m, true);
    done.at += m;
    m = std::min(block_, n - done.at);
  }
}

}  // namespace reel::detail
