// SPDX-License-Identifier: MIT
// Work for several threads, cut by sizes alone: by how many threads it is done changes no bit.
#include "code.hpp"

#include <algorithm>
#include <cmath>

namespace reel::detail {

namespace {

constexpr index_t most_chunks = 8;
constexpr index_t rows_per_sum = 16;  // numbers of rows in a chunk for each number of its sums, at least

index_t count(const code& c, value_id v) { return c.values[v].shape.size(); }

index_t sums_of(const code& c, const row_group& g) {
  index_t n = 0;
  for (const row_member& m : g.members)
    if (m.use.sums) n += count(c, m.what.output);
  return n;
}

index_t read_by_rows(const code& c, const row_group& g) {
  std::vector<value_id> read;
  for (const row_member& m : g.members)
    for (std::size_t k = 0; k < m.what.inputs.size(); ++k)
      if ((m.use.inputs >> k & 1) != 0 && std::ranges::find(read, m.what.inputs[k]) == read.end())
        read.push_back(m.what.inputs[k]);
  index_t n = 0;
  for (const value_id v : read) n += count(c, v);
  return n;
}

// A power of two, so that two threads, or four, have the same to do.
index_t chunks_for(const code& c, const row_group& g) {
  const index_t sums = sums_of(c, g);
  index_t chunks = 1;
  if (sums > 0)
    while (2 * chunks <= most_chunks && g.rows / (2 * chunks) >= g.block &&
           read_by_rows(c, g) / (2 * chunks) >= rows_per_sum * sums)
      chunks *= 2;
  return chunks;
}

index_t multiple(index_t n, index_t of) { return (n + of - 1) / of * of; }

}  // namespace

// The chunks pass. The sums of a group of row blocks are made in chunks of the rows, and these added up:
// chunks do not wait for each other. Not exact: another order of summation.
std::size_t sum_in_chunks(code& c) {
  std::size_t chunked = 0;
  for (auto& i : c.instructions) {
    if (i.rows == nullptr) continue;
    const index_t chunks = chunks_for(c, *i.rows);
    if (chunks == 1) continue;
    auto g = std::make_shared<row_group>(*i.rows);
    g->chunk = multiple((g->rows + chunks - 1) / chunks, g->block);
    i.rows = std::move(g);
    ++chunked;
  }
  return chunked;
}

namespace {

// What an instruction costs, in numbers read or written or in multiply-adds. Of a product of m×k and
// k×n numbers these are m·n·k, the root of the sizes of operands and result multiplied.
double work_of(const code& c, const instruction& i) {
  double together = 0, product = 1;
  const auto add = [&](value_id v) {
    together += static_cast<double>(count(c, v));
    product *= static_cast<double>(count(c, v));
  };
  for (const value_id v : i.inputs) add(v);
  for (const value_id v : outputs_of(i)) add(v);
  const bool multiplies = i.fused == nullptr && !i.op.traits->elementwise && i.inputs.size() == 2;
  return multiplies ? std::sqrt(product) : together;
}

constexpr double worth_numbers = 200'000, worth_products = 2e6;  // some tens of microseconds

}  // namespace

std::shared_ptr<const row_group> cut_for_threads(const code& c, const instruction& i, int threads) {
  const shape& y = c.values[i.output].shape;
  if (threads < 2 || i.rows != nullptr || y.rank() == 0 || y[0] < 2) return nullptr;
  const row_use use = rows_of(c, i, y[0]);
  if (use.inputs == 0 || use.sums) return nullptr;
  const bool elements = i.fused != nullptr || i.op.traits->elementwise;
  if (work_of(c, i) < (elements ? worth_numbers : worth_products)) return nullptr;
  auto g = std::make_shared<row_group>();
  g->rows = y[0];
  g->block = (y[0] + threads - 1) / threads;
  g->outputs = outputs_of(i);
  g->members = {{i, use}};
  return g;
}

}  // namespace reel::detail
