// SPDX-License-Identifier: MIT
// A tree is a leaf, a struct of trees, or a vector, array, pair or tuple of trees. Leaves are vars
// while recording and arrays when stored; transforms, optimizers and model files work on any tree.
//
//   template <class T> struct mlp { T W1, b1, W2, b2; };   // mlp<var>, mlp<array<double>>
//
// A struct takes part as it is: an aggregate, without base classes, of at most 12 fields. Numbers,
// enums and strings in it are static: carried along, never differentiated.
#pragma once

#include <reel/autodiff/fields.hpp>
#include <reel/autodiff/tape.hpp>

#include <array>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace reel {

template <class T>
concept tree_leaf = std::same_as<std::remove_cvref_t<T>, var> || array_expression<T>;

template <class T>
concept static_leaf = std::is_arithmetic_v<std::remove_cvref_t<T>> ||
    std::is_enum_v<std::remove_cvref_t<T>> || std::convertible_to<T, std::string_view>;

namespace detail {

template <class T> inline constexpr bool is_sequence = false;
template <class T, class A> inline constexpr bool is_sequence<std::vector<T, A>> = true;
template <class T, std::size_t N> inline constexpr bool is_sequence<std::array<T, N>> = true;

template <class T> inline constexpr bool is_tuple = false;
template <class... T> inline constexpr bool is_tuple<std::tuple<T...>> = true;
template <class A, class B> inline constexpr bool is_tuple<std::pair<A, B>> = true;

// The parts of a struct or tuple, as a tuple of references.
template <class T> constexpr auto parts(T& t) {
  using U = std::remove_cv_t<T>;
  if constexpr (is_tuple<U>) {
    return std::apply([](auto&... x) { return std::tie(x...); }, t);
  } else {
    static_assert(aggregate<U>,
                  "reel: a tree is a var, an array, a number, a vector, tuple or plain struct of these");
    static_assert(!has_base<U>, "reel: a struct with a base class cannot be a tree; make the base a member");
    return fields(t);
  }
}

// Tree with its leaves of another type.
template <class Tree, class Leaf> struct rebind_tree;
template <class Tree, class Leaf> using rebind_t = typename rebind_tree<Tree, Leaf>::type;

template <class Tree, class Leaf> struct rebind_tree {
  static_assert(static_leaf<Tree>,
                "reel: make the struct a template over the type of its leaves: template <class T> struct "
                "model { T W, b; };");
  using type = Tree;
};
template <tree_leaf Tree, class Leaf> struct rebind_tree<Tree, Leaf> { using type = Leaf; };
template <class Tree, class Leaf>
requires requires {
  typename Tree::template rebind<Leaf>;
} &&(!tree_leaf<Tree>)struct rebind_tree<Tree, Leaf> {
  using type = typename Tree::template rebind<Leaf>;
};
template <class T, class Leaf> struct rebind_tree<std::vector<T>, Leaf> {
  using type = std::vector<rebind_t<T, Leaf>>;
};
template <class T, std::size_t N, class Leaf> struct rebind_tree<std::array<T, N>, Leaf> {
  using type = std::array<rebind_t<T, Leaf>, N>;
};
template <template <class...> class Struct, class... T, class Leaf>
requires(!tree_leaf<Struct<T...>> && !static_leaf<Struct<T...>> &&
         !requires { typename Struct<T...>::template rebind<Leaf>; }) struct rebind_tree<Struct<T...>, Leaf> {
  using type = Struct<rebind_t<T, Leaf>...>;
};

}  // namespace detail

// The same tree with leaves of type Leaf: rebind<mlp<array<double>>, var> is mlp<var>. A struct with
// other template parameters says how in a member: template <class U> using rebind = mlp<U, N>;
template <class Tree, class Leaf> using rebind = detail::rebind_t<std::remove_cvref_t<Tree>, Leaf>;

// Calls f on every leaf, in the order of declaration.
template <class Tree, class F> void for_each_leaf(Tree&& tree, F&& f) {
  using U = std::remove_cvref_t<Tree>;
  if constexpr (tree_leaf<U>) {
    f(tree);
  } else if constexpr (static_leaf<U>) {
  } else if constexpr (detail::is_sequence<U>) {
    for (auto& x : tree) for_each_leaf(x, f);
  } else {
    std::apply([&](auto&... x) { (for_each_leaf(x, f), ...); }, detail::parts(tree));
  }
}

// The tree of f(leaf), of type Leaf each.
template <class Leaf, class Tree, class F> rebind<Tree, Leaf> map_tree(const Tree& tree, F&& f) {
  if constexpr (tree_leaf<Tree>) {
    return f(tree);
  } else if constexpr (static_leaf<Tree>) {
    return tree;
  } else if constexpr (detail::is_sequence<Tree>) {
    rebind<Tree, Leaf> y{};
    if constexpr (requires { y.reserve(tree.size()); }) {
      y.reserve(tree.size());
      for (const auto& x : tree) y.push_back(map_tree<Leaf>(x, f));
    } else {
      for (std::size_t i = 0; i < tree.size(); ++i) y[i] = map_tree<Leaf>(tree[i], f);
    }
    return y;
  } else {
    rebind<Tree, Leaf> y{};
    const auto from = detail::parts(tree);
    const auto to = detail::parts(y);
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      ((std::get<I>(to) = map_tree<Leaf>(std::get<I>(from), f)), ...);
    }
    (std::make_index_sequence<std::tuple_size_v<decltype(from)>>{});
    return y;
  }
}

template <class Tree> std::vector<var> leaves(const Tree& tree) {
  std::vector<var> all;
  for_each_leaf(tree, [&](const var& x) { all.push_back(x); });
  return all;
}

// A tree of vars shaped like `like`, filled from `vars` in order.
template <class Tree> rebind<Tree, var> unflatten(const Tree& like, const std::vector<var>& vars) {
  std::size_t i = 0;
  return map_tree<var>(like, [&](const auto&) { return vars[i++]; });
}

// The numbers of a tree of vars.
template <class T = double, class Tree> rebind<Tree, array<T>> values(const Tree& tree) {
  return map_tree<array<T>>(tree, [](const var& x) { return x.template value<T>(); });
}

template <class Tree> std::size_t leaf_count(const Tree& tree) {
  std::size_t n = 0;
  for_each_leaf(tree, [&](const auto&) { ++n; });
  return n;
}

}  // namespace reel
