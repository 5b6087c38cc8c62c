// SPDX-License-Identifier: MIT
// reel::array<T> is xt::xarray<T>, row-major: prepare data and use results with xtensor as you know
// it. This is the only header of reel that includes xtensor (whose headers moved in 0.26).
#pragma once

#if __has_include(<xtensor/containers/xarray.hpp>)
#include <xtensor/containers/xarray.hpp>
#else
#include <xtensor/xarray.hpp>
#endif

#include <reel/autodiff/shape.hpp>

#include <type_traits>

namespace reel {

template <class T> using array = xt::xarray<T, xt::layout_type::row_major>;

template <class E>
concept array_expression = xt::is_xexpression<std::remove_cvref_t<E>>::value;

// The shape of an array. Throws invalid_argument above shape::max_rank axes.
template <class A> shape shape_of(const A& a) {
  std::array<index_t, shape::max_rank + 1> sizes{};
  std::size_t rank = 0;
  for (auto n : a.shape())
    if (rank <= shape::max_rank) sizes[rank++] = static_cast<index_t>(n);
  return shape(std::span<const index_t>(sizes.data(), rank));
}

// Whether an array has that shape.
template <class A> bool has_shape(const A& a, const shape& s) {
  const auto& sizes = a.shape();
  if (sizes.size() != s.rank()) return false;
  for (std::size_t i = 0; i < s.rank(); ++i)
    if (static_cast<index_t>(sizes[i]) != s[i]) return false;
  return true;
}

namespace detail {
// Throws size_overflow where this machine has less memory, before any is asked for.
void check_memory(std::size_t bytes);
}  // namespace detail

// An array of the given shape with uninitialised elements. Throws size_overflow beyond the machine's memory.
template <class T> array<T> make_array(const shape& s) {
  detail::check_memory(static_cast<std::size_t>(s.size()) * sizeof(T));
  typename array<T>::shape_type sizes(s.rank());
  for (std::size_t i = 0; i < s.rank(); ++i) sizes[i] = static_cast<std::size_t>(s[i]);
  return array<T>(sizes);
}

}  // namespace reel
