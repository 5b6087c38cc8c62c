// SPDX-License-Identifier: MIT
#include <reel/autodiff/zero_cotangents.hpp>

#include "tape/recording.hpp"

#include <reel/autodiff/node.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace reel {

namespace {

using detail::no_node;
using detail::recording;

// Masks of numbers that are not 0 by choice.
struct always_op {
  static constexpr auto name = "always";
  static constexpr bool analytic = true, elementwise = true;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<bool> y, in<T>) const { std::fill_n(y.data, y.size(), true); }
  bool operator==(const always_op&) const = default;
};
struct is_not_zero_op {
  static constexpr auto name = "is_not_zero";
  static constexpr bool analytic = true, elementwise = true;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<bool> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = !(x[i] == T(0));
  }
  bool operator==(const is_not_zero_op&) const = default;
};
struct both_op {
  static constexpr auto name = "both";
  static constexpr bool analytic = true, elementwise = true;
  shape infer(const shape& a, const shape&) const { return a; }
  template <class T> void eval(out<bool> y, in<bool> a, in<bool> b) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = a[i] && b[i];
  }
  bool operator==(const both_op&) const = default;
};
struct either_op {
  static constexpr auto name = "either";
  static constexpr bool analytic = true, elementwise = true;
  shape infer(const shape& a, const shape&) const { return a; }
  template <class T> void eval(out<bool> y, in<bool> a, in<bool> b) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = a[i] || b[i];
  }
  bool operator==(const either_op&) const = default;
};

// A mask in numbers: 1 where it holds.
struct mask_number_op {
  static constexpr auto name = "mask_number";
  static constexpr bool analytic = true, elementwise = true;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<bool> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = x[i] ? T(1) : T(0);
  }
  var vjp(var, var, var) const { return none; }
  bool operator==(const mask_number_op&) const = default;
};

// Whether an elementwise op makes 0 of zeros, as sums, differences and changes of sign do.
bool keeps_zero(const recording& r, node_id n) {
  const detail::op_ref& op = r.op_of(n);
  const auto body = op.type->eval[static_cast<std::size_t>(dtype::f64)];
  const auto real = [&](node_id i) { return r.nodes[i].kind == kind::real; };
  if (!op.type->elementwise || body == nullptr || !std::ranges::all_of(r.inputs_of(n), real)) return false;
  const shape scalar;
  double zero = 0, y = 1;
  const std::vector<detail::operand_view> x(r.inputs_of(n).size(), {&zero, &scalar});
  body(op.self.get(), {&y, &scalar}, x);
  return y == 0;
}

// Records the masks, from the leaves on.
class zero_tracer {
 public:
  zero_tracer(recording& r, const std::vector<node_id>& products) : r_(r), masks_(r.nodes.size()) {
    std::vector<char> wanted(r.nodes.size());
    for (const node_id n : products) wanted[n] = true;
    for (auto n = static_cast<node_id>(wanted.size()); n-- > 0;)
      if (wanted[n] && passes(n))
        for (const node_id i : r.inputs_of(n)) wanted[i] = true;
    for (node_id n = 0; n < wanted.size(); ++n)
      if (wanted[n] && r.nodes[n].kind == kind::real) masks_[n] = make(n);
  }
  const var& mask(node_id n) const { return masks_[n]; }

 private:
  const detail::op_type& type(node_id n) const { return *r_.op_of(n).type; }
  bool is_product(node_id n) const {
    return type(n).is == detail::algebra::multiply || type(n).is == detail::algebra::multiply_or_zero;
  }
  bool moves(node_id n) const { return type(n).any_kind && r_.nodes[n].role == tape::role::computed; }
  // Among zeros, where indices say.
  bool scatters(node_id n) const {
    const std::span<const node_id> x = r_.inputs_of(n);
    return type(n).sum_of != nullptr && x.size() == 2 && r_.nodes[x[0]].kind == kind::real &&
           r_.nodes[x[1]].kind == kind::index && !type(n).any_kind;
  }
  bool passes(node_id n) const { return is_product(n) || moves(n) || scatters(n) || keeps_zero(r_, n); }

  var make(node_id n) {
    const std::vector<node_id> inputs(r_.inputs_of(n).begin(), r_.inputs_of(n).end());
    const source_location where = r_.location_of(n);
    const auto of = [&](const auto& op, std::initializer_list<var> x) {
      return apply(op, std::span<const var>(x.begin(), x.size()), where);
    };
    if (is_product(n)) return of(both_op{}, {masks_[inputs[0]], masks_[inputs[1]]});
    if (moves(n)) {  // numbers of any kind, hence masks as well
      std::vector<var> x;
      for (const node_id i : inputs) x.push_back(r_.nodes[i].kind == kind::real ? masks_[i] : r_.handle(i));
      const detail::op_ref op = r_.op_of(n);
      return detail::record(*op.type, op.self.get(), x, where);
    }
    if (scatters(n)) {
      const detail::op_ref op = r_.op_of(n);
      const var x[] = {of(mask_number_op{}, {masks_[inputs[0]]}), r_.handle(inputs[1])};
      return of(is_not_zero_op{}, {detail::record(*op.type, op.self.get(), x, where)});
    }
    if (keeps_zero(r_, n)) {
      var any = masks_[inputs[0]];
      for (std::size_t k = 1; k < inputs.size(); ++k) any = of(either_op{}, {any, masks_[inputs[k]]});
      return any;
    }
    const bool constant = r_.nodes[n].role == tape::role::constant;
    return constant ? of(is_not_zero_op{}, {r_.handle(n)}) : of(always_op{}, {r_.handle(n)});
  }

  recording& r_;
  std::vector<var> masks_;
};

// Refuses a run in which a product is 0, by arithmetic, although a factor is not finite.
struct zero_cotangent_guard {
  static constexpr auto name = "watch_zero_cotangents";
  static constexpr bool effect = true, analytic = true;
  const char* op = nullptr;  // whose rule it is, and where that was recorded
  source_location where = {};
  shape infer(const shape&, const shape&, const shape&, const shape&) const { return {}; }
  template <class T>
  void eval(out<bool> y, in<T> product, in<T> cotangent, in<T> slope, in<bool> open) const {
    for (index_t i = 0; i < product.size(); ++i)
      if (open[i] && product[i] == T(0) && !(num::isfinite(cotangent[i]) && num::isfinite(slope[i])))
        throw error(
            errc::non_finite, op, where,
            fmt::format(
                "the cotangent is {} and the slope {}{}. Their product is taken as 0, which need not be the "
                "derivative there. Write the function so that no slope is infinite, or choose another "
                "with where().",
                num::convert<double>(cotangent[i]) + 0.0, num::convert<double>(slope[i]) + 0.0,
                position(product.shape(), i)));
    y[0] = true;
  }
  static std::string position(const shape& s, index_t i) {
    std::vector<index_t> at(s.rank());
    for (std::size_t k = s.rank(); k-- > 0; i /= s[k]) at[k] = i % s[k];
    return at.empty() ? "" : fmt::format(" at [{}]", fmt::join(at, ", "));
  }
  bool operator==(const zero_cotangent_guard&) const = default;
};

}  // namespace

namespace detail {

std::vector<zero_product> zero_products(std::span<const var> y) {
  if (y.empty()) return {};
  recording& r = recording::of(y[0]);
  std::vector<char> seen(r.nodes.size());
  for (const var& v : y) {
    if (&recording::of(v) != &r)
      throw error(errc::tape_mismatch, "watch_zero_cotangents", v.where(),
                  fmt::format("'{}' and '{}' are different tapes.", r.name, recording::of(v).name));
    seen[v.id()] = true;
  }
  std::vector<node_id> products;
  for (auto n = static_cast<node_id>(seen.size()); n-- > 0;) {
    if (!seen[n]) continue;
    for (const node_id i : r.inputs_of(n)) seen[i] = true;
    if (r.op_of(n).type->is == algebra::multiply_or_zero) products.push_back(n);
  }
  std::ranges::reverse(products);
  transaction whole(r);
  const zero_tracer traced(r, products);
  std::vector<zero_product> all;
  for (const node_id n : products) {
    const std::span<const node_id> x = r.inputs_of(n);
    all.push_back({n, r.handle(n), r.handle(x[0]), r.handle(x[1]), traced.mask(n)});
  }
  whole.commit();
  return all;
}

}  // namespace detail

void watch_zero_cotangents(std::span<const var> y) {
  if (y.empty()) return;
  recording& r = recording::of(y[0]);
  detail::transaction whole(r);
  for (const detail::zero_product& p : detail::zero_products(y)) {
    const node_id origin = r.nodes[p.node].origin;
    const source_location where = r.location_of(p.node);
    const var x[] = {p.product, p.cotangent, p.slope, p.open};
    apply(zero_cotangent_guard{r.op_of(origin).type->name, where}, x, where);
  }
  whole.commit();
}
void watch_zero_cotangents(const var& y) { watch_zero_cotangents(std::span(&y, 1)); }

}  // namespace reel
