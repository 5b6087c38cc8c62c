// SPDX-License-Identifier: MIT
// The mathematics of softmax regression, statement by statement: n samples, d features and a constant 1,
// N classes; X is n×(d+1), W is (d+1)×N, P the one-hot matrix of the true classes, P̂ = softmax(XW).
#include "rows.hpp"

using namespace reel;
using namespace reel::test;

namespace {

constexpr std::size_t n = 6, width = 4, N = 5;  // width = d + 1
const array<index_t> labels{0, 3, 1, 4, 4, 2};

// A matrix of numbers, row-major.
template <class T> struct matrix {
  std::vector<T> at;
  std::size_t columns;
  matrix(const var& v) : at(elements<T>(v)), columns(static_cast<std::size_t>(v.shape().back())) {}
  const T& operator()(std::size_t i, std::size_t j) const { return at[i * columns + j]; }
};

struct regression {
  tape t;
  var X, W, y, P, logits, phat;
  regression() {
    random_numbers random(82);
    auto x = random.generic(shape{n, width});
    for (std::size_t i = 0; i < n; ++i) x(i, width - 1) = 1;
    X = t.constant(x);
    W = t.variable(random.generic(shape{width, N}));
    y = t.constant(labels);
    P = one_hot(y, N);
    logits = matmul(X, W);
    phat = softmax(logits);
  }
  var loss() const { return -sum(P * log(phat)); }  // ℓ(P̂, P) = −Σ_i Σ_k p_ik ln p̂_ik
};

double distance(const real50& a, const real50& b) { return std::abs(static_cast<double>(a - b)); }

// Pivots of Gaussian elimination with full pivoting, largest first.
std::vector<double> pivots(std::vector<real50> a, std::size_t size) {
  std::vector<double> found;
  std::vector<bool> row_used(size), column_used(size);
  for (std::size_t step = 0; step < size; ++step) {
    std::size_t r = 0, c = 0;
    double best = -1;
    for (std::size_t i = 0; i < size; ++i)
      for (std::size_t j = 0; j < size; ++j) {
        const double v = std::abs(static_cast<double>(a[i * size + j]));
        if (!row_used[i] && !column_used[j] && v > best) best = v, r = i, c = j;
      }
    found.push_back(best);
    if (best == 0) continue;
    row_used[r] = column_used[c] = true;
    for (std::size_t i = 0; i < size; ++i) {
      if (row_used[i]) continue;
      const real50 factor = a[i * size + c] / a[r * size + c];
      for (std::size_t j = 0; j < size; ++j) a[i * size + j] -= factor * a[r * size + j];
    }
  }
  return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(theory)

// H(p, q) = −Σ_k p_k ln q_k.
BOOST_AUTO_TEST_CASE(row_H_cross_entropy_of_two_distributions) {
  tape t;
  const var p = t.constant(array<double>{0.5, 0.25, 0.25, 0}),
            q = t.constant(array<double>{0.125, 0.25, 0.5, 0.125});
  // −(½ ln ⅛ + ¼ ln ¼ + ¼ ln ½) = 9/4 ln 2, and the entropy −(½ ln ½ + ½ ln ¼) = 3/2 ln 2
  const real50 ln2 = num::log(real50(2));
  BOOST_TEST(distance(cross_entropy(q, p).item<real50>(), real50(2.25) * ln2) <= 1e-48);
  BOOST_TEST(distance(cross_entropy(p, p).item<real50>(), real50(1.5) * ln2) <= 1e-48);
  BOOST_TEST(distance(sum(entr(p)).item<real50>(), real50(1.5) * ln2) <= 1e-48);
  BOOST_TEST(std::abs(cross_entropy(q, p).item() - 2.25 * std::log(2.0)) <= 4e-16);

  // H(p, q) ≥ H(p, p), for many pairs, with equality for p itself.
  random_numbers random(1);
  for (int k = 0; k < 50; ++k) {
    const var a = softmax(t.constant(random.generic(shape{4}))),
              b = softmax(t.constant(random.generic(shape{4})));
    BOOST_TEST((cross_entropy(b, a).item<real50>() > cross_entropy(a, a).item<real50>()));
    BOOST_TEST(distance(cross_entropy(a, a).item<real50>(), sum(entr(a)).item<real50>()) <= 1e-48);
  }
}

BOOST_AUTO_TEST_CASE(row_H_from_logits) {
  regression r;
  const auto composed = elements<real50>(cross_entropy(r.phat, r.P));
  const auto labelled = elements<real50>(softmax_cross_entropy(r.logits, r.y));
  const auto soft = elements<real50>(softmax_cross_entropy(r.logits, r.P));
  for (std::size_t i = 0; i < n; ++i) {
    BOOST_TEST(distance(labelled[i], composed[i]) <= 1e-47);
    BOOST_TEST(distance(soft[i], composed[i]) <= 1e-47);
  }
}

// dp/dx = D − p pᵀ with D = diag(p): −p_i p_k off the diagonal, p_k − p_k² on it.
BOOST_AUTO_TEST_CASE(row_79_jacobian_of_softmax) {
  tape t;
  const var x = t.variable(array<double>{0.5, -1.25, 2, 0.75, -0.5}), p = softmax(x), J = jacobian(p, x);
  const matrix<double> j(J);
  const matrix<real50> j50(J);
  const auto p50 = elements<real50>(p);
  for (std::size_t i = 0; i < N; ++i)
    for (std::size_t k = 0; k < N; ++k) {
      const real50 want = i == k ? p50[k] - p50[k] * p50[k] : -p50[i] * p50[k];
      BOOST_TEST(distance(j(i, k), want) <= 1e-15);
      BOOST_TEST(distance(j50(i, k), want) <= 1e-48);
    }
}

BOOST_AUTO_TEST_CASE(row_79_rows_sum_to_0_symmetric_of_rank_one_less) {
  tape t;
  random_numbers random(79);
  const var x = t.variable(random.generic(shape{N})), J = jacobian(softmax(x), x);
  const matrix<double> j(J);
  for (std::size_t i = 0; i < N; ++i) {
    double row = 0, column = 0;
    for (std::size_t k = 0; k < N; ++k) {
      row += j(i, k);
      column += j(k, i);
      BOOST_TEST(std::abs(j(i, k) - j(k, i)) <= 1e-16);
    }
    BOOST_TEST(std::abs(row) <= 1e-16);
    BOOST_TEST(std::abs(column) <= 1e-16);
  }
  const auto found = pivots(elements<real50>(J), N);
  BOOST_TEST(found[N - 2] > 1e-3);
  BOOST_TEST(found[N - 1] < 1e-48);
}

// One-hot rows, and the loss in matrix form is the sum of the losses of the samples.
BOOST_AUTO_TEST_CASE(row_80_one_hot_and_the_loss) {
  regression r;
  const matrix<double> P(r.P);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t k = 0; k < N; ++k)
      BOOST_TEST(P(i, k) == (static_cast<index_t>(k) == labels(i) ? 1.0 : 0.0));
  real50 total = 0;
  const matrix<real50> phat(r.phat);
  for (std::size_t i = 0; i < n; ++i) total -= num::log(phat(i, static_cast<std::size_t>(labels(i))));
  BOOST_TEST(distance(r.loss().item<real50>(), total) <= 1e-47);
  BOOST_TEST(distance(sum(softmax_cross_entropy(r.logits, r.y)).item<real50>(), total) <= 1e-47);
  const var average = mean(softmax_cross_entropy(r.logits, r.y));
  BOOST_TEST(distance(average.item<real50>(), total / real50(n)) <= 1e-47);
}

// dℓ/dW = Xᵀ(P̂ − P), from the fused loss and from the loss as written, and the sum of the gradients of
// single samples.
BOOST_AUTO_TEST_CASE(row_82_gradient_matrix) {
  regression r;
  const auto want = elements<double>(matmul(transpose(r.X), r.phat - r.P));
  const var fused = sum(softmax_cross_entropy(r.logits, r.y));
  var samples = zeros_like(r.W);
  for (index_t i = 0; i < static_cast<index_t>(n); ++i)
    samples =
        samples +
        grad(sum(softmax_cross_entropy(matmul(slice(r.X, 0, i, i + 1), r.W), slice(r.y, 0, i, i + 1))), r.W);
  for (const var& g : {grad(r.loss(), r.W), grad(fused, r.W), samples}) {
    const auto got = elements<double>(g);
    for (std::size_t i = 0; i < got.size(); ++i) BOOST_TEST(std::abs(got[i] - want[i]) <= 1e-14);
  }
}

// ∂ℓ_i/∂w_jk three ways: −x_ij Σ_r (p_ir/p̂_ir) ∂p̂_ir/∂ŷ_ik written out, collapsed to x_ij (p̂_ik − p_ik), and
// the tape's.
BOOST_AUTO_TEST_CASE(row_83_three_ways) {
  regression r;
  const matrix<double> x(r.X), phat(r.phat), p(r.P);
  const var losses = -sum(r.P * log(r.phat), -1);
  const auto J = elements<double>(jacobian(losses, r.W));  // [n, width, N]
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < width; ++j)
      for (std::size_t k = 0; k < N; ++k) {
        double written = 0;
        for (std::size_t s = 0; s < N; ++s) {
          const double slope = s == k ? phat(i, k) - phat(i, k) * phat(i, k) : -phat(i, s) * phat(i, k);
          written -= x(i, j) * p(i, s) / phat(i, s) * slope;
        }
        const double collapsed = x(i, j) * (phat(i, k) - p(i, k));
        const double taped = J[(i * width + j) * N + k];
        BOOST_TEST(std::abs(written - collapsed) <= 1e-14);
        BOOST_TEST(std::abs(taped - collapsed) <= 1e-14);
        BOOST_TEST(std::abs(taped - written) <= 1e-14);
      }
}

BOOST_AUTO_TEST_SUITE_END()
