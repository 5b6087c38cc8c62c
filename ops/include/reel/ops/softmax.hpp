// SPDX-License-Identifier: MIT
// softmax and its relatives along an axis. Shifting by the maximum keeps every exponential ≤ 1.
#pragma once

#include <reel/autodiff/structural.hpp>

namespace reel {

// What a row weighs whose maximum is infinite, where e^(x − max) is undefined.
enum class at_infinity {
  nan,    // NaN throughout
  zero,   // a row of −inf, from which everything is masked, weighs 0 (its logarithm: −inf)
  limit,  // the slope of logsumexp: that, and beside +inf, which weighs NaN, the rest weighs 0
};

// Rows are apart from each other where they do not run along the first axis.
inline row_slices slices_unless_first(const shape& x, int axis) {
  return x.axis(axis) == 0 ? row_slices{} : row_slices{.inputs = 1};
}

struct logsumexp_op {
  static constexpr auto name = "logsumexp";
  static constexpr bool analytic = true;
  int axis = -1;
  shape infer(const shape& x) const;  // the axis stays with size 1
  template <class T> void eval(out<T> y, in<T> x) const;
  var vjp(var ybar, var y, var x) const;
  std::vector<identity> identities(const applied_vjp& r) const;
  bool operator==(const logsumexp_op&) const = default;
};

// The slope of logsumexp, which can be had along with it.
struct softmax_op {
  static constexpr auto name = "softmax";
  static constexpr bool analytic = true;
  int axis = -1;
  at_infinity edge = at_infinity::nan;
  shape infer(const shape& x) const;
  template <class T> void eval(out<T> p, in<T> x) const;
  var vjp(var pbar, var p, var x) const;
  std::vector<identity> identities(const applied_vjp& r) const;
  row_slices slices(const shape& x) const { return slices_unless_first(x, axis); }
  using sibling = logsumexp_op;
  bool computes(const logsumexp_op& other) const { return other.axis == axis; }
  template <class T> void eval_with_sibling(out<T> p, out<T> y, in<T> x) const;
  bool operator==(const softmax_op&) const = default;
};

struct log_softmax_op {
  static constexpr auto name = "log_softmax";
  static constexpr bool analytic = true;
  int axis = -1;
  at_infinity edge = at_infinity::nan;
  shape infer(const shape& x) const;
  template <class T> void eval(out<T> y, in<T> x) const;
  var vjp(var ybar, var y, var x) const;
  std::vector<identity> identities(const applied_vjp& r) const;
  row_slices slices(const shape& x) const { return slices_unless_first(x, axis); }
  bool operator==(const log_softmax_op&) const = default;
};

var softmax(operand x, int axis = -1);
var log_softmax(operand x, int axis = -1);
var logsumexp(operand x, int axis = -1);  // without the axis; of −inf only: −inf, slope 0

// Softmax over the elements where the bool mask holds; the others weigh 0, and so do all of a row
// that is masked entirely. The log variant has −inf there.
var masked_softmax(operand x, operand mask, int axis = -1);
var masked_log_softmax(operand x, operand mask, int axis = -1);

}  // namespace reel
