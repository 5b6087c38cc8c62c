// SPDX-License-Identifier: MIT
#include "check/algebra.hpp"

#include "tape/evaluate.hpp"

#include <reel/autodiff/number.hpp>

#include <algorithm>
#include <cmath>
#include <functional>

namespace reel::check {

namespace {

using detail::recording;
using numbers = std::vector<double>;

constexpr std::size_t most_elements = 1 << 16;  // of one operand or of the result

// The body for double of one node, called with numbers of our own.
class op_trial {
 public:
  op_trial(const recording& r, node_id n) : r_(r), n_(n) {
    for (const node_id i : r.inputs_of(n)) {
      const auto size = static_cast<std::size_t>(r.shape_of(i).size());
      const bool real = r.nodes[i].kind == kind::real;
      if (real) real_.push_back(bytes_.size());
      bytes_.emplace_back(size * size_of(dtype_for(r.nodes[i].kind, dtype::f64)));
      x_.push_back({bytes_.back().data(), &r.shape_of(i)});
    }
    for (const std::size_t slot : real_) set(slot, generic(slot));
  }

  std::size_t operands() const { return x_.size(); }
  const std::vector<std::size_t>& real() const { return real_; }
  bool is_real(std::size_t slot) const { return std::ranges::find(real_, slot) != real_.end(); }
  std::size_t size(std::size_t slot) const { return static_cast<std::size_t>(x_[slot].dims->size()); }
  std::size_t size() const { return static_cast<std::size_t>(r_.shape_of(n_).size()); }

  // Numbers of both signs, all different, and with few bits: sums and products of two are exact.
  numbers generic(std::size_t slot) const {
    numbers a(size(slot));
    for (std::size_t i = 0; i < a.size(); ++i) {
      const auto bits = static_cast<double>((i * 7919 + slot * 104729 + 13) % 65521 + 1);
      a[i] = std::ldexp((i + slot) % 3 == 0 ? -bits : bits, -15);
    }
    return a;
  }
  void set(std::size_t slot, const numbers& a) {
    std::ranges::copy(a, reinterpret_cast<double*>(bytes_[slot].data()));
  }
  numbers run() {
    const auto& op = r_.op_of(n_);
    const auto f = detail::eval_of(*op.type, detail::generic_kind(r_, n_), dtype::f64, r_.location_of(n_));
    numbers y(size());
    f(op.self.get(), {y.data(), &r_.shape_of(n_)}, x_);
    return y;
  }
  numbers run(std::size_t slot, const numbers& a) {  // all others generic
    set(slot, a);
    auto y = run();
    set(slot, generic(slot));
    return y;
  }

 private:
  const recording& r_;
  node_id n_;
  std::vector<std::vector<std::byte>> bytes_;
  std::vector<detail::operand_view> x_;
  std::vector<std::size_t> real_;
};

template <class F> bool each(const numbers& y, const F& expected) {
  for (std::size_t i = 0; i < y.size(); ++i)
    if (!(y[i] == expected(i))) return false;
  return true;
}

bool linear(op_trial& op, std::size_t slot) {
  const numbers a = op.generic(slot);
  numbers b(a.rbegin(), a.rend()), both = a, twice = a;
  for (std::size_t i = 0; i < a.size(); ++i) both[i] = a[i] + b[i], twice[i] = 2 * a[i];
  const numbers zero = op.run(slot, numbers(a.size(), 0.0));
  if (!each(zero, [](std::size_t) { return 0.0; })) return false;
  const numbers of_a = op.run(slot, a), of_b = op.run(slot, b), of_both = op.run(slot, both);
  double size = 0;
  for (std::size_t i = 0; i < of_a.size(); ++i)
    size = std::max({size, std::abs(of_a[i]), std::abs(of_b[i]), std::abs(of_both[i])});
  if (!(size > 0) || !std::isfinite(size)) return false;
  for (std::size_t i = 0; i < of_a.size(); ++i)
    if (!(std::abs(of_a[i] + of_b[i] - of_both[i]) <= 1e-9 * size)) return false;
  return each(op.run(slot, twice), [&](std::size_t i) { return 2 * of_a[i]; });
}

// Whether some number of the result has terms of two elements: their indices differ in a bit, and it is
// moved by those with the bit and by those without.
bool has_several_terms(op_trial& op, std::size_t slot) {
  const numbers a = op.generic(slot);
  for (std::size_t bit = 1; bit < a.size(); bit *= 2) {
    numbers with = a, without = a;
    for (std::size_t i = 0; i < a.size(); ++i) ((i & bit) != 0 ? without : with)[i] = 0;
    const numbers u = op.run(slot, with), v = op.run(slot, without);
    for (std::size_t i = 0; i < u.size(); ++i)
      if (u[i] != 0 && v[i] != 0) return true;
  }
  return false;
}

void of_elements(op_trial& op, algebra& found) {
  const auto& real = op.real();
  if (real.size() != op.operands() || real.size() > 2) return;
  const numbers y = op.run(), a = op.generic(0);
  if (a.size() != y.size()) return;
  const auto is = [&](const auto& expected) { return each(y, expected); };
  if (real.size() == 1) {
    found.same_numbers = is([&](std::size_t i) { return a[i]; });
    found.negation = is([&](std::size_t i) { return -a[i]; });
    return;
  }
  const numbers b = op.generic(1);
  if (b.size() != y.size()) return;
  found.sum = is([&](std::size_t i) { return a[i] + b[i]; });
  found.difference = is([&](std::size_t i) { return a[i] - b[i]; });
  found.product = is([&](std::size_t i) { return a[i] * b[i]; });
  found.quotient = is([&](std::size_t i) { return a[i] / b[i]; });
}

void of_sizes(op_trial& op, algebra& found) {
  if (op.real().size() != 1) return;
  const std::size_t slot = op.real()[0], from = op.size(slot), to = op.size();
  if (from == to || from == 0 || to == 0 || !linear(op, slot)) return;
  const numbers y = op.run(slot, numbers(from, 1.0));
  const auto all = [&](double value) {
    return std::ranges::all_of(y, [&](double v) { return std::abs(v - value) <= 1e-12 * value; });
  };
  const bool several = has_several_terms(op, slot);
  found.stretch = from < to && !several && all(1);
  found.total = from > to && several && all(static_cast<double>(from) / static_cast<double>(to));
  found.average = from > to && several && all(1);
}

}  // namespace

algebra algebra_of(const recording& r, node_id n) {
  algebra found;
  const auto inputs = r.inputs_of(n);
  found.accumulates.assign(inputs.size(), false);
  if (r.nodes[n].role != tape::role::computed || r.nodes[n].kind != kind::real || inputs.empty())
    return found;
  const auto large = [&](node_id i) {
    return r.shape_of(i).size() == 0 || static_cast<std::size_t>(r.shape_of(i).size()) > most_elements;
  };
  const auto& type = *r.op_of(n).type;
  if (type.effect || large(n) || std::ranges::any_of(inputs, large)) return found;
  try {
    op_trial op(r, n);
    of_elements(op, found);
    if (found.same_numbers || found.negation || found.sum || found.difference) return found;
    of_sizes(op, found);
    for (const std::size_t slot : op.real())
      found.accumulates[slot] = op.size(slot) > 1 && has_several_terms(op, slot) && linear(op, slot);
  } catch (const std::exception&) {  // it refuses these numbers, or has no body for double
  }
  return found;
}

}  // namespace reel::check
