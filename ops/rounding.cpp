// SPDX-License-Identifier: MIT
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/functions.hpp>
#include <reel/ops/rounding.hpp>

namespace reel {
namespace {

// y = a whole number near x, constant between its jumps:  dy = 0
struct floor_rule {
  static constexpr auto name = "floor";
  static constexpr bool analytic = false;
  static auto f(auto x) { return num::floor(x); }
  static var df(var x, var) { return zeros_like(x); }
};
struct ceil_rule {
  static constexpr auto name = "ceil";
  static constexpr bool analytic = false;
  static auto f(auto x) { return num::ceil(x); }
  static var df(var x, var) { return zeros_like(x); }
};
struct trunc_rule {
  static constexpr auto name = "trunc";
  static constexpr bool analytic = false;
  static auto f(auto x) { return num::trunc(x); }
  static var df(var x, var) { return zeros_like(x); }
};
struct round_rule {
  static constexpr auto name = "round";
  static constexpr bool analytic = false;
  template <class T> static T f(T x) {
    const bool half = num::abs(x - num::trunc(x)) == T(0.5);
    return half ? T(2) * num::round(x / T(2)) : num::round(x);
  }
  static var df(var x, var) { return zeros_like(x); }
};

// y = a − n b, n = ⌊a/b⌋ constant between its jumps:  dy = da − n db
struct remainder_rule {
  static constexpr auto name = "remainder";
  static constexpr bool analytic = false;
  template <class T> static T f(T a, T b) {
    const T r = num::fmod(a, b);
    if (r == T(0)) return num::copysign(r, b);
    return (r < T(0)) == (b < T(0)) ? r : r + b;
  }
  static var da(var a, var, var) { return ones_like(a); }
  static var db(var a, var b, var y) { return -round((a - y) / b); }  // ⌊a/b⌋ could be one off after rounding
};

// y = a − n b, n = a/b towards 0, constant between its jumps:  dy = da − n db
struct fmod_rule {
  static constexpr auto name = "fmod";
  static constexpr bool analytic = false;
  static auto f(auto a, auto b) { return num::fmod(a, b); }
  static var da(var a, var, var) { return ones_like(a); }
  static var db(var a, var b, var y) { return -round((a - y) / b); }
};

// y = |x| or −|x|, as the sign of s says:  dy = ± dx, 0 at x = 0
struct copysign_rule {
  static constexpr auto name = "copysign";
  static constexpr bool analytic = false;
  static auto f(auto x, auto s) { return num::copysign(x, s); }
  static var da(var x, var s, var) { return detach(copysign(sign(x), x * copysign(1.0, s))); }
  static var db(var, var s, var) { return zeros_like(s); }
  static std::vector<identity> identities(const applied_vjp& r) {
    return {{"x xbar = y ybar", r.x[0] * r.xbar[0] - r.y * r.ybar}};
  }
};

// What a number is, as a mask.
template <class F> struct number_test_op {
  static constexpr auto name = F::name;
  static constexpr bool elementwise = true;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<bool> y, in<T> x) const {
    for (index_t i = 0, n = y.size(); i < n; ++i) y[i] = F::holds(x[i]);
  }
  bool operator==(const number_test_op&) const = default;
};
struct isnan_rule {
  static constexpr auto name = "isnan";
  static bool holds(const auto& x) { return num::isnan(x); }
};
struct isinf_rule {
  static constexpr auto name = "isinf";
  static bool holds(const auto& x) { return num::isinf(x); }
};
struct isfinite_rule {
  static constexpr auto name = "isfinite";
  static bool holds(const auto& x) { return num::isfinite(x); }
};

}  // namespace

var floor(operand x) { return map<floor_rule>(x); }
var ceil(operand x) { return map<ceil_rule>(x); }
var trunc(operand x) { return map<trunc_rule>(x); }
var round(operand x) { return map<round_rule>(x); }
var remainder(operand a, operand b) { return map<remainder_rule>(a, b); }
var fmod(operand a, operand b) { return map<fmod_rule>(a, b); }
var copysign(operand x, operand s) { return map<copysign_rule>(x, s); }
// minimum and maximum hand a tie's cotangent to their first operand.
var clip(operand x, operand low, operand high) {
  return composed("clip", {x, low, high}, [&] { return minimum(maximum(x, low), high); });
}
var isnan(operand x) { return apply(number_test_op<isnan_rule>{}, x); }
var isinf(operand x) { return apply(number_test_op<isinf_rule>{}, x); }
var isfinite(operand x) { return apply(number_test_op<isfinite_rule>{}, x); }

}  // namespace reel
