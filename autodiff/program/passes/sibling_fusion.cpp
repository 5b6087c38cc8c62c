// SPDX-License-Identifier: MIT
// The pairs pass: an op whose traits name another op of its first inputs is computed along with it, such as
// softmax with the logsumexp whose slope it is, or cross-entropy with its own slope, which have their
// exponentials in common. Exact: both come out as each would alone.
#include "program/ir.hpp"

#include <algorithm>

namespace reel::detail {

namespace {

instruction& instruction_of(instruction& i) { return i; }
instruction& instruction_of(row_member& m) { return m.what; }

bool single(const instruction& i) {
  return i.rows == nullptr && i.fused == nullptr && !is_commit(i) && i.beside == no_value;
}

// Whether `other` is what `i` can compute along.
bool brings(const instruction& i, const instruction& other) {
  return other.op.traits == i.op.traits->beside && single(other) && other.inputs.size() <= i.inputs.size() &&
         std::ranges::equal(other.inputs, std::span(i.inputs).first(other.inputs.size())) &&
         i.op.traits->brings(i.op.self.get(), other.op.self.get());
}

// Pairs in a list: the instructions of a program from `first` on, or the members of a group.
template <class Item> class pairing {
 public:
  pairing(const code& c, std::vector<Item>& list, std::size_t first) : c_(c), list_(list), first_(first) {}

  std::size_t run() {
    std::size_t pairs = 0;
    for (std::size_t t = first_; t < list_.size(); ++t) {
      if (at(t).op.traits->beside == nullptr || !single(at(t))) continue;
      for (std::size_t other = first_; other < list_.size(); ++other)
        if (other != t && brings(at(t), at(other)) && join(t, other)) {
          ++pairs;
          break;
        }
    }
    return pairs;
  }

 private:
  instruction& at(std::size_t t) { return instruction_of(list_[t]); }

  // Instruction `other` becomes part of t; what is between and needs the earlier one goes behind the pair.
  bool join(std::size_t& t, std::size_t other) {
    const value_id along = at(other).output;
    if (other < t) {
      std::vector<char> late(c_.storages.size());
      const auto storage_of = [&](value_id v) { return c_.values[v].storage; };
      const auto is_late = [&](const instruction& i) {
        return std::ranges::any_of(i.inputs, [&](value_id v) { return late[storage_of(v)] != 0; });
      };
      std::vector<Item> sooner, later;
      late[storage_of(along)] = true;
      for (std::size_t k = other + 1; k < t; ++k) {
        const bool waits = is_late(at(k));
        if (waits)
          for (const value_id v : outputs_of(at(k))) late[storage_of(v)] = true;
        (waits ? later : sooner).push_back(list_[k]);
      }
      if (is_late(at(t))) return false;
      sooner.push_back(list_[t]);
      const auto place = list_.begin() + static_cast<std::ptrdiff_t>(other);
      const auto next = std::ranges::copy(sooner, place).out;
      std::ranges::copy(later, next);
      other = t;
      t = static_cast<std::size_t>(next - list_.begin()) - 1;
    }
    at(t).beside = along;
    list_.erase(list_.begin() + static_cast<std::ptrdiff_t>(other));
    return true;
  }

  const code& c_;
  std::vector<Item>& list_;
  std::size_t first_;
};

}  // namespace

std::size_t pair_up(code& c) {
  std::size_t pairs = pairing(c, c.instructions, c.once).run();
  for (instruction& i : c.instructions) {
    if (i.rows == nullptr) continue;
    auto g = std::make_shared<row_group>(*i.rows);
    pairs += pairing(c, g->members, 0).run();
    i.rows = std::move(g);
  }
  return pairs;
}

}  // namespace reel::detail
