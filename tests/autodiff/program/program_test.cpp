// SPDX-License-Identifier: MIT
// Programs: inputs by position, states and how they are updated, what outputs may be, and that a run
// that fails has changed nothing.
#include "support.hpp"

#include <reel/ops.hpp>

#include <thread>

using namespace reel;
using reel::test::check_error;

BOOST_AUTO_TEST_SUITE(programs)

BOOST_AUTO_TEST_CASE(inputs_are_bound_in_the_order_listed_or_recorded) {
  tape t;
  const var a = t.input(shape{}), b = t.input(shape{}), c = t.input(shape{});
  const var y = a + 10 * b;
  const array<double> one(1.0), two(2.0), three(3.0);
  instance<double> recorded(freeze(y));
  BOOST_TEST(recorded.source().inputs().size() == 2u);
  recorded.run(one, two);
  BOOST_TEST(recorded.item() == 21.0);
  instance<double> listed(freeze({.outputs = {y}, .inputs = {c, b}}));  // c is bound though unused, a follows
  BOOST_TEST(listed.source().inputs().size() == 3u);
  listed.run(three, one, two);
  BOOST_TEST(listed.item() == 12.0);
  for (const auto& pass : pass_names()) {  // no pass changes what must be bound
    const program p = freeze({.outputs = {y}, .disabled_passes = {pass}});
    BOOST_TEST(p.inputs().size() == 2u);
    BOOST_TEST(p.states().empty());
  }
}

BOOST_AUTO_TEST_CASE(an_input_may_hold_indices_or_bools) {
  tape t;
  const var x = t.input(shape{3}), i = t.input(shape{2}, kind::index), c = t.input(shape{2}, kind::boolean);
  instance<float> run(freeze(where(c, gather(x, i), 0.0)));
  run.run(array<float>{1, 2, 3}, array<index_t>{2, 0}, array<bool>{true, false});
  BOOST_TEST((run.output() == array<float>{3, 0}));
  const float raw[] = {5, 6, 7};
  run.run(binding(raw, shape{3}), array<index_t>{1, 1}, array<bool>{true, true});
  BOOST_TEST((run.output() == array<float>{6, 6}));
}

BOOST_AUTO_TEST_CASE(states_are_updated_all_at_once) {
  tape t;
  const var a = t.state(array<double>{1, 2}), b = t.state(array<double>{3, 4}),
            still = t.state(array<double>{5, 6});
  const var x = t.input(shape{2}), k = t.constant(array<double>{7, 8});
  const auto states_after = [&](const std::vector<state_update>& updates, int runs) {
    instance<double> run(
        freeze({.outputs = {sum(a + 2 * b + 3 * still)}, .updates = updates, .inputs = {x}}));
    double last = 0;
    for (int i = 0; i < runs; ++i) run.run(array<double>{9, 10}), last = run.item();
    std::vector<array<double>> states;
    for (std::size_t i = 0; i < run.source().states().size(); ++i) states.push_back(run.state(i));
    BOOST_TEST((runs == 0 || last != 0));
    return states;
  };
  const array<double> A{1, 2}, B{3, 4}, S{5, 6}, X{9, 10}, K{7, 8};
  const std::vector<state_update> swap{{a, b}, {b, a}};
  BOOST_TEST((states_after(swap, 1) == std::vector{B, A, S}));
  BOOST_TEST((states_after(swap, 2) == std::vector{A, B, S}));
  BOOST_TEST((states_after({{a, a}, {b, x}, {still, k}}, 2) == std::vector{A, X, K}));
  BOOST_TEST(
      (states_after({{b, a + b}, {a, b}}, 2) == std::vector<array<double>>{A + 2 * B, A + B, S}));  // b, a
  BOOST_TEST(
      (states_after({{a, exp(k)}, {b, exp(k)}}, 1)[0] == states_after({{a, exp(k)}, {b, exp(k)}}, 1)[1]));
  BOOST_TEST((states_after({{a, reshape(reshape(b, {2, 1}), {2})}, {b, reshape(x, shape{2})}}, 1) ==
              std::vector{B, X, S}));
  BOOST_TEST((states_after({{a, a * 1.0}}, 3) == std::vector{A, B, S}));
}

BOOST_AUTO_TEST_CASE(an_output_is_what_it_was_in_the_run) {
  tape t;
  const var s = t.state(array<double>{1, 2}), x = t.input(shape{2}), k = t.constant(array<double>{7, 8});
  const var next = s + x, seen = reshape(s, {2, 1});
  instance<double> run(freeze(
      {.outputs = {s, next, x, k, next, seen, reshape(x, {1, 2}), sum(next)}, .updates = {{s, next}}}));
  const array<double> in{10, 20};
  run.run(in);
  BOOST_TEST((run.output(0) == array<double>{1, 2}));  // before the update
  BOOST_TEST((run.output(1) == array<double>{11, 22}));
  BOOST_TEST((run.output(2) == in));
  BOOST_TEST((run.output(3) == array<double>{7, 8}));
  BOOST_TEST((run.output(4) == array<double>{11, 22}));
  BOOST_TEST((shape_of(run.output(5)) == shape{2, 1} && run.output(5)(1, 0) == 2));
  BOOST_TEST((run.output(6) == array<double>{{10, 20}}));
  BOOST_TEST(run.item(7) == 33.0);
  BOOST_TEST((run.state() == array<double>{11, 22}));
  run.run(in);
  BOOST_TEST((run.output(0) == array<double>{11, 22}));
  BOOST_TEST((run.state() == array<double>{21, 42}));
  BOOST_TEST(run.view(1)[1] == 42.0);
}

BOOST_AUTO_TEST_CASE(a_state_can_be_set) {
  tape t;
  const var s = t.state(array<double>{1, 2}), other = t.state(array<double>{0});
  instance<double> run(freeze({.outputs = {other}, .updates = {{s, 2 * s}}}));
  run.run();
  run.set_state(0, array<double>{10, 20});
  run.set_state(1, array<double>{5});
  BOOST_TEST((run.state(0) == array<double>{10, 20}));
  run.run();
  BOOST_TEST((run.state(0) == array<double>{20, 40}));
  BOOST_TEST(run.item() == 5.0);
  BOOST_TEST((run.state(1) == array<double>{5}));
  check_error(
      errc::binding_mismatch, [&] { run.set_state(0, array<double>{1}); }, "set_state", "program_test.cpp",
      "[2]", "got [1]");
  check_error(
      errc::invalid_argument, [&] { run.set_state(2, array<double>{1}); }, "state 2", "has 2");
  check_error(
      errc::invalid_argument, [&] { run.state(2); }, "state 2");
}

BOOST_AUTO_TEST_CASE(a_run_that_fails_changes_nothing) {
  tape t;
  const var s = t.state(array<double>{1, 2}).named("s"), x = t.input(shape{2}),
            label = t.input(shape{}, kind::index);
  const var next = s + log(x), check = gather(x, label), total = sum(next).named("total");
  t.input(array<double>{1, 1});
  instance<double> run(
      freeze({.outputs = {check}, .updates = {{s, next}}, .inputs = {x, label}, .check_finite = {total}}));
  const array<double> one{1, 1};
  const array<index_t> good(index_t{0}), bad(index_t{2});
  run.run(one, good);
  BOOST_TEST((run.state() == array<double>{1, 2}));
  check_error(
      errc::invalid_label,
      [&] {
        run.run(array<double>{2, 2}, bad);
      },
      "gather", "program_test.cpp", "index 2", "0 … 1");
  BOOST_TEST((run.state() == array<double>{1, 2}));
  check_error(
      errc::non_finite,
      [&] {
        run.run(array<double>{1, 0}, good);
      },
      "log", "program_test.cpp", "-inf at [1]", "input 0 was 0 there", "total is not finite",
      "no state has changed");
  BOOST_TEST((run.state() == array<double>{1, 2}));
  check_error(
      errc::binding_mismatch, [&] { run.run(one); }, "2 inputs, got 1");
  const array<double> e2{std::exp(1.0), std::exp(2.0)};
  run.run(e2, good);
  BOOST_TEST((run.state() == array<double>{1 + std::log(e2(0)), 2 + std::log(e2(1))}));
}

BOOST_AUTO_TEST_CASE(what_is_not_finite_is_traced_to_the_op_that_made_it_so) {
  tape t;
  const var x = t.input(shape{2}).named("x"),
            masked = where(x > 0.5, x, -std::numeric_limits<double>::infinity());
  const var p = softmax(masked);  // finite: an infinity that is meant
  const var y = sum(exp(p * 1000)).named("y");
  instance<double> run(freeze({.outputs = {y}, .check_finite = {y}}));
  run.run(array<double>{0.75, 0.25 + 0.5});
  BOOST_TEST(std::isfinite(run.item()));
  check_error(
      errc::non_finite,
      [&] {
        run.run(array<double>{1, 0});
      },
      "exp (node", "inf at [0]", "y is not finite");
  instance<double> plain(freeze({.outputs = {y}, .check_finite = {sum(2 * x).named("twice")}}));
  check_error(
      errc::non_finite,
      [&] {
        plain.run(array<double>{std::nan(""), 1});
      },
      "mul (node", "read nan at [0] of input 0 'x'", "twice is not finite");
  instance<double> bare(freeze({.outputs = {y}, .check_finite = {x}}));
  check_error(
      errc::non_finite,
      [&] {
        bare.run(array<double>{1, std::nan("")});
      },
      "x is input 0 'x', which is not finite");
  const var k = t.constant(array<double>{0, 1});
  const var z = sum(log(k) * x).named("z");  // folded, so it is wrong before the first run
  instance<double> folded(freeze({.outputs = {z}, .check_finite = {z}}));
  check_error(
      errc::non_finite,
      [&] {
        folded.run(array<double>{1, 1});
      },
      "log (node", "-inf at [0]", "z is not finite");
}

BOOST_AUTO_TEST_CASE(a_branch_is_frozen_as_taken) {
  tape t;
  const var x = t.input(array<double>(2.0));
  const unsigned line = __LINE__ + 1;
  const var y = branch(x > 1.0) ? square(x) : -x;
  instance<double> run(freeze(y));
  run.run(array<double>(3.0));
  BOOST_TEST(run.item() == 9.0);
  check_error(
      errc::branch_changed, [&] { run.run(array<double>(0.5)); }, "branch",
      "program_test.cpp:" + std::to_string(line), "recorded as true", "comes out false", "where()");
  for (const auto& pass : pass_names()) {
    instance<float> one(freeze({.outputs = {x}, .disabled_passes = {pass}}));
    check_error(
        errc::branch_changed, [&] { one.run(array<float>(0.5f)); }, "recorded as true");
  }
  BOOST_TEST(branch(1.0));
  BOOST_TEST(!branch(0.0));
  check_error(
      errc::kind_mismatch, [&] { branch(x); }, "kind real");
  check_error(
      errc::shape_mismatch,
      [&] {
        branch(t.constant(array<bool>{true, false}));
      },
      "2 elements");
}

BOOST_AUTO_TEST_CASE(only_constants_are_folded) {
  tape t;
  const var c = t.constant(array<double>{1, 2}), x = t.variable(array<double>{3, 4}),
            s = t.state(array<double>{5, 6});
  const auto instructions = [](const var& y, const char* off = "operand_reuse") {
    return freeze({.outputs = {y}, .disabled_passes = {"elementwise_fusion", off}}).instructions();
  };
  BOOST_TEST(instructions(exp(c * c)) == 0u);
  BOOST_TEST(instructions(exp(c * c), "constant_folding") == 2u);
  BOOST_TEST(instructions(exp(x * c)) == 2u);
  BOOST_TEST(instructions(exp(s * c)) == 2u);
  BOOST_TEST(instructions(exp(c) * x) == 1u);
  instance<real50> digits(freeze(exp(c * c)));  // folded in the number type of the instance
  digits.run();
  BOOST_TEST((digits.output()(0) == num::exp(real50(1))));
}

BOOST_AUTO_TEST_CASE(equal_subexpressions_are_told_apart_by_bits) {
  tape t;
  const var x = t.input(shape{2});
  const auto instructions = [&](const var& y) {
    return freeze({.outputs = {y}, .disabled_passes = {"elementwise_fusion"}}).instructions();
  };
  BOOST_TEST(instructions(exp(x) * exp(x)) == 2u);
  BOOST_TEST(instructions(slice(x, 0, 0, 1) + slice(x, 0, 1, 2)) == 3u);
  BOOST_TEST(instructions((x > 0.0) && (x > -0.0)) == 5u);  // two broadcasts, two comparisons, one and
}

BOOST_AUTO_TEST_CASE(an_arena_is_smaller_where_memory_is_shared) {
  tape t;
  var x = t.input(shape{1024});
  for (int i = 0; i < 20; ++i) x = softmax(tanh(x));
  const auto bytes = [&](const std::vector<std::string>& off, dtype number) {
    return freeze({.outputs = {x}, .disabled_passes = off}).arena_bytes(number);
  };
  BOOST_TEST(bytes({"buffer_sharing", "operand_reuse"}, dtype::f32) == 40 * 4096u);
  BOOST_TEST(bytes({"buffer_sharing", "operand_reuse"}, dtype::f64) == 40 * 8192u);
  BOOST_TEST(bytes({"operand_reuse"}, dtype::f32) <= 3 * 4096u);
  BOOST_TEST(bytes({}, dtype::f32) <= 2 * 4096u);
  BOOST_TEST(bytes({}, dtype::real50) <= 2 * 32 * 1024u);
}

BOOST_AUTO_TEST_CASE(one_program_serves_many_threads_and_outlives_its_tape) {
  const auto filled = [](double with) { return array<double>(array<double>::shape_type{64}, with); };
  program p;
  {
    tape t;
    const var x = t.input(shape{64}), s = t.state(filled(0));
    p = freeze({.outputs = {sum(exp(x) * s)}, .updates = {{s, s + tanh(x)}}});
  }
  const array<double> in = filled(0.25);
  const auto work = [&](std::vector<double>& seen) {
    instance<double> run(p);
    for (int i = 0; i < 500; ++i) run.run(in), seen.push_back(run.item());
  };
  std::vector<double> first, second, alone;
  {
    std::thread a([&] { work(first); }), b([&] { work(second); });
    a.join(), b.join();
  }
  work(alone);
  BOOST_TEST((first == alone));
  BOOST_TEST((second == alone));
}

BOOST_AUTO_TEST_CASE(an_instance_can_be_moved) {
  tape t;
  const var s = t.state(array<double>{1, 2}), x = t.input(shape{2});
  instance<double> a(freeze({.outputs = {s * x}, .updates = {{s, s + x}}}));
  a.run(array<double>{1, 1});
  instance<double> b = std::move(a);
  b.run(array<double>{1, 1});
  BOOST_TEST((b.state() == array<double>{3, 4}));
  BOOST_TEST((b.output() == array<double>{2, 3}));
  a = std::move(b);
  BOOST_TEST((a.output() == array<double>{2, 3}));
}

// Evaluation computes what is asked for. A program that drops nothing computes more, but refuses no more.
BOOST_AUTO_TEST_CASE(what_no_one_needs_cannot_refuse_a_run) {
  tape t;
  const var x = t.input(shape{3}).named("x"), at = t.input(shape{2}, kind::index),
            labels = t.input(shape{1}, kind::index);
  const var gathered = gather(x, at), loss = sum(softmax_cross_entropy(reshape(x, {1, 3}), labels));
  const var unused = exp(gathered) * loss,
            of_constants = gather(t.constant(array<double>{1, 2}), t.constant(array<int>{5}));
  const var y = exp(x) + x, again = exp(x);
  for (const std::vector<std::string>& off : {std::vector<std::string>{"dead_code"},
                                              {"dead_code", "elementwise_fusion"},
                                              {"dead_code", "common_subexpressions"},
                                              pass_names()}) {
    instance<double> run(freeze({.outputs = {y, again}, .inputs = {x, at, labels}, .disabled_passes = off}));
    const array<double> numbers{0.5, -1, 2};
    run.run(numbers, array<index_t>{0, 2}, array<index_t>{1});
    const array<double> before = run.output();
    run.run(numbers, array<index_t>{7, -1}, array<index_t>{3});  // no position, no class
    BOOST_TEST((run.output() == before));
    BOOST_TEST((run.output(1) == before - numbers || run.output(1)(0) == std::exp(0.5)));
  }
  instance<double> needed(
      freeze({.outputs = {y, gathered}, .inputs = {x, at, labels}, .disabled_passes = {"dead_code"}}));
  check_error(
      errc::invalid_label,
      [&] {
        needed.run(array<double>{1, 2, 3}, array<index_t>{7, 0}, array<index_t>{0});
      },
      "in gather (program_test.cpp:");
  BOOST_TEST((unused.size() == 2 && of_constants.size() == 1));
}

BOOST_AUTO_TEST_SUITE_END()
