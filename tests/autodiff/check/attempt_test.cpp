// SPDX-License-Identifier: MIT
// What an op refuses is part of a check's result and never an exception.
#include "../../support.hpp"

#include <reel/autodiff/check/directions.hpp>
#include <reel/autodiff/check/frozen.hpp>
#include <reel/autodiff/check/edge_inputs.hpp>
#include <reel/autodiff/check/mutants.hpp>
#include <reel/autodiff/check/precision.hpp>
#include <reel/autodiff/check/tape.hpp>
#include <reel/autodiff/check/vcurve.hpp>
#include <reel/ops.hpp>

using namespace reel;
using namespace reel::test;
using check::verdict;

namespace {

// L Lᵀ = ½(X + Xᵀ), refused where there is no such L with a positive diagonal; of matrices of 2 rows.
template <bool right> struct factor_op {
  static constexpr auto name = "factor";
  shape infer(const shape& x) const {
    if (x == shape{2, 2}) return x;
    throw error(errc::shape_mismatch, to_string(x) + ": a matrix of 2 rows and 2 columns is needed.");
  }
  template <class T> void eval(out<T> l, in<T> x) const {
    const T a = x[0], b = (x[1] + x[2]) / T(2), c = x[3];
    if (!(a > T(0)) || !(c - b * b / a > T(0)))
      throw error(errc::invalid_argument, "the matrix is not positive definite. Add a multiple of eye.");
    l[0] = num::sqrt(a), l[1] = T(0), l[2] = b / l[0], l[3] = num::sqrt(c - l[2] * l[2]);
  }
  // In elements: dp = da/2p, dq = db/p − q dp/p, dr = (dc/2 − q dq)/r.
  var vjp(var lbar, var l, var) const {
    const auto at = [](const var& m, index_t i, index_t j) {
      return reshape(slice(slice(m, 0, i, i + 1), 1, j, j + 1), shape{});
    };
    const var p = at(l, 0, 0), q = at(l, 1, 0), r = at(l, 1, 1);
    const var cbar = at(lbar, 1, 1) / (2 * r);
    const var qbar = at(lbar, 1, 0) - 2 * q * cbar;
    const var bbar = qbar / p;
    const var abar = (at(lbar, 0, 0) - qbar * q / p) / ((right ? 2.0 : 3.0) * p);
    return reshape(stack({abar, bbar / 2, bbar / 2, cbar}), {2, 2});
  }
  bool operator==(const factor_op&) const = default;
};

// Takes the one point it was made for, and refuses every other: with an error of its own, or with another.
template <class Error> struct stubborn_op {
  static constexpr auto name = "stubborn";
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    if (!(x[0] == T(0.5))) throw Error("not this number");
    for (index_t i = 0; i < y.size(); ++i) y[i] = x[i];
  }
  var vjp(var ybar, var, var) const { return ybar; }
  bool operator==(const stubborn_op&) const = default;
};
struct typed : error {
  explicit typed(const char* what) : error(errc::invalid_argument, what) {}
};

// The rule cannot even be recorded.
struct misshapen_op {
  static constexpr auto name = "misshapen";
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = x[i] * x[i];
  }
  var vjp(var ybar, var, var x) const { return matmul(ybar, x); }
  bool operator==(const misshapen_op&) const = default;
};

const array<double> near_singular{{2.0, 1.0}, {1.0, 0.625}}, singular{{2.0, 1.0}, {1.0, 0.5}};

bool says(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

template <class Op> void check_refused(const Op& op, const array<double>& x, const std::string& part) {
  const check::subject s(op, {x});
  const auto inconclusive = [&](const auto& r) {
    BOOST_TEST((r.outcome == verdict::inconclusive), r);
    BOOST_TEST(says(r.reason, part), r.reason);
  };
  inconclusive(check::vjp(s));
  inconclusive(check::vjp(s, {.oracle = check::oracle::in_double}));
  inconclusive(check::jvp(s));
  inconclusive(check::taylor(s));
  const auto m = check::mutate(s);
  BOOST_TEST(!m);
  BOOST_TEST((m.count(check::outcome::survived) > 0 || says(m.reason, part)), m);
  static_cast<void>(check::adjoint(s));
  static_cast<void>(check::precision_ladder(s));
  static_cast<void>(check::ulps(s));
  static_cast<void>(check::vcurve(s));
  static_cast<void>(check::frozen(s));
  static_cast<void>(check::edge_inputs(op, {x}));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(check_refusals)

BOOST_AUTO_TEST_CASE(mutants_of_an_op_with_a_domain_are_all_killed) {
  const auto m = check::mutate(factor_op<true>{}, {near_singular});
  BOOST_TEST(m);
  BOOST_TEST(m.samples == 1U);
  BOOST_TEST(m.count(check::outcome::killed) > 10U);
  BOOST_TEST(check::vjp(factor_op<true>{}, {near_singular}));
  BOOST_TEST((check::vjp(factor_op<false>{}, {near_singular}).outcome == verdict::fail));
}

BOOST_AUTO_TEST_CASE(its_numbers_in_another_order_may_be_refused) {
  const array<double> x{{2.0, 0.25}, {0.25, 0.0625}};  // exchanged, 0.25 becomes a diagonal too small
  const auto m = check::mutate({factor_op<true>{}, {x}});
  BOOST_TEST((m || m.count(check::outcome::survived) > 0), m);
  const std::string text = to_string(m);
  for (const std::string& refused : m.refusals) BOOST_TEST(says(text, refused), text);
}

BOOST_AUTO_TEST_CASE(other_checks_of_an_op_with_a_domain_pass) {
  const check::subject s(factor_op<true>{}, {near_singular});
  BOOST_TEST(check::jvp(s));
  BOOST_TEST(check::adjoint(s));
  BOOST_TEST(check::taylor(s));
  BOOST_TEST(check::frozen(s));
  BOOST_TEST(check::precision_ladder(s).reason.empty());
  BOOST_TEST(!check::vcurve(s).curves.empty());
  const auto h = check::edge_inputs(factor_op<true>{}, {near_singular});
  BOOST_TEST(says(to_string(h), "not positive definite"), h);
  reel::tape t;
  const var loss = sum(square(apply(factor_op<true>{}, t.variable(near_singular))));
  BOOST_TEST(check::tape(loss));
  BOOST_TEST(check::blame(loss));
}

BOOST_AUTO_TEST_CASE(numbers_that_are_refused_themselves_prove_nothing) {
  check_refused(factor_op<true>{}, singular, "not positive definite");
  reel::tape t;
  const var loss = sum(apply(factor_op<true>{}, exp(t.variable(array<double>{{0.0, 1.0}, {1.0, 0.0}}))));
  const auto r = check::tape(loss);
  BOOST_TEST((r.outcome == verdict::inconclusive), r);
  BOOST_TEST(says(to_string(r), "not positive definite"), r);
  const auto b = check::blame(loss);
  BOOST_TEST((b.outcome == verdict::inconclusive), b);
  BOOST_TEST(says(b.reason, "not positive definite"), b.reason);
}

BOOST_AUTO_TEST_CASE(numbers_beside_them_that_are_refused_prove_nothing) {
  check_refused(stubborn_op<typed>{}, {0.5}, "not this number");
  check_refused(stubborn_op<std::runtime_error>{}, {0.5}, "not this number");
}

BOOST_AUTO_TEST_CASE(a_rule_that_cannot_be_recorded_is_reported) {
  const auto r = check::vjp(misshapen_op{}, {array<double>{{1.0, 2.0, 3.0}}});
  BOOST_TEST((r.outcome == verdict::inconclusive), r);
  BOOST_TEST(says(r.reason, "inner sizes"), r.reason);
  BOOST_TEST(says(check::mutate(misshapen_op{}, {array<double>{{1.0, 2.0, 3.0}}}).reason, "inner sizes"));
}

BOOST_AUTO_TEST_SUITE_END()
