// SPDX-License-Identifier: MIT
// Arrays of one column, which braces alone do not tell from others.
#pragma once

#include <reel/autodiff/array.hpp>

#include <algorithm>
#include <initializer_list>

namespace reel::test {

template <class T = double> array<T> column(std::initializer_list<T> numbers) {
  auto x = make_array<T>({static_cast<index_t>(numbers.size()), 1});
  std::copy(numbers.begin(), numbers.end(), x.begin());
  return x;
}

}  // namespace reel::test
