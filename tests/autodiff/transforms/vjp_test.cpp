// SPDX-License-Identifier: MIT
// Derivatives on a tape against closed forms: vjp, jvp, grad, hvp, jacobian and hessian.
#include "support.hpp"

#include <reel/ops.hpp>

#include <cmath>

using namespace reel;

namespace {

// Entry by entry within a few roundings of the reference.
void check_close(const var& computed, const array<double>& reference, double ulps = 8) {
  const array<double> x = computed.value();
  BOOST_REQUIRE(x.shape() == reference.shape());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double a = x.data()[i], b = reference.data()[i];
    BOOST_TEST(std::abs(a - b) <= ulps * 2.3e-16 * std::max(std::abs(b), 1e-3), a << " is not " << b);
  }
}

// Unlike entries: 1, -2, 3, -4, ...
array<double> seed(const shape& s) {
  auto a = make_array<double>(s);
  double sign = 1;
  for (std::size_t i = 0; i < a.size(); ++i, sign = -sign) a.data()[i] = sign * static_cast<double>(i + 1);
  return a;
}

// f(x) = x₀²x₁ + e^{x₁}x₂: gradient and Hessian by hand.
struct polynomial {
  tape t;
  double a = 1.5, b = -0.75, c = 2.25;
  var x = t.variable(array<double>{a, b, c});
  var at(index_t i) const { return reshape(slice(x, 0, i, i + 1), shape{}); }
  var f = square(at(0)) * at(1) + exp(at(1)) * at(2);
  array<double> gradient{2 * a * b, a* a + std::exp(b) * c, std::exp(b)};
  array<double> second{{2 * b, 2 * a, 0}, {2 * a, std::exp(b) * c, std::exp(b)}, {0, std::exp(b), 0}};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(sweeps)

BOOST_FIXTURE_TEST_CASE(first_and_second_order_against_closed_forms, polynomial) {
  check_close(grad(f, x), gradient);
  check_close(hessian(f, x), second);
  const array<double> v{0.5, -2, 3};
  check_close(hvp(f, x, t.constant(v)),
              {2 * b * 0.5 + 2 * a * -2, 2 * a * 0.5 + std::exp(b) * (c * -2 + 3), std::exp(b) * -2});
  check_close(jvp(f, x, t.constant(v)), array<double>(gradient(0) * 0.5 - gradient(1) * 2 + gradient(2) * 3));
  check_close(vjp(f, x, t.constant(-2.0)), -2 * gradient);
}

BOOST_FIXTURE_TEST_CASE(a_hessian_is_the_same_in_every_direction, polynomial) {
  const array<double> v{0.5, -2, 3};
  const var d = t.constant(v);
  const var first = t.constant(array<double>{1, 0, 0});
  const var forward_reverse = jvp(grad(f, x), x, d), reverse_forward = grad(jvp(f, x, d), x);
  const var reverse_reverse = vjp(grad(f, x), x, d), forward_forward = jvp(jvp(f, x, first), x, d);
  check_close(reverse_forward, forward_reverse.value());
  check_close(reverse_reverse, forward_reverse.value());
  BOOST_TEST(std::abs(forward_forward.item() - forward_reverse.value()(0)) < 1e-14);
  const array<real50> h = forward_reverse.value<real50>(), k = reverse_reverse.value<real50>();
  for (std::size_t i = 0; i < 3; ++i) BOOST_TEST((num::abs(h(i) - k(i)) < real50("1e-48")));
}

BOOST_AUTO_TEST_CASE(third_and_fourth_derivatives) {
  tape t;
  const var x = t.variable(0.7);
  const var y = exp(2 * x);
  const var d3 = grad(grad(grad(y, x), x), x), d4 = grad(d3, x);
  BOOST_TEST((num::abs(d3.item<real50>() - real50(8) * y.item<real50>()) < real50("1e-47")));
  BOOST_TEST((num::abs(d4.item<real50>() - real50(16) * y.item<real50>()) < real50("1e-46")));
  const var one = t.constant(1.0);
  const var forward = jvp(jvp(jvp(y, x, one), x, one), x, one);
  BOOST_TEST((num::abs(forward.item<real50>() - d3.item<real50>()) < real50("1e-47")));
}

BOOST_AUTO_TEST_CASE(a_jacobian_has_the_shape_of_y_and_x) {
  tape t;
  const var x = t.variable(array<double>{{1, 2}, {3, 4}, {5, 6}});
  const var y = matmul(t.constant(array<double>{{1, -1, 2}, {0, 3, 1}}), x);
  const array<double> j = jacobian(y, x).value();
  BOOST_TEST((shape_of(j) == shape{2, 2, 3, 2}));
  const array<double> A{{1, -1, 2}, {0, 3, 1}};
  for (std::size_t i = 0; i < 2; ++i)
    for (std::size_t k = 0; k < 2; ++k)
      for (std::size_t r = 0; r < 3; ++r)
        for (std::size_t s = 0; s < 2; ++s) BOOST_TEST(j(i, k, r, s) == (k == s ? A(i, r) : 0.0));
  BOOST_TEST((jacobian(sum(x), x).shape() == shape{3, 2}));
  BOOST_TEST((jacobian(x, sum(x)).shape() == shape{3, 2}));
  BOOST_TEST((jacobian(slice(x, 0, 0, 0), x).shape() == shape{0, 2, 3, 2}));
}

BOOST_AUTO_TEST_CASE(what_y_does_not_depend_on_gets_zeros) {
  tape t;
  const var x = t.variable(array<double>{1, 2});
  const var y = sum(x);
  const var later = t.variable(array<double>{{5, 6}});
  const auto g = grad(y, std::vector{later, x});
  BOOST_TEST((g[0].value() == array<double>{{0, 0}}));
  BOOST_TEST((g[1].value() == array<double>{1, 1}));
  BOOST_TEST(jvp(y, later, later).item() == 0.0);
  BOOST_TEST((hessian(y, x).value() == array<double>{{0, 0}, {0, 0}}));
  BOOST_TEST((jvp(x, later, later).value() == array<double>{0, 0}));
  // Through an index or a bool no derivative passes.
  BOOST_TEST((grad(sum(one_hot(argmax(x), 2)), x).value() == array<double>{0, 0}));
  BOOST_TEST((grad(sum(where(x > 1.5, 2.0, 3.0)), x).value() == array<double>{0, 0}));
  BOOST_TEST((grad(sum(detach(x)), x).value() == array<double>{0, 0}));
}

BOOST_AUTO_TEST_CASE(no_results_and_no_variables) {
  tape t;
  const var x = t.variable(array<double>{1, 2});
  const std::vector<var> nothing, one{x};
  const auto zeros = vjp(nothing, one, nothing);
  BOOST_REQUIRE(zeros.size() == 1u);
  BOOST_TEST((zeros[0].value() == array<double>{0, 0}));
  BOOST_TEST(vjp(one, nothing, one).empty());
  const auto still = jvp(one, nothing, nothing);
  BOOST_REQUIRE(still.size() == 1u);
  BOOST_TEST((still[0].value() == array<double>{0, 0}));
  BOOST_TEST(jvp(nothing, one, one).empty());
  BOOST_TEST(grad(sum(x), nothing).empty());
}

BOOST_AUTO_TEST_CASE(y_may_be_x) {
  tape t;
  const var x = t.variable(3.0);
  BOOST_TEST(grad(x, x).item() == 1.0);
  BOOST_TEST(jvp(x, x, t.constant(5.0)).item() == 5.0);
  BOOST_TEST(grad(grad(x, x), x).item() == 0.0);
  const var v = t.variable(array<double>{1, 2});
  BOOST_TEST((jacobian(v, v).value() == array<double>{{1, 0}, {0, 1}}));
}

BOOST_AUTO_TEST_CASE(one_result_several_times_adds_up) {
  tape t;
  const var x = t.variable(2.0);
  const var y = square(x);
  const std::vector<var> ys{y, y, x}, ybar{t.constant(1.0), t.constant(10.0), t.constant(100.0)};
  BOOST_TEST(vjp(ys, std::vector{x}, ybar)[0].item() == 4.0 * 11 + 100);
}

BOOST_AUTO_TEST_CASE(one_variable_named_twice_gets_its_cotangent_twice) {
  tape t;
  const var x = t.variable(2.0);
  const auto g = grad(square(x), std::vector{x, x});
  BOOST_TEST(g[0].item() == 4.0);
  BOOST_TEST(g[1].item() == 4.0);
}

BOOST_AUTO_TEST_CASE(variables_on_the_way_to_one_another) {
  tape t;
  const var a = t.variable(3.0);
  const var b = square(a), y = b * b * a;  // y = b²a: ∂y/∂b = 2ba; in a through b as well: 5a⁴
  const auto g = grad(y, std::vector{a, b});
  BOOST_TEST(g[0].item() == 5 * 81.0);
  BOOST_TEST(g[1].item() == 2 * 9.0 * 3);
  // Tangents of both: the total one of a and the partial one of b.
  const auto tangent = jvp(std::vector{y}, std::vector{a, b}, std::vector{t.constant(1.0), t.constant(10.0)});
  BOOST_TEST(tangent[0].item() == 5 * 81.0 + 10 * 54.0);
}

BOOST_AUTO_TEST_CASE(forward_and_reverse_agree) {
  tape t;
  const var x = t.variable(array<double>{{0.5, -1, 2}, {1.5, 0.25, -0.5}});
  const var v = t.constant(array<double>{{1, 2, -1}, {0.5, -2, 1}});
  for (const var& y : {softmax(x), tanh(x) * x, matmul(x, transpose(x)), logsumexp(x, 0),
                       cross_entropy(softmax(x), softmax(2 * x))}) {
    const var w = t.constant(seed(y.shape()));
    const real50 left = sum(jvp(y, x, v) * w).item<real50>(), right = sum(v * vjp(y, x, w)).item<real50>();
    BOOST_TEST((num::abs(left - right) < real50("1e-47")));
  }
}

BOOST_AUTO_TEST_CASE(gradients_are_recorded_and_differentiable_beside_other_work) {
  tape t;
  const var x = t.variable(array<double>{1, 2, 3});
  const var penalty = sum(square(grad(sum(x * x * x), x)));  // Σ 9x⁴
  BOOST_TEST(penalty.item() == 9.0 * (1 + 16 + 81));
  BOOST_TEST((grad(penalty, x).value() == array<double>{36, 36 * 8, 36 * 27}));
}

BOOST_AUTO_TEST_SUITE_END()
