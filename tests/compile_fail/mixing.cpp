// SPDX-License-Identifier: MIT
// An array is not on a tape, so an operator between it and a var is refused, and says what to do.
#include <reel/ops.hpp>

using namespace reel;

var mix([[maybe_unused]] const array<double>& a, var x) {
#if CASE == 1
  // expect: reel: one operand is an array, which is on no tape; put it there with tape.constant(array)
  return x + a;
#elif CASE == 2
  // expect: reel: one operand is an array, which is on no tape; put it there with tape.constant(array)
  return x - a;
#elif CASE == 3
  // expect: reel: one operand is an array, which is on no tape; put it there with tape.constant(array)
  return x * a;
#elif CASE == 4
  // expect: reel: one operand is an array, which is on no tape; put it there with tape.constant(array)
  return x / a;
#elif CASE == 5
  // expect: reel: one operand is an array, which is on no tape; put it there with tape.constant(array)
  return a + x;
#elif CASE == 6
  // expect: reel: one operand is an array, which is on no tape; put it there with tape.constant(array)
  return a - x;
#elif CASE == 7
  // expect: reel: one operand is an array, which is on no tape; put it there with tape.constant(array)
  return a * x;
#elif CASE == 8
  // expect: reel: one operand is an array, which is on no tape; put it there with tape.constant(array)
  return a / x;
#elif CASE == 9
  // An expression of xtensor is an array too.
  // expect: reel: one operand is an array, which is on no tape; put it there with tape.constant(array)
  return x * (a + 2 * a);
#else
  return x + x * x - x / 2;
#endif
}
