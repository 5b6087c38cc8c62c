// SPDX-License-Identifier: MIT
#include <reel/ops/activations.hpp>
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/elementary.hpp>
#include <reel/ops/functions.hpp>
#include <reel/ops/rounding.hpp>
#include <reel/ops/select.hpp>

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
  template <class T> static constexpr auto kernel = &kernels::set<T>::softplus;
  static var df(var x, var) { return sigmoid(x); }
};

// Numbers and vars as operands written where x was.
auto where_it_was(const operand& x) {
  return [file = x.where().file, line = x.where().line](const auto& v) { return operand(v, file, line); };
}

}  // namespace

var softplus(operand x) { return map<softplus_rule>(x); }
var log_sigmoid(operand x) {
  const detail::undo_on_error whole(x);
  const auto at = where_it_was(x);
  return -at(softplus(at(-x)));
}
var silu(operand x) {
  const detail::undo_on_error whole(x);
  return x * where_it_was(x)(sigmoid(x));
}
var mish(operand x) {
  const detail::undo_on_error whole(x);
  const auto at = where_it_was(x);
  return x * at(tanh(at(softplus(x))));
}
var gelu_tanh(operand x) {
  const detail::undo_on_error whole(x);
  const auto at = where_it_was(x);
  const var pi =
      acos(at(scalar_constant(x.variable(), -1, kind::real, x.where())));  // to as many digits as x has
  const var scale = sqrt(at(at(2.0) / at(pi)));
  const var cubic = at(1.0) + at(at(0.044715) * at(square(x)));
  const var inner = tanh(at(at(scale) * at(x * at(cubic))));
  return at(at(0.5) * x) * at(at(1.0) + at(inner));
}

var leaky_relu(operand x, double slope) {
  const detail::undo_on_error whole(x);
  const auto at = where_it_was(x);
  return where(at(x > at(0.0)), x, at(at(slope) * x));
}
var elu(operand x, double alpha) {
  const detail::undo_on_error whole(x);
  const auto at = where_it_was(x);
  return where(at(x > at(0.0)), x, at(at(alpha) * at(expm1(x))));
}
var selu(operand x) {
  const detail::undo_on_error whole(x);
  const auto at = where_it_was(x);
  return at(1.0507009873554804934) * at(elu(x, 1.6732632423543772848));
}
var hardtanh(operand x) {
  const auto at = where_it_was(x);
  return clip(x, at(-1.0), at(1.0));
}

}  // namespace reel
