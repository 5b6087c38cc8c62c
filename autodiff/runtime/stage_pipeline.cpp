// SPDX-License-Identifier: MIT
#include "runtime/stage_pipeline.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace reel::detail {

namespace {

// Where calls are no jumps, in a build without optimization, each stage takes a piece of the stack.
constexpr std::size_t longest = 256;

const kernels::stages* stages_of(const instruction& i, dtype number) {
  const op_type& op = *i.op.type;
  const bool has_stages =
      op.stages != nullptr && i.kind == kind::real && op.eval[static_cast<std::size_t>(number)] != nullptr;
  return has_stages ? op.stages->of(i.op.self.get(), number) : nullptr;
}

class builder {
 public:
  builder(const program_ir& c, const fusion& g, std::size_t first, std::size_t last,
          const std::uint32_t* sources, dtype number, const kernels::pipelines& kit,
          const stage_pipeline::addresses& address)
      : c_(c), g_(g), number_(number), kit_(kit), address_(address), first_(first), stored_(last - first) {
    for (std::size_t m = first; m < last; ++m) {
      members_.push_back({g.members[m], sources});
      sources += g.members[m].inputs.size();
    }
    find_stored(last);
    find_pinned();
    for (std::size_t m = 0; m < members_.size(); ++m) {
      const member& i = members_[m];
      const use u = use_of(i);
      if (u.loads) load(i, 0);
      apply(i, u);
      in_register_ = storage_of(i.what.output);
      if (stored_[m] != 0)
        add(is_bool(i.what.output) ? kit.store_bools : kit.store, i.what.output, source_of(m));
    }
    stages_.push_back(kit.end());
  }

  std::vector<kernels::stage> stages_;
  bool pins() const { return pinned_ != nothing; }

 private:
  struct member {
    const instruction& what;
    const std::uint32_t* sources;  // of its operands
    value_id operand(std::size_t k) const { return what.inputs[k]; }
  };
  std::uint32_t storage_of(value_id v) const { return c_.values[v].storage; }
  bool is_bool(value_id v) const { return c_.values[v].kind == kind::boolean; }
  std::uint32_t source_of(std::size_t m) const {
    return static_cast<std::uint32_t>(g_.broadcasts.size() + first_ + m);
  }
  // Which member of the pipeline makes an operand; as many as there are where none does.
  std::size_t maker_of(const member& i, std::size_t k) const {
    const std::size_t source = i.sources[k], mine = g_.broadcasts.size() + first_;
    return source == fusion::none || source < mine ? members_.size() : source - mine;
  }

  // How a member comes by its operands: whether the first is loaded into the registers, which one is held
  // there (as kernels::stages counts them), and the others.
  struct use {
    bool loads;
    std::size_t in_register;
    std::array<std::size_t, 2> others = {};  // operands in memory
    std::size_t in_memory = 0;               // how many
  };
  use use_of(const member& i) const {
    const std::size_t operands = i.what.inputs.size();
    use u{true, 0};
    std::uint32_t in_register = storage_of(i.operand(0));
    for (std::size_t k = 0; k < operands && u.loads; ++k)
      if (storage_of(i.operand(k)) == in_register_) u = {false, k}, in_register = in_register_;
    if (operands == 2 && storage_of(i.operand(0)) == in_register && storage_of(i.operand(1)) == in_register) {
      u.in_register = 2;
      return u;
    }
    for (std::size_t k = 0; k < operands; ++k)
      if (k != u.in_register) u.others[u.in_memory++] = k;
    return u;
  }

  // What is read outside the pipeline, or from memory in it.
  void find_stored(std::size_t last) {
    const auto read = [&](const member& i, std::size_t k) {
      if (const std::size_t m = maker_of(i, k); m < members_.size()) stored_[m] = true;
    };
    for (std::size_t m = 0; m < members_.size(); ++m) {
      const member& i = members_[m];
      const std::uint32_t reader = g_.last_readers[first_ + m];
      if (g_.member_slots[first_ + m] == fusion::none || (reader != fusion::none && reader >= last))
        stored_[m] = true;
      const use u = use_of(i);
      if (u.loads) read(i, 0);
      for (std::size_t k = 0; k < u.in_memory; ++k) read(i, u.others[k]);
      in_register_ = storage_of(i.what.output);
    }
    in_register_ = nothing;
  }

  // Whether there is a stage for the operand that is not held to be pinned.
  bool may_be_pinned(const member& i, const use& u) const {
    return i.what.inputs.size() == 2 && u.in_memory == 1 && !is_bool(i.operand(u.others[0])) &&
           stages_of(i.what, number_)->pinned[u.in_register] != nullptr;
  }

  // The operand that most members read, if these are enough to pay for stages of half as many registers: two,
  // and every third one. None that is made in the pipeline.
  void find_pinned() {
    struct read {
      std::uint32_t storage, order, source;
      value_id value;
    };
    std::vector<read> reads;
    for (const member& i : members_) {
      const use u = use_of(i);
      if (may_be_pinned(i, u) && maker_of(i, u.others[0]) == members_.size()) {
        const value_id v = i.operand(u.others[0]);
        const auto order = static_cast<std::uint32_t>(reads.size());
        reads.push_back({storage_of(v), order, i.sources[u.others[0]], v});
      }
      in_register_ = storage_of(i.what.output);
    }
    in_register_ = nothing;
    std::ranges::sort(reads, {}, [](const read& r) { return std::pair(r.storage, r.order); });
    std::size_t best = 0, most = 0;
    for (std::size_t from = 0, to = 0; from < reads.size(); from = to) {
      while (to < reads.size() && reads[to].storage == reads[from].storage) ++to;
      if (to - from > most) best = from, most = to - from;
    }
    if (most < 2 || 3 * most < members_.size()) return;
    pinned_ = reads[best].storage;
    add(kit_.pin, reads[best].value, reads[best].source);
  }

  void load(const member& i, std::size_t k) {
    const value_id v = i.operand(k);
    if (storage_of(v) == pinned_) stages_.push_back(kit_.stage_of(kit_.restore, nullptr, nullptr));
    else add(is_bool(v) ? kit_.load_bools : kit_.load, v, i.sources[k]);
  }
  void apply(const member& i, const use& u) {
    const kernels::stages& stages = *stages_of(i.what, number_);
    if (may_be_pinned(i, u) && storage_of(i.operand(u.others[0])) == pinned_)
      return stages_.push_back(kit_.stage_of(stages.pinned[u.in_register], nullptr, nullptr));
    const auto address = [&](std::size_t k) {
      return k < u.in_memory ? address_(i.operand(u.others[k]), i.sources[u.others[k]]) : nullptr;
    };
    void* const* const first = address(0);
    stages_.push_back(kit_.stage_of(stages.in_register[u.in_register], first, address(1)));
  }
  void add(const void* what, value_id v, std::uint32_t source) {
    stages_.push_back(kit_.stage_of(what, address_(v, source), nullptr));
  }

  static constexpr std::uint32_t nothing = ~std::uint32_t{0};
  const program_ir& c_;
  const fusion& g_;
  dtype number_;
  const kernels::pipelines& kit_;
  const stage_pipeline::addresses& address_;
  std::size_t first_;
  std::vector<member> members_;
  std::vector<char> stored_;  // by member: whether its result is read from memory, here, later or outside
  std::uint32_t in_register_ = nothing;  // the storage whose numbers are in registers
  std::uint32_t pinned_ = nothing;       // the one that is pinned beside them, throughout
};

const kernels::pipelines& kit_of(dtype number) {
  return number == dtype::f32 ? kernels::active<float>().pipelines : kernels::active<double>().pipelines;
}

}  // namespace

std::size_t stage_pipeline::length(const fusion& g, std::size_t first, dtype number) {
  std::size_t last = first;
  while (last < std::min(g.members.size(), first + longest) && stages_of(g.members[last], number) != nullptr)
    ++last;
  return last - first;
}

stage_pipeline::stage_pipeline(const program_ir& c, const fusion& g, std::size_t first, std::size_t last,
                               const std::uint32_t* sources, dtype number, const addresses& address)
    : run_(kit_of(number).run) {
  builder b(c, g, first, last, sources, number, kit_of(number), address);
  stages_ = std::move(b.stages_);
  pins_ = b.pins();
}

}  // namespace reel::detail
