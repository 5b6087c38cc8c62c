// SPDX-License-Identifier: MIT
// Cholesky, systems, determinants: residuals, closed forms in 50 digits, gradients by other formulas, and
// hostile matrices.
#include "rows.hpp"

#include <reel/ops/rearrange.hpp>

#include <limits>

using namespace reel;
using namespace reel::test;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

array<double> scattered(const shape& s, std::uint64_t seed) { return random_numbers(seed).generic(s); }
var identity_like(const var& x) { return constant_like(x, eye(x.shape().back())); }
// Symmetric and positive definite, far from singular.
var definite(const var& x) {
  return matmul(x, matrix_transpose(x)) + static_cast<double>(x.shape().back()) * identity_like(x);
}

// The largest element of a − b.
template <class T = double> double apart(const var& a, const var& b) {
  double most = 0;
  const auto x = elements<T>(a), y = elements<T>(b);
  BOOST_TEST_REQUIRE(x.size() == y.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double d = std::abs(static_cast<double>(x[i] - y[i]));
    if (!(d <= most)) most = d;
  }
  return most;
}
template <class T> constexpr double unit = static_cast<double>(std::numeric_limits<T>::epsilon());

template <class T> void check_residuals(index_t n) {
  BOOST_TEST_CONTEXT("n = " << n << " in " << name(dtype_of<T>)) {
    tape t;
    const var x = t.constant(scattered({n, n}, static_cast<std::uint64_t>(n))), a = definite(x);
    const var b = t.constant(scattered({n, 3}, 77)), general = x + 2.0 * identity_like(x);
    const double size = static_cast<double>(n) * unit<T>;
    const var l = cholesky(a);
    // ‖LLᵀ − A‖ ≤ (n + 1)u‖L‖‖Lᵀ‖, element by element below the largest of A.
    BOOST_TEST(apart<T>(matmul(l, transpose(l)), a) <= 4 * size * static_cast<double>(n));
    BOOST_TEST(apart<T>(triu(l, 1), zeros_like(l)) == 0);
    BOOST_TEST(apart<T>(matmul(tril(x) + 4.0 * identity_like(x),
                               triangular_solve(tril(x) + 4.0 * identity_like(x), b)),
                        b) <= 64 * size * static_cast<double>(n));
    BOOST_TEST(apart<T>(matmul(a, cholesky_solve(l, b)), b) <= 16 * size);
    BOOST_TEST(apart<T>(matmul(a, solve(a, b)), b) <= 16 * size);
    const var y = solve(general, b);
    double largest = 1;
    for (const T& v : elements<T>(y)) largest = std::max(largest, std::abs(static_cast<double>(v)));
    BOOST_TEST(apart<T>(matmul(general, y), b) <= 64 * size * largest);
  }
}

void check_singular(const var& v, const char* text) {
  check_error(
      errc::invalid_argument, [&] { static_cast<void>(v.value()); }, text);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(linalg_solve)

// Sizes on both sides of the blocks.
BOOST_AUTO_TEST_CASE(residuals) {
  for (const index_t n : {1, 2, 5, 47, 48, 49, 97, 150}) {
    check_residuals<double>(n);
    check_residuals<float>(n);
  }
}

// Hilbert's matrices: det H₅ = 1/266716800000, and their inverses are whole.
BOOST_AUTO_TEST_CASE(hilbert_in_50_digits) {
  tape t;
  auto ones = make_array<double>({5, 5});
  for (std::size_t i = 0; i < 5; ++i)
    for (std::size_t j = 0; j < 5; ++j) ones(i, j) = static_cast<double>(i + j + 1);
  const var h = 1.0 / t.variable(ones);
  const double relative =
      static_cast<double>(num::abs(det(h).item<real50>() * real50(266716800000.0) - real50(1)));
  BOOST_TEST(relative < 1e-40);
  BOOST_TEST(std::abs(static_cast<double>(slogdet(h).logabsdet.item<real50>() +
                                          num::log(real50(266716800000.0)))) < 1e-40);
  BOOST_TEST(std::abs(static_cast<double>(cholesky_logdet(cholesky(h)).item<real50>() +
                                          num::log(real50(266716800000.0)))) < 1e-40);
  const auto inverted = elements<real50>(inverse(h));
  const double first_row[] = {25, -300, 1050, -1400, 630};
  for (std::size_t j = 0; j < 5; ++j)
    BOOST_TEST(std::abs(static_cast<double>(inverted[j] - real50(first_row[j]))) < 1e-38);
}

// d ln det(A) = A⁻ᵀ in four ways, and d(bᵀA⁻¹b) = −(A⁻ᵀb)(A⁻¹b)ᵀ.
BOOST_AUTO_TEST_CASE(gradients_by_other_formulas) {
  tape t;
  const var x = t.constant(scattered({4, 4}, 1));
  const var a = t.variable(elements<double>(x).empty() ? array<double>{} : definite(x).value());
  const var inverse_t = matrix_transpose(inverse(a));
  BOOST_TEST(apart<real50>(grad(slogdet(a).logabsdet, a), inverse_t) < 1e-45);
  BOOST_TEST(apart<real50>(grad(cholesky_logdet(cholesky(a)), a), inverse_t) < 1e-45);
  BOOST_TEST(apart<real50>(grad(log(det(a)), a), inverse_t) < 1e-45);
  const var b = t.variable(scattered({4}, 2)), y = solve(a, b), z = solve(matrix_transpose(a), b);
  BOOST_TEST(apart<real50>(grad(dot(b, y), a), -outer(z, y)) < 1e-45);
  BOOST_TEST(apart<real50>(grad(dot(b, y), b), y + z) < 1e-45);
  // By Cholesky: the same for a symmetric matrix, and a cotangent that is symmetric.
  const var quadratic = dot(b, cholesky_solve(cholesky(a), b));
  BOOST_TEST(apart<real50>(grad(quadratic, a), -outer(y, y)) < 1e-45);
  const var g = grad(sum(cholesky(a)), a);
  BOOST_TEST(apart<real50>(g, transpose(g)) < 1e-48);
}

// Σ a_ii a_jj − a_ij a_ji of second minors, third minors and beyond, against the expansion of a 3 by 3
// determinant, at every rank.
BOOST_AUTO_TEST_CASE(determinants_of_singular_matrices) {
  const auto expanded = [](const var& a) {
    const auto e = [&](index_t i) { return reshape(slice(reshape(a, {9}), 0, i, i + 1), shape{}); };
    return e(0) * (e(4) * e(8) - e(5) * e(7)) - e(1) * (e(3) * e(8) - e(5) * e(6)) +
           e(2) * (e(3) * e(7) - e(4) * e(6));
  };
  for (const array<double>& numbers :
       {array<double>{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}, array<double>{{1, 2, 3}, {2, 4, 6}, {3, 6, 9}},
        array<double>{{0, 0, 0}, {0, 0, 0}, {0, 0, 0}}, array<double>{{0, 0, 2}, {0, 0, 0}, {3, 0, 0}},
        array<double>{{1, 2, 3}, {0, 1, 4}, {5, 6, 0}}}) {
    tape t;
    const var a = t.variable(numbers), w = t.constant(scattered({3, 3}, 5));
    const var d = det(a), want = expanded(a);
    BOOST_TEST(apart<real50>(d, want) < 1e-45);
    const var g = grad(d, a), g_want = grad(want, a);
    BOOST_TEST(apart<real50>(g, g_want) < 1e-45);
    BOOST_TEST(apart(g, g_want) < 1e-13);
    const var h = grad(sum(w * g), a);
    BOOST_TEST(apart<real50>(h, grad(sum(w * g_want), a)) < 1e-45);
    BOOST_TEST(apart(h, grad(sum(w * g_want), a)) < 1e-13);
  }
  tape t;
  const var a = t.variable(array<double>{{1, 2, 3}, {0, 1, 4}, {5, 6, 0}}),
            w = t.constant(scattered({3, 3}, 5));
  const auto third = [&](const var& y) { return grad(sum(w * grad(sum(w * grad(y, a)), a)), a); };
  BOOST_TEST(apart<real50>(third(det(a)), third(expanded(a))) < 1e-44);
  const var singular = t.variable(array<double>{{1, 2}, {2, 4}}), v = t.constant(scattered({2, 2}, 6));
  check_singular(grad(sum(v * grad(sum(v * grad(det(singular), singular)), singular)), singular), "singular");
}

BOOST_AUTO_TEST_CASE(singular_matrices) {
  tape t;
  const var a = t.variable(array<double>{{1, 2}, {2, 4}}), b = t.constant(array<double>{1, 2});
  check_singular(solve(a, b), "matrix is singular: pivot 1 is 0");
  check_singular(inverse(a), "in solve (linalg_solve_test.cpp:");
  check_singular(inverse(stack({a + identity_like(a), a})), "matrix 2 of 2 is singular");
  check_singular(triangular_solve(t.constant(array<double>{{1, 0}, {5, 0}}), b),
                 "its diagonal is 0 in row 1");
  const auto s = slogdet(a);
  BOOST_TEST(s.sign.item() == 0);
  BOOST_TEST(s.logabsdet.item() == -infinity);
  check_singular(grad(s.logabsdet, a), "singular");
  BOOST_TEST(det(a).item() == 0);
  const var zero = t.constant(shape{1, 1}, 0);
  BOOST_TEST(slogdet(zero).logabsdet.item() == -infinity);
}

BOOST_AUTO_TEST_CASE(matrices_that_are_not_positive_definite) {
  tape t;
  check_singular(cholesky(t.constant(array<double>{{1, 2}, {2, 1}})),
                 "matrix is not positive definite: pivot 1 is -3");
  check_singular(cholesky(t.constant(shape{1, 1}, 0)), "pivot 0 is 0");
  auto batch = make_array<double>({2, 1, 1});
  batch(0, 0, 0) = 4, batch(1, 0, 0) = -1;
  check_singular(cholesky(t.constant(batch)), "matrix 2 of 2 is not positive definite: pivot 0 is -1");
}

// NaN and infinity spoil their matrix alone.
BOOST_AUTO_TEST_CASE(numbers_that_are_not_finite) {
  for (const double bad : {infinity, -infinity, not_a_number}) {
    tape t;
    auto numbers = make_array<double>({2, 2, 2});
    const double all[] = {4, 1, bad, 3, 4, 2, 2, 5};
    std::copy(std::begin(all), std::end(all), numbers.data());
    const var a = t.variable(numbers), b = t.constant(array<double>{1, 2});
    for (const var& y : {cholesky(a), solve(a, reshape(b, {2, 1})), inverse(a), det(a), slogdet(a).logabsdet,
                         slogdet(a).sign}) {
      const auto v = elements<double>(y);
      const std::size_t half = v.size() / 2;
      BOOST_TEST(std::isnan(v[half - 1]));
      for (std::size_t i = half; i < v.size(); ++i) BOOST_TEST(std::isfinite(v[i]));
    }
    const auto g = elements<double>(grad(sum(det(a)), a));
    BOOST_TEST(std::isnan(g[0]));
    BOOST_TEST((std::vector<double>(g.begin() + 4, g.end()) == std::vector<double>{5, -2, -2, 4}));
  }
}

BOOST_AUTO_TEST_CASE(shapes) {
  tape t;
  const var wide = t.variable(scattered({2, 3}, 1)), v = t.variable(scattered({3}, 2)), s = t.variable(1.0),
            a = t.variable(scattered({3, 3}, 3));
  const auto refuses = [&](const char* op, const char* text, auto f) {
    const std::size_t size = t.size();
    check_error(errc::shape_mismatch, f, std::string(" in ") + op + " (linalg_solve_test.cpp:", text);
    BOOST_TEST(t.size() == size);
  };
  refuses("cholesky", "2 by 3; they must be square", [&] { cholesky(wide); });
  refuses("det", "2 by 3; they must be square", [&] { det(wide); });
  refuses("slogdet", "[3] has no matrices", [&] { slogdet(v); });
  refuses("inverse", "[] has no matrices", [&] { inverse(s); });
  refuses("solve", "3 unknowns and 2 equations", [&] { solve(a, wide); });
  refuses("solve", "square", [&] { solve(wide, v); });
  refuses("triangular_solve", "3 unknowns and 2 equations", [&] { triangular_solve(a, wide); });
  check_error(
      errc::empty_variable, [] { solve(1.0, 2.0); }, "Use tape.constant(number)");
  check_error(
      errc::empty_variable, [] { det(1.0); }, "Use tape.constant(number)");
  BOOST_TEST((solve(stack({a, a}), v).shape() == shape{2, 3}));
  BOOST_TEST((solve(a, reshape(wide, {3, 2})).shape() == shape{3, 2}));
  const var none = t.variable(make_array<double>({0, 0}));
  BOOST_TEST(slogdet(none).sign.item() == 1);
  BOOST_TEST(slogdet(none).logabsdet.item() == 0);
  BOOST_TEST(inverse(none).size() == 0);
}

// In batches that broadcast: a matrix for many right-hand sides, and the other way round.
BOOST_AUTO_TEST_CASE(batches) {
  tape t;
  const var a = t.variable(scattered({2, 1, 3, 3}, 1)), b = t.variable(scattered({4, 3, 2}, 2));
  const var shifted = a + 3.0 * constant_like(a, eye(3)), x = solve(shifted, b);
  BOOST_TEST((x.shape() == shape{2, 4, 3, 2}));
  BOOST_TEST(apart<real50>(matmul(shifted, x), broadcast_to(b, {2, 4, 3, 2})) < 1e-47);
  const var repeated = solve(broadcast_to(shifted, {2, 4, 3, 3}), broadcast_to(b, {2, 4, 3, 2}));
  BOOST_TEST(apart<real50>(grad(sum(x * x), a), grad(sum(repeated * repeated), a)) < 1e-45);
  BOOST_TEST(apart<real50>(grad(sum(x * x), b), grad(sum(repeated * repeated), b)) < 1e-45);
}

BOOST_AUTO_TEST_SUITE_END()
