// SPDX-License-Identifier: MIT
// How apply() erases an op's type. Included by op_plans.hpp.
#pragma once

#include <reel/autodiff/fields.hpp>
#include <reel/autodiff/op.hpp>

namespace reel::detail {

template <class Op> bool same(const void* left, const void* right) {
  const auto& a = *static_cast<const Op*>(left);
  const auto& b = *static_cast<const Op*>(right);
  if constexpr (std::is_empty_v<Op>) {
    return true;
  } else if constexpr (aggregate<Op> && !has_base<Op> && field_count<Op>() <= max_fields) {
    const auto equal = [](const auto& u, const auto& v) {
      return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return (same_bits(std::get<I>(u), std::get<I>(v)) && ...);
      }
      (std::make_index_sequence<std::tuple_size_v<std::remove_cvref_t<decltype(u)>>>{});
    };
    return equal(fields(a), fields(b));
  } else {
    return a == b;
  }
}

template <class Op> std::size_t hash(const void* op) {
  if constexpr (!std::is_empty_v<Op> && aggregate<Op> && !has_base<Op> && field_count<Op>() <= max_fields)
    return std::apply(
        [](const auto&... field) {
          std::size_t h = 0;
          ((h = hash_with(h, hash_of(field))), ...);
          return h;
        },
        fields(*static_cast<const Op*>(op)));
  else return 0;
}

template <class Op> constexpr auto declares() -> std::vector<identity> (*)(const void*, const applied_vjp&) {
  if constexpr (requires(const Op& op, const applied_vjp& r) { op.identities(r); })
    return [](const void* op, const applied_vjp& r) { return static_cast<const Op*>(op)->identities(r); };
  else return nullptr;
}

template <class Op> constexpr auto adds_up() -> var (*)(std::span<const var>) {
  if constexpr (requires(std::span<const var> terms) { Op::sum_of(terms); }) return Op::sum_of;
  else return nullptr;
}

template <class Op> constexpr op_type make_op_type() {
  using s = signature<Op, double>;
  return op_type{.name = Op::name,
                 .arity = s::variadic ? std::uint16_t{0} : static_cast<std::uint16_t>(s::arity),
                 .variadic = s::variadic,
                 .any_kind = requires {requires Op::any_kind;
}
, .analytic = requires { requires Op::analytic; }
, .elementwise = requires { requires Op::elementwise; }
, .stretch = requires { requires Op::stretch; }
, .view = requires { requires Op::view; }
, .rearranges = requires { requires Op::rearranges; }
, .effect = requires { requires Op::effect; }
, .sum = requires { requires Op::sum; }
, .product = requires { requires Op::product; }
, .finite_product = requires { requires Op::finite_product; }
, .difference = requires { requires Op::difference; }
, .stateless = std::is_empty_v<Op>, .result = s::result, .inputs = s::inputs.data(), .eval = evals<Op>(),
  .infer = &detail::infer<Op>, .vjp = &detail::vjp_of<Op>, .same = &detail::same<Op>,
  .copy = [](const void* op) -> std::shared_ptr<const void> {
    return std::make_shared<const Op>(*static_cast<const Op*>(op));
  },
  .hash = &detail::hash<Op>, .slices = slices_of<Op>(), .accumulate = accumulates<Op>(),
  .relaid_for = relaid_by<Op>(), .transposed = detail::transposed<Op>(), .identities = declares<Op>(),
  .identity_elements = identity_elements_of<Op>(), .accumulates_scaled = detail::accumulates_scaled<Op>(),
  .accumulate_scaled = accumulate_scaled_bodies<Op>(), .magnitude_bound = magnitude_bounds<Op>(),
  .sibling = sibling_of<Op>(), .computes = detail::computes<Op>(), .eval_with_sibling = sibling_bodies<Op>(),
  .stages = stages_of<Op>(), .sum_of = adds_up<Op>(),
};  // namespace reel::detail
}

// Appends a node. `op` is copied unless the tape holds an equal one.
var record(const op_type& type, const void* op, std::span<const operand* const> x);
var record(const op_type& type, const void* op, std::span<const var> x, source_location where);

// The op that recorded v, if it is of that type.
const void* recorded_op(const var& v, const op_type& type);

template <class Op, class... X> var apply_to(const Op& op, const X&... x) {
  static_assert(variadic_op<Op> || sizeof...(X) == signature<Op, double>::arity,
                "reel: apply() needs one operand per input of eval");
  const operand* const all[] = {&x...};
  return record(op_type_of<Op>, &op, all);
}

}  // namespace reel::detail

namespace reel {

template <operation Op> var apply(const Op& op, const operand& x) { return detail::apply_to(op, x); }
template <operation Op> var apply(const Op& op, const operand& a, const operand& b) {
  return detail::apply_to(op, a, b);
}
template <operation Op> var apply(const Op& op, const operand& a, const operand& b, const operand& c) {
  return detail::apply_to(op, a, b, c);
}
template <operation Op>
var apply(const Op& op, const operand& a, const operand& b, const operand& c, const operand& d) {
  return detail::apply_to(op, a, b, c, d);
}

template <operation Op> var apply(const Op& op, std::span<const var> x, source_location where) {
  return detail::record(detail::op_type_of<Op>, &op, x, where);
}

template <operation Op> const Op* recorded_by(const var& v) {
  return static_cast<const Op*>(detail::recorded_op(v, detail::op_type_of<Op>));
}

}  // namespace reel
