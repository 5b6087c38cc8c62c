// SPDX-License-Identifier: MIT
// Several results in one tensor, above each other, and what decompositions share.
#pragma once

#include <reel/autodiff/structural.hpp>

#include "product.hpp"

#include <cmath>

namespace reel::linalg {

// Rows first ≤ i < end of the matrices of a tensor.
inline var rows(const var& x, index_t first, index_t end) { return slice(x, -2, first, end); }
// The one row that is left, without its axis.
inline var row(const var& x, index_t i) {
  const var r = rows(x, i, i + 1);
  return reshape(r, r.shape().without(r.rank() - 2));
}

// The unit roundoff.
template <real_number T> T roundoff() {
  if constexpr (std::floating_point<T>) return std::numeric_limits<T>::epsilon() / 2;
  else return T(0x1p-167);
}

template <class T> T largest_of(const T* x, index_t n) {
  T most(0);
  for (index_t i = 0; i < n; ++i)
    if (num::abs(x[i]) > most) most = num::abs(x[i]);
  return most;
}

// A power of 2 near the largest element, so that divided by it squares stay in range. 1 where all are 0, and
// for 50 digits, whose range is wide.
template <class T> T power_beside(const T* x, index_t n) {
  if constexpr (!std::floating_point<T>) return T(1);
  else {
    const T most = largest_of(x, n);
    return most == 0 ? T(1)
                     : std::ldexp(T(1), std::max(std::ilogb(most), std::numeric_limits<T>::min_exponent));
  }
}

// Whether a vector has the sign that decompositions do not give: its first element of at least 0.618 times
// the size of the largest is negative. (Where elements tie, rounding does not choose between them.)
template <class T> bool is_turned(const T* v, index_t n, index_t step) {
  T most(0);
  for (index_t i = 0; i < n; ++i)
    if (num::abs(v[i * step]) > most) most = num::abs(v[i * step]);
  for (index_t i = 0; i < n; ++i)
    if (num::abs(v[i * step]) >= T(0.618) * most) return v[i * step] < T(0);
  return false;
}

// How far apart values may be and count as equal: 8nu of the largest.
template <class T> T equal_within(const T* values, index_t n) {
  return T(8 * static_cast<double>(n)) * roundoff<T>() * largest_of(values, n);
}

// The rule of vectors (Giles 2008, 3.1; Townsend 2016) is made of quotients by gaps of values. y is 0 on the
// diagonal, and elsewhere
//   y_ij = ½(x_ij + s·x_ji)/(v_j − v_i), or with sums  ½(x_ij + s·x_ji)/(v_j + v_i),   s = ±1.
// Where the gap is 0, x must be, too: then the quotient is 0; else it is refused.
var gap_quotient(const var& x, const var& values, double s, bool sums);
// x_ij/v_j, with 0 where both are 0; x_ij/0 is refused.
var column_quotient(const var& x, const var& values);
// A triangular matrix as it is; refused where its smallest diagonal element is within 8nu of the largest of
// 0.
var with_full_rank(const var& r);
// x as it is. Its derivative is refused where two of the values are equal.
var where_distinct(const var& x, const var& values);

}  // namespace reel::linalg
