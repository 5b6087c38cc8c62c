// SPDX-License-Identifier: MIT
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

template <class T> bool is_infinite(const T& x) {
  const auto& r = num::real_part(x);
  return !num::isfinite(r) && !num::isnan(r);
}

}  // namespace

// softmax(x)_i = e^{x_i} / Σ_j e^{x_j}, shifted by max x so that e^x cannot overflow.
//   dp = (D − p pᵀ) dx  with D = diag(p), symmetric, hence   x̄ = p ⊙ (p̄ − ⟨p, p̄⟩)
shape softmax_op::infer(const shape& x) const { return classes_along(x, axis); }

template <class T> void softmax_op::eval(out<T> p, in<T> x) const {
  each_row(x.shape(), axis, [&](const row& r, index_t) {
    const T top = num::real_part(x[r.at(first_max(x.data, r))]);
    if (edge == at_infinity::limit && is_infinite(top)) {  // e^(x − max) where that has a limit
      const bool above = num::real_part(top) > num::real_part(T(0));
      for (index_t i = 0; i < r.n; ++i) p[r.at(i)] = above && x[r.at(i)] == top ? top - top : T(0);
      return;
    }
    for (index_t i = 0; i < r.n; ++i) p[r.at(i)] = num::exp(x[r.at(i)] - top);
    const T s = sum_of<T>(r.n, [&](index_t i) { return p[r.at(i)]; });
    for (index_t i = 0; i < r.n; ++i) p[r.at(i)] = p[r.at(i)] / s;
  });
}

var softmax_op::pull(var pbar, var p, var) const { return p * (pbar - sum(p * pbar, axis, keep)); }

var softmax(operand x, int axis) { return apply(softmax_op{axis}, x); }

// log_softmax(x)_i = (x_i − max x) − ln Σ_j e^{x_j − max x}.
//   dy = dx − 1 ⟨p, dx⟩  with p = e^y, hence   x̄ = ȳ − p Σ_j ȳ_j
shape log_softmax_op::infer(const shape& x) const { return classes_along(x, axis); }

template <class T> void log_softmax_op::eval(out<T> y, in<T> x) const {
  each_row(x.shape(), axis, [&](const row& r, index_t) {
    const T top = num::real_part(x[r.at(first_max(x.data, r))]);
    if (edge == at_infinity::limit && is_infinite(top) && !(num::real_part(top) > num::real_part(T(0)))) {
      for (index_t i = 0; i < r.n; ++i) y[r.at(i)] = top;  // −inf throughout
      return;
    }
    const T s = num::log(sum_of<T>(r.n, [&](index_t i) { return num::exp(x[r.at(i)] - top); }));
    for (index_t i = 0; i < r.n; ++i) y[r.at(i)] = (x[r.at(i)] - top) - s;
  });
}

var log_softmax_op::pull(var ybar, var y, var) const { return ybar - exp(y) * sum(ybar, axis, keep); }

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
  each_row(x.shape(), axis, [&](const row& r, index_t k) {
    const T top = num::real_part(x[r.at(first_max(x.data, r))]);
    if (is_infinite(top)) return void(y[k] = top);
    y[k] = top + num::log(sum_of<T>(r.n, [&](index_t i) { return num::exp(x[r.at(i)] - top); }));
  });
}

var logsumexp_op::pull(var ybar, var, var x) const {
  return apply(softmax_op{axis, at_infinity::limit}, operand(x)) * ybar;
}

var logsumexp(operand x, int axis) {
  const var y = apply(logsumexp_op{axis}, x);
  const shape& s = x.variable().shape();
  return reshape(operand(y, x.where().file, x.where().line), s.without(s.axis(axis)));
}

namespace {
constexpr double minus_infinity = -std::numeric_limits<double>::infinity();
}

// A masked element is −inf: e^−inf weighs nothing, and where() hands it a cotangent of 0.
var masked_softmax(operand x, operand mask, int axis) {
  return apply(softmax_op{axis, at_infinity::limit},
               operand(where(mask, x, minus_infinity), x.where().file, x.where().line));
}
var masked_log_softmax(operand x, operand mask, int axis) {
  return apply(log_softmax_op{axis, at_infinity::limit},
               operand(where(mask, x, minus_infinity), x.where().file, x.where().line));
}

}  // namespace reel
