// SPDX-License-Identifier: MIT
// The ops the sweep itself needs: addition, and the movement of data between shapes. Each linear op
// is defined beside its adjoint; they are each other's backward rule.
#pragma once

#include <reel/autodiff/constant.hpp>
#include <reel/autodiff/op.hpp>
#include <reel/autodiff/tape.hpp>

#include <initializer_list>
#include <span>
#include <vector>

namespace reel {

// a + b, broadcast to a common shape: of reals, or of indices.
var operator+(operand a, operand b);

// Assignment with an op makes the handle stand for the result: x += y is x = x + y. Other handles to what x
// stood for, and what was computed from it, stay as they are.
inline var& operator+=(var& x, operand y) { return x = operand(x, y.where().file, y.where().line) + y; }

// x stretched to shape `to` (aligned at the last axis; only 1 stretches). Any kind. What has as many elements
// already is reshaped.
var broadcast_to(operand x, const shape& to);
// x summed down to shape `to`, which must broadcast to x's. Sums of one element each are that element: x is
// reshaped.
var sum_to(operand x, const shape& to);

// The same elements, row-major, under another shape; one size may be -1 and is worked out.
var reshape(operand x, const shape& to);
var reshape(operand x, std::initializer_list<index_t> sizes);

// Tensors joined along an axis; all other sizes agree.
var concat(const std::vector<var>& x, int axis = 0, source_location where = here());
// Tensors of one shape as the slices of a new first axis.
var stack(const std::vector<var>& x, source_location where = here());
// Elements begin ≤ i < end along an axis; negative positions count from the end.
var slice(operand x, int axis, index_t begin, index_t end);
// x with `before` and `after` zeros along an axis.
var pad(operand x, int axis, index_t before, index_t after);

// The same numbers through which no derivative passes.
var detach(operand x);
// The numbers of x, computed now, as a constant on another tape.
var detach(const var& x, tape& onto, source_location where = here());

// A function that records several ops as one of its own: all of them or, where it is left by an exception,
// none. Operands of two tapes are refused before anything is recorded. What is refused is named after the
// function, at the line that called it, and so are the nodes:
//   var softplus(operand x) {
//     return composed("softplus", {x}, [&] { return log(1.0 + exp(x)); });
//   }
template <class F> var composed(const char* name, std::initializer_list<operand> x, F record);
template <class F> var composed(const char* name, std::span<const var> x, source_location where, F record);

namespace detail {
class composition {
 public:
  composition(const char* name, std::span<const operand> x);
  composition(const char* name, std::span<const var> x, const source_location& where);
  ~composition();
  composition(const composition&) = delete;
  composition& operator=(const composition&) = delete;

  template <class F> var run(F record) {
    try {
      const var y = record();
      complete_ = true;
      return y;
    } catch (const error& e) {
      refuse(e);
    }
  }

 private:
  void begin(recording& r);
  [[noreturn]] void refuse(const error& e) const;

  const char* name_;
  source_location where_;
  recording* recording_ = nullptr;  // of the operands; null where all are numbers
  std::size_t nodes_ = 0, ops_ = 0;
  source_location outer_caller_;
  bool complete_ = false;
};
}  // namespace detail

template <class F> var composed(const char* name, std::initializer_list<operand> x, F record) {
  return detail::composition(name, std::span(x.begin(), x.size())).run(record);
}
template <class F> var composed(const char* name, std::span<const var> x, source_location where, F record) {
  return detail::composition(name, x, where).run(record);
}

// Both operands of a binary op at their common shape. The broadcast is a node of its own, so no
// binary rule ever has to un-broadcast. At least one operand must be a var.
struct operand_pair {
  operand a, b;
};
operand_pair broadcast_together(const char* op, operand a, operand b);

namespace detail {
// Whether both are vars of one recording and one shape.
bool have_one_shape(const operand& a, const operand& b) noexcept;
// Whether one of both is a var of kind index, or both are arrays or numbers beside such.
bool is_of_indices(const operand& a, const operand& b) noexcept;
}  // namespace detail

// The op of both, broadcast together: what functions of two operands record.
template <operation Op> var apply_broadcast(const Op& op, const operand& a, const operand& b) {
  if (detail::have_one_shape(a, b)) return apply(op, a, b);
  return composed(Op::name, {a, b}, [&] {
    const auto [x, y] = broadcast_together(Op::name, a, b);
    return apply(op, x, y);
  });
}

// A constant of x's shape and kind on x's tape.
var constant_like(const var& x, double number);
// A constant on x's tape: an array, or eye(n), iota(n) and their like.
var constant_like(const var& x, const constant_array& numbers);
// A scalar constant of the given kind on the tape of `on`.
var scalar_constant(const var& on, double number, kind k, source_location where);
inline var zeros_like(const var& x) { return constant_like(x, 0); }
inline var ones_like(const var& x) { return constant_like(x, 1); }

struct identity_op {
  static constexpr auto name = "identity";
  static constexpr bool any_kind = true, analytic = true, elementwise = true, view = true;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const { std::copy_n(x.data, x.size(), y.data); }
  var vjp(var ybar, var y, var x) const;
  bool operator==(const identity_op&) const = default;
};

struct detach_op {
  static constexpr auto name = "detach";
  static constexpr bool any_kind = true, elementwise = true, view = true;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const { std::copy_n(x.data, x.size(), y.data); }
  var vjp(var ybar, var y, var x) const;
  bool operator==(const detach_op&) const = default;
};

struct add_op {
  static constexpr auto name = "add";
  static constexpr bool analytic = true, elementwise = true;
  shape infer(const shape& a, const shape& b) const;
  template <class T> void eval(out<T> y, in<T> a, in<T> b) const;
  template <std::floating_point T> const kernels::stages& stages() const;
  std::array<var, 2> vjp(var ybar, var y, var a, var b) const;
  bool operator==(const add_op&) const = default;
};

struct index_add_op {
  static constexpr auto name = "index_add";
  static constexpr bool analytic = true, elementwise = true;
  shape infer(const shape& a, const shape& b) const;
  template <class T> void eval(out<index_t> y, in<index_t> a, in<index_t> b) const {
    for (index_t i = 0, n = y.size(); i < n; ++i)
      if (__builtin_add_overflow(a[i], b[i], &y[i])) refuse_overflow("+", a[i], b[i], i);
  }
  // Throws size_overflow.
  [[noreturn]] static void refuse_overflow(const char* sign, index_t a, index_t b, index_t at);
  bool operator==(const index_add_op&) const = default;
};

struct broadcast_to_op {
  static constexpr auto name = "broadcast_to";
  static constexpr bool any_kind = true, analytic = true, stretch = true;
  shape to;
  shape infer(const shape& x) const;
  template <class T> void eval(out<T> y, in<T> x) const;
  var vjp(var ybar, var y, var x) const;
  bool operator==(const broadcast_to_op&) const = default;
};

struct sum_to_op {
  static constexpr auto name = "sum_to";
  static constexpr bool analytic = true, sum = true;
  shape to;
  shape infer(const shape& x) const;
  template <class T> void eval(out<T> y, in<T> x) const;
  var vjp(var ybar, var y, var x) const;
  static var sum_of(std::span<const var> terms);
  bool operator==(const sum_to_op&) const = default;
};

struct reshape_op {
  static constexpr auto name = "reshape";
  static constexpr bool any_kind = true, analytic = true, view = true;
  shape to;
  shape infer(const shape& x) const;
  template <class T> void eval(out<T> y, in<T> x) const { std::copy_n(x.data, x.size(), y.data); }
  var vjp(var ybar, var y, var x) const;
  bool operator==(const reshape_op&) const = default;
};

struct concat_op {
  static constexpr auto name = "concat";
  static constexpr bool any_kind = true, analytic = true;
  int axis = 0;
  shape infer(std::span<const shape> x) const;
  template <class T> void eval(out<T> y, many<T> x) const;
  std::vector<var> vjp(var ybar, var y, std::span<const var> x) const;
  bool operator==(const concat_op&) const = default;
};

namespace detail {
// Of a matrix, counted from the front.
constexpr int other_axis(int axis) { return axis == 0 || axis == -2 ? 1 : 0; }
}  // namespace detail

struct slice_op {
  static constexpr auto name = "slice";
  static constexpr bool any_kind = true, analytic = true;
  int axis = 0;
  index_t begin = 0, end = 0;
  shape infer(const shape& x) const;
  template <class T> void eval(out<T> y, in<T> x) const;
  slice_op transposed() const { return {detail::other_axis(axis), begin, end}; }
  var vjp(var ybar, var y, var x) const;
  bool operator==(const slice_op&) const = default;
};

struct pad_op {
  static constexpr auto name = "pad";
  static constexpr bool any_kind = true, analytic = true;
  int axis = 0;
  index_t before = 0, after = 0;
  shape infer(const shape& x) const;
  template <class T> void eval(out<T> y, in<T> x) const;
  pad_op transposed() const { return {detail::other_axis(axis), before, after}; }
  static var sum_of(std::span<const var> terms);
  var vjp(var ybar, var y, var x) const;
  bool operator==(const pad_op&) const = default;
};

// The sum of the inputs, each of them surrounded by zeros up to one shape: what slices of one tensor give
// back to it. It takes the memory of one result. That begins with +0, and each input is added at its place,
// in order.
struct padded_sum_op {
  static constexpr auto name = "padded_sum";
  static constexpr bool analytic = true;
  shape to;
  std::vector<index_t> at;  // where each input begins: a position per axis of `to`, input by input
  shape infer(std::span<const shape> x) const;
  template <class T> void eval(out<T> y, many<T> x) const;
  padded_sum_op transposed() const;
  static constexpr auto sum_of = &pad_op::sum_of;
  std::vector<var> vjp(var ybar, var y, std::span<const var> x) const;
  bool operator==(const padded_sum_op&) const = default;
};

}  // namespace reel
