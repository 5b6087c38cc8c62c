// SPDX-License-Identifier: MIT
#include <reel/ops/activations.hpp>
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/elementary.hpp>
#include <reel/ops/functions.hpp>
#include <reel/ops/rounding.hpp>
#include <reel/ops/select.hpp>
#include <reel/ops/special.hpp>

namespace reel {
namespace {

// y = ln(1 + e^x) = max(x, 0) + ln(1 + e^−|x|):  dy = σ(x) dx
struct softplus_rule {
  static constexpr auto name = "softplus";
  static constexpr bool analytic = true;
  template <class T> static T f(T x) {
    const bool above = num::real_part(x) > num::real_part(T(0));
    const T rest = num::log1p(num::exp(above ? -x : x));
    return above ? x + rest : rest;
  }
  template <class T> static constexpr auto kernel = &kernels::dispatch_table<T>::softplus;
  static var df(var x, var) { return sigmoid(x); }
};

}  // namespace

var softplus(operand x) { return map<softplus_rule>(x); }
var log_sigmoid(operand x) {
  return composed("log_sigmoid", {x}, [&] { return -softplus(-x); });
}
var silu(operand x) {
  return composed("silu", {x}, [&] { return x * sigmoid(x); });
}
var mish(operand x) {
  return composed("mish", {x}, [&] { return x * tanh(softplus(x)); });
}
var gelu(operand x) {
  return composed("gelu", {x}, [&] { return x * ndtr(x); });
}
var gelu_tanh(operand x) {
  return composed("gelu_tanh", {x}, [&] {
    const var minus_one = scalar_constant(x.variable(), -1, kind::real, x.where());
    const var scale = sqrt(2.0 / acos(minus_one));  // √(2/π), to as many digits as x has
    return 0.5 * x * (1.0 + tanh(scale * (x * (1.0 + 0.044715 * square(x)))));
  });
}

var leaky_relu(operand x, double slope) {
  return composed("leaky_relu", {x}, [&] { return where(x > 0.0, x, slope * x); });
}
var elu(operand x, double alpha) {
  return composed("elu", {x}, [&] { return where(x > 0.0, x, alpha * expm1(x)); });
}
var selu(operand x) {
  return composed("selu", {x}, [&] { return 1.0507009873554804934 * elu(x, 1.6732632423543772848); });
}
var hardtanh(operand x) {
  return composed("hardtanh", {x}, [&] { return clip(x, -1.0, 1.0); });
}

}  // namespace reel
