// SPDX-License-Identifier: MIT
// Every refusal of an op: its kind, the op and the line at fault, what is wrong and what to do.
#include "rows.hpp"

using namespace reel;
using namespace reel::test;

namespace {

struct vars {
  tape t;
  var a2 = t.variable(array<double>{1, 2}), a3 = t.variable(array<double>{1, 2, 3}), scalar = t.variable(1.0);
  var m23 = real({2, 3}), m42 = real({4, 2}), m43 = real({4, 3}), m234 = real({2, 3, 4});
  var empty = real({0, 3}), hollow = real({2, 0});
  var index = t.constant(array<index_t>{0, 1}), flag = t.constant(array<bool>{true, false});
  var real(const shape& s) {
    return t.variable(array_of<double>({s, std::vector<double>(static_cast<std::size_t>(s.size()), 0.5)}));
  }
  var labels(std::initializer_list<index_t> l) { return t.constant(array<index_t>(l)); }
};

// Computes what was recorded.
void compute(const var& v) { static_cast<void>(v.value()); }

// Checks that a function is refused and that nothing of it stays on the tape.
template <class F, class... Text> void check_refusal(const vars& v, errc code, F f, const Text&... texts) {
  const std::size_t size = v.t.size();
  check_error(code, f, texts...);
  BOOST_TEST(v.t.size() == size, "nodes were left on the tape");
}

struct average_rule {
  static constexpr auto name = "average";
  static constexpr bool analytic = false;
  static auto f(auto a, auto b) { return (a + b) / 2; }
  static var da(const var& a, const var&, const var&) { return constant_like(a, 0.5); }
  static var db(const var& a, const var&, const var&) { return constant_like(a, 0.5); }
};

struct float_only_op {
  static constexpr auto name = "float_only";
  using numbers = reel::numbers<float>;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const { std::copy_n(x.data, x.size(), y.data); }
  var vjp(var ybar, var, var) const { return ybar; }
  bool operator==(const float_only_op&) const = default;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(errors)

BOOST_AUTO_TEST_CASE(shapes_that_do_not_broadcast) {
  vars v;
  const auto refuses = [&](const char* op, auto f) {
    check_refusal(v, errc::shape_mismatch, f, std::string("ShapeMismatch in ") + op + " (errors_test.cpp:",
                  "[2] and [3]: sizes 2 and 3 do not broadcast", "Only 1 stretches");
  };
  refuses("add", [&] { v.a2 + v.a3; });
  refuses("sub", [&] { v.a2 - v.a3; });
  refuses("mul", [&] { v.a2* v.a3; });
  refuses("div", [&] { v.a2 / v.a3; });
  refuses("pow", [&] { pow(v.a2, v.a3); });
  refuses("maximum", [&] { maximum(v.a2, v.a3); });
  refuses("minimum", [&] { minimum(v.a2, v.a3); });
  refuses("xlogy", [&] { xlogy(v.a2, v.a3); });
  refuses("scale_cotangent", [&] { scale_cotangent(v.a2, v.a3); });
  refuses("less", [&] { return v.a2 < v.a3; });
  refuses("less_equal", [&] { return v.a2 <= v.a3; });
  refuses("equal", [&] { return v.a2 == v.a3; });
  refuses("where", [&] { where(v.flag, v.a3, v.a3); });
  refuses("where", [&] { where(v.flag, v.a2, v.a3); });
  refuses("cross_entropy", [&] { cross_entropy(v.a3, v.a2); });
  check_error(
      errc::shape_mismatch,
      [&] {
        v.t.constant(array<bool>{true, false, true}) && v.flag;
      },
      "in and (errors_test.cpp:", "[3] and [2]");
}

// An op itself does not broadcast: its functions do.
BOOST_AUTO_TEST_CASE(binary_ops_recorded_with_unequal_shapes) {
  vars v;
  BOOST_TEST(map<average_rule>(v.m23, v.a3).shape().size() == 6);
  check_error(
      errc::shape_mismatch, [&] { apply(binary_op<average_rule>{}, v.m23, v.a3); },
      "in average (errors_test.cpp:", "[2x3] and [3] differ", "broadcast_to");
  check_error(
      errc::shape_mismatch, [&] { apply(add_op{}, v.a2, v.a3); }, "in add", "[2] and [3] differ",
      "Use operator+");
}

BOOST_AUTO_TEST_CASE(matrix_products) {
  vars v;
  check_error(
      errc::shape_mismatch, [&] { matmul(v.m23, v.m43); },
      "ShapeMismatch in matmul (errors_test.cpp:", "[2x3] · [4x3]: inner sizes 3 and 4 differ",
      "Did you mean transpose(b)?");
  check_error(
      errc::shape_mismatch, [&] { matmul(v.m42, v.m43); }, "inner sizes 2 and 4 differ",
      "Did you mean transpose(a)?");
  check_error(
      errc::shape_mismatch,
      [&] {
        apply(matmul_op{true, false}, v.m23, v.m43);
      },
      "[2x3]ᵀ · [4x3]", "inner sizes 2 and 4");
  check_error(
      errc::shape_mismatch, [&] { matmul(v.m23, v.a2); }, "inner sizes 3 and 2 differ");
  check_error(
      errc::shape_mismatch, [&] { matmul(v.m234, v.m23); }, "[2x3x4] · [2x3]: inner sizes 4 and 2 differ");
  check_error(
      errc::shape_mismatch, [&] { matmul(v.m23, v.scalar); }, "[2x3] · []: both must be matrices");
}

BOOST_AUTO_TEST_CASE(structural_shapes) {
  vars v;
  check_error(
      errc::shape_mismatch,
      [&] {
        broadcast_to(v.a2, {2, 3});
      },
      "in broadcast_to (errors_test.cpp:", "[2] does not broadcast to [2x3]");
  check_error(
      errc::shape_mismatch, [&] { sum_to(v.m23, {2}); }, "in sum_to", "[2x3] does not sum to [2]");
  check_error(
      errc::shape_mismatch, [&] { reshape(v.m23, {4}); }, "in reshape", "[2x3] has 6 elements, [4] has 4");
  check_error(
      errc::shape_mismatch,
      [&] {
        reshape(v.m23, {4, -1});
      },
      "in reshape", "[2x3] to {4, -1}: no size in place of -1 makes 6 elements of 4");
  check_error(
      errc::invalid_argument,
      [&] {
        reshape(v.m23, {-1, -1});
      },
      "in reshape", "[2x3] to {-1, -1}: one size alone may be -1");
  check_error(
      errc::size_overflow,
      [&] {
        reshape(v.m23, {index_t{1} << 40, index_t{1} << 40});
      },
      "1099511627776x1099511627776", "2^56");
  check_error(
      errc::shape_mismatch,
      [&] {
        concat({v.m23, v.m42});
      },
      "in concat", "[2x3] and [4x2] differ beside axis 0");
  check_error(
      errc::shape_mismatch,
      [&] {
        concat({v.m23, v.a3});
      },
      "[2x3] and [3] differ");
  check_error(
      errc::invalid_argument, [&] { concat({}); }, "in concat", "no inputs");
  check_error(
      errc::shape_mismatch,
      [&] {
        stack({v.a2, v.a3});
      },
      "in stack (errors_test.cpp:", "[2] and [3] differ");
  check_error(
      errc::invalid_argument, [&] { slice(v.m23, 1, 1, 4); }, "in slice",
      "positions 1 to 4 of axis 1 of [2x3], which has 3");
  check_error(
      errc::invalid_argument, [&] { slice(v.m23, 1, 2, 1); }, "positions 2 to 1");
  check_error(
      errc::invalid_argument, [&] { slice(v.m23, 0, -3, 2); }, "positions -1 to 2");
  check_error(
      errc::invalid_argument, [&] { pad(v.a2, 0, -1, 2); }, "in pad", "padding by -1 and 2");
}

BOOST_AUTO_TEST_CASE(axes) {
  vars v;
  const auto refuses = [&](const char* op, auto f) {
    check_refusal(v, errc::invalid_axis, f, std::string("InvalidAxis in ") + op + " (errors_test.cpp:",
                  "axis 2 of [2x3]; it has axes -2 to 1");
  };
  refuses("sum", [&] { sum(v.m23, 2); });
  refuses("mean", [&] { mean(v.m23, 2); });
  refuses("max", [&] { max(v.m23, 2); });
  refuses("argmax", [&] { argmax(v.m23, 2); });
  refuses("softmax", [&] { softmax(v.m23, 2); });
  refuses("log_softmax", [&] { log_softmax(v.m23, 2); });
  refuses("logsumexp", [&] { logsumexp(v.m23, 2); });
  refuses("concat", [&] { concat({v.m23, v.m23}, 2); });
  refuses("slice", [&] { slice(v.m23, 2, 0, 1); });
  refuses("pad", [&] { pad(v.m23, 2, 1, 1); });
  refuses("gather", [&] { gather(v.m23, v.index, 2); });
  refuses("permute", [&] { permute(v.m23, {0, 2}); });
  check_error(
      errc::invalid_axis, [&] { softmax(v.scalar); }, "in softmax", "axis -1 of a scalar, which has none");
  check_error(
      errc::invalid_axis, [&] { cross_entropy(v.scalar, 1.0); }, "in cross_entropy", "axis -1 of a scalar");
  check_error(
      errc::invalid_axis,
      [&] {
        sum(v.m23, {0, -2});
      },
      "in sum", "axis -2 of [2x3] is named twice");
  check_error(
      errc::invalid_axis,
      [&] {
        permute(v.m23, {1, 1});
      },
      "in permute", "axis 1 of [2x3] is named twice");
  check_error(
      errc::invalid_axis, [&] { permute(v.m23, {0}); }, "in permute", "1 axes named for [2x3], which has 2");
  check_error(
      errc::invalid_axis, [&] { scatter_add(v.m23, v.index, 4, 2); }, "in scatter_add", "axis 2 of size 4");
}

BOOST_AUTO_TEST_CASE(labels_and_indices_outside_their_range) {
  vars v;
  const auto refuses = [&](index_t label, const char* op, auto f) {
    check_error(
        errc::invalid_label,
        [&] {
          compute(f(v.labels({1, label})));
        },
        std::string("InvalidLabel in ") + op + " (errors_test.cpp:",
        "label " + std::to_string(label) + " in row 1 is outside 0 … 2");
  };
  for (const index_t label : {index_t{3}, index_t{-1}, index_t{-100}, index_t{1} << 31}) {
    refuses(label, "softmax_cross_entropy", [&](const var& l) { return softmax_cross_entropy(v.m23, l); });
    refuses(label, "one_hot", [&](const var& l) { return one_hot(l, 3); });
  }
  check_error(
      errc::invalid_label,
      [&] {
        compute(gather(v.a3, v.labels({0, 2, 3})));
      },
      "in gather (errors_test.cpp:", "index 3 at position 2 is outside 0 … 2");
  check_error(
      errc::invalid_label, [&] { compute(gather(v.a3, v.labels({-1}))); }, "index -1 at position 0");
  check_error(
      errc::invalid_label, [&] { compute(gather(v.hollow, v.labels({0}), 1)); },
      "index 0 at position 0 of an empty axis");
  check_error(
      errc::invalid_label,
      [&] {
        compute(scatter_add(v.a2, v.labels({0, 5}), 4));
      },
      "in scatter_add (errors_test.cpp:", "index 5 at position 1 is outside 0 … 3");
}

BOOST_AUTO_TEST_CASE(targets_of_cross_entropy) {
  vars v;
  check_error(
      errc::shape_mismatch,
      [&] {
        softmax_cross_entropy(v.m43, v.labels({0, 1}));
      },
      "in softmax_cross_entropy (errors_test.cpp:", "logits [4x3] need labels [4], one per row, not [2]",
      "For distributions pass reals");
  check_error(
      errc::shape_mismatch, [&] { softmax_cross_entropy(v.m43, v.m42); }, "in softmax_cross_entropy (",
      "logits [4x3] and target distributions [4x2] differ");
  check_error(
      errc::shape_mismatch, [&] { softmax_cross_entropy(v.m43, sum(v.m42, -1)); },
      "target distributions [4] differ. Labels are no reals: give an array of index_t.");
  check_error(
      errc::kind_mismatch,
      [&] {
        cross_entropy(v.m23, v.labels({0, 1}));
      },
      "in cross_entropy (errors_test.cpp:",
      "Use one_hot(labels, classes), or softmax_cross_entropy(logits, labels)");
}

BOOST_AUTO_TEST_CASE(nothing_to_work_on) {
  vars v;
  const auto refuses = [&](const char* op, const char* text, auto f) {
    check_error(errc::invalid_argument, f,
                std::string("InvalidArgument in ") + op + " (errors_test.cpp:", text);
  };
  refuses("mean", "the mean of nothing: [2x0]", [&] { mean(v.hollow); });
  refuses("mean", "the mean of nothing: [0x3]", [&] { mean(v.empty, 0); });
  refuses("max", "the maximum of nothing: axis 1 of [2x0] is empty", [&] { max(v.hollow, 1); });
  refuses("max", "the maximum of nothing", [&] { max(v.empty); });
  refuses("argmax", "the maximum of nothing: axis 0 of [0x3]", [&] { argmax(v.empty, 0); });
  refuses("softmax", "0 classes: axis 1 of [2x0] is empty", [&] { softmax(v.hollow); });
  refuses("log_softmax", "0 classes", [&] { log_softmax(v.hollow); });
  refuses("masked_softmax", "0 classes", [&] { masked_softmax(v.hollow, v.t.constant(array<bool>{true})); });
  refuses("softmax_cross_entropy", "0 classes: the last axis of [2x0] is empty",
          [&] { softmax_cross_entropy(v.hollow, v.index); });
  refuses("softmax_cross_entropy", "empty batch: [0x3] has no rows",
          [&] { softmax_cross_entropy(v.empty, v.labels({})); });
  refuses("softmax_cross_entropy", "0 classes", [&] { softmax_cross_entropy(v.hollow, v.hollow); });
  refuses("softmax_cross_entropy", "empty batch", [&] { softmax_cross_entropy(v.empty, v.empty); });
  refuses("cross_entropy", "0 classes", [&] { cross_entropy(v.hollow, v.hollow); });
  refuses("cross_entropy", "empty batch", [&] { cross_entropy(v.empty, v.empty); });
  refuses("one_hot", "0 classes; there must be 1 or more", [&] { one_hot(v.index, 0); });
  refuses("one_hot", "-1 classes", [&] { one_hot(v.index, -1); });
  refuses("scatter_add", "size -1", [&] { scatter_add(v.a2, v.index, -1); });
  check_error(
      errc::shape_mismatch, [&] { scatter_add(v.a3, v.index, 4); }, "in scatter_add",
      "[3] does not have the axes of the indices [2] from axis 0 on");
}

BOOST_AUTO_TEST_CASE(kinds) {
  vars v;
  const auto refuses = [&](const char* op, const char* text, auto f) {
    check_refusal(v, errc::kind_mismatch, f,
                  std::string("KindMismatch in ") + op + " (errors_test.cpp:", text);
  };
  refuses("exp", "input 0 is [2] of kind index; it must be real", [&] { exp(v.index); });
  refuses("mul", "of kind index; it must be real", [&] { v.a2* v.index; });
  refuses("mul", "of kind bool; it must be real", [&] { v.flag* v.a2; });
  refuses("softmax", "of kind bool; it must be real", [&] { softmax(v.flag); });
  refuses("matmul", "of kind index; it must be real", [&] { matmul(v.index, v.a2); });
  refuses("sum", "of kind bool; it must be real", [&] { sum(v.flag); });
  refuses("less", "input 1 is [2] of kind index; it must be real", [&] { return v.a2 < v.index; });
  refuses("and", "input 0 is [2] of kind real; it must be bool", [&] { v.a2&& v.flag; });
  refuses("not", "it must be bool", [&] { !v.a2; });
  refuses("where", "input 0 is [2] of kind real; it must be bool", [&] { where(v.a2, v.a2, v.a2); });
  refuses("where", "input 2 is [2] of kind index; it must be real", [&] { where(v.flag, v.a2, v.index); });
  refuses("gather", "input 1 is [2] of kind real; it must be index", [&] { gather(v.a3, v.a2); });
  refuses("scatter_add", "it must be index", [&] { scatter_add(v.a2, v.a2, 3); });
  refuses("one_hot", "it must be index", [&] { one_hot(v.a2, 3); });
  refuses("concat", "input 1 is [2] of kind index; it must be real", [&] { concat({v.a2, v.index}); });
  refuses("less", "1.5 stands beside values of kind index", [&] { return v.index < 1.5; });
  refuses("where", "0.5 stands beside values of kind index", [&] { where(v.flag, v.index, 0.5); });
}

BOOST_AUTO_TEST_CASE(plain_numbers_have_no_tape) {
  vars v;
  const auto refuses = [&](const char* op, auto f) {
    check_error(errc::empty_variable, f,
                std::string("EmptyVariable in ") + op + " (errors_test.cpp:", "Use tape.constant(number)");
  };
  refuses("sigmoid", [] { sigmoid(1.0); });
  refuses("maximum", [] { maximum(1.0, 2.0); });
  refuses("where", [] { where(true, 1.0, 2.0); });
  refuses("sum", [] { sum(1.0); });
  refuses("mean", [] { mean(1.0); });
  refuses("max", [] { max(1.0, 0); });
  refuses("softmax", [] { softmax(1.0); });
  refuses("logsumexp", [] { logsumexp(1.0); });
  refuses("matmul", [] { matmul(1.0, 2.0); });
  refuses("transpose", [] { transpose(1.0); });
  refuses("permute", [] { permute(1.0, {0}); });
  refuses("gather", [] { gather(1.0, 0); });
  refuses("one_hot", [] { one_hot(1, 3); });
  refuses("cross_entropy", [] { cross_entropy(0.5, 0.5); });
  refuses("softmax_cross_entropy", [] { softmax_cross_entropy(0.5, 0.5); });
  refuses("broadcast_to", [] { broadcast_to(1.0, {2}); });
  refuses("sum_to", [] { sum_to(1.0, {}); });
  refuses("reshape", [] { reshape(1.0, {1}); });
  refuses("slice", [] { slice(1.0, 0, 0, 1); });
  refuses("pad", [] { pad(1.0, 0, 0, 0); });
  refuses("detach", [] { detach(1.0); });
}

BOOST_AUTO_TEST_CASE(number_types_without_a_body) {
  vars v;
  check_error(
      errc::unsupported_number, [&] { static_cast<void>(relu(v.a2).value<complex>()); },
      "UnsupportedNumber in relu (errors_test.cpp:", "relu has no body for complex", "Only analytic ops");
  const var y = apply(float_only_op{}, v.a2);
  BOOST_TEST(y.value<float>()(1) == 2.0F);
  check_error(
      errc::unsupported_number, [&] { static_cast<void>(y.value()); },
      "in float_only (errors_test.cpp:", "no body for double", "`numbers` list");
  check_error(
      errc::unsupported_number, [&] { static_cast<void>(y.value<real50>()); }, "no body for 50 digits");
}

BOOST_AUTO_TEST_CASE(what_has_no_derivative) {
  vars v;
  check_error(
      errc::not_differentiable, [&] { vjp(argmax(v.a3), v.a3, v.scalar); }, "argmax", "of kind index",
      "only real vars have derivatives");
  check_error(
      errc::not_differentiable, [&] { vjp(v.a2 < 1, v.a2, v.a2); }, "less", "of kind bool");
  check_error(
      errc::not_differentiable, [&] { grad(sum(one_hot(v.index, 2)), v.index); }, "of kind index");
  // Through them passes nothing, which is 0.
  const var through = sum(gather(v.a3, reshape(argmax(v.a3), {1})) + where(v.a3 > 2, 1.0, 0.0));
  const std::vector<double> want{0, 0, 3};
  BOOST_TEST(elements<double>(grad(through, v.a3)) == want, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
