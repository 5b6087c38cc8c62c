// SPDX-License-Identifier: MIT
#include "runtime/stage_pipeline.hpp"

#include <algorithm>
#include <span>
#include <unordered_map>
#include <unordered_set>

namespace reel::detail {

namespace {

// Where calls are no jumps, in a build without optimization, each link takes a piece of the stack.
constexpr std::size_t longest = 256;

const kernels::links* links_of(const instruction& i, element number) {
  const op_traits& op = *i.op.traits;
  const bool has_links =
      op.links != nullptr && i.followed == kind::real && op.eval[static_cast<std::size_t>(number)] != nullptr;
  return has_links ? op.links(i.op.self.get(), number) : nullptr;
}

class builder {
 public:
  builder(const code& c, const group& g, std::size_t first, std::size_t last, element number,
          const kernels::chains& kit, const std::function<void* const*(value_id)>& address)
      : c_(c), number_(number), kit_(kit), address_(address) {
    const std::span<const instruction> all(g.members), here = all.subspan(first, last - first);
    find_stored(g, here, all.subspan(last));
    find_kept(here);
    for (const instruction& i : here) {
      const use u = use_of(i);
      if (u.loads) load(i.inputs[0]);
      apply(i, u);
      held_ = storage_of(i.output);
      if (stored_.contains(held_)) add(is_bool(i.output) ? kit.store_bools : kit.store, i.output);
    }
    links_.push_back(kit.end());
  }

  std::vector<kernels::link> links_;
  bool keeps() const { return kept_ != nothing; }

 private:
  std::uint32_t storage_of(value_id v) const { return c_.values[v].storage; }
  bool is_bool(value_id v) const { return c_.values[v].kind == kind::boolean; }

  // How a member comes by its operands: whether the first is loaded into the registers, which one is held
  // there (as kernels::links counts them), and the others.
  struct use {
    bool loads;
    std::size_t held;
    std::vector<value_id> in_memory;
  };
  use use_of(const instruction& i) const {
    const auto& x = i.inputs;
    use u{true, 0, {}};
    std::uint32_t held = storage_of(x[0]);
    for (std::size_t k = 0; k < x.size() && u.loads; ++k)
      if (storage_of(x[k]) == held_) u = {false, k, {}}, held = held_;
    if (x.size() == 2 && storage_of(x[0]) == held && storage_of(x[1]) == held) {
      u.held = 2;
      return u;
    }
    for (std::size_t k = 0; k < x.size(); ++k)
      if (k != u.held) u.in_memory.push_back(x[k]);
    return u;
  }

  void find_stored(const group& g, std::span<const instruction> here, std::span<const instruction> later) {
    for (const value_id v : g.outputs) stored_.insert(storage_of(v));
    for (const instruction& i : later)
      for (const value_id v : i.inputs) stored_.insert(storage_of(v));
    for (const instruction& i : here) {
      const use u = use_of(i);
      if (u.loads) stored_.insert(storage_of(i.inputs[0]));
      for (const value_id v : u.in_memory) stored_.insert(storage_of(v));
      held_ = storage_of(i.output);
    }
    held_ = nothing;
  }

  // Whether there is a link for the operand that is not held to be kept.
  bool may_be_kept(const instruction& i, const use& u) const {
    return i.inputs.size() == 2 && u.in_memory.size() == 1 && !is_bool(u.in_memory[0]) &&
           links_of(i, number_)->kept[u.held] != nullptr;
  }

  // The operand that most members read, if these are enough to pay for links of half as many registers: two,
  // and every third one. None that is made in the chain.
  void find_kept(std::span<const instruction> here) {
    std::unordered_map<std::uint32_t, std::vector<value_id>> reads;  // by storage
    for (const instruction& i : here) {
      const use u = use_of(i);
      if (may_be_kept(i, u)) reads[storage_of(u.in_memory[0])].push_back(u.in_memory[0]);
      held_ = storage_of(i.output);
    }
    held_ = nothing;
    for (const instruction& i : here) reads.erase(storage_of(i.output));
    const auto most = std::ranges::max_element(reads, {}, [](const auto& r) { return r.second.size(); });
    if (most == reads.end() || most->second.size() < 2 || 3 * most->second.size() < here.size()) return;
    kept_ = most->first;
    add(kit_.keep, most->second.front());
  }

  void load(value_id v) {
    if (storage_of(v) == kept_) links_.push_back(kit_.link_of(kit_.recall, nullptr, nullptr));
    else add(is_bool(v) ? kit_.load_bools : kit_.load, v);
  }
  void apply(const instruction& i, const use& u) {
    const kernels::links& links = *links_of(i, number_);
    if (may_be_kept(i, u) && storage_of(u.in_memory[0]) == kept_)
      return links_.push_back(kit_.link_of(links.kept[u.held], nullptr, nullptr));
    const auto address = [&](std::size_t k) {
      return k < u.in_memory.size() ? address_(u.in_memory[k]) : nullptr;
    };
    links_.push_back(kit_.link_of(links.held[u.held], address(0), address(1)));
  }
  void add(const void* what, value_id v) { links_.push_back(kit_.link_of(what, address_(v), nullptr)); }

  static constexpr std::uint32_t nothing = ~std::uint32_t{0};
  const code& c_;
  element number_;
  const kernels::chains& kit_;
  const std::function<void* const*(value_id)>& address_;
  std::uint32_t held_ = nothing;              // the storage whose numbers are in registers
  std::uint32_t kept_ = nothing;              // the one that is kept beside them, throughout
  std::unordered_set<std::uint32_t> stored_;  // what is read from memory, here, later or outside
};

const kernels::chains& kit_of(element number) {
  return number == element::f32 ? kernels::best<float>().chains : kernels::best<double>().chains;
}

}  // namespace

std::size_t chain::length(const group& g, std::size_t first, element number) {
  std::size_t last = first;
  while (last < std::min(g.members.size(), first + longest) && links_of(g.members[last], number) != nullptr)
    ++last;
  return last - first;
}

chain::chain(const code& c, const group& g, std::size_t first, std::size_t last, element number,
             const std::function<void* const*(value_id)>& address)
    : run_(kit_of(number).run) {
  builder b(c, g, first, last, number, kit_of(number), address);
  links_ = std::move(b.links_);
  keeps_ = b.keeps();
}

}  // namespace reel::detail
