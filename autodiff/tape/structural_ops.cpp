// SPDX-License-Identifier: MIT
#include <reel/autodiff/kernels.hpp>
#include <reel/autodiff/loops.hpp>
#include <reel/autodiff/structural.hpp>

#include "tape/evaluate.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace reel {

// y = x, so x̄ = ȳ.
var identity_op::vjp(var ybar, var, var) const { return ybar; }
var detail::rewrap(const var& x) { return apply(identity_op{}, x); }

// Declared constant: x̄ = 0.
var detach_op::vjp(var ybar, var, var) const { return zeros_like(ybar); }
var detach(operand x) { return apply(detach_op{}, x); }

var detach(const var& x, tape& onto, source_location where) {
  if (x.kind() == kind::real) return onto.constant(x.value(), where);
  if (x.kind() == kind::index) return onto.constant(x.value<index_t>(), where);
  return onto.constant(x.value<bool>(), where);
}

// -- add: y = a + b, so ā = b̄ = ȳ.
shape add_op::infer(const shape& a, const shape& b) const {
  if (a != b)
    throw error(errc::shape_mismatch, fmt::format("{} and {} differ. Use operator+, which broadcasts.",
                                                  to_string(a), to_string(b)));
  return a;
}
template <class T> void add_op::eval(out<T> y, in<T> a, in<T> b) const {
  if constexpr (std::floating_point<T>) kernels::active<T>().add(y.data, a.data, b.data, y.size());
  else
    for (index_t i = 0, n = y.size(); i < n; ++i) y[i] = a[i] + b[i];
}
template <std::floating_point T> const kernels::stages& add_op::stages() const {
  return kernels::active<T>().add.stages;
}
std::array<var, 2> add_op::vjp(var ybar, var, var, var) const { return {ybar, ybar}; }

// -- index_add: the sum of indices, which have no derivative.
shape index_add_op::infer(const shape& a, const shape& b) const { return add_op{}.infer(a, b); }
void index_add_op::refuse_overflow(const char* sign, index_t a, index_t b, index_t at) {
  throw error(errc::size_overflow,
              fmt::format("{} {} {} at position {} is more than 64 bits hold.", a, sign, b, at));
}

bool detail::is_of_indices(const operand& a, const operand& b) noexcept {
  for (const operand* x : {&a, &b})
    if (x->is_var())
      if (const recording* r = recording::if_live(x->variable()))
        return r->nodes[recording::node_of(x->variable())].kind == kind::index;
  return false;
}

var operator+(operand a, operand b) {
  if (detail::is_of_indices(a, b)) return apply_broadcast(index_add_op{}, a, b);
  return apply_broadcast(add_op{}, a, b);
}

// -- broadcast_to and sum_to: y_j = x_{i(j)}, so x̄_i = Σ_{j: i(j) = i} ȳ_j, and the other way round.
shape broadcast_to_op::infer(const shape& x) const {
  if (!broadcasts_to(x, to))
    throw error(errc::shape_mismatch, fmt::format("{} does not broadcast to {}. Only sizes of 1 stretch.",
                                                  to_string(x), to_string(to)));
  return to;
}
template <class T> void broadcast_to_op::eval(out<T> y, in<T> x) const {
  if (x.size() == 1) return void(std::fill_n(y.data, y.size(), x[0]));
  const auto own = loops::row_major(x.shape());
  loops::strides st{};
  const std::size_t lead = to.rank() - x.shape().rank();
  for (std::size_t i = 0; i < x.shape().rank(); ++i) st[lead + i] = x.shape()[i] == to[lead + i] ? own[i] : 0;
  loops::gather_strided(y, x.data, st);
}
var broadcast_to_op::vjp(var ybar, var, var x) const { return sum_to(ybar, x.shape()); }

shape sum_to_op::infer(const shape& x) const {
  if (!broadcasts_to(to, x))
    throw error(errc::shape_mismatch, fmt::format("{} does not sum to {}, which must broadcast to it.",
                                                  to_string(x), to_string(to)));
  return to;
}
template <class T> void sum_to_op::eval(out<T> y, in<T> x) const {
  if constexpr (std::floating_point<T>) {  // of everything; of the rows of a matrix
    const index_t n = x.size();
    const bool trailing = to.rank() > 0 && n > 0 && to.back() == y.size() && x.shape().back() == y.size();
    if (y.size() == 1) return void(y[0] = kernels::active<T>().sum(x.data, n));
    if (trailing) return kernels::active<T>().sum_rows(y.data, x.data, n / y.size(), y.size());
  }
  loops::sum_axes(y, x);
}
var sum_to_op::vjp(var ybar, var, var x) const { return broadcast_to(ybar, x.shape()); }

// Σ_k S x_k = S Σ_k x_k. So what many uses of a stretched operand give back to it is added up first, if it is
// of one shape and small enough to stay in a fused loop; and then summed, once for each shape.
var sum_to_op::sum_of(std::span<const var> terms) {
  constexpr index_t small = 1024;
  const shape to = terms[0].shape();
  var total;
  const auto add = [](var& sum, const var& v) { sum = sum.empty() ? v : sum + v; };
  std::vector<var> inner;
  for (const var& v : terms) {
    const var x = operands_of(v)[0];
    const auto same = std::ranges::find_if(inner, [&](const var& s) { return s.shape() == x.shape(); });
    if (x.size() > small) add(total, v);
    else if (same != inner.end()) add(*same, x);
    else inner.push_back(x);
  }
  for (const var& x : inner) add(total, sum_to(x, to));
  return total;
}

namespace {
// The var of an operand that must be one.
const var& needs_var(const operand& x, const char* op) {
  if (!x.is_var())
    throw error(errc::empty_variable, op, x.where(),
                x.is_number()
                    ? "a plain number has no tape. Use tape.constant(number)."
                    : "an array alone is on no tape. Use it beside a var, or constant_like(x, array) "
                      "on the tape of x.");
  try {
    x.variable().recording();
  } catch (const error& e) {
    throw error(e.code(), op, x.where(), e.detail());
  }
  return x.variable();
}
}  // namespace

var broadcast_to(operand x, const shape& to) {
  const var& v = needs_var(x, broadcast_to_op::name);
  if (v.shape() == to) return v;
  const bool stretches = v.size() != to.size() || !broadcasts_to(v.shape(), to);
  return stretches ? apply(broadcast_to_op{to}, x) : apply(reshape_op{to}, x);
}
var sum_to(operand x, const shape& to) {
  const var& v = needs_var(x, sum_to_op::name);
  if (v.shape() == to) return v;
  const bool sums = v.size() != to.size() || !broadcasts_to(to, v.shape()) || v.kind() != kind::real;
  return sums ? apply(sum_to_op{to}, x) : apply(reshape_op{to}, x);
}

// -- reshape: the elements stay, so x̄ is ȳ under x's shape.
shape reshape_op::infer(const shape& x) const {
  if (x.size() != to.size())
    throw error(errc::shape_mismatch, fmt::format("{} has {} elements, {} has {}.", to_string(x), x.size(),
                                                  to_string(to), to.size()));
  return to;
}
var reshape_op::vjp(var ybar, var, var x) const { return reshape(ybar, x.shape()); }

var reshape(operand x, const shape& to) {
  const var& v = needs_var(x, reshape_op::name);
  return v.shape() == to ? v : apply(reshape_op{to}, x);
}

namespace {

// Sizes for the elements of `from`, where one may be -1, to be worked out.
std::vector<index_t> worked_out(const shape& from, std::initializer_list<index_t> sizes) {
  std::vector<index_t> s(sizes);
  const auto refuse = [&](errc code, const std::string& why) {
    throw error(code, fmt::format("{} to {{{}}}: {}", to_string(from), fmt::join(sizes, ", "), why));
  };
  if (std::ranges::count(s, -1) > 1)
    refuse(errc::invalid_argument, "one size alone may be -1, to be worked out.");
  const auto open = std::ranges::find(s, -1);
  if (open == s.end()) return s;
  *open = 1;
  const shape known(s);  // refused here where other sizes make no sense
  const index_t n = known.size();
  if (n == 0 ? from.size() != 0 : from.size() % n != 0)
    refuse(errc::shape_mismatch,
           fmt::format("no size in place of -1 makes {} elements of {}.", from.size(), n));
  *open = n == 0 ? 0 : from.size() / n;
  return s;
}

}  // namespace

var reshape(operand x, std::initializer_list<index_t> sizes) {
  const var& v = needs_var(x, reshape_op::name);
  try {
    return reshape(x, shape(worked_out(v.shape(), sizes)));
  } catch (const error& e) {
    if (e.has_context()) throw;
    throw error(e.code(), reshape_op::name, x.where(), e.detail());
  }
}

// -- concat, slice and pad along an axis. A tensor is seen as [outer, along, inner]; slices of it are
// runs of memory.
namespace {

struct along {
  index_t outer = 1, size, inner = 1;
  along(const shape& s, std::size_t axis) : size(s[axis]) {
    for (std::size_t i = 0; i < axis; ++i) outer *= s[i];
    for (std::size_t i = axis + 1; i < s.rank(); ++i) inner *= s[i];
  }
};

// Copies [outer, n, inner] from position `i` of x to position `j` of y.
template <class T>
void copy_along(T* y, const along& to, index_t j, const T* x, const along& from, index_t i, index_t n) {
  for (index_t o = 0; o < to.outer; ++o)
    std::copy_n(x + (o * from.size + i) * from.inner, n * from.inner, y + (o * to.size + j) * to.inner);
}

}  // namespace

// concat: y is x_0, x_1, … side by side, so x̄_k is ȳ's slice at its place.
shape concat_op::infer(std::span<const shape> x) const {
  const std::size_t a = x[0].axis(axis);
  index_t total = 0;
  for (const auto& s : x) {
    if (s.rank() != x[0].rank() || s.with(a, 1) != x[0].with(a, 1))
      throw error(errc::shape_mismatch,
                  fmt::format("{} and {} differ beside axis {}.", to_string(x[0]), to_string(s), a));
    total += s[a];
  }
  return x[0].with(a, total);
}
template <class T> void concat_op::eval(out<T> y, many<T> x) const {
  const std::size_t a = y.shape().axis(axis);
  const along to(y.shape(), a);
  index_t at = 0;
  for (std::size_t k = 0; k < x.size(); ++k) {
    const along from(x[k].shape(), a);
    copy_along(y.data, to, at, x[k].data, from, 0, from.size);
    at += from.size;
  }
}
std::vector<var> concat_op::vjp(var ybar, var, std::span<const var> x) const {
  std::vector<var> xbar;
  index_t at = 0;
  for (const var& v : x) {
    const index_t n = v.shape()[v.shape().axis(axis)];
    xbar.push_back(slice(ybar, axis, at, at + n));
    at += n;
  }
  return xbar;
}

var concat(const std::vector<var>& x, int axis, source_location where) {
  return apply(concat_op{axis}, std::span<const var>(x), where);
}

var stack(const std::vector<var>& x, source_location where) {
  if (x.empty()) return concat(x, 0, where);  // refused there
  return composed("stack", x, where, [&] {
    std::vector<var> rows;
    for (const var& v : x) {
      if (v.shape() != x[0].shape())
        throw error(errc::shape_mismatch,
                    fmt::format("{} and {} differ; slices of one tensor have one shape.",
                                to_string(x[0].shape()), to_string(v.shape())));
      rows.push_back(reshape(v, v.shape().inserted(0, 1)));
    }
    return concat(rows, 0, where);
  });
}

// slice and pad: y_i = x_{begin + i}, so x̄ is ȳ padded with zeros to x's size, and the other way round.
shape slice_op::infer(const shape& x) const {
  const std::size_t a = x.axis(axis);
  if (begin < 0 || begin > end || end > x[a])
    throw error(errc::invalid_argument, fmt::format("positions {} to {} of axis {} of {}, which has {}.",
                                                    begin, end, a, to_string(x), x[a]));
  return x.with(a, end - begin);
}
template <class T> void slice_op::eval(out<T> y, in<T> x) const {
  const std::size_t a = x.shape().axis(axis);
  copy_along(y.data, along(y.shape(), a), 0, x.data, along(x.shape(), a), begin, end - begin);
}
var slice_op::vjp(var ybar, var, var x) const {
  return pad(ybar, axis, begin, x.shape()[x.shape().axis(axis)] - end);
}

shape pad_op::infer(const shape& x) const {
  const std::size_t a = x.axis(axis);
  if (before < 0 || after < 0 || before > shape::max_size || after > shape::max_size)
    throw error(errc::invalid_argument,
                fmt::format("padding by {} and {}; both must be 0 or more.", before, after));
  return x.with(a, before + x[a] + after);
}
template <class T> void pad_op::eval(out<T> y, in<T> x) const {
  const std::size_t a = x.shape().axis(axis);
  const along from(x.shape(), a);
  std::fill_n(y.data, y.size(), T(0));
  copy_along(y.data, along(y.shape(), a), before, x.data, from, 0, from.size);
}
var pad_op::vjp(var ybar, var, var x) const {
  return slice(ybar, axis, before, before + x.shape()[x.shape().axis(axis)]);
}

var slice(operand x, int axis, index_t begin, index_t end) {
  const var& v = needs_var(x, slice_op::name);
  const shape& s = v.shape();
  if (axis >= -static_cast<int>(s.rank()) && axis < static_cast<int>(s.rank())) {
    const index_t n = s[s.axis(axis)];
    if (begin < 0) begin += n;
    if (end < 0) end += n;
    if (begin == 0 && end == n) return v;
  }
  return apply(slice_op{axis, begin, end}, x);
}

var pad(operand x, int axis, index_t before, index_t after) {
  if (before == 0 && after == 0) return needs_var(x, pad_op::name);
  return apply(pad_op{axis, before, after}, x);
}

// -- constants and common shapes

var tape::constant(const shape& s, double number, source_location where) {
  detail::transaction whole(recording());
  const var all = broadcast_to(operand(constant(number, where), where.file, where.line), s);
  whole.commit();
  return all;
}

var scalar_constant(const var& on, double number, kind k, source_location where) {
  return on.recording().scalar(number, k, where);
}

var constant_like(const var& x, const constant_array& numbers) {
  return numbers.on(x.recording(), x.where());
}

var constant_like(const var& x, double number) {
  auto& r = x.recording();
  detail::transaction whole(r);
  const var one = r.scalar(number, x.kind(), x.where());
  const var all = broadcast_to(operand(one, x.where().file, x.where().line), x.shape());
  whole.commit();
  return all;
}

bool detail::have_one_shape(const operand& a, const operand& b) noexcept {
  if (!a.is_var() || !b.is_var()) return false;
  const recording *const r = recording::if_live(a.variable()), *const other =
                                                                   recording::if_live(b.variable());
  return r != nullptr && r == other && r->shape_of(a.variable()) == r->shape_of(b.variable());
}

operand_pair broadcast_together(const char* op, operand a, operand b) {
  if (!a.is_var() && !b.is_var()) needs_var(a, op);
  const auto at = [&](const operand& x, const var& v) { return operand(v, x.where().file, x.where().line); };
  const auto lift = [&](const operand& x, const operand& other) {
    if (!x.is_number()) return x.sibling(other);
    const var& v = other.variable();
    return at(x, v.recording().scalar(x.number(), v.kind(), x.where()));
  };
  try {
    const operand x = lift(a, b), y = lift(b, a);
    if (&x.variable().recording() != &y.variable().recording())
      return {x, y};  // refused where the op is recorded
    if (x.variable().shape() == y.variable().shape()) return {x, y};
    const shape s = broadcast_shape(x.variable().shape(), y.variable().shape());
    return {at(x, broadcast_to(x, s)), at(y, broadcast_to(y, s))};
  } catch (const error& e) {
    if (e.has_context()) throw;
    throw error(e.code(), op, a.where(), e.detail());
  }
}

// Headers declare these bodies: whoever records the op links to them.
template void add_op::eval(out<float>, in<float>, in<float>) const;
template void add_op::eval(out<double>, in<double>, in<double>) const;
template void add_op::eval(out<real50>, in<real50>, in<real50>) const;
template void add_op::eval(out<complex>, in<complex>, in<complex>) const;
template const kernels::stages& add_op::stages<float>() const;
template const kernels::stages& add_op::stages<double>() const;
template void broadcast_to_op::eval(out<float>, in<float>) const;
template void broadcast_to_op::eval(out<double>, in<double>) const;
template void broadcast_to_op::eval(out<real50>, in<real50>) const;
template void broadcast_to_op::eval(out<complex>, in<complex>) const;
template void broadcast_to_op::eval(out<index_t>, in<index_t>) const;
template void broadcast_to_op::eval(out<bool>, in<bool>) const;
template void sum_to_op::eval(out<float>, in<float>) const;
template void sum_to_op::eval(out<double>, in<double>) const;
template void sum_to_op::eval(out<real50>, in<real50>) const;
template void sum_to_op::eval(out<complex>, in<complex>) const;
template void concat_op::eval(out<float>, many<float>) const;
template void concat_op::eval(out<double>, many<double>) const;
template void concat_op::eval(out<real50>, many<real50>) const;
template void concat_op::eval(out<complex>, many<complex>) const;
template void concat_op::eval(out<index_t>, many<index_t>) const;
template void concat_op::eval(out<bool>, many<bool>) const;
template void slice_op::eval(out<float>, in<float>) const;
template void slice_op::eval(out<double>, in<double>) const;
template void slice_op::eval(out<real50>, in<real50>) const;
template void slice_op::eval(out<complex>, in<complex>) const;
template void slice_op::eval(out<index_t>, in<index_t>) const;
template void slice_op::eval(out<bool>, in<bool>) const;
template void pad_op::eval(out<float>, in<float>) const;
template void pad_op::eval(out<double>, in<double>) const;
template void pad_op::eval(out<real50>, in<real50>) const;
template void pad_op::eval(out<complex>, in<complex>) const;
template void pad_op::eval(out<index_t>, in<index_t>) const;
template void pad_op::eval(out<bool>, in<bool>) const;

}  // namespace reel
