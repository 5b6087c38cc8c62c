// SPDX-License-Identifier: MIT
// What slices of one tensor give back to it: in time and memory what they cover, and to the bits of plain
// sums.
#include "support.hpp"

#include <reel/autodiff/node.hpp>
#include <reel/ops.hpp>

#include <cmath>
#include <cstring>
#include <functional>

using namespace reel;
using reel::test::check_error;

namespace {

// Unlike numbers, some of them negative, exact in every number type.
array<double> some_numbers(const shape& s) {
  auto a = make_array<double>(s);
  for (std::size_t i = 0; i < a.size(); ++i)
    a.data()[i] = static_cast<double>(static_cast<int>(i * 37 % 101) - 50) / 64;
  return a;
}

array<double> all_zero(const shape& s) {
  auto a = make_array<double>(s);
  std::fill_n(a.data(), a.size(), 0.0);
  return a;
}

// Numbers that a program without fusion writes in a run.
double numbers_written(const std::vector<var>& outputs) {
  const program_nodes nodes(freeze(
      {.outputs = outputs, .disabled_passes = {"elementwise_fusion", "row_tiling", "sibling_fusion"}}));
  double count = 0;
  for (node_id n = 0; n < nodes.size(); ++n)
    if (nodes[n].role == tape::role::computed) count += static_cast<double>(nodes[n].shape.size());
  return count;
}

// Σ_i Σ tanh(part(x, i, n)), i = 0 … n − 1.
using part_of = std::function<var(const var& x, index_t i, index_t n)>;
var loss_of(const var& x, const part_of& part, index_t n) {
  var loss = sum(tanh(part(x, 0, n)));
  for (index_t i = 1; i < n; ++i) loss = loss + sum(tanh(part(x, i, n)));
  return loss;
}

// That the gradient and second derivatives of n parts of a matrix of n groups of 4 rows, or of columns, take
// memory and work proportional to n.
void check_proportional(const char* what, const part_of& part, bool columns = false) {
  const auto costs = [&](index_t n) {
    tape t("parts");
    const var x = t.variable(some_numbers(columns ? shape{6, 4 * n} : shape{4 * n, 6}));
    const var g = grad(loss_of(x, part, n), x), second = grad(sum(square(g)), x);
    std::vector<double> all;
    for (const std::vector<var>& outputs : {std::vector{g}, std::vector{g, second}}) {
      all.push_back(static_cast<double>(freeze({.outputs = outputs}).arena_bytes(dtype::f32)));
      all.push_back(numbers_written(outputs));
    }
    for (double& figure : all) figure /= static_cast<double>(n);
    return all;
  };
  const auto few = costs(20), many = costs(160);
  for (std::size_t k = 0; k < few.size(); ++k)
    BOOST_TEST(many[k] <= 1.1 * few[k], what << ", figure " << k << ": " << few[k] << " becomes " << many[k]);
}

// Row i of what n positions are drawn from, as a table of indices.
var positions(const var& on, index_t first, index_t second) {
  const auto at = [&](index_t i) { return scalar_constant(on, static_cast<double>(i), kind::index, {}); };
  return stack({at(first), at(second)});
}

template <class T> bool same_bits(const array<T>& a, const array<T>& b) {
  if constexpr (std::same_as<T, real50>) return a == b;
  else return a.shape() == b.shape() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

// That both have the same bits, evaluated and frozen with and without all that rearranges a program.
template <class T> void check_same_bits(const var& a, const var& b) {
  BOOST_TEST((same_bits(a.value<T>(), b.value<T>())));
  if constexpr (!std::same_as<T, complex>)
    for (const auto& off : {std::vector<std::string>{}, pass_names()}) {
      instance<T> run(freeze({.outputs = {a, b}, .disabled_passes = off}));
      run.run();
      BOOST_TEST((same_bits(run.output(0), a.value<T>())));
      BOOST_TEST((same_bits(run.output(1), a.value<T>())));
    }
}
void check_same_bits(const var& a, const var& b) {
  check_same_bits<float>(a, b), check_same_bits<double>(a, b);
  check_same_bits<real50>(a, b), check_same_bits<complex>(a, b);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cotangent_sums)

BOOST_AUTO_TEST_CASE(parts_of_one_tensor_cost_what_they_cover) {
  check_proportional("rows", [](const var& x, index_t i, index_t) { return slice(x, 0, 4 * i, 4 * i + 4); });
  check_proportional("rows that overlap", [](const var& x, index_t i, index_t n) {
    return slice(x, 0, std::min(4 * i, 4 * n - 9), std::min(4 * i + 9, 4 * n));
  });
  check_proportional(
      "columns", [](const var& x, index_t i, index_t) { return slice(x, 1, 4 * i, 4 * i + 4); }, true);
  check_proportional("the same rows again and again",
                     [](const var& x, index_t i, index_t) { return slice(x, 0, i % 3, i % 3 + 2); });
  check_proportional("rows without their axis", [](const var& x, index_t i, index_t) {
    return reshape(slice(x, 0, 4 * i, 4 * i + 1), {6});
  });
  check_proportional("elements, as slices of slices", [](const var& x, index_t i, index_t) {
    return slice(slice(x, 0, 4 * i, 4 * i + 1), 1, i % 6, i % 6 + 1);
  });
  check_proportional("elements of rows", [](const var& x, index_t i, index_t) {
    return reshape(slice(reshape(slice(x, 0, 4 * i, 4 * i + 1), {6}), 0, i % 6, i % 6 + 1), shape{});
  });
  check_proportional("blocks under another shape", [](const var& x, index_t i, index_t n) {
    return slice(reshape(x, {n, 2, 12}), 0, i, i + 1);
  });
  check_proportional("two slices of one reshape", [](const var& x, index_t i, index_t n) {
    const var blocks = reshape(x, {n, 24});
    return slice(blocks, 0, i, i + 1) * slice(blocks, 0, n - 1 - i, n - i);
  });
  check_proportional("columns of the transpose", [](const var& x, index_t i, index_t) {
    return slice(transpose(x), 1, 4 * i, 4 * i + 4);
  });
  check_proportional("rows by their numbers", [](const var& x, index_t i, index_t) {
    return gather(x, scalar_constant(x, static_cast<double>(4 * i), kind::index, {}));
  });
  check_proportional("rows by tables of numbers", [](const var& x, index_t i, index_t n) {
    return gather(x, positions(x, i, 4 * n - 1));
  });
  check_proportional(
      "columns by tables of numbers",
      [](const var& x, index_t i, index_t) { return gather(x, positions(x, i, i), 1); }, true);
}

BOOST_AUTO_TEST_CASE(joining_many_tensors_is_proportional_too) {
  check_proportional("what is concatenated", [](const var& x, index_t i, index_t n) {
    if (i > 0) return slice(x, 0, i, i + 1);
    std::vector<var> rows;
    for (index_t k = 0; k < n; ++k) rows.push_back(square(slice(x, 0, 4 * k, 4 * k + 4)));
    return concat(rows);
  });
  check_proportional("what is stacked", [](const var& x, index_t i, index_t n) {
    if (i > 0) return slice(x, 0, i, i + 1);
    std::vector<var> rows;
    for (index_t k = 0; k < n; ++k) rows.push_back(exp(slice(x, 0, 4 * k, 4 * k + 4)));
    return stack(rows);
  });
}

// The order of additions: what is made, from the last use to the first; then the parts, in that order, too.
BOOST_AUTO_TEST_CASE(overlapping_slices_have_the_bits_of_their_sum) {
  tape t;
  const var x = t.variable(some_numbers({7, 5}));
  const auto weights = [&](const shape& s, double salt) { return t.constant(some_numbers(s) * salt + 0.1); };
  var loss = t.constant(0.0);
  const auto weigh = [&](const var& part, double salt) {
    loss = loss + sum(part * weights(part.shape(), salt));
  };
  weigh(slice(x, 0, 0, 4), 0.3);
  weigh(slice(x, 0, 2, 7), 0.7);
  weigh(x, 1.1);
  weigh(slice(x, 1, 1, 3), 1.3);
  weigh(slice(slice(x, 0, 1, 5), 1, 2, 5), 1.7);
  weigh(x, 1.9);
  const var whole = weights({7, 5}, 1.9) + weights({7, 5}, 1.1);
  var parts = pad(pad(weights({4, 3}, 1.7), 1, 2, 0), 0, 1, 2);
  parts = parts + pad(weights({7, 2}, 1.3), 1, 1, 2);
  parts = parts + pad(weights({5, 5}, 0.7), 0, 2, 0);
  parts = parts + pad(weights({4, 5}, 0.3), 0, 0, 3);
  check_same_bits(grad(loss, x), whole + parts);
}

BOOST_AUTO_TEST_CASE(gathered_rows_have_the_bits_of_their_sum) {
  tape t;
  const var x = t.variable(some_numbers({4, 3}));
  const auto weights = [&](const shape& s, double by) { return t.constant(some_numbers(s) / by); };
  var loss = sum(gather(x, positions(x, 2, 1)) * weights({2, 3}, 3));
  loss = loss + sum(gather(x, positions(x, 1, 3), 0) * weights({2, 3}, 7));
  loss = loss + sum(gather(x, positions(x, 0, 2), 1) * weights({4, 2}, 11));
  const var second = scatter_add(weights({2, 3}, 7), positions(x, 1, 3), 4);
  const var rows = second + scatter_add(weights({2, 3}, 3), positions(x, 2, 1), 4);
  check_same_bits(grad(loss, x), rows + scatter_add(weights({4, 2}, 11), positions(x, 0, 2), 3, 1));
}

BOOST_AUTO_TEST_CASE(zeros_of_either_sign_and_infinities_are_those_of_the_sum) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  tape t;
  const var x = t.variable(array<double>{1, 2, 3, 4});
  const var first = t.constant(array<double>{-0.0, -0.0, inf}),
            last = t.constant(array<double>{-0.0, 1, -inf});
  var loss = sum(slice(x, 0, 0, 3) * first);
  loss = loss + sum(slice(x, 0, 1, 4) * last);
  const var begun = t.constant(all_zero({4})) + pad(last, 0, 1, 0);  // as every sum, with +0
  const var g = grad(loss, x), expected = begun + pad(first, 0, 0, 1);
  check_same_bits<float>(g, expected), check_same_bits<double>(g, expected);
  check_same_bits<real50>(g, expected);
}

// f(x) = Σ_i x_i² x_{i+1}, of slices that overlap.
BOOST_AUTO_TEST_CASE(every_order_and_both_directions_go_through) {
  tape t;
  const array<double> at{0.5, -1.5, 2, 0.25};
  const var x = t.variable(at);
  const auto element = [&](index_t i) { return reshape(slice(x, 0, i, i + 1), shape{}); };
  var f = t.constant(0.0);
  for (index_t i = 0; i < 3; ++i) f = f + square(element(i)) * element(i + 1);
  auto gradient = all_zero({4}), second = all_zero({4, 4}), along = all_zero({4});
  for (std::size_t i = 0; i < 3; ++i) {
    gradient(i) += 2 * at(i) * at(i + 1), gradient(i + 1) += at(i) * at(i);
    second(i, i) += 2 * at(i + 1), second(i, i + 1) = second(i + 1, i) = 2 * at(i);
  }
  const array<double> v{1, -2, 0.5, 3};
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t k = 0; k < 4; ++k) along(i) += second(i, k) * v(k);
  const var g = grad(f, x), direction = t.constant(v);
  BOOST_TEST(g.value() == gradient);
  BOOST_TEST(hessian(f, x).value() == second);
  BOOST_TEST(hvp(f, x, direction).value() == along);
  BOOST_TEST(jvp(g, x, direction).value() == along);
  BOOST_TEST(jvp(f, x, direction).item() == (xt::sum(gradient * v)()));
  const var third = grad(sum(grad(sum(g * direction), x) * direction), x);  // Σ_ik f_ikj v_i v_k
  for (std::size_t j = 0; j < 4; ++j) {
    const double own = j < 3 ? 4 * v(j) * v(j + 1) : 0, left = j > 0 ? 2 * v(j - 1) * v(j - 1) : 0;
    BOOST_TEST(third.value()(j) == own + left);
  }
}

BOOST_AUTO_TEST_CASE(one_instruction_adds_the_slices_and_says_so) {
  tape t;
  const var x = t.variable(some_numbers({300, 2}));
  const auto rows = [](const var& v, index_t i, index_t) { return slice(v, 0, i, i + 1); };
  const std::string text = freeze(grad(loss_of(x, rows, 300), x)).explain();
  const auto count = [&](std::string_view word) {
    std::size_t n = 0;
    for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) ++n;
    return n;
  };
  BOOST_TEST(count(" = padded_sum(") == 1U);
  BOOST_TEST(count(" = pad(") == 0U);
  BOOST_TEST(count("backward of slice") == 1U);
}

BOOST_AUTO_TEST_CASE(a_single_slice_is_padded_as_ever) {
  tape t;
  const var x = t.variable(some_numbers({5}));
  const var g = grad(sum(square(slice(x, 0, 1, 3))) + sum(x), x);
  const std::string text = freeze(g).explain();
  BOOST_TEST((text.find(" = pad(") != text.npos && text.find("padded_sum") == text.npos));
}

BOOST_AUTO_TEST_CASE(padded_sums_that_do_not_fit_are_refused) {
  tape t;
  const var x = t.variable(some_numbers({2, 3}));
  const auto sum_at = [&](const shape& to, std::vector<index_t> at) {
    return [&x, op = padded_sum_op{to, std::move(at)}] { apply(op, std::span<const var>(&x, 1), x.where()); };
  };
  check_error(errc::shape_mismatch, sum_at({4, 4}, {3, 0}), "input 0 of shape [2x3] at [3x0]", "[4x4]");
  check_error(errc::shape_mismatch, sum_at({4, 4}, {0, -1}), "at [0x-1]");
  check_error(errc::shape_mismatch, sum_at({2}, {0}), "input 0 of shape [2x3]");
  check_error(errc::invalid_argument, sum_at({4, 4}, {0}), "1 positions for 1 inputs of 2 axes");
}

// An op of one's own whose results are mostly zeros says how they are added up, too.
namespace {

struct corner_op {  // y = x at (0, 0) of a square of zeros
  static constexpr auto name = "corner";
  index_t side = 1;
  double times = 1;
  shape infer(const shape&) const { return {side, side}; }
  template <class T> void eval(out<T> y, in<T> x) const {
    std::fill_n(y.data, y.size(), T(0));
    y[0] = T(times) * x[0];
  }
  var vjp(var ybar, var, var x) const {
    return reshape(times * slice(slice(ybar, 0, 0, 1), 1, 0, 1), x.shape());
  }
  static var sum_of(std::span<const var> terms) {
    const corner_op* const first = recorded_by<corner_op>(terms[0]);
    var total = first->times * operands_of(terms[0])[0];
    for (const var& v : terms.subspan(1))
      total = total + recorded_by<corner_op>(v)->times * operands_of(v)[0];
    return apply(corner_op{first->side, 1}, operand(total));
  }
  bool operator==(const corner_op&) const = default;
};

struct top_left_op {
  static constexpr auto name = "top_left";
  double times = 1;
  shape infer(const shape&) const { return {}; }
  template <class T> void eval(out<T> y, in<T> x) const { y[0] = T(times) * x[0]; }
  var vjp(var ybar, var, var x) const { return apply(corner_op{x.shape()[0], times}, operand(ybar)); }
  bool operator==(const top_left_op&) const = default;
};

}  // namespace

BOOST_AUTO_TEST_CASE(an_op_of_ones_own_is_added_up_in_its_way) {
  tape t;
  const var x = t.variable(some_numbers({3, 3}));
  var loss = t.constant(0.0);
  for (int i = 1; i <= 5; ++i) loss = loss + square(apply(top_left_op{static_cast<double>(i)}, operand(x)));
  const var g = grad(loss, x);
  auto expected = all_zero({3, 3});
  expected(0, 0) = 2 * (1 + 4 + 9 + 16 + 25) * x.value()(0, 0);
  BOOST_TEST(g.value() == expected);
  const program_nodes nodes(freeze(g));
  std::size_t corners = 0;
  for (node_id n = 0; n < nodes.size(); ++n) corners += nodes[n].op == "corner";
  BOOST_TEST(corners == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
