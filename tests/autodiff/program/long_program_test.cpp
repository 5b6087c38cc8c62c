// SPDX-License-Identifier: MIT
// Long programs: freezing takes time in proportion to their length. (A pass that is quadratic takes
// minutes for these, one that is cubic never ends.)
#include "support.hpp"

#include <reel/ops.hpp>

using namespace reel;

namespace {

const array<double> start{1.5, -0.25, 3.0}, factor{1.00001, 0.99998, -1.00002};

// v ← v·z + s·v, with a stretched scalar of its own in each link.
std::vector<var> chain(const var& x, const var& z, int links) {
  var v = x;
  for (int i = 0; i < links; ++i) v = v * z + (1e-6 * i) * v;
  std::vector<var> outputs = grad(sum(v), std::vector<var>{x, z});
  outputs.push_back(v);
  return outputs;
}

void compare_with_evaluation(const std::vector<std::string>& off) {
  const int links = 3'000;
  tape t;
  const var x = t.input(shape{3}), z = t.input(shape{3});
  freeze_request request;
  request.outputs = chain(x, z, links);
  request.inputs = {x, z};
  request.disabled_passes = off;
  instance<double> frozen(freeze(request));
  frozen.run(start, factor);

  tape other;
  const auto evaluated = chain(other.variable(start), other.variable(factor), links);
  for (std::size_t i = 0; i < evaluated.size(); ++i)
    BOOST_TEST((frozen.output(i) == evaluated[i].value()), "output " << i << " differs");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(long_programs)

BOOST_AUTO_TEST_CASE(a_chain_of_elementwise_ops_freezes_and_equals_evaluation) {
  compare_with_evaluation({});
}

BOOST_AUTO_TEST_CASE(the_same_without_fusion) { compare_with_evaluation({"elementwise_fusion"}); }

BOOST_AUTO_TEST_SUITE_END()
