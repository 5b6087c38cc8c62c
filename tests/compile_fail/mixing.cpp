// SPDX-License-Identifier: MIT
// An array beside a var becomes a constant, if its numbers are of a kind that a tape has.
#include <reel/ops.hpp>

#include <complex>

using namespace reel;

var mix([[maybe_unused]] const array<double>& a, [[maybe_unused]] const array<std::complex<double>>& z,
        var x) {
#if CASE == 1
  // expect: reel: a leaf holds floating-point numbers, integers or bools
  return x + z;
#elif CASE == 2
  // expect: reel: a leaf holds floating-point numbers, integers or bools
  return matmul(z, x);
#elif CASE == 3
  // expect: reel: a leaf holds floating-point numbers, integers or bools
  return x * constant(z);
#else
  return x * (a + 2 * a) + a / x - maximum(x, a) + matmul(a, x) + constant(a) * x;
#endif
}
