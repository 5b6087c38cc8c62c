// SPDX-License-Identifier: MIT
// QR, eigenvalues, singular values and functions of matrices: residuals, closed forms, gradients by other
// formulas, and hostile matrices. Nothing depends on the signs of vectors.
#include "rows.hpp"

#include <reel/ops/rearrange.hpp>

#include <limits>

using namespace reel;
using namespace reel::test;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
template <class T> constexpr double unit = static_cast<double>(std::numeric_limits<T>::epsilon());
template <> constexpr double unit<real50> = 1e-49;

array<double> scattered(const shape& s, std::uint64_t seed) { return random_numbers(seed).generic(s); }

template <class T> double largest(const var& a) {
  double most = 0;
  for (const T& v : elements<T>(a)) {
    const double d = std::abs(static_cast<double>(v));
    if (!(d <= most)) most = d;
  }
  return most;
}
template <class T> double apart(const var& a, const var& b) { return largest<T>(a - b); }
var identity_like(const var& x, index_t n) { return constant_like(x, eye(n)); }
// How far the columns are from orthonormal.
template <class T> double skew(const var& q) {
  return apart<T>(matmul(matrix_transpose(q), q), identity_like(q, q.shape().back()));
}

template <class T> void check_residuals(index_t n, index_t m) {
  BOOST_TEST_CONTEXT(n << " by " << m << " in " << name(dtype_of<T>)) {
    tape t;
    const var a = t.constant(scattered({n, m}, static_cast<std::uint64_t>(100 * n + m)));
    const double bound = 8 * static_cast<double>(std::max(n, m)) * unit<T>;
    const auto [q, r] = qr(a);
    BOOST_TEST(skew<T>(q) <= bound);
    BOOST_TEST(apart<T>(matmul(q, r), a) <= bound);
    BOOST_TEST(largest<T>(tril(r, -1)) == 0);
    for (const T& d : elements<T>(diagonal(r))) BOOST_TEST((d >= T(0)));
    const auto [u, s, v] = svd(a);
    BOOST_TEST(skew<T>(u) <= bound);
    BOOST_TEST(skew<T>(v) <= bound);
    BOOST_TEST(apart<T>(matmul(u * s, matrix_transpose(v)), a) <= 2 * bound);
    const auto values = elements<T>(s);
    for (std::size_t i = 1; i < values.size(); ++i) BOOST_TEST((values[i] <= values[i - 1]));
    if (n != m) return;
    const var symmetric = a + matrix_transpose(a);
    const auto [lambda, w] = eigh(symmetric);
    BOOST_TEST(skew<T>(w) <= bound);
    BOOST_TEST(apart<T>(matmul(symmetric, w), w * lambda) <= 8 * bound);
    const auto ascending = elements<T>(lambda);
    for (std::size_t i = 1; i < ascending.size(); ++i) BOOST_TEST((ascending[i - 1] <= ascending[i]));
  }
}

void check_refused(const var& v, const char* text) {
  check_error(
      errc::invalid_argument, [&] { static_cast<void>(v.value()); }, text);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(linalg_decompositions)

// Sizes on both sides of where algorithms change.
BOOST_AUTO_TEST_CASE(residuals) {
  for (const auto& [n, m] : std::vector<std::pair<index_t, index_t>>{
           {1, 1}, {2, 2}, {5, 3}, {3, 5}, {12, 12}, {13, 13}, {40, 7}, {60, 60}}) {
    check_residuals<double>(n, m);
    check_residuals<float>(n, m);
    if (n <= 5) check_residuals<real50>(n, m);
  }
}

// Entries at the ends of the range, where sums of squares leave it.
BOOST_AUTO_TEST_CASE(ends_of_the_range) {
  for (const double scale : {1e-300, 1e-160, 1e160, 1e300}) {
    tape t;
    const var a = t.constant(array<double>(scattered({4, 4}, 3) * scale));
    const double bound = 64 * unit<double>;
    const auto [q, r] = qr(a);
    BOOST_TEST(skew<double>(q) <= bound);
    BOOST_TEST(apart<double>(matmul(q, r), a) <= bound * scale);
    const auto [u, s, v] = svd(a);
    BOOST_TEST(apart<double>(matmul(u * s, matrix_transpose(v)), a) <= bound * scale);
    const var symmetric = 0.25 * a + 0.25 * matrix_transpose(a);
    const auto [lambda, w] = eigh(symmetric);
    BOOST_TEST(apart<double>(matmul(symmetric, w), w * lambda) <= bound * scale);
  }
}

// The second difference of n points has the eigenvalues 2 − 2 cos(kπ/(n+1)).
BOOST_AUTO_TEST_CASE(closed_forms) {
  constexpr index_t n = 20;
  auto numbers = make_array<double>({n, n});
  numbers.fill(0);
  for (std::size_t i = 0; i < n; ++i) {
    numbers(i, i) = 2;
    if (i > 0) numbers(i, i - 1) = numbers(i - 1, i) = -1;
  }
  tape t;
  const var a = t.constant(numbers);
  const auto in_double = elements<double>(eigvalsh(a));
  const auto digits = elements<real50>(eigvalsh(a)), singular = elements<real50>(svdvals(a));
  const real50 pi = 4 * num::atan(real50(1));
  for (std::size_t k = 1; k <= n; ++k) {
    const real50 want = 2 - 2 * num::cos(pi * real50(k) / real50(n + 1));
    BOOST_TEST(std::abs(static_cast<double>(digits[k - 1] - want)) < 1e-47);
    BOOST_TEST(std::abs(static_cast<double>(singular[n - k] - want)) < 1e-47);
    BOOST_TEST(std::abs(in_double[k - 1] - static_cast<double>(want)) < 1e-14);
  }
}

// Columns over 14 decades: small singular values have all their digits.
BOOST_AUTO_TEST_CASE(graded_columns) {
  tape t;
  auto grades = make_array<double>({8});
  for (std::size_t j = 0; j < 8; ++j) grades(j) = std::pow(10.0, -2.0 * static_cast<double>(j));
  const var a = t.constant(array<double>(scattered({9, 8}, 5))) * t.constant(grades);
  const auto values = elements<double>(svdvals(a));
  const auto right = elements<real50>(svdvals(t.constant(a.value())));
  for (std::size_t i = 0; i < values.size(); ++i)
    BOOST_TEST(std::abs(static_cast<double>(real50(values[i]) / right[i] - 1)) < 1e-13);
}

// Losses that other formulas have gradients of.
BOOST_AUTO_TEST_CASE(gradients_by_other_formulas) {
  tape t;
  const var a = t.variable(scattered({5, 3}, 1)), w = t.constant(scattered({5, 5}, 2));
  // QQᵀ is A(AᵀA)⁻¹Aᵀ, and so is UUᵀ.
  const auto projector = [](const var& x) {
    return matmul(x, solve(matmul(matrix_transpose(x), x), matrix_transpose(x)));
  };
  const var q = qr(a).q, u = svd(a).u, want = grad(sum(w * projector(a)), a);
  BOOST_TEST(apart<real50>(grad(sum(w * matmul(q, matrix_transpose(q))), a), want) < 1e-44);
  BOOST_TEST(apart<real50>(grad(sum(w * matmul(u, matrix_transpose(u))), a), want) < 1e-44);
  // Of a square matrix R is Cholesky's factor of AᵀA, transposed.
  const var whole = t.variable(scattered({4, 4}, 9)), other = t.constant(scattered({4, 4}, 10));
  const var r = matrix_transpose(cholesky(matmul(matrix_transpose(whole), whole)));
  const auto slope = [&](const var& x) { return grad(sum(other * x), whole); };
  const auto second = [&](const var& x) { return grad(sum(other * slope(x)), whole); };
  const auto [square_q, square_r] = qr(whole);
  const var by_cholesky = matmul(whole, inverse(r));
  BOOST_TEST(apart<real50>(slope(square_q), slope(by_cholesky)) < 1e-42);
  BOOST_TEST(apart<real50>(slope(square_r), slope(r)) < 1e-42);
  BOOST_TEST(apart<real50>(second(square_q), second(by_cholesky)) < 1e-38);
  BOOST_TEST(apart<real50>(second(square_r), second(r)) < 1e-38);
  // Σ ln R_ii = ½ ln det AᵀA = Σ ln σ_i.
  const var logarithm = grad(0.5 * log(det(matmul(matrix_transpose(a), a))), a);
  BOOST_TEST(apart<real50>(grad(sum(log(diagonal(qr(a).r))), a), logarithm) < 1e-44);
  BOOST_TEST(apart<real50>(grad(sum(log(svdvals(a))), a), logarithm) < 1e-44);
  // Of symmetric matrices: tr A³ = Σ λ³, and V f(Λ) Vᵀ of f = e^x.
  const var b = t.variable(scattered({4, 4}, 3)), s = b + matrix_transpose(b);
  const auto [lambda, v] = eigh(s);
  BOOST_TEST(apart<real50>(grad(sum(lambda * lambda * lambda), b), grad(trace(matmul(s, matmul(s, s))), b)) <
             1e-43);
  const var x = t.constant(scattered({4, 4}, 4));
  BOOST_TEST(apart<real50>(grad(sum(x * matmul(v * exp(lambda), matrix_transpose(v))), b),
                           grad(sum(x * expm(s)), b)) < 1e-42);
  const var square = t.variable(scattered({4, 4}, 6));
  BOOST_TEST(apart<real50>(log(det(expm(square))), trace(square)) < 1e-45);
  BOOST_TEST(apart<real50>(lstsq(a, w),
                           solve(matmul(matrix_transpose(a), a), matmul(matrix_transpose(a), w))) < 1e-44);
  BOOST_TEST(apart<real50>(pinv(matrix_transpose(a)), matrix_transpose(pinv(a))) < 1e-44);
}

// Equal eigenvalues: what depends on their space alone has a gradient; what does not is refused.
BOOST_AUTO_TEST_CASE(equal_eigenvalues) {
  tape t;
  const array<double> numbers{{2, 1, 1}, {1, 2, 1}, {1, 1, 2}};  // 1, 1, 4
  const var a = t.variable(numbers), w = t.constant(scattered({3, 3}, 7));
  const var symmetric_w = 0.5 * (w + transpose(w));
  const auto [lambda, v] = eigh(a);
  // The projector on both equal ones is (4I − A)/3 near A in its first order: (A − 4I)(…)/…, by a
  // polynomial: P = I − (A − I)/3 for eigenvalues 1, 1, 4; its derivative is Σ over the gap, −sym(P' W P₃)·⅔.
  const var space = slice(v, 1, 0, 2), p = matmul(space, transpose(space)), rest = identity_like(a, 3) - p;
  const var half = matmul(p, matmul(symmetric_w, rest));
  const var want = -(half + transpose(half)) / 3.0;
  for (const double e :
       {apart<double>(grad(sum(w * p), a), want), apart<float>(grad(sum(w * p), a), want) * 1e-8})
    BOOST_TEST(e < 1e-13);
  BOOST_TEST(apart<real50>(grad(sum(w * p), a), want) < 1e-44);
  check_refused(grad(sum(slice(v, 1, 0, 1) * slice(w, 1, 0, 1)), a), "values 0 and 1 of matrix are equal");
  BOOST_TEST(apart<double>(grad(sum(lambda), a), identity_like(a, 3)) < 1e-14);
  BOOST_TEST(apart<double>(grad(sum(lambda * lambda), a), 2.0 * a) < 1e-13);
  check_refused(grad(sum(w * grad(sum(lambda * lambda), a)), a), "values 0 and 1 of matrix are equal");
}

BOOST_AUTO_TEST_CASE(equal_and_vanishing_singular_values) {
  tape t;
  const var a = t.variable(array<double>{{2, 0}, {0, 2}, {0, 0}}), w = t.constant(scattered({3, 2}, 8));
  const auto [u, s, v] = svd(a);
  // The polar factor of 2I above 0: its differential is half the antisymmetric part above, and the rest
  // below.
  const var polar = matmul(u, transpose(v)), g = grad(sum(w * polar), a);
  const auto wn = elements<double>(w);
  const double turn = (wn[1] - wn[2]) / 4;
  const std::vector<double> want{0, turn, -turn, 0, wn[4] / 2, wn[5] / 2};
  const auto got = elements<double>(g);
  for (std::size_t i = 0; i < want.size(); ++i) BOOST_TEST(std::abs(got[i] - want[i]) < 1e-14);
  check_refused(grad(sum(w * u), a), "values 0 and 1 of matrix are equal");
  BOOST_TEST(apart<double>(grad(sum(s), a), polar) < 1e-14);

  const var one = t.variable(array<double>{{1, 2}, {2, 4}, {3, 6}});  // of rank 1
  const auto f = svd(one);
  const auto values = elements<double>(f.values);
  BOOST_TEST(std::abs(values[0] - std::sqrt(70.0)) < 1e-14);
  BOOST_TEST(values[1] < 1e-15);
  BOOST_TEST(skew<double>(f.u) < 1e-14);
  BOOST_TEST(apart<double>(grad(sum(slice(f.values, 0, 0, 1)), one),
                           matmul(slice(f.u, 1, 0, 1), transpose(slice(f.v, 1, 0, 1)))) < 1e-14);
  check_refused(grad(sum(w * f.u), one), "is 0");
  const var zero = t.constant(shape{3, 2}, 0);
  BOOST_TEST(skew<double>(svd(zero).u) < 1e-15);
  BOOST_TEST(skew<double>(qr(zero).q) < 1e-15);
  const var b = t.constant(array<double>{1, 2, 3});
  check_refused(lstsq(zero, b), "has not full rank");
  check_refused(lstsq(one, b), "depend on each other from 1 on");
  check_refused(pinv(transpose(one)), "has not full rank");
}

BOOST_AUTO_TEST_CASE(numbers_that_are_not_finite) {
  for (const double bad : {infinity, -infinity, not_a_number}) {
    tape t;
    auto numbers = make_array<double>({2, 2, 2});
    const double all[] = {4, 1, bad, 3, 4, 2, 2, 5};
    std::copy(std::begin(all), std::end(all), numbers.data());
    const var a = t.variable(numbers);
    for (const var& y :
         {qr(a).q, qr(a).r, eigh(a).values, eigh(a).vectors, svd(a).u, svd(a).v, svdvals(a), expm(a)}) {
      const auto v = elements<double>(y);
      for (std::size_t i = 0; i < v.size(); ++i) BOOST_TEST(std::isnan(v[i]) == (i < v.size() / 2));
    }
  }
}

BOOST_AUTO_TEST_CASE(exponentials) {
  tape t;
  // A rotation by 1000 radians, and one of e^(large).
  const var turn = t.constant(array<double>{{0, -1000}, {1000, 0}});
  const auto e = elements<real50>(expm(turn));
  BOOST_TEST(std::abs(static_cast<double>(e[0] - num::cos(real50(1000)))) < 1e-44);
  BOOST_TEST(std::abs(static_cast<double>(e[2] - num::sin(real50(1000)))) < 1e-44);
  const auto in_double = elements<double>(expm(turn));
  BOOST_TEST(std::abs(in_double[0] - std::cos(1000.0)) < 1e-12);
  const auto huge = elements<double>(expm(t.constant(array<double>{{1e308, 1e308}, {1e308, 1e308}})));
  BOOST_TEST(!std::isfinite(huge[0]));
}

BOOST_AUTO_TEST_CASE(shapes_and_refusals) {
  tape t;
  const var wide = t.variable(scattered({2, 3}, 1)), v = t.variable(scattered({3}, 2));
  const auto refuses = [&](const char* op, const char* text, auto f) {
    const std::size_t size = t.size();
    check_error(errc::shape_mismatch, f,
                std::string(" in ") + op + " (linalg_decompositions_test.cpp:", text);
    BOOST_TEST(t.size() == size);
  };
  refuses("eigh", "2 by 3; they must be square", [&] { eigh(wide); });
  refuses("eigvalsh", "2 by 3; they must be square", [&] { eigvalsh(wide); });
  refuses("expm", "2 by 3; they must be square", [&] { expm(wide); });
  refuses("qr", "[3] has no matrices", [&] { qr(v); });
  refuses("svd", "[3] has no matrices", [&] { svd(v); });
  refuses("lstsq", "2 and 3 equations", [&] { lstsq(wide, v); });
  refuses("matrix_norm", "[3] has no matrices", [&] { matrix_norm(v); });
  check_error(
      errc::empty_variable, [] { svd(1.0); }, "Use tape.constant(number)");
  check_error(
      errc::unsupported_number, [&] { static_cast<void>(svdvals(wide).value<complex>()); },
      "complex numbers");
  const auto [q, r] = qr(wide);
  BOOST_TEST((q.shape() == shape{2, 2} && r.shape() == shape{2, 3}));
  const auto f = svd(stack({wide, wide}));
  BOOST_TEST(
      (f.u.shape() == shape{2, 2, 2} && f.values.shape() == shape{2, 2} && f.v.shape() == shape{2, 3, 2}));
  const var none = t.variable(make_array<double>({0, 3, 3}));
  for (const var& y : {qr(none).r, eigh(none).vectors, svd(none).u, expm(none), pinv(none), cholesky(none),
                       inverse(none), det(none), slogdet(none).sign, matmul(none, none)}) {
    BOOST_TEST(y.value().size() == 0U);
    BOOST_TEST(grad(sum(y), none).value().size() == 0U);
  }
  BOOST_TEST(svdvals(t.constant(make_array<double>({0, 3}))).size() == 0);
  BOOST_TEST(eigvalsh(t.constant(make_array<double>({0, 0}))).size() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
