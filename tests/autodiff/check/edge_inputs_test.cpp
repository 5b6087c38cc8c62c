// SPDX-License-Identifier: MIT
// Inputs that break rules.
#include "support.hpp"

#include <reel/autodiff/check/edge_inputs.hpp>
#include <reel/ops.hpp>

using namespace reel;
using check::verdict;

namespace {

// −x ln x, right where x > 0, and with a rule that multiplies a zero cotangent by an infinite slope.
template <bool careful> struct surprise_op {
  static constexpr auto name = "surprise";
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = x[i] > T(0) ? -x[i] * num::log(x[i]) : T(0);
  }
  var vjp(var ybar, var, var x) const {
    const var slope = where(x > 0, -(log(x) + 1), 0);
    return careful ? scale_cotangent(ybar, slope) : ybar * (-(log(x) + 1));
  }
  bool operator==(const surprise_op&) const = default;
};

const check::edge_input_case& find(const check::edge_inputs_report& r, std::string_view kind) {
  for (const auto& c : r.cases)
    if (c.kind == kind) return c;
  throw std::runtime_error("no such case");
}

const array<double> x{0.5, 1.25, 2.0};

}  // namespace

BOOST_AUTO_TEST_SUITE(check_edge_inputs)

BOOST_AUTO_TEST_CASE(a_careful_rule_withstands_them) {
  const auto r = check::edge_inputs(softmax_op{}, {x});
  BOOST_TEST(r);
  for (const char* kind : {"one element", "ties", "zeros", "-inf"})
    BOOST_TEST((find(r, kind).outcome != verdict::fail), r);
  BOOST_TEST((find(r, "ties").outcome == verdict::pass), r);
  BOOST_TEST(check::edge_inputs(surprise_op<true>{}, {x}));
}

BOOST_AUTO_TEST_CASE(a_careless_one_does_not) {
  const auto r = check::edge_inputs(surprise_op<false>{}, {x});
  BOOST_TEST(!r);
  BOOST_TEST((find(r, "-inf").outcome == verdict::fail), r);
  BOOST_TEST((to_string(r).find("a cotangent of 0 gives NaN") != std::string::npos), r);
}

BOOST_AUTO_TEST_CASE(the_same_var_may_stand_twice) {
  const auto r =
      check::edge_inputs(matmul_op{}, {array<double>{{1, 2}, {3, 4}}, array<double>{{0.5, -1}, {2, 1}}});
  BOOST_TEST((find(r, "aliased").outcome == verdict::pass), r);
  // a contraction multiplies inside itself, 0 · ∞ included: what is documented is found
  BOOST_TEST((find(r, "-inf").outcome == verdict::fail), r);
  // nothing times nothing has no inner size in common: a refusal is an answer
  BOOST_TEST(find(r, "empty").what.starts_with("refused: ShapeMismatch"), r);
}

BOOST_AUTO_TEST_SUITE_END()
