// SPDX-License-Identifier: MIT
// Scalars beside arrays of one element and of a few: how many instructions become of them, and to which bits.
#include "support.hpp"

#include <reel/ops.hpp>

#include <cstring>
#include <functional>

using namespace reel;

namespace {

using step = std::function<void(var& u, var& s)>;

// The gradient of Σ u after so many steps from u = x, s = a.
struct chain {
  tape t{"chain"};
  var a, x;
  std::vector<var> outputs;

  chain(const step& f, int steps, const shape& of_a, const shape& of_x) : a(t.input(of_a)), x(t.input(of_x)) {
    var u = x, s = a;
    for (int i = 0; i < steps; ++i) f(u, s);
    const std::vector<var> by{a, x};
    outputs = grad(sum(u), by);
    outputs.push_back(u);
  }
  program frozen(std::vector<std::string> off = {}) const {
    return freeze({.outputs = outputs, .inputs = {a, x}, .disabled_passes = std::move(off)});
  }
  // All outputs in a row, at a = 1.25 and x = 0.5, 0.25, …
  std::vector<double> run(std::vector<std::string> off = {}) const {
    auto at_a = make_array<double>(a.shape()), at_x = make_array<double>(x.shape());
    std::fill_n(at_a.data(), at_a.size(), 1.25);
    for (std::size_t i = 0; i < at_x.size(); ++i) at_x.data()[i] = 0.5 / static_cast<double>(i + 1);
    instance<double> run(frozen(std::move(off)));
    run.run(at_a, at_x);
    std::vector<double> numbers;
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      const auto some = run.view(k);
      numbers.insert(numbers.end(), some.begin(), some.end());
    }
    return numbers;
  }
};

void logistic(var& u, var& s) { u = u + 0.01 * (s * u - u * u); }
void cooling(var& u, var& s) {
  s = 0.99 * s + 0.001;
  u = u - s * u;
}

const std::vector<shape> single{shape{}, shape{1}, shape{1, 1}, shape{1, 1, 1}};

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mixed_shapes)

BOOST_AUTO_TEST_CASE(single_elements_are_one_loop_whatever_their_shapes) {
  for (const step& f : {step(logistic), step(cooling)}) {
    const chain scalars(f, 300, {}, {});
    const std::size_t instructions = scalars.frozen().instructions();
    BOOST_TEST(instructions == 1U);
    const auto numbers = scalars.run();
    for (const shape& a : single)
      for (const shape& x : single) BOOST_TEST_CONTEXT(to_string(a) << " beside " << to_string(x)) {
          const chain mixed(f, 300, a, x);
          BOOST_TEST(mixed.frozen().instructions() == instructions);
          BOOST_TEST(same_bits(mixed.run(), numbers));
          BOOST_TEST(same_bits(mixed.run(pass_names()), numbers));
        }
  }
}

// A loop over the elements, one over the scalars before it and one after it, and the sum between them.
BOOST_AUTO_TEST_CASE(few_elements_beside_single_ones_are_a_few_loops_however_long_the_chain) {
  for (const shape& a : single)
    for (const shape& x : {shape{2}, shape{1, 3}, shape{2, 1}, shape{2, 2}})
      BOOST_TEST_CONTEXT(to_string(a) << " beside " << to_string(x)) {
        if (a.rank() > x.rank()) continue;
        const chain some(logistic, 20, a, x), many(logistic, 200, a, x);
        BOOST_TEST(many.frozen().instructions() <= 4U);
        BOOST_TEST(same_bits(some.run(), some.run(pass_names())));
        BOOST_TEST(same_bits(many.run(), many.run(pass_names())));
      }
}

// Scalars that change from step to step, each of which is stretched in its own step: the two chains go on
// side by side. On the way back a sum stands between them in each step.
BOOST_AUTO_TEST_CASE(a_chain_on_scalars_goes_on_beside_one_on_elements) {
  for (const shape& x : {shape{2}, shape{1, 3}, shape{40}}) BOOST_TEST_CONTEXT(to_string(x)) {
      const chain c(cooling, 100, {}, x);
      const program forward = freeze({.outputs = {c.outputs.back()}, .inputs = {c.a, c.x}});
      BOOST_TEST(forward.instructions() == 2U, forward.explain());
      BOOST_TEST(same_bits(c.run(), c.run(pass_names())));
    }
}

// A scalar stretched to a row, and the row to a matrix, in front of a loop that reads both.
BOOST_AUTO_TEST_CASE(what_is_stretched_twice_is_made_first) {
  tape t;
  const var s = t.input(shape{}), x = t.input({3, 4});
  const var row = broadcast_to(exp(s), {4}), matrix = broadcast_to(row, {3, 4});
  const std::vector<var> outputs{matrix * x, matrix + x * x, row * row};
  const array<double> at(0.5), numbers{{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}};
  instance<double> fused(freeze({.outputs = outputs, .inputs = {s, x}}));
  instance<double> plain(freeze({.outputs = outputs, .inputs = {s, x}, .disabled_passes = pass_names()}));
  fused.run(at, numbers), plain.run(at, numbers);
  for (std::size_t k = 0; k < outputs.size(); ++k) BOOST_TEST(fused.output(k) == plain.output(k));
}

BOOST_AUTO_TEST_CASE(a_stretched_operand_adds_up_what_it_is_given_before_it_is_summed) {
  tape t;
  const array<double> numbers{{1, 2, 3}, {4, 5, 6}};
  const var b = t.variable(array<double>{0.5, 0.25, 2}), x = t.constant(numbers);
  var loss = sum(b * x);
  for (int i = 0; i < 3; ++i) loss = loss + sum(b * x);
  const var g = grad(loss, b);
  BOOST_TEST((g.value() == array<double>{20, 28, 36}));
  BOOST_TEST(jacobian(grad(sum(square(b * x)), b), b).value() ==
             (array<double>{{34, 0, 0}, {0, 58, 0}, {0, 0, 90}}));
  const std::string text =
      freeze({.outputs = {g}, .disabled_passes = {"elementwise_fusion", "row_tiling"}}).explain();
  std::size_t sums = 0;
  for (auto at = text.find(" = sum_to("); at != text.npos; at = text.find(" = sum_to(", at + 1)) ++sums;
  BOOST_TEST(sums == 1U);
}

BOOST_AUTO_TEST_CASE(sums_and_stretches_to_as_many_elements_are_checked_as_ever) {
  using reel::test::check_error;
  tape t;
  const var x = t.variable(array<double>{{1, 2}}), labels = t.constant(array<index_t>{3});
  BOOST_TEST((sum_to(x, {2}).value() == array<double>{1, 2}));
  BOOST_TEST((broadcast_to(x, {1, 1, 2}).value() == array<double>{{{1, 2}}}));
  check_error(
      errc::shape_mismatch,
      [&] {
        sum_to(x, {2, 1});
      },
      "[1x2] does not sum to [2x1]");
  check_error(
      errc::shape_mismatch,
      [&] {
        broadcast_to(x, {2, 1});
      },
      "[1x2] does not broadcast to [2x1]");
  check_error(
      errc::kind_mismatch, [&] { sum_to(labels, {}); }, "sum_to");
}

BOOST_AUTO_TEST_SUITE_END()
