// SPDX-License-Identifier: MIT
// The contract of an op as a concept, and what a tape knows of an op type. Included by op.hpp, which
// documents it.
#pragma once

#include <reel/autodiff/number.hpp>
#include <reel/autodiff/std_functions.hpp>
#include <reel/autodiff/var.hpp>

#include <array>
#include <bit>
#include <concepts>
#include <memory>
#include <span>
#include <tuple>
#include <type_traits>
#include <vector>

namespace reel::kernels {
struct stages;
}

namespace reel {

// Numbers an op reads: contiguous, row-major, with their shape.
template <class T> struct in {
  const T* data = nullptr;
  const reel::shape* dims = nullptr;
  index_t size() const { return dims->size(); }
  const reel::shape& shape() const { return *dims; }
  const T& operator[](index_t i) const { return data[i]; }
};

// Numbers an op writes; never overlaps an input unless the op is elementwise.
template <class T> struct out {
  T* data = nullptr;
  const reel::shape* dims = nullptr;
  index_t size() const { return dims->size(); }
  const reel::shape& shape() const { return *dims; }
  T& operator[](index_t i) const { return data[i]; }
};

namespace detail {
struct operand_view {
  void* data;
  const reel::shape* dims;
};
}  // namespace detail

// Any number of inputs of one kind.
template <class T> class many {
 public:
  explicit many(std::span<const detail::operand_view> views) : views_(views) {}
  std::size_t size() const { return views_.size(); }
  in<T> operator[](std::size_t i) const { return {static_cast<const T*>(views_[i].data), views_[i].dims}; }

 private:
  std::span<const detail::operand_view> views_;
};

// How an op can be cut into blocks of rows, slices along the first axis: the inputs (bit i: input i) it
// reads block by block beside all of the others; and whether its result is such a block, too, or the sum
// of what the blocks give. No inputs: not at all. `columns`: for a block of rows of the result, the
// inputs of which that block of columns is enough, beside all of the others.
struct row_slices {
  unsigned inputs = 0;
  bool reduces = false;
  unsigned columns = 0;
};

// What computes the same where some inputs (bit i: input i) and the result lie transposed: an op, and
// whether it takes two inputs in the other order.
template <class Op> struct relaid {
  Op op;
  bool swap;
};

// What holds of all cotangents of an op, by its author's word: `zero` is 0, but for rounding, at each
// element. `text` says it for a reader.
struct identity {
  const char* text;
  var zero;
};

// One application of a rule: ȳ, y, and for each input its cotangent, `none` where its kind has none.
struct applied_vjp {
  var ybar, y;
  std::span<const var> x, xbar;
};

template <number... T> struct numbers {
  template <class N> static constexpr bool contains = (std::same_as<N, T> || ...);
};

namespace detail {

// What eval's signature says of a parameter: it follows T, or is of a fixed kind.
enum class kind_rule : std::uint8_t { number, index, boolean };

template <class T> inline constexpr kind_rule kind_rule_of = kind_rule::number;
template <> inline constexpr kind_rule kind_rule_of<index_t> = kind_rule::index;
template <> inline constexpr kind_rule kind_rule_of<bool> = kind_rule::boolean;

template <class P> struct parameter;
template <class T> struct parameter<in<T>> {
  static constexpr bool variadic = false;
  static constexpr kind_rule rule = kind_rule_of<T>;
  static in<T> make(std::span<const operand_view> views, std::size_t i) {
    return {static_cast<const T*>(views[i].data), views[i].dims};
  }
};
template <class T> struct parameter<many<T>> {
  static constexpr bool variadic = true;
  static constexpr kind_rule rule = kind_rule_of<T>;
  static many<T> make(std::span<const operand_view> views, std::size_t) { return many<T>(views); }
};

template <class F> struct eval_signature;
template <class Op, class R, class... P> struct eval_signature<void (Op::*)(out<R>, P...) const> {
  static constexpr std::size_t arity = sizeof...(P);
  static constexpr bool variadic = (parameter<P>::variadic || ...);
  static_assert(!variadic || arity == 1, "reel: many<T> must be eval's only input");
  static constexpr kind_rule result = kind_rule_of<R>;
  static constexpr std::array<kind_rule, arity> inputs{parameter<P>::rule...};

  static void call(const Op& op, void (Op::*f)(out<R>, P...) const, const operand_view& y,
                   std::span<const operand_view> x) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (op.*f)(out<R>{static_cast<R*>(y.data), y.dims}, parameter<P>::make(x, I)...);
    }
    (std::index_sequence_for<P...>{});
  }
  static void call_with_sibling(const Op& op, void (Op::*f)(out<R>, out<R>, P...) const,
                                const operand_view& y, const operand_view& other,
                                std::span<const operand_view> x) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (op.*f)(out<R>{static_cast<R*>(y.data), y.dims}, out<R>{static_cast<R*>(other.data), other.dims},
              parameter<P>::make(x, I)...);
    }
    (std::index_sequence_for<P...>{});
  }
};

template <class Op, class T> using signature = eval_signature<decltype(&Op::template eval<T>)>;

template <class Op, std::size_t> using shape_t = const shape&;
template <std::size_t> using var_t = var;

template <class Op, std::size_t... I> constexpr bool can_infer(std::index_sequence<I...>) {
  return requires(const Op& op, shape_t<Op, I>... s) {
    { op.infer(s...) } -> std::convertible_to<shape>;
  };
}
template <class Op, std::size_t... I> constexpr bool can_vjp(std::index_sequence<I...>) {
  return requires(const Op& op, var v, var_t<I>... x) { op.vjp(v, v, x...); };
}
template <class Op, std::size_t... I> constexpr bool can_refer(std::index_sequence<I...>) {
  return requires(const Op& op, var_t<I>... x) {
    { op.reference(x...) } -> std::convertible_to<var>;
  };
}

template <class Op> using inputs_of = std::make_index_sequence<signature<Op, double>::arity>;

template <class Op>
concept variadic_op = signature<Op, double>::variadic;
template <class Op>
concept infers = (variadic_op<Op> &&
                  requires(const Op& op, std::span<const shape> s) {
                    { op.infer(s) } -> std::convertible_to<shape>;
                  }) ||
                 (!variadic_op<Op> && can_infer<Op>(inputs_of<Op>{}));
template <class Op>
concept has_vjp = (variadic_op<Op> &&
                   requires(const Op& op, var v, std::span<const var> x) {
                     { op.vjp(v, v, x) } -> std::convertible_to<std::vector<var>>;
                   }) ||
                  (!variadic_op<Op> && can_vjp<Op>(inputs_of<Op>{}));
template <class Op>
concept refers = !variadic_op<Op> && can_refer<Op>(inputs_of<Op>{});
// A result of kind index or bool has no cotangent, so there is nothing to pull back.
template <class Op>
concept has_no_cotangent = signature<Op, double>::result != kind_rule::number;

}  // namespace detail

template <class Op>
concept named_op = requires {
  { Op::name } -> std::convertible_to<const char*>;
};
template <class Op>
concept evaluated_op = requires {
  detail::signature<Op, double>::arity;
};

// The whole contract of an op; a compiler's message names the part that is missing.
template <class Op>
concept operation = std::equality_comparable<Op> && std::copyable<Op> && named_op<Op> && evaluated_op<Op> &&
    detail::infers<Op> &&(detail::has_no_cotangent<Op> || detail::has_vjp<Op> || detail::refers<Op>);

namespace detail {

using eval_fn = void (*)(const void* op, const operand_view& y, std::span<const operand_view> x);

// What an op is to the passes that rewrite sums and products. An author says it by a member of that name.
enum class algebra : std::uint8_t {
  none,
  multiply,          // y[i] = a[i]·b[i]
  multiply_or_zero,  // y[i] = a[i]·b[i] if both are finite
  subtract,          // y[i] = a[i] − b[i]
  sum,               // y[j] is the sum of some elements of x
  broadcast,         // y repeats x to fill its shape
  reshape,           // y has the bytes of x under another shape
  rearrange,         // y has the elements of x, each once, in another order
};

// The optional interfaces, one header each below op/.
struct slicing;        // by blocks of rows
struct layout;         // matrices that lie transposed
struct accumulation;   // y = beta·y + alpha·op(x)
struct sibling;        // another op computed along
struct stage_table;    // on numbers in registers
struct identity_list;  // what its cotangents are held to

// What a tape knows of an op type, free of templates: the contract, and the interfaces that the op has.
struct op_type {
  const char* name;
  std::uint16_t arity;  // of a variadic op: 0
  bool variadic, any_kind, analytic, elementwise, effect, stateless;
  algebra is;
  kind_rule result;
  const kind_rule* inputs;
  std::array<eval_fn, dtype_count> eval;  // null where the op has no body
  shape (*infer)(const void* op, std::span<const shape* const> x);
  void (*vjp)(const void* op, const var& ybar, const var& y, std::span<const var> x, std::span<var> xbar);
  bool (*same)(const void* a, const void* b);  // attributes equal, floating-point ones bit for bit
  std::shared_ptr<const void> (*copy)(const void* op);
  std::size_t (*hash)(const void* op);  // of ops that are the same the same
  // Null where the op does not say.
  const slicing* slices = nullptr;
  const layout* layouts = nullptr;
  const accumulation* accumulates = nullptr;
  const sibling* with = nullptr;
  const stage_table* stages = nullptr;
  const identity_list* identities = nullptr;
  unsigned (*identity_elements)(const void* op) = nullptr;  // bit i: 1 as operand i changes nothing
  var (*sum_of)(std::span<const var> terms) = nullptr;
};

// Whether an op has a body for T.
template <class Op, class T> constexpr bool has_number() {
  if constexpr (std::same_as<T, complex>) return requires {
      requires Op::analytic;
    };
  else if constexpr (!number<T>) return requires {
      requires Op::any_kind;
    };
  else if constexpr (requires { typename Op::numbers; }) return Op::numbers::template contains<T>;
  else return true;
}

// By number type make<T>(), where the op has a body for T.
template <class Op, class F, class... T> constexpr std::array<F, dtype_count> bodies(auto make) {
  std::array<F, dtype_count> f{};
  const auto fill = [&]<class N>(std::type_identity<N>) {
    if constexpr (has_number<Op, N>())
      f[static_cast<std::size_t>(dtype_of<N>)] = make.template operator()<N>();
  };
  (fill(std::type_identity<T>{}), ...);
  return f;
}

template <class Op, class T> constexpr eval_fn eval_for() {
  return [](const void* op, const operand_view& y, std::span<const operand_view> x) {
    signature<Op, T>::call(*static_cast<const Op*>(op), &Op::template eval<T>, y, x);
  };
}

template <class Op> constexpr std::array<eval_fn, dtype_count> evals() {
  return bodies<Op, eval_fn, float, double, real50, complex, index_t, bool>(
      []<class T> { return eval_for<Op, T>(); });
}

template <class Op> shape infer(const void* self, std::span<const shape* const> x) {
  const auto& op = *static_cast<const Op*>(self);
  if constexpr (variadic_op<Op>) {
    std::vector<shape> shapes;
    for (const shape* s : x) shapes.push_back(*s);
    return op.infer(std::span<const shape>(shapes));
  } else {
    return [&]<std::size_t... I>(std::index_sequence<I...>) { return op.infer(*x[I]...); }
    (inputs_of<Op>{});
  }
}

void vjp_of_reference(const var& r, const var& ybar, std::span<const var> x, std::span<var> xbar);
void check_cotangent_count(const var& y, std::size_t given, std::size_t inputs);
var rewrap(const var& x);  // an identity node: a handle that only later uses go through

template <class Op>
void vjp_of(const void* self, const var& ybar, const var& y, std::span<const var> x, std::span<var> xbar) {
  [[maybe_unused]] const auto& op = *static_cast<const Op*>(self);
  if constexpr (has_no_cotangent<Op>) {
    static_cast<void>(ybar), static_cast<void>(y), static_cast<void>(x), static_cast<void>(xbar);
  } else if constexpr (variadic_op<Op>) {
    const std::vector<var> r = op.vjp(ybar, y, x);
    check_cotangent_count(y, r.size(), x.size());
    for (std::size_t i = 0; i < x.size(); ++i) xbar[i] = r[i];
  } else if constexpr (has_vjp<Op>) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      const auto r = op.vjp(ybar, y, x[I]...);
      if constexpr (std::convertible_to<decltype(r), var>) xbar[0] = r;
      else ((xbar[I] = std::get<I>(r)), ...);
    }
    (inputs_of<Op>{});
  } else {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      const std::array<var, sizeof...(I)> inner{rewrap(x[I])...};
      vjp_of_reference(op.reference(inner[I]...), ybar, inner, xbar);
    }
    (inputs_of<Op>{});
  }
}

// Attributes are compared field by field where the op is an aggregate without bases; -0.0 and 0.0 differ.
template <class Op> bool same(const void* left, const void* right);
template <class Op> std::size_t hash(const void* op);

template <class Op> constexpr op_type make_op_type();
template <class Op> inline constexpr op_type op_type_of = make_op_type<Op>();

}  // namespace detail

// Records `op` applied to its operands and returns its result. Throws tape_mismatch, stale_variable,
// shape_mismatch, kind_mismatch, invalid_axis, ... naming op, shapes and the user's line.
template <operation Op> var apply(const Op& op, const operand& x);
template <operation Op> var apply(const Op& op, const operand& a, const operand& b);
template <operation Op> var apply(const Op& op, const operand& a, const operand& b, const operand& c);
template <operation Op>
var apply(const Op& op, const operand& a, const operand& b, const operand& c, const operand& d);
template <operation Op> var apply(const Op& op, std::span<const var> x, source_location where);

// The op that recorded a var, if it is an Op; null if it is another. It lives as long as the tape holds it.
template <operation Op> const Op* recorded_by(const var& v);
// What that op was applied to; nothing for a leaf.
std::vector<var> operands_of(const var& v);

}  // namespace reel
