// SPDX-License-Identifier: MIT
// An op that is there for some number types alone.
#pragma once

#include <reel/ops.hpp>

#include <concepts>

namespace reel::test {

// 2x for float and double.
struct narrow_op {
  static constexpr auto name = "narrow";
  using numbers = reel::numbers<float, double>;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    static_assert(std::floating_point<T>, "no body is compiled for other number types");
    for (index_t i = 0; i < y.size(); ++i) y[i] = x[i] + x[i];
  }
  var vjp(var ybar, var, var) const { return 2 * ybar; }
  bool operator==(const narrow_op&) const = default;
};

}  // namespace reel::test
