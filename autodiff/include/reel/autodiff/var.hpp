// SPDX-License-Identifier: MIT
// A var is a handle to one node of a tape: a plain 32-byte value, free to copy. It is checked on
// every use, so a var whose recording was cleared or whose tape is gone is refused with a message
// that says where it was written, never followed into freed memory.
#pragma once

#include <reel/autodiff/array.hpp>
#include <reel/autodiff/error.hpp>
#include <reel/autodiff/number.hpp>

#include <concepts>
#include <cstdint>
#include <string>
#include <type_traits>

namespace reel {

class tape;

namespace detail {
struct tape_control;  // outlives its tape; see handles.hpp
struct recording;     // the nodes of a tape; see recording.hpp
}  // namespace detail

using node_id = std::uint32_t;

class var {
 public:
  var() = default;  // empty: any use is refused with errc::empty_variable

  const reel::shape& shape() const;
  reel::kind kind() const;
  std::size_t rank() const { return shape().rank(); }
  index_t size() const { return shape().size(); }

  // The numbers, computed on demand in number type T and kept until the tape is cleared or told to
  // release them. index_t and bool read nodes of those kinds. Throws kind_mismatch, no_value (the
  // node depends on an unbound input), unsupported_number.
  template <class T = double> array<T> value() const;

  // The one number of a node with one element. Throws shape_mismatch.
  template <class T = double> T item() const;

  // Names the node in messages, graphs and reports; returns the same var.
  var named(std::string name) const;
  std::string name() const;

  node_id id() const;
  bool empty() const noexcept { return control_ == nullptr; }
  place where() const noexcept { return where_; }

  // The recording this var belongs to. Throws stale_variable or empty_variable.
  detail::recording& recording() const;

 private:
  friend struct detail::recording;
  detail::tape_control* control_ = nullptr;
  std::uint64_t generation_ = 0;
  place where_;
  node_id node_ = 0;
};

// The cotangent of an input that has none (an index or bool input).
inline constexpr struct none_t {
  operator var() const { return {}; }
} none{};

// What functions and operators take: a var or a number, and the line it was written on.
class operand {
 public:
  operand(const var& v, const char* file = __builtin_FILE(), unsigned line = __builtin_LINE())
      : var_(v), where_{file, line} {}
  template <class N>
  requires std::integral<N> || std::floating_point<N> operand(N number, const char* file = __builtin_FILE(),
                                                              unsigned line = __builtin_LINE())
      : number_(static_cast<double>(number)), where_{file, line}, is_number_(true) {}

  bool is_number() const noexcept { return is_number_; }
  double number() const noexcept { return number_; }
  const var& variable() const noexcept { return var_; }
  const place& where() const noexcept { return where_; }

 private:
  var var_;
  double number_ = 0;
  place where_;
  bool is_number_ = false;
};

// An array is not on a tape: say what to do about it instead of a page of templates.
namespace detail {
template <class E> var no_tape() {
  static_assert(!array_expression<E>,
                "reel: one operand is an array, which is on no tape; put it there with tape.constant(array)");
  return {};
}
template <class V, class E>
concept var_beside_array = std::same_as<std::remove_cvref_t<V>, var> && array_expression<E>;
}  // namespace detail

template <class V, class E>
requires detail::var_beside_array<V, E> var operator+(V&&, E&&) { return detail::no_tape<E>(); }
template <class E, class V>
requires detail::var_beside_array<V, E> var operator+(E&&, V&&) { return detail::no_tape<E>(); }
template <class V, class E>
requires detail::var_beside_array<V, E> var operator-(V&&, E&&) { return detail::no_tape<E>(); }
template <class E, class V>
requires detail::var_beside_array<V, E> var operator-(E&&, V&&) { return detail::no_tape<E>(); }
template <class V, class E>
requires detail::var_beside_array<V, E> var operator*(V&&, E&&) { return detail::no_tape<E>(); }
template <class E, class V>
requires detail::var_beside_array<V, E> var operator*(E&&, V&&) { return detail::no_tape<E>(); }
template <class V, class E>
requires detail::var_beside_array<V, E> var operator/(V&&, E&&) { return detail::no_tape<E>(); }
template <class E, class V>
requires detail::var_beside_array<V, E> var operator/(E&&, V&&) { return detail::no_tape<E>(); }

}  // namespace reel
