// SPDX-License-Identifier: MIT
// The row_blocks pass. A batch too large for the cache is cut into blocks of rows, each of which goes
// through all that can be done row by row, forward and backward, before the next one is read: a sum over
// rows, such as the gradient Xᵀ·dz, goes on from block to block. And a large sum that is only used element
// by element, as the gradient is by an update, is made and used up in blocks of its rows. Exact: a row's
// results do not depend on the rows beside it, and an op that says it sums goes on where it stopped.
#include "program/ir.hpp"

#include <algorithm>

namespace reel::detail {

namespace {

constexpr index_t block_bytes = 192 * 1024;  // of rows that are read; half a second-level cache or less
constexpr index_t worth_bytes = 3 * block_bytes;
constexpr index_t shared_bytes = 128 * 1024;  // read again for every block: at most this
constexpr index_t number_bytes = sizeof(float);
constexpr index_t row_multiple = 16;

// What the op itself says.
row_use declared_use(const code& c, const instruction& i) {
  return i.op.traits->by_rows == nullptr ? row_use{}
                                         : i.op.traits->by_rows(i.op.self.get(), c.values[i.inputs[0]].shape);
}

class cutting {
 public:
  explicit cutting(code& c) : c_(c), made_(c.storages.size(), maker::outside) {}

  std::size_t run() {
    rows_ = most_rows();
    if (rows_ == 0) return 0;
    for (std::size_t t = c_.once; t < c_.instructions.size(); ++t) sort(c_.instructions[t]);
    return worthwhile() ? emit() : 0;
  }

 private:
  enum class maker : std::uint8_t { outside, row, sum, after };

  maker maker_of(value_id v) const { return made_[c_.values[v].storage]; }

  // The rows of the largest matrix that a sum goes over.
  index_t most_rows() const {
    index_t rows = 0, most = 0;
    for (const auto& i : c_.instructions) {
      if (i.fused != nullptr || !declared_use(c_, i).sums) continue;
      for (const value_id v : i.inputs)
        if (c_.values[v].shape.size() > most) most = c_.values[v].shape.size(), rows = c_.values[v].shape[0];
    }
    return rows;
  }
  void sort(const instruction& i) {
    const row_use use = rows_of(c_, i, rows_);
    bool inside = use.inputs != 0 || repeats_rows(i), late = false, depends = false;
    for (std::size_t k = 0; k < i.inputs.size(); ++k) {
      const maker m = maker_of(i.inputs[k]);
      late = late || m == maker::after;
      depends = depends || m != maker::outside;
      if (m == maker::sum || (m == maker::row && (use.inputs >> k & 1) == 0)) inside = false;
    }
    const auto put = [&](std::vector<instruction>& list, maker m) {
      for (const value_id v : outputs_of(i)) made_[c_.values[v].storage] = m;
      list.push_back(i);
    };
    if (is_commit(i)) {
      put(after_, maker::after);
    } else if (inside && !late) {
      put(members_, use.sums ? maker::sum : maker::row);
      uses_.push_back(use);
    } else if (depends) {
      put(after_, maker::after);
    } else {
      put(before_, maker::outside);
    }
  }

  // Whether every row of the result is the input, such as a bias that is added to each.
  bool repeats_rows(const instruction& i) const {
    if (i.op.traits != &traits_of<broadcast_to_op>) return false;
    const shape &x = c_.values[i.inputs[0]].shape, &y = c_.values[i.output].shape;
    return y.rank() > 0 && y[0] == rows_ && (x.rank() < y.rank() || x[0] != rows_);
  }

  // Whether rows are made and summed in blocks, many of them, and little else is read.
  bool worthwhile() {
    bool sums = false;
    std::vector<value_id> shared;
    for (std::size_t m = 0; m < members_.size(); ++m)
      for (std::size_t k = 0; k < members_[m].inputs.size(); ++k) {
        const value_id v = members_[m].inputs[k];
        const bool by_row = (uses_[m].inputs >> k & 1) != 0;
        sums = sums || (uses_[m].sums && maker_of(v) == maker::row);
        if (maker_of(v) == maker::row) continue;
        auto& list = by_row ? read_ : shared;
        if (std::ranges::find(list, v) == list.end()) list.push_back(v);
      }
    for (std::size_t m = 0; m < members_.size(); ++m)
      if (uses_[m].sums) shared.push_back(members_[m].output);
    const auto total = [&](const std::vector<value_id>& values) {
      double bytes = 0;
      for (const value_id v : values) bytes += static_cast<double>(c_.values[v].shape.size() * number_bytes);
      return bytes;
    };
    const double bytes = total(read_);
    if (!sums || bytes < worth_bytes || total(shared) > shared_bytes) return false;
    const auto fit = static_cast<index_t>(block_bytes / (bytes / static_cast<double>(rows_)));
    block_ = std::max(2 * row_multiple, fit / row_multiple * row_multiple);
    return rows_ >= 2 * block_;
  }

  bool used_outside(value_id v) const {
    const auto is = [v](value_id w) { return w == v; };
    const std::uint32_t s = c_.values[v].storage;
    return c_.storages[s].where != home::arena || std::ranges::any_of(c_.outputs, is) ||
           std::ranges::any_of(c_.finite, is, &checked_value::value) ||
           std::ranges::count(c_.values, s, &value::storage) > 1 ||
           std::ranges::any_of(after_, [&](const auto& i) { return std::ranges::any_of(i.inputs, is); });
  }

  std::size_t emit() {
    auto g = std::make_shared<row_group>();
    g->rows = rows_;
    g->block = block_;
    instruction whole = members_.back();
    whole.inputs.clear();
    whole.fused = nullptr;
    for (std::size_t m = 0; m < members_.size(); ++m) {
      for (const value_id v : members_[m].inputs)
        if (maker_of(v) == maker::outside && std::ranges::find(whole.inputs, v) == whole.inputs.end())
          whole.inputs.push_back(v);
      for (const value_id v : outputs_of(members_[m])) {
        g->outputs.push_back(v);
        if (uses_[m].sums || used_outside(v)) continue;
        g->locals.push_back(v);  // one block of it is alive at a time
        storage& s = c_.storages[c_.values[v].storage];
        s.size = s.size / rows_ * block_;
      }
      g->members.push_back({std::move(members_[m]), uses_[m]});
    }
    const std::size_t cut = g->members.size();
    whole.rows = std::move(g);
    c_.instructions.resize(c_.once);
    std::ranges::move(before_, std::back_inserter(c_.instructions));
    c_.instructions.push_back(std::move(whole));
    std::ranges::move(after_, std::back_inserter(c_.instructions));
    return cut;
  }

  code& c_;
  index_t rows_ = 0, block_ = 0;
  std::vector<maker> made_;  // by storage, which views share
  std::vector<instruction> before_, members_, after_;
  std::vector<row_use> uses_;   // by member
  std::vector<value_id> read_;  // by rows, from outside
};

constexpr index_t result_block_bytes = 80 * 1024;
constexpr index_t result_worth_bytes = 256 * 1024;

index_t bytes_of(const value& v) { return v.shape.size() * number_bytes; }

// The one instruction that reads what `i` makes, if it is a fused group that does so element by element.
std::size_t only_user(const code& c, std::size_t i) {
  const value_id y = c.instructions[i].output;
  const std::uint32_t s = c.values[y].storage;
  const auto is = [&](value_id v) { return c.values[v].storage == s; };
  if (c.storages[s].where != home::arena || std::ranges::any_of(c.outputs, is) ||
      std::ranges::any_of(c.finite, is, &checked_value::value) ||
      std::ranges::count(c.values, s, &value::storage) > 1)
    return 0;
  std::size_t user = 0;
  for (std::size_t t = i + 1; t < c.instructions.size(); ++t) {
    if (!std::ranges::any_of(c.instructions[t].inputs, is)) continue;
    if (user != 0 || c.instructions[t].fused == nullptr) return 0;
    user = t;
  }
  return user;
}

// Puts a sum and the group that uses it up into blocks of the sum's rows.
bool cut_result(code& c, std::size_t i) {
  const instruction& sum = c.instructions[i];
  if (sum.rows != nullptr || sum.fused != nullptr || is_commit(sum)) return false;
  const row_use use = declared_use(c, sum);
  const value& y = c.values[sum.output];
  if (use.columns == 0 || y.shape.rank() != 2 || bytes_of(y) < result_worth_bytes) return false;
  const std::size_t u = only_user(c, i);
  if (u == 0 || c.instructions[u].inputs.size() > 32) return false;
  const instruction& user = c.instructions[u];
  row_use elements;
  for (std::size_t k = 0; k < user.inputs.size(); ++k) {
    const shape& s = c.values[user.inputs[k]].shape;
    if (s == y.shape) elements.inputs |= 1U << k;
    else if (s.size() != 1) return false;
  }
  for (const value_id v : user.fused->outputs)
    if (c.values[v].shape != y.shape) return false;

  auto g = std::make_shared<row_group>();
  const index_t rows = y.shape[0];
  g->rows = rows;
  g->block = std::clamp(result_block_bytes / (bytes_of(y) / rows), index_t{8}, rows);
  g->outputs = user.fused->outputs;
  g->outputs.push_back(sum.output);
  g->locals = {sum.output};
  storage& held = c.storages[y.storage];
  held.size = held.size / rows * g->block;
  instruction whole = user;
  std::erase(whole.inputs, sum.output);
  whole.inputs.insert(whole.inputs.end(), sum.inputs.begin(), sum.inputs.end());
  whole.fused = nullptr;
  g->members = {{sum, {.columns = use.columns}}, {user, elements}};
  whole.rows = std::move(g);
  c.instructions[u] = std::move(whole);
  c.instructions.erase(c.instructions.begin() + static_cast<std::ptrdiff_t>(i));
  return true;
}

}  // namespace

row_use rows_of(const code& c, const instruction& i, index_t rows) {
  if (i.inputs.size() > 32 || i.op.traits->effect) return {};
  const auto has_rows = [&](value_id v) {
    const shape& s = c.values[v].shape;
    return s.rank() > 0 && s[0] == rows;
  };
  row_use use;
  if (i.fused != nullptr || i.op.traits->elementwise) {
    const index_t n = c.values[i.output].shape.size();
    const index_t row = i.fused == nullptr ? 1 : i.fused->row;  // of what fills blocks
    if (rows == 0 || n / rows % row != 0) return {};
    for (std::size_t k = 0; k < i.inputs.size(); ++k) {
      const index_t size = c.values[i.inputs[k]].shape.size();
      if (size == n) use.inputs |= 1U << k;
      else if (size != 1 && size != row) return {};
    }
  } else {
    use = declared_use(c, i);
  }
  if (!use.sums && !std::ranges::all_of(outputs_of(i), has_rows)) return {};
  for (std::size_t k = 0; k < i.inputs.size(); ++k)
    if ((use.inputs >> k & 1) != 0 && !has_rows(i.inputs[k])) return {};
  return use;
}

row_use rows_of_result(const code& c, const instruction& i) {
  const shape& y = c.values[i.output].shape;
  if (y.rank() == 0) return {};
  const row_use use = rows_of(c, i, y[0]);
  if (use.inputs != 0 && !use.sums) return use;
  const bool whole = i.fused != nullptr || i.op.traits->elementwise || y.rank() != 2 || i.inputs.size() > 32;
  return {.columns = whole ? 0 : declared_use(c, i).columns};
}

std::size_t cut_into_row_blocks(code& c) {
  std::size_t cut = cutting(c).run();
  for (std::size_t i = c.once; i < c.instructions.size();)
    if (cut_result(c, i)) cut += 2;
    else ++i;
  return cut;
}

}  // namespace reel::detail
