// SPDX-License-Identifier: MIT
// Functions to functions: on numbers, arrays and trees, nested, and on the caller's tape.
#include "support.hpp"

#include <reel/ops.hpp>

using namespace reel;

namespace {

template <class T> struct line {
  T w, b;
  double scale = 1;
};

const auto cube = [](var x) { return x * x * x; };
var fourth(operand x) { return square(square(x)); }

}  // namespace

BOOST_AUTO_TEST_SUITE(transforms)

BOOST_AUTO_TEST_CASE(a_number_has_a_number_as_derivative_to_any_order) {
  BOOST_TEST(grad(cube)(2.0) == 12.0);
  BOOST_TEST(grad(grad(cube))(2.0) == 12.0);
  BOOST_TEST(grad(grad(grad(cube)))(2.0) == 6.0);
  const auto [value, slope] = value_and_grad(cube)(2.0);
  BOOST_TEST(value == 8.0);
  BOOST_TEST(slope == 12.0);
}

BOOST_AUTO_TEST_CASE(a_plain_function_is_differentiated_by_its_name) {
  BOOST_TEST(grad(fourth)(2.0) == 32.0);
  BOOST_TEST(grad(grad(fourth))(2.0) == 48.0);
}

BOOST_AUTO_TEST_CASE(a_tree_has_a_tree_as_gradient) {
  const auto loss = [](const line<var>& m, var x, var y) {
    return sum(square(m.scale * (m.w * x + m.b) - y));
  };
  const line<array<double>> m{array<double>{2.0}, array<double>{1.0}, 3.0};
  const auto [l, g] = value_and_grad(loss)(m, array<double>{1.0, 2.0}, array<double>{0.0, 0.0});
  BOOST_TEST(l == 81.0 + 225.0);
  BOOST_TEST(g.w(0) == 2 * 3 * (9.0 * 1 + 15.0 * 2));
  BOOST_TEST(g.b(0) == 2 * 3 * (9.0 + 15.0));
  BOOST_TEST(g.scale == 3.0);
}

BOOST_AUTO_TEST_CASE(an_inner_derivative_sees_only_its_own_argument) {
  // d/dx (x · d/dy (x + y) at y = x) is 1; seeing x through both paths would make it 2.
  const auto f = [](var x) { return x * grad([x](var y) { return x + y; })(x); };
  BOOST_TEST(grad(f)(5.0) == 1.0);
}

BOOST_AUTO_TEST_CASE(both_directions_agree_with_the_jacobian) {
  const auto f = [](var x) { return exp(x) * sum(x); };
  const array<double> x{0.5, -1.0}, v{1.0, 2.0};
  const auto j = jacobian(f)(x);
  const auto [y, jv] = jvp(f)(x, v);
  const auto [y2, jtv] = vjp(f)(x, v);
  for (std::size_t i = 0; i < 2; ++i) {
    BOOST_TEST(y(i) == y2(i));
    BOOST_TEST(jv(i) == j(i, 0) * v(0) + j(i, 1) * v(1), boost::test_tools::tolerance(1e-14));
    BOOST_TEST(jtv(i) == j(0, i) * v(0) + j(1, i) * v(1), boost::test_tools::tolerance(1e-14));
  }
}

BOOST_AUTO_TEST_CASE(a_hessian_and_its_product_agree) {
  const auto f = [](var x) { return sum(x * x * x) + x.size() * square(sum(x)); };
  const array<double> x{1.0, 2.0, 3.0}, v{1.0, -1.0, 0.5};
  const auto h = hessian(f)(x);
  const auto hv = hvp(f)(x, v);
  for (std::size_t i = 0; i < 3; ++i) {
    double sum = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      BOOST_TEST(h(i, k) == (i == k ? 6 * x(i) : 0.0) + 6.0);
      sum += h(i, k) * v(k);
    }
    BOOST_TEST(hv(i) == sum);
  }
}

BOOST_AUTO_TEST_CASE(a_wide_jacobian_runs_by_rows_and_a_tall_one_by_columns) {
  const auto wide = [](var x) { return reshape(sum(x * x), {1}); };
  const auto j = jacobian(wide)(array<double>{1.0, 2.0, 3.0});
  BOOST_TEST(j.dimension() == 2u);
  BOOST_TEST(j(0, 2) == 6.0);
  const auto tall = [](var x) { return concat({x * x, 3 * x}); };
  const auto k = jacobian(tall)(array<double>{2.0});
  BOOST_TEST(k(0, 0) == 4.0);
  BOOST_TEST(k(1, 0) == 3.0);
}

BOOST_AUTO_TEST_CASE(a_frozen_function_runs_on_new_numbers) {
  auto f = freeze<float>(value_and_grad([](var w, var x) { return sum(square(w * x)); }), array<double>{1.0},
                         array<float>{2.0f});
  const auto [l, g] = f(array<double>{3.0}, array<float>{1.0f});
  BOOST_TEST(l() == 9.0f);
  BOOST_TEST(g(0) == 6.0f);
}

BOOST_AUTO_TEST_SUITE_END()
