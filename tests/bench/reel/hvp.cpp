// SPDX-License-Identifier: MIT
// The Hessian of a perceptron's loss times a vector, forward over reverse.
#include "by_reel.hpp"
#include "functions.hpp"

#include <reel/models.hpp>

namespace bench {

using reel::tape;
using reel::var;
using vars = std::vector<var>;

// Reals are the parameters, the vector, and x.
contenders by_reel(const shared<perceptron_hvp>& p) {
  const std::size_t d = p->features, m = p->hidden;
  const arguments<float> given{
      {array_of(p->w1, {d, m}), array_of(p->b1, {m}), array_of(p->w2, {m, classes}),
       array_of(p->b2, {classes}), array_of(p->v1, {d, m}), array_of(p->c1, {m}),
       array_of(p->v2, {m, classes}), array_of(p->c2, {classes}), array_of(p->x, {p->rows, d})},
      {array_of(p->labels, {p->rows})}};
  const auto loss_of = [](const vars& r, const vars& labels) {
    return reel::mlp_loss(reel::mlp<var>{{{r[0], r[1]}, {r[2], r[3]}}}, r[8], labels[0]);
  };
  const recorder value = [=](tape&, const vars& r, const vars& labels) { return vars{loss_of(r, labels)}; };
  const recorder product = [=](tape&, const vars& r, const vars& labels) {
    const vars parameters(r.begin(), r.begin() + 4), along(r.begin() + 4, r.begin() + 8);
    return reel::jvp(reel::grad(loss_of(r, labels), parameters), parameters, along);
  };
  contender alone = frozen("reel, value alone", value, given);
  alone.results = nullptr;
  return {frozen("reel", product, given), afresh("reel afresh", product, given), alone};
}

}  // namespace bench
