// SPDX-License-Identifier: MIT
// What freezing, binding and reading refuse.
#include "support.hpp"
#include "autodiff/narrow_op.hpp"

#include <reel/ops.hpp>

using namespace reel;
using reel::test::check_error;
using reel::test::narrow_op;

namespace {

struct fixture {
  tape t{"mine"};
  var x = t.input(shape{2, 3}).named("features"), i = t.input(shape{2}, kind::index);
  var s = t.state(array<double>{1, 2, 3}), y = sum(x * s);
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(program_refusals, fixture)

BOOST_AUTO_TEST_CASE(freezing) {
  check_error(
      errc::invalid_argument, [] { freeze(freeze_request{}); }, "nothing to compute");
  check_error(
      errc::invalid_argument, [&] { freeze({.outputs = {y}, .disabled_passes = {"magic"}}); },
      "no pass 'magic'", "dead_code", "buffer_sharing");
  check_error(
      errc::invalid_argument, [&] { freeze({.outputs = {y}, .inputs = {y}}); }, "freeze", "refusals_test.cpp",
      "reshape", "tape.input(...)");
  check_error(
      errc::invalid_argument,
      [&] {
        freeze({.outputs = {y}, .inputs = {x, i, x}});
      },
      "'features'", "twice");
  check_error(
      errc::empty_variable, [&] { freeze(var{}); }, "never recorded");
  tape other("theirs");
  const var z = other.variable(1.0);
  check_error(
      errc::tape_mismatch,
      [&] {
        freeze({.outputs = {y, z}});
      },
      "freeze", "'mine'", "'theirs'");
  other.clear();
  check_error(
      errc::stale_variable, [&] { freeze(z); }, "was cleared");
}

BOOST_AUTO_TEST_CASE(updates) {
  check_error(
      errc::invalid_argument,
      [&] {
        freeze({.updates = {{x, x}}});
      },
      "input 'features'", "tape.state(...)");
  check_error(
      errc::invalid_argument,
      [&] {
        freeze({.updates = {{s, s}, {s, 2 * s}}});
      },
      "state", "twice");
  check_error(
      errc::shape_mismatch,
      [&] {
        freeze({.updates = {{s, y}}});
      },
      "[3]", "[]", "keeps its shape");
  check_error(
      errc::kind_mismatch,
      [&] {
        freeze({.updates = {{s, argmax(x, 0)}}});
      },
      "freeze", "kind index");
}

BOOST_AUTO_TEST_CASE(a_symbolic_cotangent) {
  const var u = t.input(shape{});
  const var tangent = jvp(y, s, s);
  BOOST_TEST(freeze(tangent).outputs().size() == 1u);
  for (node_id n = 0; n < t.size(); ++n)
    if (node_at(t, n).role == tape::role::cotangent) BOOST_TEST(!dependencies(tangent)[n]);
  BOOST_TEST(u.shape().is_scalar());
}

BOOST_AUTO_TEST_CASE(binding_numbers) {
  instance<float> run(freeze({.outputs = {y}, .inputs = {x, i}}));
  const array<float> good{{1, 2, 3}, {4, 5, 6}};
  const array<index_t> labels{0, 1};
  check_error(
      errc::binding_mismatch, [&] { run.run(good); }, "2 inputs, got 1");
  check_error(
      errc::binding_mismatch, [&] { run.run(array<double>(good), labels); }, "run", "refusals_test.cpp",
      "input 0 'features'", "type float, got double");
  check_error(
      errc::binding_mismatch,
      [&] {
        run.run(array<float>{1, 2, 3}, labels);
      },
      "'features'", "[2x3]", "got [3]", "fixed shapes");
  check_error(
      errc::binding_mismatch, [&] { run.run(good, good); }, "input 1", "type index, got float");
  run.run(good, labels);
  BOOST_TEST(run.item() == 46.0f);
}

BOOST_AUTO_TEST_CASE(reading_results) {
  instance<double> run(freeze({.outputs = {y, x > 0.0, x}, .inputs = {x}}));
  run.run(array<double>{{1, 2, 3}, {4, 5, 6}});
  check_error(
      errc::kind_mismatch, [&] { run.output(1); }, "output", "refusals_test.cpp");
  check_error(
      errc::kind_mismatch, [&] { run.output<bool>(0); }, "output");
  BOOST_TEST(run.output<bool>(1)(0, 0));
  check_error(
      errc::invalid_argument, [&] { run.output(3); }, "output 3", "has 3");
  check_error(
      errc::shape_mismatch, [&] { run.item(2); }, "[2x3]", "6 elements");
  const instance<double> fresh(freeze(y));
  check_error(
      errc::no_value, [&] { fresh.item(); }, "has not run");
}

BOOST_AUTO_TEST_CASE(number_types) {
  const program p = freeze(apply(narrow_op{}, s));
  BOOST_TEST(instance<float>(p).source().instructions() == 1u);
  check_error(
      errc::unsupported_number, [&] { instance<real50>{p}; }, "narrow", "refusals_test.cpp", "50 digits");
  check_error(
      errc::unsupported_number, [&] { instance<complex>{freeze(relu(s))}; }, "relu", "complex");
}

BOOST_AUTO_TEST_CASE(programs_and_instances_that_are_not_there) {
  const program empty;
  check_error(
      errc::invalid_argument, [&] { instance<double>{empty}; }, "freeze");
  check_error(
      errc::invalid_argument, [&] { empty.inputs(); }, "freeze");
  instance<double> a(freeze({.outputs = {y}, .inputs = {x}}));
  const instance<double> b = std::move(a);
  check_error(
      errc::invalid_argument,
      [&] {
        a.run(array<double>{{1, 2, 3}, {4, 5, 6}});
      },
      "moved from");
  check_error(
      errc::invalid_argument, [&] { a.state(); }, "moved from");
}

BOOST_AUTO_TEST_CASE(memory_that_cannot_be_addressed) {
  const index_t k = index_t{1} << 28;
  var z = t.input(shape{k, k});
  for (int n = 0; n < 20; ++n) z = exp(z);
  const program p =
      freeze({.outputs = {z}, .disabled_passes = {"operand_reuse", "buffer_sharing", "elementwise_fusion"}});
  check_error(
      errc::size_overflow, [&] { instance<double>{p}; }, "arena");
}

BOOST_AUTO_TEST_SUITE_END()
