// SPDX-License-Identifier: MIT
#include "runtime/stage_pipeline.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace reel::detail {

namespace {

// Where calls are no jumps, in a build without optimization, each link takes a piece of the stack.
constexpr std::size_t longest = 256;

const kernels::links* links_of(const instruction& i, dtype number) {
  const op_type& op = *i.op.type;
  const bool has_links =
      op.links != nullptr && i.kind == kind::real && op.eval[static_cast<std::size_t>(number)] != nullptr;
  return has_links ? op.links(i.op.self.get(), number) : nullptr;
}

class builder {
 public:
  builder(const code& c, const group& g, std::size_t first, std::size_t last, const std::uint32_t* sources,
          dtype number, const kernels::chains& kit, const chain::addresses& address)
      : c_(c), g_(g), number_(number), kit_(kit), address_(address), first_(first), stored_(last - first) {
    for (std::size_t m = first; m < last; ++m) {
      members_.push_back({g.members[m], sources});
      sources += g.members[m].inputs.size();
    }
    find_stored(last);
    find_kept();
    for (std::size_t m = 0; m < members_.size(); ++m) {
      const member& i = members_[m];
      const use u = use_of(i);
      if (u.loads) load(i, 0);
      apply(i, u);
      held_ = storage_of(i.what.output);
      if (stored_[m] != 0)
        add(is_bool(i.what.output) ? kit.store_bools : kit.store, i.what.output, source_of(m));
    }
    links_.push_back(kit.end());
  }

  std::vector<kernels::link> links_;
  bool keeps() const { return kept_ != nothing; }

 private:
  struct member {
    const instruction& what;
    const std::uint32_t* sources;  // of its operands
    value_id operand(std::size_t k) const { return what.inputs[k]; }
  };
  std::uint32_t storage_of(value_id v) const { return c_.values[v].storage; }
  bool is_bool(value_id v) const { return c_.values[v].kind == kind::boolean; }
  std::uint32_t source_of(std::size_t m) const {
    return static_cast<std::uint32_t>(g_.fills.size() + first_ + m);
  }
  // Which member of the chain makes an operand; as many as there are where none does.
  std::size_t maker_of(const member& i, std::size_t k) const {
    const std::size_t source = i.sources[k], mine = g_.fills.size() + first_;
    return source == group::none || source < mine ? members_.size() : source - mine;
  }

  // How a member comes by its operands: whether the first is loaded into the registers, which one is held
  // there (as kernels::links counts them), and the others.
  struct use {
    bool loads;
    std::size_t held;
    std::array<std::size_t, 2> others = {};  // operands in memory
    std::size_t in_memory = 0;               // how many
  };
  use use_of(const member& i) const {
    const std::size_t operands = i.what.inputs.size();
    use u{true, 0};
    std::uint32_t held = storage_of(i.operand(0));
    for (std::size_t k = 0; k < operands && u.loads; ++k)
      if (storage_of(i.operand(k)) == held_) u = {false, k}, held = held_;
    if (operands == 2 && storage_of(i.operand(0)) == held && storage_of(i.operand(1)) == held) {
      u.held = 2;
      return u;
    }
    for (std::size_t k = 0; k < operands; ++k)
      if (k != u.held) u.others[u.in_memory++] = k;
    return u;
  }

  // What is read outside the chain, or from memory in it.
  void find_stored(std::size_t last) {
    const auto read = [&](const member& i, std::size_t k) {
      if (const std::size_t m = maker_of(i, k); m < members_.size()) stored_[m] = true;
    };
    for (std::size_t m = 0; m < members_.size(); ++m) {
      const member& i = members_[m];
      const std::uint32_t reader = g_.last_readers[first_ + m];
      if (g_.member_slots[first_ + m] == group::none || (reader != group::none && reader >= last))
        stored_[m] = true;
      const use u = use_of(i);
      if (u.loads) read(i, 0);
      for (std::size_t k = 0; k < u.in_memory; ++k) read(i, u.others[k]);
      held_ = storage_of(i.what.output);
    }
    held_ = nothing;
  }

  // Whether there is a link for the operand that is not held to be kept.
  bool may_be_kept(const member& i, const use& u) const {
    return i.what.inputs.size() == 2 && u.in_memory == 1 && !is_bool(i.operand(u.others[0])) &&
           links_of(i.what, number_)->kept[u.held] != nullptr;
  }

  // The operand that most members read, if these are enough to pay for links of half as many registers: two,
  // and every third one. None that is made in the chain.
  void find_kept() {
    struct read {
      std::uint32_t storage, order, source;
      value_id value;
    };
    std::vector<read> reads;
    for (const member& i : members_) {
      const use u = use_of(i);
      if (may_be_kept(i, u) && maker_of(i, u.others[0]) == members_.size()) {
        const value_id v = i.operand(u.others[0]);
        const auto order = static_cast<std::uint32_t>(reads.size());
        reads.push_back({storage_of(v), order, i.sources[u.others[0]], v});
      }
      held_ = storage_of(i.what.output);
    }
    held_ = nothing;
    std::ranges::sort(reads, {}, [](const read& r) { return std::pair(r.storage, r.order); });
    std::size_t best = 0, most = 0;
    for (std::size_t from = 0, to = 0; from < reads.size(); from = to) {
      while (to < reads.size() && reads[to].storage == reads[from].storage) ++to;
      if (to - from > most) best = from, most = to - from;
    }
    if (most < 2 || 3 * most < members_.size()) return;
    kept_ = reads[best].storage;
    add(kit_.keep, reads[best].value, reads[best].source);
  }

  void load(const member& i, std::size_t k) {
    const value_id v = i.operand(k);
    if (storage_of(v) == kept_) links_.push_back(kit_.link_of(kit_.recall, nullptr, nullptr));
    else add(is_bool(v) ? kit_.load_bools : kit_.load, v, i.sources[k]);
  }
  void apply(const member& i, const use& u) {
    const kernels::links& links = *links_of(i.what, number_);
    if (may_be_kept(i, u) && storage_of(i.operand(u.others[0])) == kept_)
      return links_.push_back(kit_.link_of(links.kept[u.held], nullptr, nullptr));
    const auto address = [&](std::size_t k) {
      return k < u.in_memory ? address_(i.operand(u.others[k]), i.sources[u.others[k]]) : nullptr;
    };
    void* const* const first = address(0);
    links_.push_back(kit_.link_of(links.held[u.held], first, address(1)));
  }
  void add(const void* what, value_id v, std::uint32_t source) {
    links_.push_back(kit_.link_of(what, address_(v, source), nullptr));
  }

  static constexpr std::uint32_t nothing = ~std::uint32_t{0};
  const code& c_;
  const group& g_;
  dtype number_;
  const kernels::chains& kit_;
  const chain::addresses& address_;
  std::size_t first_;
  std::vector<member> members_;
  std::vector<char> stored_;      // by member: whether its result is read from memory, here, later or outside
  std::uint32_t held_ = nothing;  // the storage whose numbers are in registers
  std::uint32_t kept_ = nothing;  // the one that is kept beside them, throughout
};

const kernels::chains& kit_of(dtype number) {
  return number == dtype::f32 ? kernels::best<float>().chains : kernels::best<double>().chains;
}

}  // namespace

std::size_t chain::length(const group& g, std::size_t first, dtype number) {
  std::size_t last = first;
  while (last < std::min(g.members.size(), first + longest) && links_of(g.members[last], number) != nullptr)
    ++last;
  return last - first;
}

chain::chain(const code& c, const group& g, std::size_t first, std::size_t last, const std::uint32_t* sources,
             dtype number, const addresses& address)
    : run_(kit_of(number).run) {
  builder b(c, g, first, last, sources, number, kit_of(number), address);
  links_ = std::move(b.links_);
  keeps_ = b.keeps();
}

}  // namespace reel::detail
