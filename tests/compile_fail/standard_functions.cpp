// SPDX-License-Identifier: MIT
// An op's eval is compiled for 50 digits, too, of which the standard library's functions know nothing. The
// compiler names the op, and says what to write.
#include <reel/ops.hpp>

#include <algorithm>
#include <cmath>

using namespace reel;

template <class T> T wave(const T& x) {
#if CASE == 1
  // expect: wave_op::eval
  // expect: reel: in eval write num::sin(x), or declare `using numbers = reel::numbers<float, double>;` in
  // the op
  return std::sin(x);
#elif CASE == 2
  // expect: wave_op::eval
  // expect: reel: in eval write num::pow(a, b)
  return std::pow(x, 3.0);
#elif CASE == 3
  // expect: wave_op::eval
  // expect: reel: in eval write num::fma(a, b, c)
  return std::fma(x, x, T(1));
#elif CASE == 4
  // expect: wave_op::eval
  // expect: reel: in eval write num::lgamma(x) of special_functions.hpp, or declare
  return std::lgamma(x);
#elif CASE == 5
  // expect: wave_op::eval
  // expect: reel: in eval write a < b ? b : a
  return std::fmax(x, T(0));
#else
  return num::sin(x) + std::max(x, T(0)) + num::hypot(x, num::atan2(x, T(2)));
#endif
}

struct wave_op {
  static constexpr auto name = "wave";
  static constexpr bool elementwise = true;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = wave(x[i]);
  }
  var vjp(var ybar, var, var) const { return ybar; }
  bool operator==(const wave_op&) const = default;
};
var waves(var x) { return apply(wave_op{}, x); }

// An op of float and double alone may call what it likes.
struct bell_op {
  static constexpr auto name = "bell";
  using numbers = reel::numbers<float, double>;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = std::erf(x[i]) + std::sin(x[i]) + std::tgamma(x[i]);
  }
  var vjp(var ybar, var, var) const { return ybar; }
  bool operator==(const bell_op&) const = default;
};
var bells(var x) { return apply(bell_op{}, x); }
