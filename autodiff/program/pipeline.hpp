// SPDX-License-Identifier: MIT
// From a recording to a program: the table of passes, and what runs them.
#pragma once

#include "program/ir.hpp"

#include <span>
#include <string_view>

namespace reel::detail {

// A program on its way through the passes.
struct compilation {
  program_ir ir;
  std::span<const std::string> disabled;  // names of passes
  std::size_t recorded;                   // nodes on the tape
  program_ir reference = {};              // the program before anything was rearranged
  std::size_t rearranged = 0;             // how much has been rearranged since

  bool runs(std::string_view pass) const;
};

struct pass {
  const char* name;                    // null: no request leaves it out, and explain() does not mention it
  bool exact;                          // results stay those of evaluation, bit for bit
  std::string (*run)(compilation& c);  // returns what it did
};

// In the order in which they run.
std::span<const pass> passes();

// Throws invalid_argument, tape_mismatch, stale_variable, no_value, kind_mismatch, shape_mismatch.
program_ir compile(const recording& r, const freeze_request& request);

}  // namespace reel::detail
