// SPDX-License-Identifier: MIT
// Members of a fused group that follow each other, all of whose ops are links, run as a chain: what one of
// them makes and the next one reads stays in registers. What is read later is stored, too. An operand that
// many of them read is kept in registers of its own.
#pragma once

#include "program/ir.hpp"

#include <reel/autodiff/kernels.hpp>

#include <functional>

namespace reel::detail {

class chain {
 public:
  // How many members of the group, from the `first` on, can be one chain.
  static std::size_t length(const group& g, std::size_t first, dtype number);

  // Of members [first, last), whose operands come from `sources` in order. `address` tells where the address
  // of a value's numbers will stand, given its source.
  using addresses = std::function<void* const*(value_id, std::uint32_t source)>;
  chain(const code& c, const group& g, std::size_t first, std::size_t last, const std::uint32_t* sources,
        dtype number, const addresses& address);

  void run(index_t n) const { run_(links_.data(), n, keeps_); }

 private:
  void (*run_)(const kernels::link*, index_t, bool);
  std::vector<kernels::link> links_;
  bool keeps_;
};

}  // namespace reel::detail
