// SPDX-License-Identifier: MIT
// Def-use: who makes, reads and shares each storage of a program. It is found in one go over the
// instructions, so that a pass asks where it would otherwise search. It holds until the instructions are
// rearranged.
#pragma once

#include "program/ir.hpp"

#include <span>

namespace reel::detail {

class def_use {
 public:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  explicit def_use(const program_ir& c);

  // The first instruction that writes the storage; none for leaves, which in-place updates change but do not
  // make.
  std::uint32_t maker_of(std::uint32_t storage) const { return uses_[storage].maker; }
  // The instructions that read it in order, one entry for each operand.
  std::span<const std::uint32_t> readers_of(std::uint32_t storage) const {
    return std::span(readers_).subspan(uses_[storage].first_reader, uses_[storage].readers);
  }
  std::size_t reads_of(std::uint32_t storage) const { return uses_[storage].readers; }
  // How many values lie in it.
  std::size_t sharers_of(std::uint32_t storage) const { return uses_[storage].sharers; }

  bool is_output(std::uint32_t storage) const { return uses_[storage].output; }
  bool is_checked(std::uint32_t storage) const { return uses_[storage].checked; }
  // By an output, the next value of a state or a check.
  bool is_used_outside(std::uint32_t storage) const {
    return uses_[storage].output || uses_[storage].checked || uses_[storage].next;
  }

 private:
  struct use {
    std::uint32_t maker = none, first_reader = 0, readers = 0, sharers = 0;
    bool output = false, checked = false, next = false;
  };
  std::vector<use> uses_;  // by storage
  std::vector<std::uint32_t> readers_;
};

}  // namespace reel::detail
