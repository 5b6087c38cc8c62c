// SPDX-License-Identifier: MIT
// What the tests of the kernels share: every set that this processor runs, and numbers to try it on.
#pragma once

#include "support.hpp"

#include <reel/autodiff/kernels.hpp>

#include <cstdint>
#include <vector>

namespace reel::test {

// Numbers that look like none in particular, in [-1, 1).
template <class T> std::vector<T> scattered(index_t n, std::uint64_t seed) {
  std::vector<T> x(static_cast<std::size_t>(n));
  std::uint64_t s = seed * 2 + 1;
  for (T& v : x) {
    s = s * 6364136223846793005u + 1442695040888963407u;
    v = static_cast<T>(static_cast<double>(s >> 11) * 0x1p-52 - 1);
  }
  return x;
}

template <class T, class F> void for_each_set(F f) {
  for (const auto* s : kernels::available<T>())
    BOOST_TEST_CONTEXT(s->name << ", " << name(dtype_of<T>)) f(*s);
}
template <class F> void for_all_sets(F f) {
  for_each_set<float>(f);
  for_each_set<double>(f);
}

}  // namespace reel::test
