// SPDX-License-Identifier: MIT
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/functions.hpp>
#include <reel/ops/select.hpp>

namespace reel {
namespace {

// y = e^x:  dy = y dx
struct exp_rule {
  static constexpr auto name = "exp";
  static constexpr bool analytic = true;
  static auto f(auto x) { return num::exp(x); }
  template <class T> static constexpr auto kernel = &kernels::dispatch_table<T>::exp;
  static auto df(auto, auto y) { return y; }
};

// y = ln x:  dy = dx/x
struct log_rule {
  static constexpr auto name = "log";
  static constexpr bool analytic = true;
  static auto f(auto x) { return num::log(x); }
  template <class T> static constexpr auto kernel = &kernels::dispatch_table<T>::log;
  static auto df(auto x, auto) { return 1.0 / x; }
};

// y² = x:  2y dy = dx
struct sqrt_rule {
  static constexpr auto name = "sqrt";
  static constexpr bool analytic = true;
  static auto f(auto x) { return num::sqrt(x); }
  template <class T> static constexpr auto kernel = &kernels::dispatch_table<T>::sqrt;
  static auto df(auto, auto y) { return 0.5 / y; }
  static std::vector<identity> identities(const applied_vjp& r) {
    return {{"2 x xbar = y ybar", 2.0 * (r.x[0] * r.xbar[0]) - r.y * r.ybar}};
  }
};

// y = tanh x:  dy = (1 − y²) dx = dx/cosh² x. From x and not from y, which rounding brings to 1 where the
// slope still has digits.
struct tanh_rule {
  static constexpr auto name = "tanh";
  static constexpr bool analytic = true;
  static auto f(auto x) { return num::tanh(x); }
  template <class T> static constexpr auto kernel = &kernels::dispatch_table<T>::tanh;
  static var df(var x, auto) { return sech_square(x); }
};

// y = 1/cosh² x = 4e/(1 + e)² for e = e^−2|x|:  dy = −2 y tanh x dx
struct sech_square_rule {
  static constexpr auto name = "sech_square";
  static constexpr bool analytic = true;
  template <class T> static T f(T x) {
    const bool below = num::real_part(x) < num::real_part(T(0));
    const T e = num::exp(below ? x + x : -(x + x));
    return T(4) * e / (T(1) + e * (T(2) + e));
  }
  template <class T> static constexpr auto kernel = &kernels::dispatch_table<T>::sech_square;
  static var df(var x, var y) { return -2.0 * y * tanh(x); }
};

// y = 1 − x², factored because 1 − x is exact where ½ ≤ x ≤ 2:  dy = −2x dx
struct one_minus_square_rule {
  static constexpr auto name = "one_minus_square";
  static constexpr bool analytic = true;
  template <class T> static T f(T x) { return (T(1) - x) * (T(1) + x); }
  static auto df(auto x, auto) { return -2.0 * x; }
};

// y = 1/(1 + e^−x):  dy = e^−x/(1 + e^−x)² dx = ¼ dx/cosh²(x/2)
struct sigmoid_rule {
  static constexpr auto name = "sigmoid";
  static constexpr bool analytic = true;
  template <class T> static T f(T x) {
    const T one(1);
    if (num::real_part(x) >= num::real_part(T(0))) return one / (one + num::exp(-x));
    const T e = num::exp(x);
    return e / (one + e);
  }
  template <class T> static constexpr auto kernel = &kernels::dispatch_table<T>::sigmoid;
  static var df(var x, var) { return 0.25 * sech_square(0.5 * x); }
};

// y = max(x, 0):  dy = 0 where x ≤ 0, else dx (a NaN passes both ways). That is where y ≤ 0, so that the way
// back needs y alone, which what follows needs as well.
struct relu_rule {
  static constexpr auto name = "relu";
  static constexpr bool analytic = false;
  template <class T> static T f(T x) { return x <= T(0) ? T(0) : x; }
  template <class T> static constexpr auto kernel = &kernels::dispatch_table<T>::relu;
  static var df(auto, var y) { return where(y <= 0.0, 0.0, 1.0); }
  static std::vector<identity> identities(const applied_vjp& r) {
    return {{"x xbar = y ybar", r.x[0] * r.xbar[0] - r.y * r.ybar}};
  }
};

// y = |x|:  dy = sign(x) dx
struct abs_rule {
  static constexpr auto name = "abs";
  static constexpr bool analytic = false;
  static auto f(auto x) { return num::abs(x); }
  template <class T> static constexpr auto kernel = &kernels::dispatch_table<T>::abs;
  static var df(var x, var) { return sign(x); }
  static std::vector<identity> identities(const applied_vjp& r) {
    return {{"x xbar = y ybar", r.x[0] * r.xbar[0] - r.y * r.ybar}};
  }
};

// y = sign x, constant between its jumps:  dy = 0
struct sign_rule {
  static constexpr auto name = "sign";
  static constexpr bool analytic = false;
  template <class T> static T f(T x) { return x > T(0) ? T(1) : x < T(0) ? T(-1) : x == T(0) ? T(0) : x; }
  static var df(var x, var) { return zeros_like(x); }
};

// z = x ln y:  dz = ln y dx + (x/y) dy, both slopes taken as 0 at x = y = 0
struct xlogy_rule {
  static constexpr auto name = "xlogy";
  static constexpr bool analytic = true;
  template <class T> static T f(T x, T y) { return x == T(0) && !num::isnan(y) ? T(0) : x * num::log(y); }
  static var da(var x, var y, var) { return where(x == 0.0 && y == 0.0, 0.0, log(y)); }
  static var db(var x, var y, var) { return where(x == 0.0 && y == 0.0, 0.0, x / y); }
  static std::vector<identity> identities(const applied_vjp& r) {
    return {{"x xbar = z zbar", r.x[0] * r.xbar[0] - r.y * r.ybar}};
  }
};

// y = −x ln x with y(0) = 0, and −∞ where x < 0:  dy = −(ln x + 1) dx
struct entr_rule {
  static constexpr auto name = "entr";
  static constexpr bool analytic = true;
  template <class T> static T f(T x) {
    const auto zero = num::real_part(T(0));
    if (num::real_part(x) < zero) return -num::infinity<T>();
    return x == T(0) ? T(0) : -x * num::log(x);
  }
  static var df(var x, var) { return -(log(x) + 1.0); }
};

}  // namespace

var exp(operand x) { return map<exp_rule>(x); }
var log(operand x) { return map<log_rule>(x); }
var sqrt(operand x) { return map<sqrt_rule>(x); }
var tanh(operand x) { return map<tanh_rule>(x); }
var sech_square(operand x) { return map<sech_square_rule>(x); }
var one_minus_square(operand x) { return map<one_minus_square_rule>(x); }
var sigmoid(operand x) { return map<sigmoid_rule>(x); }
var relu(operand x) { return map<relu_rule>(x); }
var abs(operand x) { return map<abs_rule>(x); }
var sign(operand x) { return map<sign_rule>(x); }
var xlogy(operand x, operand y) { return map<xlogy_rule>(x, y); }
var entr(operand x) { return map<entr_rule>(x); }

}  // namespace reel
