// SPDX-License-Identifier: MIT
#include "check/rounding.hpp"

#include "check/attempt.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace reel::check {

namespace {

// Roundings of one op: its arithmetic, and a sum's log₂ of the number of its terms.
constexpr double roundings = 8;

constexpr double share_of_work = 0.2;  // of what a check has left, for an analysis

double size_of_real(const real50& x) { return std::abs(static_cast<double>(x)); }

// Infinities are exact.
double rounded_size(const real50& x) {
  const double size = size_of_real(x);
  return std::isinf(size) ? 0 : size;
}

class analysis {
 public:
  explicit analysis(replay<real50>& at) : at_(at), r_(at.source()) {}

  void run() {
    for (const node_id n : at_.nodes()) {
      if (r_.nodes[n].kind != kind::real) continue;
      if (r_.nodes[n].role != tape::role::computed) leaf(n);
      else op(n);
    }
  }
  const node_bounds& of(node_id n) { return known_[n]; }

 private:
  // Given numbers are exact and moved by 1; a constant may be rounded when it is loaded.
  void leaf(node_id n) {
    auto& b = fresh(n);
    const auto x = at_.numbers(n);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const auto v = static_cast<double>(x[i]);
      if (at_.moves(n)) b.chain[i] = 1;
      else if (static_cast<double>(static_cast<float>(v)) != v) b.error[i] = std::abs(v);
    }
  }

  node_bounds& fresh(node_id n) {
    const std::size_t size = at_.numbers(n).size();
    return known_[n] = {reals(size, 0.0), reals(size, 0.0)};
  }

  void op(node_id n) {
    auto& b = fresh(n);
    const auto& type = *r_.op_of(n).type;
    const auto inputs = r_.inputs_of(n);
    const auto y = at_.numbers(n);
    const bool moves_data = type.any_kind || type.is == detail::algebra::reshape;
    double terms = 1;
    for (const node_id i : inputs)
      if (!y.empty())
        terms = std::max(terms, static_cast<double>(r_.shape_of(i).size()) / static_cast<double>(y.size()));
    const double c = moves_data ? 0 : roundings + std::log2(terms);
    std::vector<detail::operand_view> x;
    for (const node_id i : inputs) x.push_back({const_cast<void*>(at_.data(i)), &r_.shape_of(i)});
    for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
      const node_id i = inputs[slot];
      if (r_.nodes[i].kind != kind::real || at_.numbers(i).empty()) continue;
      through(n, x, slot, type.elementwise && at_.numbers(i).size() == y.size(), c, b);
    }
    for (std::size_t k = 0; k < y.size(); ++k) b.error[k] += c * rounded_size(y[k]);
  }

  // Adds |∂y/∂x|(e_x + c|x|) and |∂y/∂x|·chain for one input, element by element or all at once.
  void through(node_id n, std::vector<detail::operand_view> x, std::size_t slot, bool diagonal, double c,
               node_bounds& b) {
    const node_id i = r_.inputs_of(n)[slot];
    const auto at = at_.numbers(i);
    const auto& from = known_[i];
    std::vector<real50> moved(at.begin(), at.end());
    x[slot].data = moved.data();
    const auto slope = [&](std::size_t first, std::size_t last) {
      const auto shift = [&](int sign) {
        for (std::size_t k = first; k < last; ++k) moved[k] = at[k] + real50(sign * step(at[k]));
        return eval(n, x);
      };
      auto up = shift(1), down = shift(-1);
      for (std::size_t k = first; k < last; ++k) moved[k] = at[k];
      reals d;
      for (std::size_t k = 0; k < up.size(); ++k)
        d.push_back(size_of_real((up[k] - down[k]) / real50(2 * step(at[diagonal ? k : first]))));
      return d;
    };
    const auto add = [&](std::size_t to, std::size_t k, double d) {
      if (!(d > 0) || !std::isfinite(d)) return;
      b.error[to] += d * (from.error[k] + c * rounded_size(at[k]));
      b.chain[to] += d * from.chain[k];
    };
    if (diagonal) {
      const auto d = slope(0, at.size());
      for (std::size_t k = 0; k < d.size(); ++k) add(k, k, d[k]);
      return;
    }
    for (std::size_t k = 0; k < at.size(); ++k) {
      const auto d = slope(k, k + 1);
      for (std::size_t to = 0; to < d.size(); ++to) add(to, k, d[to]);
    }
  }

  static double step(const real50& x) {
    const double size = size_of_real(x);
    return std::isfinite(size) && size > 0 ? std::exp2(std::max(-900.0, std::floor(std::log2(size)) - 60))
                                           : 0x1p-60;
  }

  std::vector<real50> eval(node_id n, std::span<const detail::operand_view> x) {
    const auto& op = r_.op_of(n);
    std::vector<real50> y(at_.numbers(n).size());
    const auto f = detail::eval_of(*op.type, detail::generic_kind(r_, n), dtype::real50, r_.location_of(n));
    as_refusal(op.type->name, r_.location_of(n), [&] { f(op.self.get(), {y.data(), &r_.shape_of(n)}, x); });
    count_work(0);
    return y;
  }

  replay<real50>& at_;
  const recording& r_;
  std::map<node_id, node_bounds> known_;
};

// Evaluations of single elements the analysis would take, and one evaluation of all.
struct evaluations {
  double analysis = 0, once = 0;
};
evaluations evaluations_of(replay<real50>& at) {
  const recording& r = at.source();
  evaluations e;
  for (const node_id n : at.nodes()) {
    if (r.nodes[n].role != tape::role::computed) continue;
    const auto out = static_cast<double>(r.shape_of(n).size());
    double once = out;  // the elements one evaluation reads and writes
    for (const node_id i : r.inputs_of(n)) once += static_cast<double>(r.shape_of(i).size());
    for (const node_id i : r.inputs_of(n))
      e.analysis +=
          r.op_of(n).type->elementwise ? 2 * out : 2 * once * static_cast<double>(r.shape_of(i).size());
    e.once += r.op_of(n).type->elementwise ? out : once;
  }
  return e;
}

}  // namespace

std::optional<std::vector<node_bounds>> rounding_bounds(replay<real50>& at, std::span<const node_id> wanted,
                                                        double most) {
  const evaluations e = evaluations_of(at);
  if (e.analysis > most || e.analysis * at.cost() > share_of_work * e.once * work_left()) return std::nullopt;
  analysis a(at);
  try {
    a.run();
  } catch (const refusal&) {  // of numbers 2^−60 beside those it has taken
    return std::nullopt;
  }
  std::vector<node_bounds> bounds;
  for (const node_id n : wanted) bounds.push_back(a.of(n));
  return bounds;
}

extent extent_of(replay<real50>& at) {
  extent e;
  for (const node_id n : at.nodes()) {
    if (at.source().nodes[n].kind != kind::real) continue;
    for (const real50& v : at.numbers(n)) {
      const double size = size_of_real(v);
      if (num::isfinite(v)) e.largest = std::max(e.largest, size);
      if (size > 0) e.smallest = std::min(e.smallest, size);
      if (size == 0 && !(v == real50(0))) e.smallest = 0;
    }
  }
  return e;
}

}  // namespace reel::check
