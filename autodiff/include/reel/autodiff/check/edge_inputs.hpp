// SPDX-License-Identifier: MIT
// The inputs that break rules: nothing, one element, ties, zeros, a range of 700, the same var twice, a
// mask of −∞. An op is checked on each kind that its shapes allow; what it refuses with a reel::error is
// its right.
#pragma once

#include <reel/autodiff/check.hpp>

namespace reel::check {

struct edge_input_case {
  std::string kind = {};  // "empty", "one element", "ties", "zeros", "range 700", "aliased", "-inf"
  verdict outcome = verdict::inconclusive;
  std::string what = {};  // what the op said, or what is wrong
};

struct edge_inputs_report {
  std::string subject = {};
  std::vector<edge_input_case> cases = {};
  // Nothing failed. (On ties and zeros NONSMOOTH is an answer, and INCONCLUSIVE where values overflow.)
  explicit operator bool() const noexcept {
    for (const edge_input_case& c : cases)
      if (c.outcome == verdict::fail) return false;
    return !cases.empty();
  }
};

// Makes a subject from inputs; where `aliased`, with the first of them in place of all that are real.
using subject_maker = std::function<subject(const arguments& x, bool aliased)>;
edge_inputs_report edge_inputs(const subject_maker& make, const arguments& x, const options& o = {});

template <operation Op>
edge_inputs_report edge_inputs(const Op& op, const arguments& x, const options& o = {},
                               source_location where = here()) {
  const auto make = [&](const arguments& numbers, bool aliased) -> subject {
    if (!aliased) return {op, numbers, where};
    return {Op::name, numbers,
            [&](std::span<const var> v) {
              std::vector<var> same(v.begin(), v.end());
              for (var& s : same)
                if (s.kind() == kind::real) s = v[0];
              return apply(op, same, where);
            },
            where};
  };
  return edge_inputs(make, x, o);
}

std::string to_string(const edge_inputs_report& r);
std::ostream& operator<<(std::ostream& os, const edge_inputs_report& r);

}  // namespace reel::check
