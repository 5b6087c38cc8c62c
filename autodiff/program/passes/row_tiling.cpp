// SPDX-License-Identifier: MIT
// Row tiling. A batch too large for the cache is cut into blocks of rows, each of which goes
// through all that can be done row by row, forward and backward, before the next one is read: a sum over
// rows, such as the gradient Xᵀ·dz, goes on from block to block. And a large sum that is only used element
// by element, as the gradient is by an update, is made and used up in blocks of its rows. Exact: a row's
// results do not depend on the rows beside it, and an op that says it sums goes on where it stopped.
#include "program/analysis.hpp"

#include <algorithm>
#include <utility>

namespace reel::detail {

namespace {

constexpr index_t block_bytes = 192 * 1024;  // of rows that are read; half a second-level cache or less
constexpr index_t worth_bytes = 3 * block_bytes;
constexpr index_t shared_bytes = 128 * 1024;  // read again for every block: at most this
constexpr index_t number_bytes = sizeof(float);
constexpr index_t row_multiple = 16;

// What the op itself says.
row_slices declared_slices(const program_ir& c, const instruction& i) {
  return i.op.type->slices == nullptr ? row_slices{}
                                      : i.op.type->slices->of(i.op.self.get(), c.values[i.inputs[0]].shape);
}

// The rows of the largest matrix that a sum goes over; 0 where none does.
index_t most_rows(const program_ir& c) {
  index_t rows = 0, most = 0;
  for (const auto& i : c.instructions) {
    if (i.fused != nullptr || !declared_slices(c, i).reduces) continue;
    for (const value_id v : i.inputs)
      if (c.values[v].shape.size() > most) most = c.values[v].shape.size(), rows = c.values[v].shape[0];
  }
  return rows;
}

class tiling {
 public:
  tiling(program_ir& c, index_t rows)
      : c_(c), uses_(c), rows_(rows), made_(c.storages.size(), maker::outside) {}

  std::size_t run() {
    read_after_.resize(c_.storages.size());
    for (std::uint32_t t = static_cast<std::uint32_t>(c_.prologue); t < c_.instructions.size(); ++t) sort(t);
    return worthwhile() ? emit() : 0;
  }

 private:
  enum class maker : std::uint8_t { outside, row, sum, after };

  std::uint32_t storage_of(value_id v) const { return c_.values[v].storage; }
  maker maker_of(value_id v) const { return made_[storage_of(v)]; }
  instruction& at(std::uint32_t t) const { return c_.instructions[t]; }

  void sort(std::uint32_t t) {
    const instruction& i = at(t);
    const row_slices use = slices_of(c_, i, rows_);
    bool inside = use.inputs != 0 || repeats_rows(i), late = false, depends = false;
    for (std::size_t k = 0; k < i.inputs.size(); ++k) {
      const maker m = maker_of(i.inputs[k]);
      late = late || m == maker::after;
      depends = depends || m != maker::outside;
      if (m == maker::sum || (m == maker::row && (use.inputs >> k & 1) == 0)) inside = false;
    }
    const auto put = [&](std::vector<std::uint32_t>& list, maker m) {
      for (const value_id v : outputs_of(i)) made_[storage_of(v)] = m;
      list.push_back(t);
    };
    if (!is_in_place_update(i) && inside && !late) {
      put(members_, use.reduces ? maker::sum : maker::row);
      member_uses_.push_back(use);
    } else if (is_in_place_update(i) || depends) {
      put(after_, maker::after);
      for (const value_id v : i.inputs) read_after_[storage_of(v)] = true;
    } else {
      put(before_, maker::outside);
    }
  }

  // Whether every row of the result is the input, such as a bias that is added to each.
  bool repeats_rows(const instruction& i) const {
    if (i.op.type != &op_type_of<broadcast_to_op>) return false;
    const shape &x = c_.values[i.inputs[0]].shape, &y = c_.values[i.output].shape;
    return y.rank() > 0 && y[0] == rows_ && (x.rank() < y.rank() || x[0] != rows_);
  }

  // Whether rows are made and summed in blocks, many of them, and little else is read.
  bool worthwhile() {
    bool sums = false;
    double slices = 0, shared = 0;
    std::vector<char> counted(2 * c_.values.size());
    const auto count = [&](double& bytes, value_id v) {
      bytes += static_cast<double>(c_.values[v].shape.size() * number_bytes);
    };
    for (std::size_t m = 0; m < members_.size(); ++m) {
      const instruction& i = at(members_[m]);
      for (std::size_t k = 0; k < i.inputs.size(); ++k) {
        const value_id v = i.inputs[k];
        const bool by_row = (member_uses_[m].inputs >> k & 1) != 0;
        sums = sums || (member_uses_[m].reduces && maker_of(v) == maker::row);
        if (maker_of(v) != maker::row && std::exchange(counted[2 * v + (by_row ? 1 : 0)], true) == 0)
          count(by_row ? slices : shared, v);
      }
      if (member_uses_[m].reduces) count(shared, i.output);
    }
    if (!sums || slices < worth_bytes || shared > shared_bytes) return false;
    const auto fit = static_cast<index_t>(block_bytes / (slices / static_cast<double>(rows_)));
    block_ = std::max(2 * row_multiple, fit / row_multiple * row_multiple);
    return rows_ >= 2 * block_;
  }

  bool used_outside(value_id v) const {
    const std::uint32_t s = storage_of(v);
    return c_.storages[s].where != home::arena || uses_.is_output(s) || uses_.is_checked(s) ||
           uses_.sharers_of(s) > 1 || read_after_[s] != 0;
  }

  std::size_t emit() {
    auto g = std::make_shared<tiled_loop>();
    g->rows = rows_;
    g->block = block_;
    instruction whole = at(members_.back());
    whole.inputs.clear();
    whole.fused = nullptr;
    std::vector<char> listed(c_.values.size());
    for (std::size_t m = 0; m < members_.size(); ++m) {
      instruction& member = at(members_[m]);
      for (const value_id v : member.inputs)
        if (maker_of(v) == maker::outside && std::exchange(listed[v], true) == 0) whole.inputs.push_back(v);
      for (const value_id v : outputs_of(member)) {
        g->outputs.push_back(v);
        if (member_uses_[m].reduces || used_outside(v)) continue;
        g->tile_buffers.push_back(v);  // one block of it is alive at a time
        storage& s = c_.storages[storage_of(v)];
        s.size = s.size / rows_ * block_;
      }
      g->members.push_back({std::move(member), member_uses_[m]});
    }
    const std::size_t cut = g->members.size();
    whole.rows = std::move(g);
    std::vector<instruction> all;
    all.reserve(c_.prologue + before_.size() + 1 + after_.size());
    std::move(c_.instructions.begin(), c_.instructions.begin() + static_cast<std::ptrdiff_t>(c_.prologue),
              std::back_inserter(all));
    for (const std::uint32_t t : before_) all.push_back(std::move(at(t)));
    all.push_back(std::move(whole));
    for (const std::uint32_t t : after_) all.push_back(std::move(at(t)));
    c_.instructions = std::move(all);
    return cut;
  }

  program_ir& c_;
  def_use uses_;
  index_t rows_, block_ = 0;
  std::vector<maker> made_;  // by storage, which views share
  std::vector<char> read_after_;
  std::vector<std::uint32_t> before_, members_, after_;  // instructions
  std::vector<row_slices> member_uses_;
};

constexpr index_t result_block_bytes = 80 * 1024;
constexpr index_t result_worth_bytes = 256 * 1024;

index_t bytes_of(const value& v) { return v.shape.size() * number_bytes; }

// Puts sums and the fusions that use them up into blocks of the sum's rows.
class result_tiling {
 public:
  explicit result_tiling(program_ir& c) : c_(c), uses_(c), gone_(c.instructions.size()) {}

  // Whether an instruction makes a large sum.
  static bool is_candidate(const program_ir& c, const instruction& i) {
    const value& y = c.values[i.output];
    return i.rows == nullptr && i.fused == nullptr && !is_in_place_update(i) && y.shape.rank() == 2 &&
           bytes_of(y) >= result_worth_bytes && declared_slices(c, i).columns != 0;
  }

  std::size_t run() {
    std::size_t cut = 0;
    for (std::uint32_t t = static_cast<std::uint32_t>(c_.prologue); t < c_.instructions.size(); ++t)
      if (try_to_cut(t)) cut += 2;
    std::size_t t = 0;
    if (cut > 0) std::erase_if(c_.instructions, [&](const instruction&) { return gone_[t++] != 0; });
    return cut;
  }

 private:
  // The one instruction that reads what `i` makes, if it is a fusion that does so element by element.
  std::uint32_t only_user(const instruction& i) const {
    const std::uint32_t s = c_.values[i.output].storage;
    const auto readers = uses_.readers_of(s);
    if (c_.storages[s].where != home::arena || uses_.is_output(s) || uses_.is_checked(s) ||
        uses_.sharers_of(s) > 1 || readers.empty() || readers.front() != readers.back() ||
        c_.instructions[readers.front()].fused == nullptr)
      return def_use::none;
    return readers.front();
  }

  bool try_to_cut(std::uint32_t t) {
    const instruction& sum = c_.instructions[t];
    if (!is_candidate(c_, sum)) return false;
    const row_slices use = declared_slices(c_, sum);
    const value& y = c_.values[sum.output];
    const std::uint32_t u = only_user(sum);
    if (u == def_use::none || c_.instructions[u].inputs.size() > 32) return false;
    const instruction& user = c_.instructions[u];
    row_slices elements;
    for (std::size_t k = 0; k < user.inputs.size(); ++k) {
      const shape& s = c_.values[user.inputs[k]].shape;
      if (s == y.shape) elements.inputs |= 1U << k;
      else if (s.size() != 1) return false;
    }
    for (const value_id v : user.fused->outputs)
      if (c_.values[v].shape != y.shape) return false;
    c_.instructions[u] = in_blocks(sum, use, user, elements);
    gone_[t] = true;
    return true;
  }

  instruction in_blocks(const instruction& sum, const row_slices& use, const instruction& user,
                        const row_slices& elements) {
    const value& y = c_.values[sum.output];
    auto g = std::make_shared<tiled_loop>();
    const index_t rows = y.shape[0];
    g->rows = rows;
    g->block = std::clamp(result_block_bytes / (bytes_of(y) / rows), index_t{8}, rows);
    g->outputs = user.fused->outputs;
    g->outputs.push_back(sum.output);
    g->tile_buffers = {sum.output};
    storage& held = c_.storages[y.storage];
    held.size = held.size / rows * g->block;
    instruction whole = user;
    std::erase(whole.inputs, sum.output);
    whole.inputs.insert(whole.inputs.end(), sum.inputs.begin(), sum.inputs.end());
    whole.fused = nullptr;
    g->members = {{sum, {.columns = use.columns}}, {user, elements}};
    whole.rows = std::move(g);
    return whole;
  }

  program_ir& c_;
  def_use uses_;
  std::vector<char> gone_;
};

}  // namespace

row_slices slices_of(const program_ir& c, const instruction& i, index_t rows) {
  if (i.inputs.size() > 32 || i.op.type->effect || i.unused) return {};
  const auto has_rows = [&](value_id v) {
    const shape& s = c.values[v].shape;
    return s.rank() > 0 && s[0] == rows;
  };
  row_slices use;
  if (i.fused != nullptr || i.op.type->elementwise) {
    const index_t n = c.values[i.output].shape.size();
    const index_t row = i.fused == nullptr ? 1 : i.fused->row;  // of what fills blocks
    if (rows == 0 || n / rows % row != 0) return {};
    for (std::size_t k = 0; k < i.inputs.size(); ++k) {
      const index_t size = c.values[i.inputs[k]].shape.size();
      if (size == n) use.inputs |= 1U << k;
      else if (size != 1 && size != row) return {};
    }
  } else {
    use = declared_slices(c, i);
  }
  if (!use.reduces && !std::ranges::all_of(outputs_of(i), has_rows)) return {};
  for (std::size_t k = 0; k < i.inputs.size(); ++k)
    if ((use.inputs >> k & 1) != 0 && !has_rows(i.inputs[k])) return {};
  return use;
}

row_slices slices_of_result(const program_ir& c, const instruction& i) {
  const shape& y = c.values[i.output].shape;
  if (y.rank() == 0) return {};
  const row_slices use = slices_of(c, i, y[0]);
  if (use.inputs != 0 && !use.reduces) return use;
  const bool whole = i.fused != nullptr || i.op.type->elementwise || y.rank() != 2 || i.inputs.size() > 32;
  return {.columns = whole ? 0 : declared_slices(c, i).columns};
}

std::size_t tile_rows(program_ir& c) {
  const index_t rows = most_rows(c);
  const std::size_t cut = rows > 0 ? tiling(c, rows).run() : 0;
  const bool large_sums =
      std::any_of(c.instructions.begin() + static_cast<std::ptrdiff_t>(c.prologue), c.instructions.end(),
                  [&](const instruction& i) { return result_tiling::is_candidate(c, i); });
  return large_sums ? cut + result_tiling(c).run() : cut;
}

}  // namespace reel::detail
