// SPDX-License-Identifier: MIT
// What is checked: an op, or a function of trees, recorded once on a tape of its own at given numbers.
//
//   check::subject(my_op{}, {x})                        arrays, numbers, labels, masks
//   check::subject(loss, std::tuple(model, X, labels))  with respect to the first
#pragma once

#include <reel/autodiff/transforms.hpp>

#include <memory>
#include <string>
#include <type_traits>
#include <vector>

namespace reel::check {

// The numbers of one input of an op: an array of any kind, or a number.
class argument {
 public:
  template <array_expression E> argument(const E& numbers) {
    using V = typename E::value_type;
    static_assert(std::is_arithmetic_v<V>,
                  "reel: an input is an array of floating-point numbers, integers "
                  "or bools");
    kind_ = std::is_floating_point_v<V> ? kind::real : std::is_same_v<V, bool> ? kind::boolean : kind::index;
    const array<V> evaluated = numbers;
    shape_ = shape_of(evaluated);
    for (index_t i = 0; i < shape_.size(); ++i) numbers_.push_back(static_cast<double>(evaluated.data()[i]));
  }
  argument(double number) : numbers_{number} {}
  argument(const reel::shape& s, std::vector<double> numbers, reel::kind k = reel::kind::real);

  const reel::shape& shape() const { return shape_; }
  reel::kind kind() const { return kind_; }
  const std::vector<double>& numbers() const { return numbers_; }

 private:
  reel::shape shape_;
  reel::kind kind_ = reel::kind::real;
  std::vector<double> numbers_;
};
using arguments = std::vector<argument>;

class subject {
 public:
  template <operation Op>
  subject(const Op& op, const arguments& x, source_location where = here())
      : subject(
            describe(op), x, [&](std::span<const var> v) { return apply(op, v, where); }, where) {}

  // A function of the recorded inputs.
  template <class F>
  requires std::is_invocable_r_v<var, F, std::span<const var>> subject(std::string name, const arguments& x,
                                                                       const F& record,
                                                                       source_location where = here())
      : subject(std::move(name), x, where) {
    outputs_.push_back(record(all_));
    finish();
  }

  // A function of trees: of one, or of a tuple of which the first is differentiated by.
  template <detail::function_object F, class X>
  requires(!operation<F>)
      subject(const F& f, const X& inputs, std::string name = "f", source_location where = here())
      : subject(std::move(name), {}, where) {
    if constexpr (detail::is_tuple<X>) {
      record(f, inputs, std::make_index_sequence<std::tuple_size_v<X> - 1>{});
    } else {
      record(f, std::tie(inputs), std::index_sequence<>{});
    }
    finish();
  }

  const std::string& name() const { return name_; }
  const source_location& where() const { return where_; }
  std::span<const var> inputs() const { return inputs_; }    // those of kind real, as variables
  std::span<const var> outputs() const { return outputs_; }  // those of kind real
  reel::tape& tape() const { return *tape_; }
  const arguments& numbers() const { return numbers_; }  // of an op's inputs, of whatever kind

 private:
  subject(std::string name, const arguments& x, source_location where);
  template <class F, class X, std::size_t... I>
  void record(const F& f, const X& inputs, std::index_sequence<I...>) {
    detail::recorder here(*tape_);
    const auto x = here.lift(std::get<0>(inputs), reel::tape::role::variable);
    for_each_leaf(x, [&](const var& v) { inputs_.push_back(v); });
    const auto y = f(x, here.lift(std::get<I + 1>(inputs), reel::tape::role::constant)...);
    for_each_leaf(y, [&](const var& v) { outputs_.push_back(v); });
  }
  void finish();

  // "softmax(-1)": the name of an op and its attributes that are numbers.
  template <class Op> static std::string describe(const Op& op) {
    std::string text;
    if constexpr (detail::aggregate<Op> && !detail::has_base<Op> && !std::is_empty_v<Op> &&
                  detail::field_count<Op>() <= detail::max_fields)
      std::apply(
          [&](const auto&... field) {
            const auto add = [&](const auto& v) {
              if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(v)>>)
                text += (text.empty() ? "(" : ", ") + attribute(static_cast<double>(v));
            };
            (add(field), ...);
          },
          detail::fields(op));
    return Op::name + text + (text.empty() ? "" : ")");
  }
  static std::string attribute(double number);

  std::string name_;
  source_location where_;
  std::shared_ptr<reel::tape> tape_;
  arguments numbers_;
  std::vector<var> all_, inputs_, outputs_;
};

}  // namespace reel::check
