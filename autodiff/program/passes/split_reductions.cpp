// SPDX-License-Identifier: MIT
// Work for several threads, cut by sizes alone: by how many threads it is done changes no bit.
#include "program/ir.hpp"

#include <algorithm>
#include <cmath>

namespace reel::detail {

namespace {

constexpr index_t most_splits = 8;
constexpr index_t rows_per_sum = 16;  // numbers of rows in a split for each number of its sums, at least

constexpr index_t row_multiple = 16;

index_t count(const program_ir& c, value_id v) { return c.values[v].shape.size(); }

index_t sums_of(const program_ir& c, const tiled_loop& g) {
  index_t n = 0;
  for (const loop_op& m : g.members)
    if (m.use.reduces) n += count(c, m.what.output);
  return n;
}

index_t read_by_rows(const program_ir& c, const tiled_loop& g) {
  std::vector<value_id> read;
  for (const loop_op& m : g.members)
    for (std::size_t k = 0; k < m.what.inputs.size(); ++k)
      if ((m.use.inputs >> k & 1) != 0) read.push_back(m.what.inputs[k]);
  std::ranges::sort(read);
  read.erase(std::unique(read.begin(), read.end()), read.end());
  index_t n = 0;
  for (const value_id v : read) n += count(c, v);
  return n;
}

// A power of two, so that two threads, or four, have the same to do.
index_t splits_for(const program_ir& c, const tiled_loop& g) {
  const index_t sums = sums_of(c, g);
  if (sums == 0) return 1;
  const index_t read = read_by_rows(c, g);
  index_t splits = 1;
  while (2 * splits <= most_splits && g.rows / (2 * splits) >= g.block &&
         read / (2 * splits) >= rows_per_sum * sums)
    splits *= 2;
  return splits;
}

index_t multiple(index_t n, index_t of) { return (n + of - 1) / of * of; }

}  // namespace

// Split reductions. The sums of a tiled loop are made in splits of the rows, and these added up:
// splits do not wait for each other. Not exact: another order of summation.
std::size_t split_reductions(program_ir& c) {
  std::size_t split_loops = 0;
  for (auto& i : c.instructions) {
    if (i.rows == nullptr) continue;
    const index_t splits = splits_for(c, *i.rows);
    if (splits == 1) continue;
    auto g = std::make_shared<tiled_loop>(*i.rows);
    g->split = multiple((g->rows + splits - 1) / splits, row_multiple);
    i.rows = std::move(g);
    ++split_loops;
  }
  return split_loops;
}

namespace {

struct work {
  double numbers = 0;   // read or written
  double products = 0;  // multiply-adds, where the op has two operands that are not taken one by one
};

// Of a product of m×k and k×n numbers the multiply-adds are m·n·k: the root of the sizes of operands and
// result multiplied.
work work_of(const program_ir& c, const instruction& i) {
  work w;
  double product = 1;
  const auto add = [&](value_id v) {
    w.numbers += static_cast<double>(count(c, v));
    product *= static_cast<double>(count(c, v));
  };
  for (const value_id v : i.inputs) add(v);
  for (const value_id v : outputs_of(i)) add(v);
  const std::size_t operands = i.inputs.size() - (is_in_place_update(i) ? 2 : 0);  // beside the scales
  if (i.fused == nullptr && !i.op.type->elementwise && operands == 2) w.products = std::sqrt(product);
  return w;
}

constexpr double worth_numbers = 200'000, worth_products = 2e6;  // some tens of microseconds
constexpr double worth_numbers_of_sums = 20'000;                 // where a thread has half of them at hand
constexpr index_t least_rows = 32;    // of a product for a thread, which reads all of the other operand
constexpr double products_each = 16;  // for a number: with fewer, memory is what is waited for

}  // namespace

bool worth_sharing(const program_ir& c, const tiled_loop& g) {
  work all;
  for (const loop_op& m : g.members) {
    const work w = work_of(c, m.what);
    all.numbers += w.numbers;
    all.products += w.products;
  }
  return g.split > 0 || all.products > products_each * all.numbers;
}

thread_tiling::thread_tiling(const program_ir& c, int threads)
    : c_(c), threads_(threads), shared_sums_(c.values.size()) {
  for (const instruction& i : c.instructions) {
    if (i.rows == nullptr || i.rows->split == 0) continue;
    for (const loop_op& m : i.rows->members)
      if (m.use.reduces) shared_sums_[m.what.output] = true;
  }
}

bool thread_tiling::reads_shared_sums(const instruction& i) const {
  return std::ranges::any_of(i.inputs, [&](value_id v) { return shared_sums_[v] != 0; });
}

std::shared_ptr<const tiled_loop> thread_tiling::cut(const instruction& i) const {
  const shape& y = c_.values[i.output].shape;
  if (threads_ < 2 || i.rows != nullptr || y.rank() == 0 || y[0] < 2) return nullptr;
  const row_slices use = slices_of_result(c_, i);
  if (use.inputs == 0 && use.columns == 0) return nullptr;
  // The gradient Xᵀ·dz, which is made over the parameters, is shared where the product X·W is: otherwise one
  // thread would read what the other has just written.
  const shape& x = c_.values[i.inputs[0]].shape;
  if (use.columns != 0 && (x.rank() == 0 || x[0] < threads_ * least_rows)) return nullptr;
  const work w = work_of(c_, i);
  const double worth = reads_shared_sums(i) ? worth_numbers_of_sums : worth_numbers;
  if (w.products > 0 ? w.products < worth_products || y[0] < threads_ * least_rows : w.numbers < worth)
    return nullptr;
  auto g = std::make_shared<tiled_loop>();
  g->rows = y[0];
  g->block = (y[0] + threads_ - 1) / threads_;
  const auto written = outputs_of(i);
  g->outputs.assign(written.begin(), written.end());
  g->members = {{i, use}};
  return g;
}

}  // namespace reel::detail
