// SPDX-License-Identifier: MIT
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/reduce.hpp>

#include "batches.hpp"
#include "parts.hpp"
#include "recorded.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reel {

using namespace linalg;

namespace {

// Below this much of the largest element, 64nu, a numerator is rounding.
template <class T> T nothing_below(const T* x, index_t size, index_t n) {
  return T(64 * static_cast<double>(n)) * roundoff<T>() * largest_of(x, size);
}

template <class T>
[[noreturn]] void refuse_gap(const char* what, index_t i, index_t j, const T& gap, const std::string& which) {
  throw error(
      errc::invalid_argument,
      fmt::format("values {} and {} of matrix{} are equal (their {} is {:.3g}), and the derivative "
                  "depends on which vectors stand for them. Let the loss depend on their common space "
                  "alone, or move the matrix apart.",
                  i, j, which, what, num::convert<double>(gap)));
}

// The derivative of y_ij = ½(x_ij + s·x_ji)/d_ij, d = v_j ∓ v_i: with t = −s for differences, s for sums,
//   x̄ = the quotient of ȳ with t,   v̄_k = −2 Σ_i y_ik x̄_ik
struct gap_quotient_op {
  static constexpr auto name = "gap_quotient";
  double s = 1;
  bool sums = false;
  shape infer(const shape& x, const shape& values) const {
    if (check_square(x).without(x.rank() - 1) != values)
      throw error(errc::shape_mismatch, to_string(x) + " has not the values " + to_string(values) + ".");
    return x;
  }
  template <class T> void eval(out<T> y, in<T> x, in<T> values) const {
    if (y.size() == 0) return;
    const index_t n = rows_of(x.shape()), count = y.size() / (n * n);
    for (index_t b = 0; b < count; ++b) {
      const T *const a = x.data + b * n * n, *const v = values.data + b * n;
      const T equal = equal_within(v, n), nothing = nothing_below(a, n * n, n);
      for (index_t i = 0; i < n; ++i)
        for (index_t j = 0; j < n; ++j) {
          const T up = a[i * n + j], down = a[j * n + i];
          const T top = s < 0 ? T(0.5) * up - T(0.5) * down : T(0.5) * up + T(0.5) * down;
          const T gap = sums ? v[j] + v[i] : v[j] - v[i];
          T& to = y[b * n * n + i * n + j];
          if (i == j) to = T(0);
          else if (!(num::abs(gap) <= equal)) to = top / gap;
          else if (num::abs(top) <= nothing) to = T(0);
          else refuse_gap(sums ? "sum" : "gap", i, j, gap, in_batch(b, count));
        }
    }
  }
  std::array<var, 2> vjp(var ybar, var y, var, var values) const {
    const var xbar = gap_quotient(ybar, values, sums ? s : -s, sums);
    return {xbar, -2.0 * sum(y * xbar, -2)};
  }
  bool operator==(const gap_quotient_op&) const = default;
};

// y_ij = x_ij/v_j:   x̄ = the quotient of ȳ,   v̄_j = −Σ_i y_ij x̄_ij
struct column_quotient_op {
  static constexpr auto name = "column_quotient";
  shape infer(const shape& x, const shape& values) const {
    if (check_matrices(x).without(x.rank() - 2) != values)
      throw error(errc::shape_mismatch, to_string(x) + " has not the values " + to_string(values) + ".");
    return x;
  }
  template <class T> void eval(out<T> y, in<T> x, in<T> values) const {
    if (y.size() == 0) return;
    const index_t n = rows_of(x.shape()), m = columns_of(x.shape()), count = y.size() / (n * m);
    for (index_t b = 0; b < count; ++b) {
      const T *const a = x.data + b * n * m, *const v = values.data + b * m;
      const T zero = equal_within(v, m), nothing = nothing_below(a, n * m, n);
      for (index_t i = 0; i < n; ++i)
        for (index_t j = 0; j < m; ++j) {
          const T& from = a[i * m + j];
          T& to = y[b * n * m + i * m + j];
          if (!(num::abs(v[j]) <= zero)) to = from / v[j];
          else if (num::abs(from) <= nothing) to = T(0);
          else
            throw error(
                errc::invalid_argument,
                fmt::format("singular value {} of matrix{} is 0, and the derivative depends on the vectors "
                            "that stand for it, which are arbitrary.",
                            j, in_batch(b, count)));
        }
    }
  }
  std::array<var, 2> vjp(var ybar, var y, var, var values) const {
    const var xbar = column_quotient(ybar, values);
    return {xbar, -sum(y * xbar, -2)};
  }
  bool operator==(const column_quotient_op&) const = default;
};

// The identity in x; once its derivative is taken, one that refuses equal values unless x is 0.
struct where_distinct_op {
  static constexpr auto name = "where_distinct";
  bool checks = false;
  shape infer(const shape& x, const shape&) const { return check_matrices(x); }
  template <class T> void eval(out<T> y, in<T> x, in<T> values) const {
    std::copy_n(x.data, x.size(), y.data);
    if (!checks || x.size() == 0) return;
    const index_t n = values.shape().back(), count = values.size() / n, size = x.size() / count;
    for (index_t b = 0; b < count; ++b) {
      const T* const v = values.data + b * n;
      if (largest_of(x.data + b * size, size) == T(0)) continue;
      const T equal = equal_within(v, n);
      for (index_t i = 0; i + 1 < n; ++i)
        if (num::abs(v[i + 1] - v[i]) <= equal)
          refuse_gap("gap", i, i + 1, T(v[i + 1] - v[i]), in_batch(b, count));
    }
  }
  std::array<var, 2> vjp(var ybar, var, var, var values) const {
    return {apply(where_distinct_op{true}, ybar, values), zeros_like(values)};
  }
  bool operator==(const where_distinct_op&) const = default;
};

// The identity, which refuses a triangular matrix that is singular but for rounding.
struct full_rank_op {
  static constexpr auto name = "full_rank";
  shape infer(const shape& r) const { return check_square(r); }
  template <class T> void eval(out<T> y, in<T> r) const {
    std::copy_n(r.data, r.size(), y.data);
    if (r.size() == 0) return;
    const index_t n = rows_of(r.shape()), count = r.size() / (n * n);
    for (index_t b = 0; b < count; ++b) {
      const auto size = [&](index_t i) { return num::abs(r[b * n * n + i * (n + 1)]); };
      T most(0);
      for (index_t i = 0; i < n; ++i) most = std::max(most, size(i));
      for (index_t i = 0; i < n; ++i)
        if (size(i) <= T(8 * static_cast<double>(n)) * roundoff<T>() * most)
          throw error(
              errc::invalid_argument,
              fmt::format("matrix{} has not full rank: beside rounding, its columns or rows depend on each "
                          "other from {} on.",
                          in_batch(b, count), i));
    }
  }
  var vjp(var ybar, var, var) const { return ybar; }
  bool operator==(const full_rank_op&) const = default;
};

}  // namespace

var linalg::with_full_rank(const var& r) { return apply(full_rank_op{}, r); }
var linalg::gap_quotient(const var& x, const var& values, double s, bool sums) {
  return apply(gap_quotient_op{s, sums}, x, values);
}
var linalg::column_quotient(const var& x, const var& values) {
  return apply(column_quotient_op{}, x, values);
}
var linalg::where_distinct(const var& x, const var& values) { return apply(where_distinct_op{}, x, values); }

}  // namespace reel
