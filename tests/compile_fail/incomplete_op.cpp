// SPDX-License-Identifier: MIT
// An op that lacks a part is refused by the concept `operation`, and the part is named.
#include <reel/ops.hpp>

using namespace reel;

struct twice_op {
#if CASE == 1
  // expect: operation
  // expect: named_op
  // expect: Op::name
#else
  static constexpr auto name = "twice";
#endif

#if CASE == 2
  // expect: operation
  // expect: infers
#else
  shape infer(const shape& x) const { return x; }
#endif

#if CASE == 3
  // expect: operation
  // expect: evaluated_op
#else
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = x[i] + x[i];
  }
#endif

#if CASE == 4
  // expect: operation
  // expect: has_vjp
#elif CASE == 5
  // One cotangent, and no result: vjp's signature counts, too.
  // expect: operation
  // expect: has_vjp
  var vjp(var ybar) const { return ybar + ybar; }
#else
  var vjp(var ybar, var, var) const { return ybar + ybar; }
#endif

#if CASE == 6
  // expect: operation
  // expect: equality_comparable
#else
  bool operator==(const twice_op&) const = default;
#endif
};

#if CASE == 7
// expect: reel: apply() needs one operand per input of eval
var twice(var x) { return apply(twice_op{}, x, x); }
#else
var twice(var x) { return apply(twice_op{}, x); }
#endif
