// SPDX-License-Identifier: MIT
// Chains of elementwise ops.
#include "by_reel.hpp"
#include "functions.hpp"

#include <reel/ops.hpp>

namespace bench {

using reel::tape;
using reel::var;
using vars = std::vector<var>;

contenders by_reel(const shared<small_chain>& p) {
  const arguments<float> given{{array_of(p->x, {p->n}), array_of(p->z, {p->n})}, {}};
  const recorder record = [=](tape&, const vars& in, const vars&) {
    var v = in[0];
    for (std::size_t k = 0; k < p->ops; ++k) v = p->op == link::add ? v + in[1] : v * in[1];
    vars outputs{v};
    if (p->gradients)
      for (const var& g : reel::grad(reel::sum(v), in)) outputs.push_back(g);
    return outputs;
  };
  return {frozen("reel", record, given), afresh("reel afresh", record, given),
          recording("reel, recording alone", record, given),
          freezing("reel, recording and freezing", record, given)};
}

contenders by_reel(const shared<long_chain>& p) {
  const std::size_t n = p->x.size();
  const arguments<float> given{{array_of(p->x, {n}), array_of(p->z, {n})}, {}};
  const recorder record = [=](tape&, const vars& in, const vars&) {
    var v = in[0];
    for (std::size_t k = 0; k < long_chain::links; ++k) v = v * in[0] + in[1];
    return vars{p->exponential ? reel::exp(-v) : v};
  };
  return {frozen("reel", record, given), afresh("reel afresh", record, given)};
}

}  // namespace bench
