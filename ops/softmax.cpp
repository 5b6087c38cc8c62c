// SPDX-License-Identifier: MIT
#include <reel/autodiff/kernels.hpp>
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/functions.hpp>
#include <reel/ops/reduce.hpp>
#include <reel/ops/select.hpp>
#include <reel/ops/softmax.hpp>

#include "rows.hpp"

#include <fmt/format.h>

namespace reel {

namespace {

shape classes_along(const shape& x, int axis) {
  const std::size_t a = x.axis(axis);
  if (x[a] == 0)
    throw error(errc::invalid_argument, fmt::format("0 classes: axis {} of {} is empty.", a, to_string(x)));
  return x;
}

}  // namespace

// softmax(x)_i = e^{x_i} / Σ_j e^{x_j}, shifted by max x so that e^x cannot overflow.
//   dp = (D − p pᵀ) dx  with D = diag(p), symmetric, hence   x̄ = p ⊙ (p̄ − ⟨p, p̄⟩),
// and as Σ p = 1, p̄_i − ⟨p, p̄⟩ = Σ_{j≠i} p_j (p̄_i − p̄_j): no p_i is subtracted from 1, so that digits are
// kept however close p_i is to 1. (the products through scale_cotangent: a row of NaN that nothing asks for
// stays silent)
shape softmax_op::infer(const shape& x) const { return classes_along(x, axis); }

namespace {

// Rows whose maximum is infinite as `edge` says, from a p that is NaN there; other number types throughout.
template <class T> void softmax_beyond_kernel(const softmax_op& op, out<T> p, in<T> x) {
  if (std::floating_point<T> && op.edge == at_infinity::nan) return;
  each_row(x.shape(), op.axis, [&](const row& r, index_t) {
    if constexpr (std::floating_point<T>)
      if (!num::isnan(p[r.first])) return;  // the maximum is finite
    const T top = num::real_part(x[r.at(first_max(x.data, r))]);
    const bool below = num::real_part(top) < num::real_part(T(0));
    if (op.edge != at_infinity::nan && is_infinite(top) && (below || op.edge == at_infinity::limit)) {
      for (index_t i = 0; i < r.n; ++i) p[r.at(i)] = below || x[r.at(i)] != top ? T(0) : top - top;
      return;
    }
    for (index_t i = 0; i < r.n; ++i) p[r.at(i)] = num::exp(x[r.at(i)] - top);
    const T s = sum_of<T>(r.n, [&](index_t i) { return p[r.at(i)]; });
    for (index_t i = 0; i < r.n; ++i) p[r.at(i)] = p[r.at(i)] / s;
  });
}

}  // namespace

template <class T> void softmax_op::eval(out<T> p, in<T> x) const {
  if constexpr (std::floating_point<T>) along(x.shape(), axis, p.data, x.data, kernels::active<T>().softmax);
  softmax_beyond_kernel(*this, p, x);
}
template <class T> void softmax_op::eval_with_sibling(out<T> p, out<T> y, in<T> x) const {
  if constexpr (std::floating_point<T>) {
    const stretches s(x.shape(), axis);
    if (x.size() > 0)
      kernels::active<T>().softmax_and_logsumexp(p.data, y.data, x.data, s.outer, s.n, s.inner);
    softmax_beyond_kernel(*this, p, x);
  } else {
    eval(p, x);
    logsumexp_op{axis}.eval(y, x);
  }
}

var softmax_op::vjp(var pbar, var p, var) const {
  return scale_cotangent(
      scale_cotangent(pbar, sum_others(p, axis)) - sum_others(scale_cotangent(pbar, p), axis), p);
}

std::vector<identity> softmax_op::identities(const applied_vjp& r) const {  // a shift of x changes nothing
  return {{"1^T xbar = 0", sum(r.xbar[0], axis)}};
}

var softmax(operand x, int axis) { return apply(softmax_op{axis}, x); }

// log_softmax(x)_i = (x_i − max x) − ln Σ_j e^{x_j − max x}.
//   dy = dx − 1 ⟨p, dx⟩  with p = e^y, hence   x̄ = ȳ − p Σ_j ȳ_j = ȳ_i Σ_{j≠i} p_j − p_i Σ_{j≠i} ȳ_j
shape log_softmax_op::infer(const shape& x) const { return classes_along(x, axis); }

template <class T> void log_softmax_op::eval(out<T> y, in<T> x) const {
  if constexpr (std::floating_point<T>) {
    along(x.shape(), axis, y.data, x.data, kernels::active<T>().log_softmax);
    if (edge == at_infinity::nan) return;
  }
  each_row(x.shape(), axis, [&](const row& r, index_t) {
    if constexpr (std::floating_point<T>)
      if (!num::isnan(y[r.first])) return;
    const shifted_row<T> s(x.data, r);
    const bool empty =
        edge != at_infinity::nan && is_infinite(s.top) && num::real_part(s.top) < num::real_part(T(0));
    for (index_t i = 0; i < r.n; ++i) y[r.at(i)] = empty ? s.top : (x[r.at(i)] - s.top) - s.log_sum;
  });
}

var log_softmax_op::vjp(var ybar, var y, var) const {
  const var p = exp(y);
  return scale_cotangent(ybar, sum_others(p, axis)) - scale_cotangent(sum_others(ybar, axis), p);
}

std::vector<identity> log_softmax_op::identities(const applied_vjp& r) const {
  return {{"1^T xbar = 0", sum(r.xbar[0], axis)}};
}

var log_softmax(operand x, int axis) { return apply(log_softmax_op{axis}, x); }

// logsumexp(x) = max x + ln Σ_j e^{x_j − max x}.
//   dy = ⟨p, dx⟩  with p = softmax(x), hence   x̄ = p ȳ
// p is formed as e_i/Σe, which stays [½, ½] at [1e308, 1e308] where exp(x − y) would give [1, 1].
shape logsumexp_op::infer(const shape& x) const {
  const std::size_t a = x.axis(axis);
  return x.with(a, 1);
}

template <class T> void logsumexp_op::eval(out<T> y, in<T> x) const {
  if (x.size() == 0) return void(std::fill_n(y.data, y.size(), -num::infinity<T>()));
  if constexpr (std::floating_point<T>)
    return along(x.shape(), axis, y.data, x.data, kernels::active<T>().logsumexp);
  each_row(x.shape(), axis, [&](const row& r, index_t k) {
    const shifted_row<T> s(x.data, r);
    y[k] = is_infinite(s.top) ? s.top : s.top + s.log_sum;
  });
}

var logsumexp_op::vjp(var ybar, var, var x) const {
  if (x.size() == 0) return zeros_like(x);
  return scale_cotangent(broadcast_to(ybar, x.shape()),
                         apply(softmax_op{axis, at_infinity::limit}, operand(x)));
}

std::vector<identity> logsumexp_op::identities(
    const applied_vjp& r) const {  // y goes along with a shift of x
  if (r.x[0].size() == 0) return {};
  return {{"1^T xbar = ybar", sum(r.xbar[0], axis, keep) - r.ybar}};
}

var logsumexp(operand x, int axis) {
  return composed("logsumexp", {x}, [&] {
    const var y = apply(logsumexp_op{axis}, x);
    const shape& s = x.variable().shape();
    return reshape(operand(y, x.where().file, x.where().line), s.without(s.axis(axis)));
  });
}

namespace {
constexpr double minus_infinity = -std::numeric_limits<double>::infinity();
}

// A masked element is −inf: e^−inf weighs nothing, and where() hands it a cotangent of 0.
var masked_softmax(operand x, operand mask, int axis) {
  return composed("masked_softmax", {x, mask}, [&] {
    return apply(softmax_op{axis, at_infinity::zero},
                 operand(where(mask, x, minus_infinity), x.where().file, x.where().line));
  });
}
var masked_log_softmax(operand x, operand mask, int axis) {
  return composed("masked_log_softmax", {x, mask}, [&] {
    return apply(log_softmax_op{axis, at_infinity::zero},
                 operand(where(mask, x, minus_infinity), x.where().file, x.where().line));
  });
}

// Headers declare these bodies: whoever records the op links to them.
template void softmax_op::eval(out<float>, in<float>) const;
template void softmax_op::eval(out<double>, in<double>) const;
template void softmax_op::eval(out<real50>, in<real50>) const;
template void softmax_op::eval(out<complex>, in<complex>) const;
template void softmax_op::eval_with_sibling(out<float>, out<float>, in<float>) const;
template void softmax_op::eval_with_sibling(out<double>, out<double>, in<double>) const;
template void softmax_op::eval_with_sibling(out<real50>, out<real50>, in<real50>) const;
template void softmax_op::eval_with_sibling(out<complex>, out<complex>, in<complex>) const;
template void log_softmax_op::eval(out<float>, in<float>) const;
template void log_softmax_op::eval(out<double>, in<double>) const;
template void log_softmax_op::eval(out<real50>, in<real50>) const;
template void log_softmax_op::eval(out<complex>, in<complex>) const;
template void logsumexp_op::eval(out<float>, in<float>) const;
template void logsumexp_op::eval(out<double>, in<double>) const;
template void logsumexp_op::eval(out<real50>, in<real50>) const;
template void logsumexp_op::eval(out<complex>, in<complex>) const;

}  // namespace reel
