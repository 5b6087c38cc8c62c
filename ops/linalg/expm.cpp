// SPDX-License-Identifier: MIT
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/linalg/functions.hpp>

#include "batches.hpp"
#include "product.hpp"
#include "recorded.hpp"

#include <algorithm>
#include <cmath>

namespace reel {

using namespace linalg;

namespace {

// Terms of Taylor's series of e^x that count for |x| ≤ 1.
template <class T> constexpr int terms = 18;
template <> constexpr int terms<float> = 11;
template <> constexpr int terms<real50> = 42;

template <class T> void multiply(const T* a, const T* b, T* c, index_t n) {
  product<T>({.transpose_a = false,
              .transpose_b = false,
              .m = n,
              .n = n,
              .k = n,
              .a_row = n,
              .b_row = n,
              .c_row = n},
             a, b, c);
}

// e^A = (e^(A/2^s))^(2^s), where the largest sum of a row of A/2^s is 1 at most. Changes a.
template <class T> void exponential(T* a, T* y, index_t n) {
  struct of_exponential {};
  T* const next = workspace<T, of_exponential>(n * n);
  double largest = 0;
  for (index_t i = 0; i < n; ++i) {
    double sum = 0;
    for (index_t j = 0; j < n; ++j) sum += num::convert<double>(magnitude(a[i * n + j]));
    largest = std::max(largest, sum);
  }
  largest = std::min(largest, std::numeric_limits<double>::max());
  int halvings = 0;
  for (; largest > 1; ++halvings) largest *= 0.5;
  const T scale = static_cast<T>(std::ldexp(1.0, -halvings));
  for (index_t i = 0; i < n * n; ++i) a[i] = a[i] * scale;
  // I + A/1·(I + A/2·(I + A/3·…))
  const auto add_identity = [&] {
    for (index_t i = 0; i < n; ++i) y[i * n + i] = y[i * n + i] + T(1);
  };
  std::fill_n(y, n * n, T(0));
  add_identity();
  for (int k = terms<T>; k > 0; --k) {
    multiply(a, y, next, n);
    for (index_t i = 0; i < n * n; ++i) y[i] = next[i] / T(k);
    add_identity();
  }
  for (; halvings > 0; --halvings) {
    multiply(y, y, next, n);
    std::copy_n(next, n * n, y);
  }
}

// 1 where all are 0.
template <class T> T power_of_two_beside(const T* x, index_t n) {
  double largest = 0;
  for (index_t i = 0; i < n; ++i) largest = std::max(largest, num::convert<double>(magnitude(x[i])));
  if (!(largest > 0) || !std::isfinite(largest)) return T(1);
  return static_cast<T>(std::ldexp(1.0, std::max(std::ilogb(largest), -120)));
}

// L(A, E) = d/dε e^(A + εE) at 0, the upper right block of e^B with B = [A E; 0 A] (Higham 2008, 3.16).
// ⟨Ȳ, L(A, E)⟩ = ⟨E, L(Aᵀ, Ȳ)⟩, hence   Ē = L(Aᵀ, Ȳ);   Ā is the sum of the diagonal blocks of
// L(Bᵀ, [0 Ȳ; 0 0]).
struct expm_derivative_op {
  static constexpr auto name = "expm_derivative";
  static constexpr bool analytic = true;
  shape infer(const shape& a, const shape& e) const {
    if (check_square(a) != e)
      throw error(errc::shape_mismatch, to_string(a) + " and " + to_string(e) + " differ.");
    return a;
  }
  template <class T> void eval(out<T> y, in<T> a, in<T> e) const {
    if (y.size() == 0) return;
    // E has the size of 1 meanwhile, so that it asks for no halvings.
    struct of_blocks {};
    const index_t n = rows_of(a.shape()), size = n * n;
    T* const b = workspace<T, of_blocks>(8 * size);
    T* const f = b + 4 * size;
    for (index_t at = 0; at < y.size(); at += size) {
      if (!all_finite(a.data + at, size) || !all_finite(e.data + at, size)) {
        std::fill_n(y.data + at, size, not_a_number<T>());
        continue;
      }
      const T unit = power_of_two_beside(e.data + at, size);
      std::fill_n(b, 4 * size, T(0));
      for (index_t i = 0; i < n; ++i) {
        std::copy_n(a.data + at + i * n, n, b + 2 * i * n);
        for (index_t j = 0; j < n; ++j) b[2 * i * n + n + j] = e[at + i * n + j] / unit;
        std::copy_n(a.data + at + i * n, n, b + 2 * (n + i) * n + n);
      }
      exponential(b, f, 2 * n);
      for (index_t i = 0; i < n; ++i)
        for (index_t j = 0; j < n; ++j) y[at + i * n + j] = f[2 * i * n + n + j] * unit;
    }
  }
  std::array<var, 2> vjp(var ybar, var, var a, var e) const {
    const index_t n = rows_of(a.shape());
    const auto block = [&](const var& x, index_t i) {
      return slice(slice(x, -2, i * n, (i + 1) * n), -1, i * n, (i + 1) * n);
    };
    const var b = concat({concat({a, e}, -1), concat({zeros_like(a), a}, -1)}, -2);
    const var seed = pad(pad(ybar, -2, 0, n), -1, n, 0);
    const var both = apply(*this, transposed(b), seed);
    return {block(both, 0) + block(both, 1), apply(*this, transposed(a), ybar)};
  }
  bool operator==(const expm_derivative_op&) const = default;
};

// Y = e^A:  dY = L(A, dA), hence   Ā = L(Aᵀ, Ȳ)
struct expm_op {
  static constexpr auto name = "expm";
  static constexpr bool analytic = true;
  shape infer(const shape& a) const { return check_square(a); }
  template <class T> void eval(out<T> y, in<T> a) const {
    if (y.size() == 0) return;
    struct of_expm {};
    const index_t n = rows_of(a.shape()), size = n * n;
    T* const copy = workspace<T, of_expm>(size);
    for (index_t at = 0; at < y.size(); at += size) {
      std::copy_n(a.data + at, size, copy);
      if (all_finite(copy, size)) exponential(copy, y.data + at, n);
      else std::fill_n(y.data + at, size, not_a_number<T>());
    }
  }
  var vjp(var ybar, var, var a) const { return apply(expm_derivative_op{}, transposed(a), ybar); }
  bool operator==(const expm_op&) const = default;
};

}  // namespace

var linalg::expm_derivative(const var& a, const var& e) { return apply(expm_derivative_op{}, a, e); }

var expm(operand a) { return apply(expm_op{}, a); }

}  // namespace reel
