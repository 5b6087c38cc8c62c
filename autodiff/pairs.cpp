// SPDX-License-Identifier: MIT
// The pairs pass: an op whose traits name another op of the same inputs is computed along with it, such as
// softmax with the logsumexp whose slope it is, which have their exponentials in common. Exact: both come out
// as each would alone.
#include "code.hpp"

#include <algorithm>

namespace reel::detail {

namespace {

bool single(const instruction& i) {
  return i.rows == nullptr && i.fused == nullptr && !is_commit(i) && i.beside == no_value;
}

}  // namespace

std::size_t pair_up(code& c) {
  std::size_t pairs = 0;
  for (std::size_t t = c.once; t < c.instructions.size(); ++t) {
    const op_traits* const beside = c.instructions[t].op.traits->beside;
    if (beside == nullptr || !single(c.instructions[t])) continue;
    const instruction both = c.instructions[t];
    const auto other = std::find_if(c.instructions.begin() + static_cast<std::ptrdiff_t>(c.once),
                                    c.instructions.end(), [&](const instruction& i) {
                                      return i.op.traits == beside && single(i) && i.inputs == both.inputs &&
                                             both.op.traits->brings(both.op.self.get(), i.op.self.get());
                                    });
    if (other == c.instructions.end()) continue;
    // Where the first of the two stood.
    const auto at = static_cast<std::size_t>(other - c.instructions.begin());
    const value_id along = other->output;
    c.instructions[std::min(at, t)] = both;
    c.instructions[std::min(at, t)].beside = along;
    c.instructions.erase(c.instructions.begin() + static_cast<std::ptrdiff_t>(std::max(at, t)));
    ++pairs;
    if (at < t) --t;
  }
  return pairs;
}

}  // namespace reel::detail
