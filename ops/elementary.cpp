// SPDX-License-Identifier: MIT
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/elementary.hpp>
#include <reel/ops/functions.hpp>
#include <reel/ops/select.hpp>

namespace reel {
namespace {

// The logarithm of a number, to as many digits as are computed with.
var log_of(const var& x, double number) { return log(scalar_constant(x, number, kind::real, x.where())); }

// y = sin x:  dy = cos x dx
struct sin_rule {
  static constexpr auto name = "sin";
  static constexpr bool analytic = true;
  static auto f(auto x) { return num::sin(x); }
  static var df(var x, var) { return cos(x); }
};

// y = cos x:  dy = −sin x dx
struct cos_rule {
  static constexpr auto name = "cos";
  static constexpr bool analytic = true;
  static auto f(auto x) { return num::cos(x); }
  static var df(var x, var) { return -sin(x); }
};

// y = tan x:  dy = dx/cos² x. (1 + y² is the same, and loses what rounding x to y has lost near a pole.)
struct tan_rule {
  static constexpr auto name = "tan";
  static constexpr bool analytic = true;
  static auto f(auto x) { return num::tan(x); }
  static var df(var x, var) { return reciprocal(square(cos(x))); }
};

// y = arcsin x:  dy = dx/√(1 − x²)
struct asin_rule {
  static constexpr auto name = "asin";
  static constexpr bool analytic = true;
  static auto f(auto x) { return num::asin(x); }
  static var df(var x, var) { return rsqrt(one_minus_square(x)); }
};

// y = arccos x:  dy = −dx/√(1 − x²)
struct acos_rule {
  static constexpr auto name = "acos";
  static constexpr bool analytic = true;
  static auto f(auto x) { return num::acos(x); }
  static var df(var x, var) { return -rsqrt(one_minus_square(x)); }
};

// y = 1/(1 + x²), by r = 1/x where x² could overflow:  dy = −2x y² dx
struct atan_slope_rule {
  static constexpr auto name = "atan_slope";
  static constexpr bool analytic = true;
  template <class T> static T f(T x) {
    const T one(1);
    const auto size = num::real_part(x);
    if (size >= num::real_part(-one) && size <= num::real_part(one)) return one / (one + x * x);
    const T r = one / x;
    return r * (r / (one + r * r));
  }
  static var df(var x, var y) { return -2.0 * (x * y * y); }
};

// y = arctan x:  dy = dx/(1 + x²)
struct atan_rule {
  static constexpr auto name = "atan";
  static constexpr bool analytic = true;
  static auto f(auto x) { return num::atan(x); }
  static var df(var x, var) { return map<atan_slope_rule>(x); }
};

// y = sinh x:  dy = cosh x dx
struct sinh_rule {
  static constexpr auto name = "sinh";
  static constexpr bool analytic = true;
  static auto f(auto x) { return num::sinh(x); }
  static var df(var x, var) { return cosh(x); }
};

// y = cosh x:  dy = sinh x dx
struct cosh_rule {
  static constexpr auto name = "cosh";
  static constexpr bool analytic = true;
  static auto f(auto x) { return num::cosh(x); }
  static var df(var x, var) { return sinh(x); }
};

// y = arsinh x:  dy = dx/√(1 + x²)
struct asinh_rule {
  static constexpr auto name = "asinh";
  static constexpr bool analytic = true;
  static auto f(auto x) { return num::asinh(x); }
  static var df(var x, var) { return reciprocal(hypot(x, 1.0)); }
};

// y = arcosh x:  dy = dx/√(x² − 1) = dx/(√(x − 1) √(x + 1))
struct acosh_rule {
  static constexpr auto name = "acosh";
  static constexpr bool analytic = true;
  static auto f(auto x) { return num::acosh(x); }
  static var df(var x, var) { return rsqrt(x - 1.0) * rsqrt(x + 1.0); }
};

// y = artanh x:  dy = dx/(1 − x²)
struct atanh_rule {
  static constexpr auto name = "atanh";
  static constexpr bool analytic = true;
  static auto f(auto x) { return num::atanh(x); }
  static var df(var x, var) { return reciprocal(one_minus_square(x)); }
};

// y = 2^x:  dy = y ln 2 dx
struct exp2_rule {
  static constexpr auto name = "exp2";
  static constexpr bool analytic = true;
  static auto f(auto x) { return num::exp2(x); }
  static var df(var x, var y) { return y * log_of(x, 2); }
};

// y = e^x − 1:  dy = e^x dx, which y + 1 is not to the last digit
struct expm1_rule {
  static constexpr auto name = "expm1";
  static constexpr bool analytic = true;
  static auto f(auto x) { return num::expm1(x); }
  static var df(var x, var) { return exp(x); }
};

// y = log₂ x:  dy = dx/(x ln 2)
struct log2_rule {
  static constexpr auto name = "log2";
  static constexpr bool analytic = true;
  static auto f(auto x) { return num::log2(x); }
  static var df(var x, var) { return reciprocal(log_of(x, 2)) / x; }
};

// y = log₁₀ x:  dy = dx/(x ln 10)
struct log10_rule {
  static constexpr auto name = "log10";
  static constexpr bool analytic = true;
  static auto f(auto x) { return num::log10(x); }
  static var df(var x, var) { return reciprocal(log_of(x, 10)) / x; }
};

// y = ln(1 + x):  dy = dx/(1 + x)
struct log1p_rule {
  static constexpr auto name = "log1p";
  static constexpr bool analytic = true;
  static auto f(auto x) { return num::log1p(x); }
  static var df(var x, var) { return reciprocal(1.0 + x); }
};

// y = ln(e^a + e^b) = a + ln(1 + e^(b−a)):  dy = σ(a − b) da + σ(b − a) db with σ(x) = 1/(1 + e^−x); both
// slopes are taken as 0 where y = −∞.
struct logaddexp_rule {
  static constexpr auto name = "logaddexp";
  static constexpr bool analytic = true;
  template <class T> static T f(T a, T b) {
    const bool first = num::real_part(a) >= num::real_part(b) || num::isnan(num::real_part(a));
    const T &large = first ? a : b, &small = first ? b : a;
    if (large == small) return large + num::log(T(2));
    return large + num::log1p(num::exp(small - large));
  }
  static var slope(const var& difference, const var& y) {
    return where(y == -std::numeric_limits<double>::infinity(), 0.0, sigmoid(difference));
  }
  static var da(var a, var b, var y) { return slope(a - b, y); }
  static var db(var a, var b, var y) { return slope(b - a, y); }
  static std::vector<identity> identities(const applied_vjp& r) {
    return {{"abar + bbar = ybar",
             where(r.y == -std::numeric_limits<double>::infinity(), 0.0, r.xbar[0] + r.xbar[1] - r.ybar)}};
  }
};

// y³ = x:  3y² dy = dx
struct cbrt_rule {
  static constexpr auto name = "cbrt";
  static constexpr bool analytic = true;
  static auto f(auto x) { return num::cbrt(x); }
  static var df(var, var y) { return reciprocal(3.0 * square(y)); }
  static std::vector<identity> identities(const applied_vjp& r) {
    return {{"3 x xbar = y ybar", 3.0 * (r.x[0] * r.xbar[0]) - r.y * r.ybar}};
  }
};

// y² = 1/x:  2y dy = −dx/x², hence dy = −(y/2x) dx
struct rsqrt_rule {
  static constexpr auto name = "rsqrt";
  static constexpr bool analytic = true;
  template <class T> static T f(T x) { return T(1) / num::sqrt(x); }
  static var df(var x, var y) { return -0.5 * y / x; }
  static std::vector<identity> identities(const applied_vjp& r) {
    return {{"2 x xbar = -y ybar", 2.0 * (r.x[0] * r.xbar[0]) + r.y * r.ybar}};
  }
};

// y = 1/x:  dy = −y² dx
struct reciprocal_rule {
  static constexpr auto name = "reciprocal";
  static constexpr bool analytic = true;
  template <class T> static T f(T x) { return T(1) / x; }
  static var df(var, var y) { return -square(y); }
  static std::vector<identity> identities(const applied_vjp& r) {
    return {{"x xbar = -y ybar", r.x[0] * r.xbar[0] + r.y * r.ybar}};
  }
};

// c = a/h with h = √(a² + b²), the cosine of the angle at a, and s = b/h its sine; 0 at (0, 0).
//   dc = (s²/h) da − (c s/h) db, in which 1 − c² does not occur
struct cosine_of_rule {
  static constexpr auto name = "cosine_of";
  static constexpr bool analytic = true;
  template <class T> static T f(T a, T b) {
    const T h = num::hypot(a, b);
    return h == T(0) ? T(0) : a / h;
  }
  static var da(var a, var b, var) {
    const var s = map<cosine_of_rule>(b, a);
    return s / hypot(a, b) * s;
  }
  static var db(var a, var b, var c) { return -(c * map<cosine_of_rule>(b, a) / hypot(a, b)); }
  static std::vector<identity> identities(const applied_vjp& r) {
    return {{"a abar + b bbar = 0", r.x[0] * r.xbar[0] + r.x[1] * r.xbar[1]}};
  }
};

// y = √(a² + b²):  dy = (a/y) da + (b/y) db, both taken as 0 at (0, 0)
struct hypot_rule {
  static constexpr auto name = "hypot";
  static constexpr bool analytic = true;
  static auto f(auto a, auto b) { return num::hypot(a, b); }
  static var da(var a, var b, var) { return map<cosine_of_rule>(a, b); }
  static var db(var a, var b, var) { return map<cosine_of_rule>(b, a); }
  static std::vector<identity> identities(const applied_vjp& r) {
    return {{"a abar + b bbar = y ybar", r.x[0] * r.xbar[0] + r.x[1] * r.xbar[1] - r.y * r.ybar}};
  }
};

// θ = the angle of (x, y):  dθ = (x dy − y dx)/(x² + y²)
struct atan2_rule {
  static constexpr auto name = "atan2";
  static constexpr bool analytic = true;
  static auto f(auto y, auto x) { return num::atan2(y, x); }
  static var da(var y, var x, var) { return map<cosine_of_rule>(x, y) / hypot(x, y); }
  static var db(var y, var x, var) { return -map<cosine_of_rule>(y, x) / hypot(x, y); }
  static std::vector<identity> identities(const applied_vjp& r) {
    return {{"y ybar + x xbar = 0", r.x[0] * r.xbar[0] + r.x[1] * r.xbar[1]}};
  }
};

}  // namespace

var sin(operand x) { return map<sin_rule>(x); }
var cos(operand x) { return map<cos_rule>(x); }
var tan(operand x) { return map<tan_rule>(x); }
var asin(operand x) { return map<asin_rule>(x); }
var acos(operand x) { return map<acos_rule>(x); }
var atan(operand x) { return map<atan_rule>(x); }
var atan2(operand y, operand x) { return map<atan2_rule>(y, x); }
var sinh(operand x) { return map<sinh_rule>(x); }
var cosh(operand x) { return map<cosh_rule>(x); }
var asinh(operand x) { return map<asinh_rule>(x); }
var acosh(operand x) { return map<acosh_rule>(x); }
var atanh(operand x) { return map<atanh_rule>(x); }
var exp2(operand x) { return map<exp2_rule>(x); }
var expm1(operand x) { return map<expm1_rule>(x); }
var log2(operand x) { return map<log2_rule>(x); }
var log10(operand x) { return map<log10_rule>(x); }
var log1p(operand x) { return map<log1p_rule>(x); }
var logaddexp(operand a, operand b) { return map<logaddexp_rule>(a, b); }
var cbrt(operand x) { return map<cbrt_rule>(x); }
var rsqrt(operand x) { return map<rsqrt_rule>(x); }
var reciprocal(operand x) { return map<reciprocal_rule>(x); }
var hypot(operand a, operand b) { return map<hypot_rule>(a, b); }

}  // namespace reel
