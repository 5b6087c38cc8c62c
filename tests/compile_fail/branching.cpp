// SPDX-License-Identifier: MIT
// A var is no number while it is recorded: it is not tested, and not assigned to one, by accident.
#include <reel/ops.hpp>

using namespace reel;

#if CASE == 1
// expect: 'bool'
var f(var x) {
  if (x > 0) return x;
  return -x;
}
#elif CASE == 2
// expect: 'bool'
var f(var x) { return x > 0 ? x : -x; }
#elif CASE == 3
// expect: 'bool'
var f(var x) {
  while (x) x = x - 1;
  return x;
}
#elif CASE == 4
// expect: 'bool'
bool f(var x, var y) { return x > 0 && y > 0; }
#elif CASE == 5
// expect: 'reel::var' to
// expect: 'double'
double f(var x) { return x; }
#else
var f(var x) { return where(x > 0, x, -x); }
double g(var x) { return x.item(); }
#endif
