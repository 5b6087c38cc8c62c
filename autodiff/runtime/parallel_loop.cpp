// SPDX-License-Identifier: MIT
#include "runtime/parallel_loop.hpp"

#include "tape/evaluate.hpp"

#include <algorithm>

namespace reel::detail {

namespace {

bool has_sums(const tiled_loop& g) {
  return std::ranges::any_of(g.members, [](const loop_op& m) { return m.use.reduces; });
}

// Sums are made in the splits they were planned in. Other rows are shared out evenly, so that a thread
// has the same ones in each run, and their numbers in its cache.
index_t rows_of_part(const tiled_loop& g, thread_pool* c) {
  if (has_sums(g) || c == nullptr) return g.split > 0 ? g.split : g.rows;
  const index_t blocks = (g.rows + g.block - 1) / g.block, threads = c->threads();
  return (blocks + threads - 1) / threads * g.block;
}

}  // namespace

parallel_loop::parallel_loop(const program_ir& c, const tiled_loop& g, dtype number, thread_pool* pool,
                             std::byte* blocks, const std::function<void*(value_id)>& locate)
    : pool_(pool),
      rows_(g.rows),
      part_(rows_of_part(g, pool)),
      parts_((rows_ + part_ - 1) / part_),
      number_bytes_(size_of(number)) {
  finite_.assign(static_cast<std::size_t>(parts_), true);
  runners_.push_back(std::make_unique<tiled_loop_runner>(c, g, number, blocks, locate));
  const index_t threads = pool_ == nullptr ? 1 : std::min<index_t>(pool_->threads(), parts_);
  while (static_cast<index_t>(runners_.size()) < threads) add_runner(c, g, number, locate);
  if (has_sums(g) && parts_ > 1) add_sums(c, g, number, locate);
}

void parallel_loop::add_runner(const program_ir& c, const tiled_loop& g, dtype number,
                               const std::function<void*(value_id)>& locate) {
  std::unordered_map<value_id, std::byte*> tile_buffers;
  for (const value_id v : g.tile_buffers) {
    const storage& s = c.storages[c.values[v].storage];
    own_.push_back(allocate(static_cast<std::size_t>(s.size) * size_of(dtype_for(s.kind, number))));
    tile_buffers.emplace(v, own_.back().get());
  }
  own_.push_back(allocate(fused_loop::scratch_bytes(g, number)));
  const auto here = [&](value_id v) -> void* {
    const auto local = tile_buffers.find(v);
    return local == tile_buffers.end() ? locate(v) : local->second;
  };
  runners_.push_back(std::make_unique<tiled_loop_runner>(c, g, number, own_.back().get(), here));
}

void parallel_loop::add_sums(const program_ir& c, const tiled_loop& g, dtype number,
                             const std::function<void*(value_id)>& locate) {
  add_ = eval_of(op_type_of<add_op>, kind::real, number, {});
  for (const loop_op& m : g.members) {
    if (!m.use.reduces) continue;
    const value_id v = m.what.output;
    sum s{v, static_cast<std::byte*>(locate(v)), {}, c.values[v].shape};
    for (index_t part = 1; part < parts_; ++part)
      s.parts.push_back(allocate(static_cast<std::size_t>(s.dims.size()) * size_of(number)));
    sums_.push_back(std::move(s));
  }
}

void parallel_loop::run() {
  parallel_for(pool_, parts_, [&](index_t part, int worker) {
    tiled_loop_runner& r = *runners_[static_cast<std::size_t>(worker)];
    const auto at = static_cast<std::size_t>(part);
    for (const sum& s : sums_) r.bind(s.value, part == 0 ? s.total : s.parts[at - 1].get());
    r.run(part * part_, std::min(rows_, (part + 1) * part_));
    finite_[at] = r.finite();
  });
  add_up();
}

namespace {

constexpr index_t worth_sharing_numbers = 4096, line_numbers = 16;

// Of n numbers to add up how many go to each thread: whole cache lines.
index_t numbers_each(index_t n, thread_pool* c) {
  if (c == nullptr || n < worth_sharing_numbers) return std::max<index_t>(n, 1);
  return (n / c->threads() / line_numbers + 1) * line_numbers;
}

}  // namespace

void parallel_loop::add_up() {
  for (const sum& s : sums_) {
    const index_t n = s.dims.size(), each = numbers_each(n, pool_);
    parallel_for(pool_, (n + each - 1) / each,
                 [&](index_t k, int) { add_up(s, k * each, std::min(n, (k + 1) * each)); });
  }
}

void parallel_loop::add_up(const sum& s, index_t first, index_t last) const {
  static constexpr add_op op{};
  const shape dims{last - first};
  const auto from = static_cast<std::size_t>(first) * number_bytes_;
  const operand_view total{s.total + from, &dims};
  for (const aligned_bytes& part : s.parts) {
    const std::array<operand_view, 2> terms{total, operand_view{part.get() + from, &dims}};
    add_(&op, total, terms);
  }
}

bool parallel_loop::finite() const {
  return std::ranges::all_of(finite_, [](char f) { return f != 0; });
}

void parallel_loop::bind(value_id value, void* data) {
  for (const auto& r : runners_) r->bind(value, data);
}

}  // namespace reel::detail
