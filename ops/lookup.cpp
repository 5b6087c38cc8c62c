// SPDX-License-Identifier: MIT
// Compositions of gather, scatter and segment_max.
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/lookup.hpp>
#include <reel/ops/movement.hpp>
#include <reel/ops/ordering.hpp>
#include <reel/ops/rearrange.hpp>
#include <reel/ops/select.hpp>

#include "axes.hpp"

#include <fmt/format.h>

namespace reel {

namespace {

// start, start + 1, …; `size` of them.
var positions_from(const operand& start, index_t size) {
  const var& s = start.variable();
  if (!s.shape().is_scalar())
    throw error(errc::shape_mismatch,
                fmt::format("a start of shape {}; give a scalar.", to_string(s.shape())));
  if (size < 0) throw error(errc::invalid_argument, fmt::format("a size of {}; give 0 or more.", size));
  return start + constant_like(s, iota(size));
}

// A number in place of a start is a constant beside x.
operand as_index(const operand& start, const operand& x) {
  if (!start.is_number()) return start.sibling(x);
  return scalar_constant(x.variable(), start.number(), kind::index, start.where());
}

}  // namespace

var dynamic_slice(operand x, operand start, index_t size, int axis) {
  return composed("dynamic_slice", {x, start}, [&] {
    x = x.sibling(start);
    const int a = from_last(x.variable().shape(), axis);
    return gather(x, positions_from(as_index(start, x), size), a);
  });
}

var dynamic_update(operand x, operand start, operand update, int axis) {
  return composed("dynamic_update", {x, start, update}, [&] {
    x = x.sibling(update.is_var() ? update : start), update = update.sibling(x);
    const shape s = x.variable().shape(), u = update.variable().shape();
    const std::size_t a = s.axis(axis);
    if (u.rank() != s.rank() || u.with(a, 1) != s.with(a, 1))
      throw error(errc::shape_mismatch, fmt::format("an update {} of {}: the shapes agree beside axis {}.",
                                                    to_string(u), to_string(s), a));
    return scatter(x, positions_from(as_index(start, x), u[a]), update, axis);
  });
}

var embedding(operand table, operand indices, std::optional<index_t> padding) {
  return composed("embedding", {table, indices}, [&] {
    table = table.sibling(indices), indices = indices.sibling(table);
    if (!padding) return gather(table, indices);
    const var& k = indices.variable();
    const var unused = indices == static_cast<double>(*padding);
    const var rows = gather(table, where(unused, 0, k));
    shape s = k.shape();
    while (s.rank() < rows.rank()) s = s.inserted(s.rank(), 1);
    return where(reshape(unused, s), 0.0, rows);
  });
}

var scatter_max(operand x, operand indices, operand updates, int axis) {
  return composed("scatter_max", {x, indices, updates}, [&] {
    const operand& any = x.is_var() ? x : indices.is_var() ? indices : updates;
    for (operand* o : {&x, &indices, &updates}) *o = o->sibling(any);
    const shape s = x.variable().shape();
    return maximum(x, segment_max(updates, indices, size_along(s, axis), from_last(s, axis)));
  });
}

}  // namespace reel
