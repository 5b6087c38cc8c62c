// SPDX-License-Identifier: MIT
#include "runtime/tiled_loop.hpp"

#include "tape/evaluate.hpp"

#include <algorithm>
#include <cstring>
#include <unordered_set>

namespace reel::detail {

tiled_loop_runner::tiled_loop_runner(const program_ir& c, const tiled_loop& g, dtype number,
                                     std::byte* blocks, const std::function<void*(value_id)>& locate)
    : rows_(g.rows), block_(g.block) {
  const std::unordered_set<value_id> tile_buffers(g.tile_buffers.begin(), g.tile_buffers.end());
  const auto local = [&](value_id v) { return tile_buffers.contains(v); };
  const auto view = [&](value_id v, cut by) { return add_view(c, v, by, local(v), locate(v), number); };
  for (const loop_op& m : g.members) {
    const instruction& i = m.what;
    member one{nullptr, nullptr, nullptr, i.op.self.get(), 0, 0, 0, i.inputs.size(), 0, nullptr};
    one.elements = c.values[i.output].shape.size() / rows_;
    if (i.fused != nullptr) {
      one.fused = std::make_unique<fused_loop>(c, *i.fused, number, blocks, locate, local);
      for (const value_id v : i.inputs) uses_[v].fused.push_back(members_.size());
      for (const value_id v : outputs_of(i)) uses_[v].fused.push_back(members_.size());
    } else {
      one.open = one.go_on = body_of(i, number);
      if (m.use.reduces) one.go_on = i.op.type->slices->accumulate[static_cast<std::size_t>(number)];
      if (one.go_on == nullptr)  // complex numbers, for which ops have no more than eval
        one.part.resize(static_cast<std::size_t>(c.values[i.output].shape.size()) * size_of(number));
      one.output = view(i.output, m.use.reduces ? cut::none : cut::rows);
      if (i.sibling != no_value) {
        one.with_sibling = i.op.type->with->eval[static_cast<std::size_t>(number)];
        one.sibling = view(i.sibling, cut::rows);
      }
      one.first_input = views_.size();
      for (std::size_t k = 0; k < i.inputs.size(); ++k)
        view(i.inputs[k], (m.use.inputs >> k & 1) != 0    ? cut::rows
                          : (m.use.columns >> k & 1) != 0 ? cut::columns
                                                          : cut::none);
    }
    members_.push_back(std::move(one));
  }
  for (std::size_t i = 0; i < views_.size(); ++i) views_[i].dims = &places_[i].dims[0];
}

std::size_t tiled_loop_runner::add_view(const program_ir& c, value_id v, cut by, bool local, void* data,
                                        dtype number) {
  const value& x = c.values[v];
  place_of_rows p{static_cast<std::byte*>(data), by != cut::none, 0, 0, {}, {x.shape, x.shape}};
  const std::size_t size = size_of(dtype_for(x.kind, number));
  if (by == cut::rows) {
    p.dims[0] = x.shape.with(0, block_);
    if (!local) p.step = static_cast<std::size_t>(x.shape.size() / rows_) * size;
  } else if (by == cut::columns) {
    p.dims[0] = x.shape.with(1, block_);
    p.column = size;
    p.block.resize(static_cast<std::size_t>(x.shape[0] * block_) * size);
  }
  uses_[v].views.push_back(places_.size());
  places_.push_back(std::move(p));
  views_.push_back({data, nullptr});
  return views_.size() - 1;
}

// Points a view to its block.
void tiled_loop_runner::place(std::size_t view, index_t first, index_t n) {
  place_of_rows& p = places_[view];
  const std::size_t axis = p.column == 0 ? 0 : 1;
  const bool shorter = n != block_ && p.by_block;
  if (shorter && p.dims[1][axis] != n) p.dims[1] = p.dims[0].with(axis, n);
  const shape& dims = p.dims[shorter ? 1 : 0];
  if (p.column == 0) {
    views_[view] = {p.base + static_cast<std::size_t>(first) * p.step, &dims};
    return;
  }
  const std::size_t width = static_cast<std::size_t>(n) * p.column;
  const std::byte* from = p.base + static_cast<std::size_t>(first) * p.column;
  for (index_t i = 0; i < dims[0]; ++i, from += static_cast<std::size_t>(rows_) * p.column)
    std::memcpy(p.block.data() + static_cast<std::size_t>(i) * width, from, width);
  views_[view] = {p.block.data(), &dims};
}

void tiled_loop_runner::bind(value_id value, void* data) {
  const auto here = uses_.find(value);
  if (here == uses_.end()) return;
  for (const std::size_t i : here->second.views) places_[i].base = static_cast<std::byte*>(data);
  for (const std::size_t m : here->second.fused) members_[m].fused->bind(value, data);
}

void tiled_loop_runner::add_part(member& m) {
  const operand_view& y = views_[m.output];
  m.open(m.op, {m.part.data(), y.dims}, {views_.data() + m.first_input, m.inputs});
  const auto* const part = reinterpret_cast<const complex*>(m.part.data());
  for (index_t i = 0; i < y.dims->size(); ++i) static_cast<complex*>(y.data)[i] += part[i];
}

void tiled_loop_runner::run(index_t first, index_t last) {
  finite_ = true;
  for (index_t at = first; at < last; at += block_) {
    const index_t n = std::min(block_, last - at);
    for (std::size_t i = 0; i < views_.size(); ++i) place(i, at, n);
    for (member& m : members_) {
      const std::span<const operand_view> inputs(views_.data() + m.first_input, m.inputs);
      if (m.with_sibling != nullptr) {
        m.with_sibling(m.op, views_[m.output], views_[m.sibling], inputs);
      } else if (m.fused == nullptr && at > first && m.go_on == nullptr) {
        add_part(m);
      } else if (m.fused == nullptr) {
        (at == first ? m.open : m.go_on)(m.op, views_[m.output], inputs);
      } else {
        m.fused->run(at * m.elements, n * m.elements);
        finite_ = finite_ && m.fused->finite();
      }
    }
  }
}

}  // namespace reel::detail
