// SPDX-License-Identifier: MIT
// Running sums, products and recurrences. Each is linear in a cotangent that is itself a running sum or a
// linear recurrence from the other end, so the family is closed under differentiation.
#include <reel/ops/cumulative.hpp>

#include <reel/ops/arithmetic.hpp>
#include <reel/ops/rearrange.hpp>
#include <reel/ops/reduce.hpp>
#include <reel/ops/softmax.hpp>

#include "axes.hpp"
#include "multiply_or_zero.hpp"
#include "rows.hpp"

namespace reel {

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

// y along an axis, from its front or its end: first(i) for the elements it begins with, then next(state, i,
// before) from the y and the position before each. Rows side by side advance together.
template <class T, class First, class Next>
void run_along(out<T> y, int axis, bool reversed, First first, Next next) {
  const stretches l(y.shape(), axis);
  const index_t step = reversed ? -l.inner : l.inner;
  for (index_t o = 0; o < l.outer; ++o) {
    const index_t begin = (o * l.n + (reversed ? l.n - 1 : 0)) * l.inner;
    for (index_t i = begin; i < begin + l.inner; ++i) y[i] = first(i);
    if (l.inner == 1) {
      T state = y[begin];
      for (index_t k = 1, i = begin + step; k < l.n; ++k, i += step) y[i] = state = next(state, i, i - step);
      continue;
    }
    for (index_t k = 1, at = begin + step; k < l.n; ++k, at += step)
      for (index_t i = at; i < at + l.inner; ++i) y[i] = next(y[i - step], i, i - step);
  }
}

// x with every element where its neighbour was, and 0 where it began:  y_i = x_{i−1}, or x_{i+1} from the
// end.
var shifted(const var& x, int axis, bool reversed) {
  const index_t n = size_along(x.shape(), axis);
  if (n == 0) return x;
  return reversed ? pad(slice(x, axis, 1, n), axis, 0, 1) : pad(slice(x, axis, 0, n - 1), axis, 1, 0);
}

// y_i = Σ_{j ≤ i} x_j, or Σ_{j < i}.  x̄_j = Σ_{i ≥ j} ȳ_i, or Σ_{i > j}: the same from the other end.
struct cumsum_op {
  static constexpr auto name = "cumsum";
  static constexpr bool analytic = true;
  int axis = -1;
  bool reversed = false, exclusive = false;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    run_along(
        y, axis, reversed, [&](index_t i) { return exclusive ? T(0) : x[i]; },
        [&](const T& sum, index_t i, index_t before) { return T(sum + x[exclusive ? before : i]); });
  }
  var vjp(var ybar, var, var) const { return apply(cumsum_op{axis, !reversed, exclusive}, operand(ybar)); }
  row_slices slices(const shape& x) const { return slices_unless_first(x, axis); }
  bool operator==(const cumsum_op&) const = default;
};

// h_i = a_i h_{i−1} + b_i, or a_{i−1} h_{i−1} + b_i (`at_source`); the first h is b. With λ for b̄,
//   λ_i = h̄_i + a_{i+1} λ_{i+1},  ā_i = λ_i h_{i−1},  or (at_source)
//   λ_i = h̄_i + a_i λ_{i+1},      ā_i = λ_{i+1} h_i:
// each is the other of the two from the other end. Of cotangents (`silent`), a state of 0 stays 0 whatever a
// is, infinite or NaN.
struct linear_recurrence_op {
  static constexpr auto name = "linear_recurrence";
  static constexpr bool analytic = true;
  int axis = -1;
  bool reversed = false, at_source = false, silent = false;
  shape infer(const shape& a, const shape& b) const { return same_shape(a, b); }
  template <class T> void eval(out<T> h, in<T> a, in<T> b) const {
    run_along(
        h, axis, reversed, [&](index_t i) { return b[i]; },
        [&](const T& state, index_t i, index_t before) {
          return silent && state == T(0) ? b[i] : T(a[at_source ? before : i] * state + b[i]);
        });
  }
  std::array<var, 2> vjp(var hbar, var h, var a, var) const {
    const var lambda =
        apply(linear_recurrence_op{axis, !reversed, !at_source, true}, operand(a), operand(hbar));
    const var after = at_source ? shifted(lambda, axis, !reversed) : lambda;
    const var before = at_source ? h : shifted(h, axis, reversed);
    return {silent ? multiply_or_zero(after, before) : scale_cotangent(after, before), lambda};
  }
  row_slices slices(const shape& x) const {
    row_slices s = slices_unless_first(x, axis);
    if (s.inputs != 0) s.inputs = 0b11;
    return s;
  }
  bool operator==(const linear_recurrence_op&) const = default;
};

// y_i = Π_{j ≤ i} x_j, or E_i = Π_{j < i} x_j.  As y_i = x_i y_{i−1} and E_{i+1} = x_i E_i,
//   x̄_i = λ_i E_i      with λ_i = ȳ_i + x_{i+1} λ_{i+1},
//   x̄_i = μ_{i+1} E_i  with μ_i = Ē_i + x_i μ_{i+1}.
// Nothing is divided by x: zeros are no exception.
struct cumprod_op {
  static constexpr auto name = "cumprod";
  static constexpr bool analytic = true;
  int axis = -1;
  bool reversed = false, exclusive = false;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    run_along(
        y, axis, reversed, [&](index_t i) { return exclusive ? T(1) : x[i]; },
        [&](const T& product, index_t i, index_t before) { return T(product * x[exclusive ? before : i]); });
  }
  var vjp(var ybar, var y, var x) const {
    const var lambda =
        apply(linear_recurrence_op{axis, !reversed, !exclusive, true}, operand(x), operand(ybar));
    if (exclusive) return scale_cotangent(shifted(lambda, axis, !reversed), y);
    return scale_cotangent(lambda, apply(cumprod_op{axis, reversed, true}, operand(x)));
  }
  row_slices slices(const shape& x) const { return slices_unless_first(x, axis); }
  bool operator==(const cumprod_op&) const = default;
};

// Σ_{j ≤ i} e^{x_j}, as e^top (1 + rest) with the largest x so far: no exponential overflows.
template <class T> struct running_sum {
  T top, rest = T(0);
  explicit running_sum(const T& first) : top(first) {}
  void add(const T& x) {
    if (num::real_part(x) > num::real_part(top)) {
      rest = (rest + T(1)) * num::exp(top - x);
      top = x;
    } else if (x != top || num::isfinite(top)) {  // not −∞ − −∞
      rest = rest + num::exp(x - top);
    }
  }
  T log() const { return top + num::log1p(rest); }
  // e^x / Σ of the x just added: 0 of −∞, NaN of +∞.
  T share(const T& x) const {
    if (x == top && x == -num::infinity<T>()) return T(0);
    return num::exp(x - top) / (T(1) + rest);
  }
};

// p_i = e^{x_i} / Σ_{j ≤ i} e^{x_j}, or its complement c_i = Σ_{j < i} / Σ_{j ≤ i}. As dp_i = p_i c_i dx_i −
// p_i Σ_{j<i} w_ij dx_j with w_ij = p_j c_{j+1} … c_i,
//   x̄_j = p_j (p̄_j c_j − c_{j+1} u_{j+1})  with u_j = p̄_j p_j + c_{j+1} u_{j+1},  and c̄ = −p̄.
struct running_share_op {
  static constexpr auto name = "running_share";
  static constexpr bool analytic = true;
  int axis = -1;
  bool reversed = false, complement = false;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    each_row(x.shape(), axis, [&](const row& r, index_t) {
      const auto at = [&](index_t k) { return r.at(reversed ? r.n - 1 - k : k); };
      running_sum<T> s(x[at(0)]);
      y[at(0)] = complement ? s.rest : s.share(x[at(0)]);
      for (index_t k = 1; k < r.n; ++k) {
        const T &v = x[at(k)], before = s.top, others = s.rest + T(1);
        s.add(v);
        y[at(k)] = !complement ? s.share(v) : (before == s.top ? others : s.rest) / (T(1) + s.rest);
      }
    });
  }
  var vjp(var ybar, var, var x) const {
    const var p = of(x, false), c = of(x, true);
    const var u = apply(linear_recurrence_op{axis, !reversed, true, true}, operand(c),
                        operand(scale_cotangent(ybar, p)));
    const var tail = shifted(scale_cotangent(u, c), axis, !reversed);
    const var own = scale_cotangent(ybar, c);
    return scale_cotangent(complement ? tail - own : own - tail, p);
  }
  var of(const var& x, bool other) const {
    return apply(running_share_op{axis, reversed, other}, operand(x));
  }
  row_slices slices(const shape& x) const { return slices_unless_first(x, axis); }
  std::vector<identity> identities(const applied_vjp& r) const {  // a shift of x changes nothing
    return {{"1^T xbar = 0", sum(r.xbar[0], axis)}};
  }
  bool operator==(const running_share_op&) const = default;
};

// y_i = ln Σ_{j ≤ i} e^{x_j}, so x̄_j = Σ_{i ≥ j} ȳ_i e^{x_j − y_i} = p_j v_j  with v_j = ȳ_j + c_{j+1}
// v_{j+1}. (The shares p and c keep their digits where y is so large that e^(x − y) would not.)
struct logcumsumexp_op {
  static constexpr auto name = "logcumsumexp";
  static constexpr bool analytic = true;
  int axis = -1;
  bool reversed = false;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    each_row(x.shape(), axis, [&](const row& r, index_t) {
      const auto at = [&](index_t k) { return r.at(reversed ? r.n - 1 - k : k); };
      running_sum<T> s(x[at(0)]);
      for (index_t k = 0; k < r.n; y[at(k)] = s.log(), ++k)
        if (k > 0) s.add(x[at(k)]);
    });
  }
  var vjp(var ybar, var, var x) const {
    const running_share_op share{axis, reversed};
    const var v =
        apply(linear_recurrence_op{axis, !reversed, true, true}, operand(share.of(x, true)), operand(ybar));
    return scale_cotangent(v, share.of(x, false));
  }
  row_slices slices(const shape& x) const { return slices_unless_first(x, axis); }
  std::vector<identity> identities(const applied_vjp& r) const {  // y goes along with a shift of x
    return {{"1^T xbar = 1^T ybar", sum(r.xbar[0], axis) - sum(r.ybar, axis)}};
  }
  bool operator==(const logcumsumexp_op&) const = default;
};

// Along an axis, where the first of the largest so far stands, or of the smallest, or the first NaN.
struct cumargmax_op {
  static constexpr auto name = "cumargmax";
  static constexpr bool analytic = true;
  int axis = -1;
  bool reversed = false, smallest = false;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<index_t> y, in<T> x) const {
    each_row(x.shape(), axis, [&](const row& r, index_t) {
      index_t best = reversed ? r.n - 1 : 0;
      auto extreme = num::real_part(x[r.at(best)]);
      for (index_t k = 0; k < r.n; ++k) {
        const index_t i = reversed ? r.n - 1 - k : k;
        const auto& v = num::real_part(x[r.at(i)]);
        if (is_better(v, extreme)) best = i, extreme = v;
        y[r.at(i)] = best;
      }
    });
  }
  // A NaN is better than any number, and nothing than a NaN.
  template <class T> bool is_better(const T& a, const T& b) const {
    return !(smallest ? a >= b : a <= b) && !num::isnan(b);
  }
  row_slices slices(const shape& x) const { return slices_unless_first(x, axis); }
  bool operator==(const cumargmax_op&) const = default;
};

var record_position(const operand& x, int axis, bool reversed, bool smallest) {
  return apply(cumargmax_op{from_last(x.variable().shape(), axis), reversed, smallest}, x);
}

}  // namespace

var cumsum(operand x, int axis, cumulative how) {
  return composed(cumsum_op::name, {x}, [&] {
    return apply(cumsum_op{from_last(x.variable().shape(), axis), how.reversed, how.exclusive}, x);
  });
}

var cumprod(operand x, int axis, cumulative how) {
  return composed(cumprod_op::name, {x}, [&] {
    return apply(cumprod_op{from_last(x.variable().shape(), axis), how.reversed, how.exclusive}, x);
  });
}

var logcumsumexp(operand x, int axis, cumulative how) {
  return composed(logcumsumexp_op::name, {x}, [&] {
    const shape s = x.variable().shape();
    const int a = from_last(s, axis);
    const var y = apply(logcumsumexp_op{a, how.reversed}, x);
    const index_t n = size_along(s, a);
    if (!how.exclusive || n == 0) return y;
    const var rest = how.reversed ? slice(y, a, 1, n) : slice(y, a, 0, n - 1);
    const var none_yet = constant_like(x.variable(), full(s.with(s.axis(a), 1), -inf));
    return concat(how.reversed ? std::vector{rest, none_yet} : std::vector{none_yet, rest}, a);
  });
}

var cumargmax(operand x, int axis, bool reversed) {
  return composed("cumargmax", {x}, [&] { return record_position(x, axis, reversed, false); });
}
var cumargmin(operand x, int axis, bool reversed) {
  return composed("cumargmin", {x}, [&] { return record_position(x, axis, reversed, true); });
}
var cummax(operand x, int axis, bool reversed) {
  return composed("cummax", {x},
                  [&] { return take_along_axis(x, record_position(x, axis, reversed, false), axis); });
}
var cummin(operand x, int axis, bool reversed) {
  return composed("cummin", {x},
                  [&] { return take_along_axis(x, record_position(x, axis, reversed, true), axis); });
}

var linear_recurrence(operand a, operand b, int axis, bool reversed) {
  return composed(linear_recurrence_op::name, {a, b}, [&] {
    const auto [x, y] = broadcast_together(linear_recurrence_op::name, a, b);
    return apply(linear_recurrence_op{from_last(y.variable().shape(), axis), reversed}, x, y);
  });
}

}  // namespace reel
