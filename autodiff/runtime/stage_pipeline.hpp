// SPDX-License-Identifier: MIT
// Members of a fusion that follow each other, all of whose ops are stages, run as a pipeline: what one
// of them makes and the next one reads stays in registers. What is read later is stored, too. An operand that
// many of them read is pinned in registers of its own.
#pragma once

#include "program/ir.hpp"

#include <reel/autodiff/kernels.hpp>

#include <functional>

namespace reel::detail {

class stage_pipeline {
 public:
  // How many members of the fusion, from the `first` on, can be one pipeline.
  static std::size_t length(const fusion& g, std::size_t first, dtype number);

  // Of members [first, last), whose operands come from `sources` in order. `address` tells where the address
  // of a value's numbers will stand, given its source.
  using addresses = std::function<void* const*(value_id, std::uint32_t source)>;
  stage_pipeline(const program_ir& c, const fusion& g, std::size_t first, std::size_t last,
                 const std::uint32_t* sources, dtype number, const addresses& address);

  void run(index_t n) const { run_(stages_.data(), n, pins_); }

 private:
  void (*run_)(const kernels::stage*, index_t, bool);
  std::vector<kernels::stage> stages_;
  bool pins_;
};

}  // namespace reel::detail
