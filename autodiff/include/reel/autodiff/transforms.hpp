// SPDX-License-Identifier: MIT
// Derivatives of functions: functions to functions, differentiating with respect to the first
// argument, which may be any tree. Called with arrays (or a number) they record on a tape of their
// own and return arrays; called with vars they record on the caller's tape and return vars, so they
// nest to any order:
//
//   auto f = [](var x) { return sum(exp(x)); };
//   auto g = grad(f)(array<double>{1, 2});                       // an array
//   auto d2 = grad([&](var x) { return sum(grad(f)(x)); });      // a function
//
// Arrays in further arguments are constants (floating → real, integer → index, bool → bool). Each call
// records afresh, so that branches are taken anew, in memory that the thread has kept from the call before
// (tape.hpp).
#pragma once

#include <reel/autodiff/program.hpp>
#include <reel/autodiff/sweep.hpp>
#include <reel/autodiff/tree.hpp>

#include <optional>
#include <tuple>
#include <utility>

namespace reel {

namespace detail {

template <class T> inline constexpr bool holds_var = false;
template <> inline constexpr bool holds_var<var> = true;
template <template <class...> class S, class... T>
inline constexpr bool holds_var<S<T...>> = (holds_var<T> || ...);
template <class T, std::size_t N> inline constexpr bool holds_var<std::array<T, N>> = holds_var<T>;

template <class F>
concept function_object =
    !std::same_as<std::remove_cvref_t<F>, var> &&
    (std::is_class_v<std::remove_cvref_t<F>> || std::is_function_v<std::remove_pointer_t<F>>);

// The tape the arguments are on, or a fresh one.
class recorder {
 public:
  template <class... A> explicit recorder(const char* name, const A&... args) {
    (find(args), ...);
    if (recording_ == nullptr) recording_ = &own_.emplace(name).recording();
  }
  explicit recorder(const tape& t) : recording_(&t.recording()) {}
  // `x` as a tree of vars here; an argument one differentiates by gets handles of its own, so that
  // an inner derivative never sees paths that do not go through its argument.
  template <class A> auto lift(const A& x, tape::role r) {
    using U = std::remove_cvref_t<A>;
    if constexpr (std::floating_point<U>) {
      const shape scalar;
      const double number = static_cast<double>(x);
      return record_leaf(*recording_, r, {dtype::f64, &number, &scalar}, {});
    } else if constexpr (static_leaf<U>) {
      return x;
    } else {
      return map_tree<var>(x, [&](const auto& leaf) {
        if constexpr (std::same_as<std::remove_cvref_t<decltype(leaf)>, var>)
          return r == tape::role::constant ? leaf : rewrap(leaf);
        else
          return with_view(leaf, {}, [&](const tape::view& v) { return record_leaf(*recording_, r, v, {}); });
      });
    }
  }

 private:
  template <class A> void find(const A& x) {
    if constexpr (!static_leaf<A>)
      for_each_leaf(x, [&](const auto& leaf) {
        if constexpr (std::same_as<std::remove_cvref_t<decltype(leaf)>, var>) recording_ = &leaf.recording();
      });
  }
  std::optional<tape> own_;
  recording* recording_ = nullptr;
};

// A result as the caller sees it: vars for vars, arrays for arrays, a number for a number.
template <number T, bool OnTape, class Like, class Tree> auto materialize(const Tree& vars) {
  if constexpr (OnTape) return vars;
  else if constexpr (std::floating_point<std::remove_cvref_t<Like>>) return vars.template item<T>();
  else return values<T>(vars);
}

template <class X, class... A>
inline constexpr bool on_tape = holds_var<std::remove_cvref_t<X>> ||
                                (holds_var<std::remove_cvref_t<A>> || ...);

template <class Tree> std::vector<var> matching(const Tree& directions, std::size_t count, const char* what) {
  auto all = leaves(directions);
  if (all.size() != count)
    throw error(errc::invalid_argument, what, {},
                "the direction has another structure than the argument; give one array per leaf.");
  return all;
}

// ∂y/∂x in numbers: one vjp, frozen, run with every unit seed.
template <number T> array<T> jacobian_value(const var& y, const var& x);

}  // namespace detail

// x, … ↦ {loss, ∂loss/∂x}
template <number T = double, detail::function_object F> auto value_and_grad(F f) {
  return [f]<class X, class... A>(const X& x, const A&... more) {
    constexpr bool on_tape = detail::on_tape<X, A...>;
    detail::recorder here("value_and_grad", x, more...);
    const auto v = here.lift(x, tape::role::variable);
    const var loss =
        std::apply(f, std::tuple_cat(std::tie(v), std::make_tuple(here.lift(more, tape::role::constant)...)));
    const auto g = unflatten(v, grad(loss, leaves(v)));
    if constexpr (on_tape) return std::pair(loss, g);
    else return std::pair(loss.template item<T>(), detail::materialize<T, false, X>(g));
  };
}

// x, … ↦ ∂loss/∂x
template <number T = double, detail::function_object F> auto grad(F f) {
  return [f]<class X, class... A>(const X& x, const A&... more) {
    detail::recorder here("grad", x, more...);
    const auto v = here.lift(x, tape::role::variable);
    const var loss =
        std::apply(f, std::tuple_cat(std::tie(v), std::make_tuple(here.lift(more, tape::role::constant)...)));
    return detail::materialize<T, detail::on_tape<X, A...>, X>(unflatten(v, grad(loss, leaves(v))));
  };
}

// x, ȳ, … ↦ {y, Jᵀȳ}; y may be a tree, and ȳ has its structure.
template <number T = double, detail::function_object F> auto vjp(F f) {
  return [f]<class X, class Y, class... A>(const X& x, const Y& ybar, const A&... more) {
    constexpr bool on_tape = detail::on_tape<X, Y, A...>;
    detail::recorder here("vjp", x, ybar, more...);
    const auto v = here.lift(x, tape::role::variable);
    const auto y =
        std::apply(f, std::tuple_cat(std::tie(v), std::make_tuple(here.lift(more, tape::role::constant)...)));
    const auto ys = leaves(y);
    const auto seeds = detail::matching(here.lift(ybar, tape::role::constant), ys.size(), "vjp");
    const auto xbar = unflatten(v, vjp(ys, leaves(v), seeds));
    return std::pair(detail::materialize<T, on_tape, Y>(y), detail::materialize<T, on_tape, X>(xbar));
  };
}

// x, v, … ↦ {y, Jv}; v has the structure of x.
template <number T = double, detail::function_object F> auto jvp(F f) {
  return [f]<class X, class V, class... A>(const X& x, const V& direction, const A&... more) {
    constexpr bool on_tape = detail::on_tape<X, V, A...>;
    detail::recorder here("jvp", x, direction, more...);
    const auto v = here.lift(x, tape::role::variable);
    const auto y =
        std::apply(f, std::tuple_cat(std::tie(v), std::make_tuple(here.lift(more, tape::role::constant)...)));
    const auto xs = leaves(v);
    const auto tangents = detail::matching(here.lift(direction, tape::role::constant), xs.size(), "jvp");
    const auto dy = unflatten(y, jvp(leaves(y), xs, tangents));
    return std::pair(detail::materialize<T, on_tape, void*>(y), detail::materialize<T, on_tape, void*>(dy));
  };
}

// x, v, … ↦ Hv of a loss, forward over reverse.
template <number T = double, detail::function_object F> auto hvp(F f) {
  return [f]<class X, class V, class... A>(const X& x, const V& direction, const A&... more) {
    return jvp<T>([f](const auto& v, const auto&... rest) { return grad(f)(v, rest...); })(x, direction,
                                                                                           more...)
        .second;
  };
}

// x, … ↦ ∂y/∂x, for each leaf of x an array of shape y.shape() + leaf.shape().
template <number T = double, detail::function_object F> auto jacobian(F f) {
  return [f]<class X, class... A>(const X& x, const A&... more) {
    detail::recorder here("jacobian", x, more...);
    const auto v = here.lift(x, tape::role::variable);
    const var y =
        std::apply(f, std::tuple_cat(std::tie(v), std::make_tuple(here.lift(more, tape::role::constant)...)));
    if constexpr (detail::on_tape<X, A...>)
      return map_tree<var>(v, [&](const var& leaf) { return jacobian(y, leaf); });
    else return map_tree<array<T>>(v, [&](const var& leaf) { return detail::jacobian_value<T>(y, leaf); });
  };
}

// x, … ↦ the Hessian of a loss. Of one array an array of shape x.shape() + x.shape(). Of a tree a tree of
// trees: for leaves a and b, h.a.b(i, j) = ∂²loss/∂a_i∂b_j, of shape a.shape() + b.shape().
template <number T = double, detail::function_object F> auto hessian(F f) {
  return [f]<class X, class... A>(const X& x, const A&... more) {
    constexpr bool on_tape = detail::on_tape<X, A...>;
    using leaf = std::conditional_t<on_tape, var, array<T>>;
    detail::recorder here("hessian", x, more...);
    const auto v = here.lift(x, tape::role::variable);
    const var loss =
        std::apply(f, std::tuple_cat(std::tie(v), std::make_tuple(here.lift(more, tape::role::constant)...)));
    const auto slopes = grad(loss, leaves(v));
    std::size_t i = 0;
    const auto row = [&](const var&) {
      const var& slope = slopes[i++];
      return map_tree<leaf>(v, [&](const var& x_j) -> leaf {
        if constexpr (on_tape) return jacobian(slope, x_j);
        else return detail::jacobian_value<T>(slope, x_j);
      });
    };
    return map_tree<decltype(row(var{}))>(v, row);
  };
}

// A function recorded once, for arguments shaped like the examples, and run again and again. Every
// array of every argument becomes an input; the result is a tree of arrays of T.
template <number T, class Result> class frozen_function {
 public:
  frozen_function(const program& p, Result like) : instance_(p), like_(std::move(like)) {}

  template <class... A> rebind<Result, array<T>> operator()(const A&... args) {
    std::vector<array<T>> reals;
    std::vector<binding> inputs;
    reals.reserve((std::size_t{0} + ... + count(args)));
    (bind(args, reals, inputs), ...);
    instance_.run(inputs);
    std::size_t i = 0;
    return map_tree<array<T>>(like_, [&](const auto&) { return instance_.output(i++); });
  }
  const program& source() const { return instance_.source(); }

 private:
  template <class A> static std::size_t count(const A& x) {
    if constexpr (std::floating_point<A>) return 1;
    else return leaf_count(x);
  }
  template <class A> void bind(const A& x, std::vector<array<T>>& reals, std::vector<binding>& inputs) {
    if constexpr (std::floating_point<A>) {
      reals.push_back(make_array<T>({}));
      *reals.back().data() = static_cast<T>(x);
      inputs.emplace_back(reals.back());
    } else {
      for_each_leaf(x, [&](const auto& leaf) {
        using V = typename std::remove_cvref_t<decltype(leaf)>::value_type;
        if constexpr (std::same_as<V, T> || std::same_as<V, index_t> || std::same_as<V, bool>) {
          inputs.emplace_back(leaf);
        } else {
          static_assert(std::is_floating_point_v<V>,
                        "reel: integer inputs of a frozen function are arrays of reel::index_t");
          reals.push_back(array<T>(leaf));
          inputs.emplace_back(reals.back());
        }
      });
    }
  }
  instance<T> instance_;
  Result like_;  // vars of a tape that is gone; only their structure is used
};

template <number T = double, detail::function_object F, class... A>
auto freeze(const F& f, const A&... examples) {
  detail::recorder here("freeze", examples...);
  const auto args = std::make_tuple(here.lift(examples, tape::role::input)...);
  const auto y = std::apply(f, args);
  freeze_request request;
  request.outputs = leaves(y);
  for_each_leaf(args, [&](const var& x) { request.inputs.push_back(x); });
  return frozen_function<T, decltype(y)>(freeze(request), y);
}

}  // namespace reel
