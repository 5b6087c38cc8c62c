// SPDX-License-Identifier: MIT
// A tape records a computation over tensors: which op, on which inputs, of which shape, written
// where. It holds no intermediate numbers; they are computed when asked for, in the number type
// asked for. A tape is an explicit object and belongs to one thread at a time. When it ends, its thread keeps
// its memory for the next tape, of one tape and up to 32 MiB, until the thread ends.
#pragma once

#include <reel/autodiff/var.hpp>

#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace reel {

class tape {
 public:
  explicit tape(std::string name = "tape");
  ~tape();
  tape(tape&&) noexcept;
  tape& operator=(tape&&) noexcept;  // vars of the overwritten tape become stale

  // Leaves. Arrays are copied; xtensor expressions are evaluated once, here.
  //   variable  immutable numbers one may differentiate with respect to
  //   constant  immutable numbers of any kind (floating → real, integer → index, bool → bool);
  //             the only leaves that freeze may compute with ahead of time
  //   state     numbers a program keeps between runs and updates in place
  //   input     bound at each run of a program; with an array, that array is the value until then
  template <array_expression E> var variable(const E& numbers, source_location where = here()) {
    return leaf(role::variable, numbers, where);
  }
  template <array_expression E> var constant(const E& numbers, source_location where = here()) {
    return leaf(role::constant, numbers, where);
  }
  template <array_expression E> var state(const E& numbers, source_location where = here()) {
    return leaf(role::state, numbers, where);
  }
  template <array_expression E> var input(const E& example, source_location where = here()) {
    return leaf(role::input, example, where);
  }
  var input(const shape& s, kind k = kind::real, source_location where = here());

  var variable(double number, source_location where = here());
  var constant(double number, source_location where = here());
  var constant(const shape& s, double number, source_location where = here());  // every element the same

  // Forgets everything recorded: all vars of this tape become stale. Memory is kept for reuse.
  void clear() noexcept;
  // Forgets computed values; they are computed again when asked for.
  void release() noexcept;
  void reserve(std::size_t nodes);

  std::size_t size() const noexcept;   // nodes
  std::size_t bytes() const noexcept;  // memory that is taken by nodes, leaves and computed values
  const std::string& name() const noexcept;

  enum class role : std::uint8_t { computed, variable, constant, input, state, cotangent };

  // Any type may stand where an element of an array is expected by kind: float and double (real),
  // integers (index), bool.
  struct view {
    dtype type;
    const void* data;
    const reel::shape* dims;
  };
  detail::recording& recording() const;

 private:
  template <class E> var leaf(role r, const E& numbers, source_location where);

  std::unique_ptr<detail::recording> recording_;
};

namespace detail {

var record_leaf(recording& r, tape::role role, const tape::view& numbers, source_location where);

// Throws invalid_argument.
[[noreturn]] void refuse_index(std::uint64_t number, const source_location& where);

// Calls f with a view of an array's numbers, converted to double, index_t or bool where they are of
// another type. Refuses integers that no index_t can hold.
template <class E, class F> auto with_view(const E& numbers, const source_location& where, F f) {
  using V = typename E::value_type;
  static_assert(std::is_arithmetic_v<V>, "reel: a leaf holds floating-point numbers, integers or bools");
  using T = std::conditional_t<std::is_floating_point_v<V>,
                               std::conditional_t<std::is_same_v<V, float>, float, double>,
                               std::conditional_t<std::is_same_v<V, bool>, bool, index_t>>;
  if constexpr (std::is_unsigned_v<V> && sizeof(V) == sizeof(index_t)) {
    const array<V> all = numbers;
    for (const V n : all)
      if (n > static_cast<V>(std::numeric_limits<index_t>::max())) refuse_index(n, where);
  }
  const array<T> evaluated = numbers;
  const auto dims = shape_of(evaluated);
  return f(tape::view{dtype_of<T>, evaluated.data(), &dims});
}

}  // namespace detail

template <class E> var tape::leaf(role r, const E& numbers, source_location where) {
  return detail::with_view(numbers, where,
                           [&](const view& v) { return detail::record_leaf(recording(), r, v, where); });
}

}  // namespace reel
