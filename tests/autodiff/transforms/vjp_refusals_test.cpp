// SPDX-License-Identifier: MIT
// What differentiation refuses, and how it names a user's wrong rule.
#include "support.hpp"

#include <reel/ops.hpp>

using namespace reel;
using reel::test::check_error;

namespace {

// y = a + b, whose vjp is wrong in the way it is told.
struct wrong_op {
  static constexpr auto name = "wrong";
  enum class way { none_for_b, shape, kind, other_tape, stale } how;
  static inline var elsewhere;
  shape infer(const shape& a, const shape&) const { return a; }
  template <class T> void eval(out<T> y, in<T> a, in<T> b) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = a[i] + b[i];
  }
  std::array<var, 2> vjp(var ybar, var, var a, var) const {
    switch (how) {
      case way::none_for_b:
        return {ybar, none};
      case way::shape:
        return {ybar, sum(ybar)};
      case way::kind:
        return {ybar, a > 0.0};
      default:
        return {ybar, elsewhere};
    }
  }
  bool operator==(const wrong_op&) const = default;
};

// Σx of any number of inputs; its vjp gives too few cotangents.
struct short_op {
  static constexpr auto name = "short";
  shape infer(std::span<const shape> x) const { return x[0]; }
  template <class T> void eval(out<T> y, many<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) {
      y[i] = T(0);
      for (std::size_t k = 0; k < x.size(); ++k) y[i] = y[i] + x[k][i];
    }
  }
  std::vector<var> vjp(var ybar, var, std::span<const var>) const { return {ybar}; }
  bool operator==(const short_op&) const = default;
};

// Its reference has another shape than its result.
struct mismatched_op {
  static constexpr auto name = "mismatched";
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const { std::copy_n(x.data, x.size(), y.data); }
  var reference(var x) const { return sum(x); }
  bool operator==(const mismatched_op&) const = default;
};

struct fixture {
  tape t{"mine"};
  var a = t.variable(array<double>{1, 2}), b = t.variable(array<double>{3, 4});
  var i = t.constant(array<int>{1, 0});
  var wrong(wrong_op::way how) const { return sum(apply(wrong_op{how}, a, b)); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sweep_refusals, fixture)

BOOST_AUTO_TEST_CASE(a_loss_that_is_not_a_scalar) {
  const var y = exp(a);
  check_error(
      errc::non_scalar_loss, [&] { grad(y, a); }, "grad", "vjp_refusals_test.cpp", "[2]", "needs a seed",
      "mean()");
  check_error(
      errc::non_scalar_loss, [&] { hessian(y, a); }, "[2]");
  BOOST_TEST((grad(reshape(sum(a), {1, 1}), a).value() == array<double>{1, 1}));
}

BOOST_AUTO_TEST_CASE(directions_that_do_not_fit) {
  const var y = sum(exp(a)), three = t.constant(array<double>{1, 2, 3});
  const std::vector<var> one{a}, two{a, b};
  check_error(
      errc::shape_mismatch, [&] { jvp(y, a, three); }, "jvp", "[3]", "[2]", "must agree");
  check_error(
      errc::shape_mismatch, [&] { vjp(y, a, three); }, "vjp", "[3]", "[]");
  check_error(
      errc::shape_mismatch, [&] { hvp(y, a, three); }, "[3]");
  check_error(
      errc::invalid_argument, [&] { jvp(one, two, one); }, "2 vars and 1 directions");
  check_error(
      errc::invalid_argument, [&] { vjp(two, one, one); }, "2 vars and 1 directions");
  check_error(
      errc::kind_mismatch, [&] { vjp(a, a, i); }, "vjp", "kind index");
  check_error(
      errc::kind_mismatch, [&] { jvp(a, a, a > 0.0); }, "jvp", "kind bool");
}

BOOST_AUTO_TEST_CASE(kinds_without_derivatives) {
  const var y = sum(exp(a));
  check_error(
      errc::not_differentiable, [&] { grad(y, i); }, "constant (node", "kind index");
  check_error(
      errc::not_differentiable, [&] { grad(argmax(a), a); }, "argmax", "kind index");
  check_error(
      errc::not_differentiable, [&] { jacobian(a > 0.0, a); }, "less", "kind bool");
}

BOOST_AUTO_TEST_CASE(vars_of_two_tapes) {
  tape other("theirs");
  const var z = other.variable(1.0), y = sum(a);
  check_error(
      errc::tape_mismatch, [&] { grad(y, z); }, "'mine'", "'theirs'", "detach(x, tape)");
  check_error(
      errc::tape_mismatch, [&] { vjp(y, a, z); }, "'theirs'");
  check_error(
      errc::tape_mismatch, [&] { jvp(y, a, z); }, "'theirs'");
  check_error(
      errc::empty_variable, [&] { grad(y, var{}); }, "never recorded");
  other.clear();
  check_error(
      errc::stale_variable, [&] { grad(y, z); }, "was cleared");
}

BOOST_AUTO_TEST_CASE(a_pull_that_gives_no_cotangent_where_one_is_needed) {
  const var y = wrong(wrong_op::way::none_for_b);
  BOOST_TEST((grad(y, a).value() == array<double>{1, 1}));
  check_error(
      errc::not_differentiable, [&] { grad(y, b); }, "wrong", "vjp_refusals_test.cpp", "input 1", "detach()");
}

BOOST_AUTO_TEST_CASE(a_pull_that_gives_a_wrong_cotangent) {
  check_error(
      errc::shape_mismatch, [&] { grad(wrong(wrong_op::way::shape), b); }, "wrong", "[]", "input 1", "[2]");
  check_error(
      errc::kind_mismatch, [&] { grad(wrong(wrong_op::way::kind), b); }, "wrong", "input 1", "kind bool");
  tape other("theirs");
  wrong_op::elsewhere = other.variable(array<double>{1, 2});
  check_error(
      errc::tape_mismatch, [&] { grad(wrong(wrong_op::way::other_tape), b); }, "wrong", "'theirs'");
  other.clear();
  check_error(
      errc::stale_variable, [&] { grad(wrong(wrong_op::way::stale), b); }, "was cleared");
}

BOOST_AUTO_TEST_CASE(a_pull_that_gives_too_few) {
  const std::vector<var> x{a, b};
  const var y = sum(apply(short_op{}, std::span<const var>(x), here()));
  check_error(
      errc::invalid_argument, [&] { grad(y, a); }, "short", "vjp_refusals_test.cpp",
      "1 cotangents for 2 inputs");
}

BOOST_AUTO_TEST_CASE(a_reference_of_another_shape) {
  const var y = sum(apply(mismatched_op{}, a));
  check_error(
      errc::shape_mismatch, [&] { grad(y, a); }, "mismatched", "vjp_refusals_test.cpp", "reference", "[]",
      "[2]");
}

BOOST_AUTO_TEST_CASE(a_symbolic_cotangent_has_no_number_but_its_tangent_has) {
  const var y = softmax(a);
  const var tangent = jvp(y, a, b);
  BOOST_TEST(tangent.value().size() == 2u);
  node_id symbolic = 0;
  for (node_id n = 0; n < t.size(); ++n)
    if (node_at(t, n).role == tape::role::cotangent) symbolic = n;
  BOOST_TEST(symbolic != 0u);
  BOOST_TEST(!dependencies(tangent)[symbolic]);
}

BOOST_AUTO_TEST_SUITE_END()
