// SPDX-License-Identifier: MIT
// Tables inside a function that has no tape: numbers that become a constant on the tape of the vars they
// stand beside.
//
//   const auto loss = [](const var& w) {
//     return sum(square(w - constant(array<double>{1, 2, 3}))) + sum(gather(w, iota(2))) + sum(eye(3) * w);
//   };
//
// Floating-point numbers are of kind real, integers of kind index, bools of kind bool. Constants have no
// derivative. An array can also stand beside a var as it is, where a function takes operands.
#pragma once

#include <reel/autodiff/tape.hpp>

#include <memory>

namespace reel {

namespace detail {
struct leaf;
}

// Numbers on no tape yet. Copies share them.
class constant_array {
 public:
  template <array_expression E>
  constant_array(const E& numbers, source_location where = here())
      : constant_array(detail::with_view(numbers, where, [](const tape::view& v) { return copy(v); }),
                       where) {}

  const reel::shape& shape() const noexcept { return shape_; }
  reel::kind kind() const noexcept { return kind_; }
  // As a constant of a recording, written at `where`.
  var on(detail::recording& r, const source_location& where) const;

 private:
  friend constant_array full(const reel::shape& s, double number, reel::kind k, source_location where);
  constant_array(std::shared_ptr<const detail::leaf> numbers, source_location where);
  static std::shared_ptr<const detail::leaf> copy(const tape::view& numbers);

  std::shared_ptr<const detail::leaf> leaf_;  // as many numbers as shape_ has, or one for all
  reel::shape shape_;
  reel::kind kind_ = reel::kind::real;
  source_location where_;
};

// An array as a constant beside any var.
template <array_expression E> constant_array constant(const E& numbers, source_location where = here()) {
  return {numbers, where};
}

// Every element the same; one number is kept. Of kind index the number is whole, of kind bool 0 or 1.
// Throws kind_mismatch.
constant_array full(const shape& s, double number, kind k = kind::real, source_location where = here());
inline constant_array zeros(const shape& s, kind k = kind::real, source_location where = here()) {
  return full(s, 0, k, where);
}
inline constant_array ones(const shape& s, kind k = kind::real, source_location where = here()) {
  return full(s, 1, k, where);
}
// The identity matrix [n x n]. Throws invalid_argument for a negative n.
constant_array eye(index_t n, source_location where = here());
// The indices 0 … n−1. Throws invalid_argument for a negative n.
constant_array iota(index_t n, source_location where = here());
// n reals from `first` to `last`, evenly spaced, both ends included; `first` alone for n = 1.
// Throws invalid_argument for a negative n.
constant_array linspace(double first, double last, index_t n, source_location where = here());

namespace detail {

template <class E> var lift(const void* numbers, recording& r, const source_location& where) {
  const E& all = *static_cast<const E*>(numbers);
  if constexpr (std::same_as<E, constant_array>) return all.on(r, where);
  else
    return with_view(all, where,
                     [&](const tape::view& v) { return record_leaf(r, tape::role::constant, v, where); });
}

}  // namespace detail

}  // namespace reel
