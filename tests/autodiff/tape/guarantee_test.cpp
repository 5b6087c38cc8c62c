// SPDX-License-Identifier: MIT
// Recording is all or nothing: a refused call leaves the tape as it was, whoever refuses and however
// many nodes the call had recorded by then.
#include "autodiff/random_graph.hpp"

using namespace reel;

namespace {

// x², which throws where it is told to.
struct faulty_op {
  static constexpr auto name = "faulty";
  enum class fails { infer, vjp, late_in_pull } where;
  shape infer(const shape& x) const {
    if (where == fails::infer) throw std::runtime_error("infer gave up");
    return x;
  }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = x[i] * x[i];
  }
  var vjp(var ybar, var, var x) const {
    if (where == fails::vjp) throw std::runtime_error("vjp gave up");
    const var xbar = 12345.25 * ybar * x;
    if (where == fails::late_in_pull) throw error(errc::invalid_argument, "vjp gave up late");
    return xbar;
  }
  bool operator==(const faulty_op&) const = default;
};

// Its reference refuses shapes that its infer allows.
struct faulty_reference_op {
  static constexpr auto name = "faulty_reference";
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const { std::copy_n(x.data, x.size(), y.data); }
  var reference(var x) const { return exp(x) + broadcast_to(x, {17}); }
  bool operator==(const faulty_reference_op&) const = default;
};

// A tape with a bit of everything, and the check that a refused call leaves no trace on it.
struct fixture {
  tape t;
  var x = t.variable(array<double>{{1, 2, 3}, {4, 5, 6}}), y = sum(square(x));
  var i = t.constant(array<int>{2, 0, 1}), c = t.constant(array<bool>{true, false, true});
  var pair = t.variable(array<double>{1, 2}), four = t.variable(array<double>{1, 2, 3, 4});
  var mask = x < four.value()(2);

  template <class F> void refused(const char* what, F f) {
    const std::size_t size = t.size();
    BOOST_CHECK_THROW(f(), std::runtime_error);
    BOOST_TEST(t.size() == size, what << " left " << t.size() - size << " nodes behind");
    t.release();
    BOOST_TEST(y.item() == 91.0);
    BOOST_TEST((grad(y, x).value() == 2 * x.value()));
    BOOST_TEST((x + 12345.25).value()(0, 0) == 12346.25);  // a scalar the refused call was first to need
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(guarantees, fixture)

BOOST_AUTO_TEST_CASE(an_op_that_refuses_its_shapes) {
  refused("x + pair", [&] { x + pair; });
  refused("x * pair", [&] { x* pair; });
  refused("matmul", [&] { matmul(x, x); });
  refused("matmul of a vector", [&] { matmul(four, x); });
  refused("concat", [&] { concat({x, pair}); });
  refused("stack", [&] { stack({x, pair}); });
  refused("softmax", [&] { softmax(x, 2); });
  refused("masked_softmax", [&] { masked_softmax(x, c, 2); });
  refused("masked_log_softmax", [&] { masked_log_softmax(x, c, 2); });
  refused("cross_entropy", [&] { cross_entropy(y, 1.0); });
  refused("where", [&] { where(c, x, pair); });
  refused("where with a mask", [&] { where(mask, four, 12345.25); });
  refused("mean", [&] { mean(x, {0, 0}); });
  refused("gather", [&] { gather(x, i, 5); });
  refused("scatter_add", [&] { scatter_add(pair, i, 5); });
}

BOOST_AUTO_TEST_CASE(an_op_that_refuses_its_kinds) {
  refused("x + i", [&] { x + i; });
  refused("i + number", [&] { i + 12345.25; });
  refused("i < number", [&] { return i < 0.5; });
  refused("x < i", [&] { return x < i; });
  refused("c && i", [&] { c&& i; });
  refused("c || i", [&] { c || i; });
  refused("where of reals", [&] { where(x, x, 12345.25); });
  refused("where of an index and a real", [&] { where(c, i, x); });
  refused("pow", [&] { pow(x, i); });
  refused("maximum", [&] { maximum(x, i); });
  refused("one_hot", [&] { one_hot(x, 3); });
  refused("softmax_cross_entropy", [&] { softmax_cross_entropy(c, x); });
}

BOOST_AUTO_TEST_CASE(an_op_that_throws) {
  refused("infer", [&] { apply(faulty_op{faulty_op::fails::infer}, x); });
  refused("infer beside a number", [&] { apply(faulty_op{faulty_op::fails::infer}, 12345.25); });
  const var early = sum(apply(faulty_op{faulty_op::fails::vjp}, exp(x)));
  refused("vjp", [&] { grad(early, x); });
  refused("vjp under vjp", [&] { vjp(early, x, y); });
  refused("vjp under jvp", [&] { jvp(early, x, x); });
  refused("vjp under hvp", [&] { hvp(early, x, x); });
  const var many = apply(faulty_op{faulty_op::fails::vjp}, x);
  refused("vjp under jacobian", [&] { jacobian(many, x); });
  const var late = sum(apply(faulty_op{faulty_op::fails::late_in_pull}, exp(x)));
  refused("late in vjp", [&] { grad(late, x); });
  const var composed = sum(apply(faulty_reference_op{}, exp(x)));
  refused("reference", [&] { grad(composed, x); });
}

BOOST_AUTO_TEST_CASE(a_derivative_that_is_refused) {
  const var cube = sum(x * x * x), pair_cube = sum(pair * pair * pair);
  const var some = slice(i, 0, 0, 2), is_true = reshape(slice(c, 0, 0, 1), shape{});
  refused("no scalar", [&] { grad(x, x); });
  refused("an index", [&] { grad(y, i); });
  refused("of a bool", [&] { grad(is_true, x); });
  refused("seed", [&] { vjp(x, x, pair); });
  refused("tangent", [&] { jvp(cube, x, pair); });
  refused("second tangent", [&] { hvp(cube, x, pair); });
  refused("second tangent of kind index", [&] { hvp(pair_cube, pair, some); });
  refused("jacobian", [&] { jacobian(i, x); });
  refused("hessian", [&] { hessian(x, x); });
  refused("hessian in an index", [&] { hessian(cube, i); });
}

BOOST_AUTO_TEST_CASE(operands_of_two_tapes) {
  tape other;
  const var z = other.variable(array<double>{1, 2, 3});
  const std::size_t size = other.size();
  refused("x + z", [&] { x + z; });
  refused("z * x", [&] { z* x; });
  refused("where", [&] { where(c, x, z); });
  refused("concat", [&] { concat({pair, z}); });
  refused("vjp", [&] { vjp(x, z, x); });
  BOOST_TEST(other.size() == size);
}

BOOST_AUTO_TEST_SUITE_END()
