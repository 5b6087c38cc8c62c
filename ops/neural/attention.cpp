// SPDX-License-Identifier: MIT
// Attention and recurrent cells.
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/functions.hpp>
#include <reel/ops/linalg.hpp>
#include <reel/ops/matmul.hpp>
#include <reel/ops/neural.hpp>
#include <reel/ops/select.hpp>
#include <reel/ops/softmax.hpp>

#include <fmt/format.h>

#include <cmath>

namespace reel {
namespace {

operand at(const operand& x, const var& v) { return operand(v, x.where().file, x.where().line); }

void check_matrices(const operand& q, const operand& k, const operand& v) {
  for (const operand* x : {&q, &k, &v})
    if (x->variable().rank() < 2)
      throw error(errc::shape_mismatch,
                  fmt::format("{} is no matrix: rows are positions.", to_string(x->variable().shape())));
}

// q kᵀ/√d
var scores(const operand& q, const operand& k) {
  const index_t d = q.variable().shape().back();
  if (d == 0) throw error(errc::invalid_argument, "queries of no numbers.");
  return matmul(q * (1 / std::sqrt(static_cast<double>(d))), at(k, matrix_transpose(k)));
}

// Whether row i may read column j ≤ i + m − n.
var causal_mask(const var& s) {
  const index_t n = s.shape()[s.rank() - 2], m = s.shape().back();
  const var row = constant_like(s, iota(n)), column = constant_like(s, iota(m));
  return reshape(column, {1, m}) <= reshape(row + (m - n), {n, 1});
}

var gate(const var& all, index_t which, index_t size) {
  return slice(all, -1, which * size, (which + 1) * size);
}
index_t gate_size(const var& all, const var& h, index_t gates) {
  const index_t size = h.shape().is_scalar() ? 0 : h.shape().back();
  if (all.shape().is_scalar() || all.shape().back() != gates * size)
    throw error(errc::shape_mismatch, fmt::format("{} gates of {} numbers are needed for a state {}, not {}.",
                                                  gates, size, to_string(h.shape()), to_string(all.shape())));
  return size;
}

}  // namespace

var linear(operand x, operand w) {
  return composed("linear", {x, w}, [&] { return matmul(x, w); });
}
var linear(operand x, operand w, operand b) {
  return composed("linear", {x, w, b}, [&] { return at(x, matmul(x, w)) + b; });
}

var attention(operand q, operand k, operand v) {
  return composed("attention", {q, k, v}, [&] {
    k = k.sibling(q), v = v.sibling(q);
    check_matrices(q, k, v);
    return matmul(at(q, softmax(at(q, scores(q, k)))), v);
  });
}
var attention(operand q, operand k, operand v, operand mask) {
  return composed("attention", {q, k, v, mask}, [&] {
    k = k.sibling(q), v = v.sibling(q);
    check_matrices(q, k, v);
    return matmul(at(q, masked_softmax(at(q, scores(q, k)), mask)), v);
  });
}
var causal_attention(operand q, operand k, operand v) {
  return composed("causal_attention", {q, k, v}, [&] {
    k = k.sibling(q), v = v.sibling(q);
    check_matrices(q, k, v);
    const var s = scores(q, k);
    return matmul(at(q, masked_softmax(at(q, s), at(q, causal_mask(s)))), v);
  });
}

var rotary(operand x, double base, index_t first_position) {
  return composed("rotary", {x}, [&] {
    const shape s = x.variable().shape();
    if (s.rank() < 2 || s.back() % 2 != 0)
      throw error(
          errc::shape_mismatch,
          fmt::format("{}: the last axis is even, and the one before it has the positions.", to_string(s)));
    if (!(base > 0)) throw error(errc::invalid_argument, fmt::format("base {}: it is positive.", base));
    const index_t n = s[s.rank() - 2], half = s.back() / 2;
    auto cosines = make_array<double>({n, half}), sines = make_array<double>({n, half});
    for (index_t i = 0; i < n; ++i)
      for (index_t j = 0; j < half; ++j) {
        const double rate = std::pow(base, -static_cast<double>(j) / static_cast<double>(half));
        const double angle = static_cast<double>(first_position + i) * rate;
        cosines.data()[i * half + j] = std::cos(angle), sines.data()[i * half + j] = std::sin(angle);
      }
    const var c = constant_like(x.variable(), constant(cosines)),
              d = constant_like(x.variable(), constant(sines));
    const var a = slice(x, -1, 0, half), b = slice(x, -1, half, 2 * half);
    return concat({a * c - b * d, a * d + b * c}, -1);
  });
}

// c' = σ(f) c + σ(i) tanh(g),  h' = σ(o) tanh(c')
lstm_state lstm_cell(operand x, const lstm_state& s, operand w, operand u, operand b) {
  lstm_state next;
  next.h = composed("lstm_cell", {x, s.h, s.c, w, u, b}, [&] {
    const var all = matmul(x, w) + matmul(s.h, u) + b;
    const index_t n = gate_size(all, s.h, 4);
    next.c = sigmoid(gate(all, 1, n)) * s.c + sigmoid(gate(all, 0, n)) * tanh(gate(all, 2, n));
    return sigmoid(gate(all, 3, n)) * tanh(next.c);
  });
  return next;
}

// h' = (1 − z) ñ + z h with ñ = tanh(x w_n + b_n + r ⊙ (h u_n + bu_n)) = ñ + z (h − ñ)
var gru_cell(operand x, operand h, operand w, operand u, operand b, operand bu) {
  return composed("gru_cell", {x, h, w, u, b, bu}, [&] {
    h = h.sibling(x);
    const var by_x = matmul(x, w) + b, by_h = matmul(h, u) + bu;
    const index_t n = gate_size(by_x, h.variable(), 3);
    static_cast<void>(gate_size(by_h, h.variable(), 3));
    const var r = sigmoid(gate(by_x, 0, n) + gate(by_h, 0, n)),
              z = sigmoid(gate(by_x, 1, n) + gate(by_h, 1, n));
    const var proposed = tanh(gate(by_x, 2, n) + r * gate(by_h, 2, n));
    return proposed + z * (h - proposed);
  });
}

}  // namespace reel
