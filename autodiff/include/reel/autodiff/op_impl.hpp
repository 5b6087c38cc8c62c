// SPDX-License-Identifier: MIT
// How apply() erases an op's type. Included by op.hpp.
#pragma once

#include <reel/autodiff/fields.hpp>
#include <reel/autodiff/op/accumulation.hpp>
#include <reel/autodiff/op/contract.hpp>
#include <reel/autodiff/op/identities.hpp>
#include <reel/autodiff/op/layout.hpp>
#include <reel/autodiff/op/sibling.hpp>
#include <reel/autodiff/op/slicing.hpp>
#include <reel/autodiff/op/stages.hpp>

#include <bit>

namespace reel::detail {

template <class T> bool same_bits(const T& a, const T& b) {
  if constexpr (std::same_as<T, double>)
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
  else if constexpr (std::same_as<T, float>)
    return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
  else return a == b;
}

constexpr std::size_t hash_with(std::size_t hash, std::uint64_t word) noexcept {
  return (hash ^ word ^ (hash >> 29)) * 0x9e3779b97f4a7c15u;
}

// Of what can be told apart; 0 for anything else.
template <class T> std::size_t hash_of(const T& x) {
  if constexpr (std::same_as<T, double>) return hash_with(1, std::bit_cast<std::uint64_t>(x));
  else if constexpr (std::same_as<T, float>) return hash_with(1, std::bit_cast<std::uint32_t>(x));
  else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>)
    return hash_with(1, static_cast<std::uint64_t>(x));
  else if constexpr (requires { x.begin() != x.end(); }) {
    std::size_t h = 2;
    for (const auto& element : x) h = hash_with(h, hash_of(element));
    return h;
  } else {
    return 0;
  }
}

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

template <class Op> constexpr auto adds_up() -> var (*)(std::span<const var>) {
  if constexpr (requires(std::span<const var> terms) { Op::sum_of(terms); }) return Op::sum_of;
  else return nullptr;
}

template <class Op> constexpr algebra algebra_of() {
  if constexpr (requires { requires Op::product; }) return algebra::multiply;
  else if constexpr (requires { requires Op::finite_product; }) return algebra::multiply_or_zero;
  else if constexpr (requires { requires Op::difference; }) return algebra::subtract;
  else if constexpr (requires { requires Op::sum; }) return algebra::sum;
  else if constexpr (requires { requires Op::stretch; }) return algebra::broadcast;
  else if constexpr (requires { requires Op::view; }) return algebra::reshape;
  else if constexpr (requires { requires Op::rearranges; }) return algebra::rearrange;
  else return algebra::none;
}

template <class Op> constexpr void find_interfaces(op_type& type) {
  if constexpr (sliced<Op>) type.slices = &slicing_of<Op>;
  if constexpr (relaying<Op> || transposing<Op>) type.layouts = &layout_of<Op>;
  if constexpr (accumulating<Op>) type.accumulates = &accumulation_of<Op>;
  if constexpr (has_sibling<Op>) type.with = &sibling_of<Op>;
  if constexpr (staged<Op>) type.stages = &stage_table_of<Op>;
  if constexpr (states_identities<Op>) type.identities = &identity_list_of<Op>;
  type.identity_elements = identity_elements_of<Op>();
  type.sum_of = adds_up<Op>();
}

template <class Op> constexpr op_type make_op_type() {
  using s = signature<Op, double>;
  constexpr bool any_kind = requires { requires Op::any_kind; };
  constexpr bool analytic = requires { requires Op::analytic; };
  constexpr bool elementwise = requires { requires Op::elementwise; };
  constexpr bool effect = requires { requires Op::effect; };
  op_type type{.name = Op::name,
               .arity = s::variadic ? std::uint16_t{0} : static_cast<std::uint16_t>(s::arity),
               .variadic = s::variadic,
               .any_kind = any_kind,
               .analytic = analytic,
               .elementwise = elementwise,
               .effect = effect,
               .stateless = std::is_empty_v<Op>,
               .is = algebra_of<Op>(),
               .result = s::result,
               .inputs = s::inputs.data(),
               .eval = evals<Op>(),
               .infer = &detail::infer<Op>,
               .vjp = &detail::vjp_of<Op>,
               .same = &detail::same<Op>,
               .copy = [](const void* op) -> std::shared_ptr<const void> {
                 return std::make_shared<const Op>(*static_cast<const Op*>(op));
               },
               .hash = &detail::hash<Op>};
  find_interfaces<Op>(type);
  return type;
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
