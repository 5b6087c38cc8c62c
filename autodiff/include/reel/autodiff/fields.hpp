// SPDX-License-Identifier: MIT
// The fields of an aggregate as a tuple of references: how trees are walked and attributes compared
// without macros or registration.
#pragma once

#include <concepts>
#include <cstddef>
#include <tuple>
#include <type_traits>

namespace reel::detail {

struct anything {
  template <class T> constexpr operator T() const;
};

template <class T, std::size_t... I> constexpr bool takes(std::index_sequence<I...>) {
  return requires { T{(static_cast<void>(I), anything{})...}; };
}

inline constexpr std::size_t max_fields = 12;

// How many initialisers T takes, counted from above.
template <class T, std::size_t N = max_fields + 1> constexpr std::size_t field_count() {
  if constexpr (N == 0) return 0;
  else if constexpr (takes<T>(std::make_index_sequence<N>{})) return N;
  else return field_count<T, N - 1>();
}

template <class T>
concept aggregate = std::is_aggregate_v<std::remove_cvref_t<T>> && std::is_class_v<std::remove_cvref_t<T>>;

// Converts to any base of T, so that T{base_probe} compiles only where T has one.
template <class T> struct base_probe {
  template <class Base>
  requires(std::is_base_of_v<Base, T> && !std::same_as<Base, T>) constexpr operator Base() const;
};
template <class T>
concept has_base = aggregate<T> && requires {
  T{base_probe<T>{}};
};

template <class T> constexpr auto fields(T& t) {
  constexpr std::size_t n = field_count<std::remove_cv_t<T>>();
  static_assert(n <= max_fields, "reel: a struct of leaves has at most 12 fields; nest structs to have more");
  if constexpr (n == 0) return std::tie();
  else if constexpr (n == 1) {
    auto& [f0] = t;
    return std::tie(f0);
  } else if constexpr (n == 2) {
    auto& [f0, f1] = t;
    return std::tie(f0, f1);
  } else if constexpr (n == 3) {
    auto& [f0, f1, f2] = t;
    return std::tie(f0, f1, f2);
  } else if constexpr (n == 4) {
    auto& [f0, f1, f2, f3] = t;
    return std::tie(f0, f1, f2, f3);
  } else if constexpr (n == 5) {
    auto& [f0, f1, f2, f3, f4] = t;
    return std::tie(f0, f1, f2, f3, f4);
  } else if constexpr (n == 6) {
    auto& [f0, f1, f2, f3, f4, f5] = t;
    return std::tie(f0, f1, f2, f3, f4, f5);
  } else if constexpr (n == 7) {
    auto& [f0, f1, f2, f3, f4, f5, f6] = t;
    return std::tie(f0, f1, f2, f3, f4, f5, f6);
  } else if constexpr (n == 8) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7] = t;
    return std::tie(f0, f1, f2, f3, f4, f5, f6, f7);
  } else if constexpr (n == 9) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8] = t;
    return std::tie(f0, f1, f2, f3, f4, f5, f6, f7, f8);
  } else if constexpr (n == 10) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9] = t;
    return std::tie(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9);
  } else if constexpr (n == 11) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10] = t;
    return std::tie(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10);
  } else if constexpr (n == 12) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11] = t;
    return std::tie(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11);
  }
}

}  // namespace reel::detail
