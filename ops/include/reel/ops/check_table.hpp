// SPDX-License-Identifier: MIT
// The op table through the check kit: what is proven of each op, as data and as a table.
#pragma once

#include <reel/autodiff/check.hpp>
#include <reel/ops/table.hpp>

namespace reel {

// A row's op on the numbers of one of its samples or edges.
check::subject subject_of(const op_row& row, const sample& x);

// Whether there is a derivative to check: not of masks, indices, and what is declared constant.
bool has_derivative(const op_row& row);

// What came out of every check, over all samples of a row. Limits are relative to |J|ᵀ|ȳ|, the worst over
// all elements and samples; 0 stands for what an op has no body for.
struct op_coverage {
  const op_row* row = nullptr;
  check::verdict vjp = check::verdict::pass, jvp = check::verdict::pass, second = check::verdict::pass;
  check::verdict frozen = check::verdict::pass;
  std::size_t identities = 0;  // that the op declares, and keep to
  double limit_digits = 0, limit_double = 0, limit_complex = 0;
  double float_share = 0, double_share = 0;  // the largest rounding error as a share of its bound
  double taylor_low = 0, taylor_high = 0;    // rates; 0 where the op is linear
  std::size_t kinks = 0;                     // edges on a kink where the declared cotangents were checked
  std::size_t made = 0, killed = 0, equivalent = 0;
  int smallest = 0;  // the largest k for which the rule times 1 + 10^−k was noticed
  std::vector<std::string> failures = {};
  double seconds = 0;
};
op_coverage cover(const op_row& row, const check::options& o = {});

// A table in Markdown, a line per op.
std::string to_markdown(std::span<const op_coverage> all);

}  // namespace reel
