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
  source_location where() const noexcept { return where_; }

  // The recording this var belongs to. Throws stale_variable or empty_variable.
  detail::recording& recording() const;

 private:
  friend struct detail::recording;
  detail::tape_control* control_ = nullptr;
  std::uint64_t generation_ = 0;
  source_location where_;
  node_id node_ = 0;
};

// The cotangent of an input that has none (an index or bool input).
inline constexpr struct none_t {
  operator var() const { return {}; }
} none{};

namespace detail {
// Records an array, an xtensor expression or a constant_array as a constant.
using lift_fn = var (*)(const void* numbers, recording& r, const source_location& where);
template <class E> var lift(const void* numbers, recording& r, const source_location& where);
[[noreturn]] void refuse_array(const source_location& where);
}  // namespace detail

class constant_array;

// What functions and operators take: a var, a number or an array, and the line it was written on. A number or
// an array becomes a constant on the tape of the vars beside it. (Arrays are referred to, not copied.)
class operand {
 public:
  operand(const var& v, const char* file = __builtin_FILE(), unsigned line = __builtin_LINE())
      : var_(v), where_{file, line}, is_var_(true) {}
  template <class N>
  requires std::integral<N> || std::floating_point<N> operand(N number, const char* file = __builtin_FILE(),
                                                              unsigned line = __builtin_LINE())
      : number_(static_cast<double>(number)), where_{file, line} {}
  template <class E>
  requires(array_expression<E> || std::same_as<E, constant_array>)
      operand(const E& numbers, const char* file = __builtin_FILE(), unsigned line = __builtin_LINE())
      : numbers_(&numbers), lift_(&detail::lift<E>), where_{file, line} {}

  bool is_var() const noexcept { return is_var_; }
  bool is_number() const noexcept { return !is_var_ && lift_ == nullptr; }
  bool is_array() const noexcept { return lift_ != nullptr; }
  double number() const noexcept { return number_; }
  // Throws empty_variable for an array, which is on no tape.
  const var& variable() const {
    if (lift_ != nullptr) detail::refuse_array(where_);
    return var_;
  }
  const source_location& where() const noexcept { return where_; }

  // An array as a constant beside `other`, where that is a var; anything else as it is.
  operand sibling(const operand& other) const {
    if (!is_array() || !other.is_var()) return *this;
    return {lift_(numbers_, other.var_.recording(), where_), where_.file, where_.line};
  }

 private:
  var var_;
  double number_ = 0;
  const void* numbers_ = nullptr;
  detail::lift_fn lift_ = nullptr;
  source_location where_;
  bool is_var_ = false;
};

// Operators of a var and an array as it is. xtensor's own take any operands, so these are more constrained;
// where they fail they name the line of the var. (Write constant(array) to have that of the operator named.)
namespace detail {
template <class A, class B>
concept var_and_array = (std::same_as<std::remove_cvref_t<A>, var> && array_expression<B>) ||
                        (array_expression<A> && std::same_as<std::remove_cvref_t<B>, var>);

// f of both as operands, written where the var was.
template <class A, class B, class F> var together(const A& a, const B& b, F f) {
  source_location where;
  if constexpr (std::same_as<A, var>) where = a.where();
  else where = b.where();
  return f(operand(a, where.file, where.line), operand(b, where.file, where.line));
}
}  // namespace detail

template <class A, class B>
requires detail::var_and_array<A, B> var operator+(A&& a, B&& b) {
  return detail::together(a, b, [](auto x, auto y) { return x + y; });
}
template <class A, class B>
requires detail::var_and_array<A, B> var operator-(A&& a, B&& b) {
  return detail::together(a, b, [](auto x, auto y) { return x - y; });
}
template <class A, class B>
requires detail::var_and_array<A, B> var operator*(A&& a, B&& b) {
  return detail::together(a, b, [](auto x, auto y) { return x * y; });
}
template <class A, class B>
requires detail::var_and_array<A, B> var operator/(A&& a, B&& b) {
  return detail::together(a, b, [](auto x, auto y) { return x / y; });
}

}  // namespace reel
