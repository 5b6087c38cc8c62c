// SPDX-License-Identifier: MIT
// GradBench's functions.
#include "by_reel.hpp"
#include "functions.hpp"

#include <reel/ops.hpp>

namespace bench {

using reel::tape;
using reel::var;
using vars = std::vector<var>;

contenders by_reel(const shared<log_sum_exp>& p) {
  const arguments<double> given{{array_of(p->x, {p->x.size()})}, {}};
  const recorder value = [](tape&, const vars& x, const vars&) { return vars{reel::logsumexp(x[0])}; };
  const recorder both = [](tape&, const vars& x, const vars&) {
    const var y = reel::logsumexp(x[0]);
    return vars{y, reel::grad(y, x[0])};
  };
  return {frozen("reel", both, given), afresh("reel afresh", both, given),
          frozen("reel, value alone", value, given)};
}

contenders by_reel(const shared<least_squares>& p) {
  const arguments<double> given{{array_of(p->x, {p->coefficients})}, {}};
  const auto powers = array_of(p->powers, {p->t.size(), p->coefficients});
  const auto signs = array_of(p->s, {p->s.size()});
  const recorder value = [=](tape& t, const vars& x, const vars&) {
    const var r = t.constant(signs) - reel::matmul(t.constant(powers), x[0]);
    return vars{0.5 * reel::sum(reel::square(r))};
  };
  const recorder both = [=](tape& t, const vars& x, const vars& none) {
    const var y = value(t, x, none)[0];
    return vars{y, reel::grad(y, x[0])};
  };
  return {frozen("reel", both, given), afresh("reel afresh", both, given),
          frozen("reel, value alone", value, given)};
}

}  // namespace bench
