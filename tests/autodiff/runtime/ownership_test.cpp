// SPDX-License-Identifier: MIT
// Outputs and states are the instance's own numbers until its next run, whatever freezing made of them.
#include "support.hpp"

#include <reel/ops.hpp>

#include <functional>

using namespace reel;
using reel::test::check_error;

namespace {

// What a program may be asked for of a leaf, where freezing leaves the leaf itself, or a view of it.
struct way {
  const char* name;
  std::function<var(const var&)> make;
};

const std::vector<way>& ways() {
  static const std::vector<way> all{
      {"the leaf", [](const var& x) { return x; }},
      {"times 1", [](const var& x) { return x * 1.0; }},
      {"1 times", [](const var& x) { return 1.0 * x; }},
      {"over 1", [](const var& x) { return x / 1.0; }},
      {"times ones", [](const var& x) { return x * ones_like(x); }},
      {"reshaped",
       [](const var& x) {
         return reshape(x, {3, 2});
       }},
      {"reshaped there and back",
       [](const var& x) {
         return reshape(reshape(x, {6}), {2, 3});
       }},
      {"detached", [](const var& x) { return detach(x); }},
      {"a slice of all", [](const var& x) { return slice(x, 1, 0, 3); }},
      {"broadcast to its shape",
       [](const var& x) {
         return broadcast_to(x, {2, 3});
       }},
      {"broadcast by an axis of 1",
       [](const var& x) {
         return broadcast_to(x, {1, 2, 3});
       }},
      {"summed to its shape",
       [](const var& x) {
         return sum_to(x, {2, 3});
       }},
      {"summed over an axis of 1",
       [](const var& x) {
         return sum(reshape(x, {1, 2, 3}), 0);
       }},
      {"the transpose of a vector", [](const var& x) { return transpose(reshape(x, {6})); }},
      {"a permutation that is none",
       [](const var& x) {
         return permute(x, {0, 1});
       }},
      {"stacked alone", [](const var& x) { return stack({x}); }},
      {"joined alone", [](const var& x) { return concat({x}); }},
      {"the slope of a product", [](const var& x) { return grad(sum(x * ones_like(x) * 2.0), x) * x / 2.0; }},
      {"all of it, detached, times 1, reshaped", [](const var& x) {
         return reshape(detach(x) * 1.0, {1, 6}) / 1.0;
       }}};
  return all;
}

template <class T> array<T> ramp(T first) {
  array<T> a = make_array<T>({2, 3});
  for (std::size_t i = 0; i < a.size(); ++i) a.data()[i] = first + static_cast<T>(i);
  return a;
}

array<double> all_zero(const shape& s) {
  auto a = make_array<double>(s);
  a.fill(0);
  return a;
}

template <class T> bool holds(std::span<const T> view, const array<T>& want) {
  return std::equal(view.begin(), view.end(), want.data(), want.data() + want.size());
}

std::vector<std::string> all_passes_and(const std::string& none) {
  std::vector<std::string> off = pass_names();
  off.push_back(none);
  return off;
}

// Freezes with each pass off in turn, then with all on, and hands the instance over.
template <class T> void each_freezing(freeze_request request, const std::function<void(instance<T>&)>& use) {
  for (const std::string& off : all_passes_and("")) {
    request.disabled_passes.clear();
    if (!off.empty()) request.disabled_passes.push_back(off);
    BOOST_TEST_CONTEXT("without " << off) {
      instance<T> run(freeze(request));
      use(run);
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ownership)

BOOST_AUTO_TEST_CASE_TEMPLATE(an_output_that_is_an_input_outlives_the_arrays_bound, T,
                              decltype(std::tuple<float, double>{})) {
  for (const way& w : ways()) {
    BOOST_TEST_CONTEXT(w.name) {
      tape t;
      const var x = t.input(shape{2, 3});
      each_freezing<T>({.outputs = {w.make(x), sum(x), w.make(x), reshape(x, {6})}, .inputs = {x}},
                       [](instance<T>& run) {
                         run.run(ramp<T>(1));  // a temporary, gone when run returns
                         array<T> kept = ramp<T>(1);
                         for (const std::size_t i : {0, 2, 3}) BOOST_TEST(holds(run.view(i), kept));
                         run.run(kept);
                         kept.fill(-7);
                         for (const std::size_t i : {0, 2, 3}) BOOST_TEST(holds(run.view(i), ramp<T>(1)));
                         BOOST_TEST(run.item(1) == T(21));
                       });
    }
  }
}

BOOST_AUTO_TEST_CASE(the_gradient_of_a_linear_function_is_no_view_of_its_coefficients) {
  tape t;
  const var x = t.input(shape{5}), w = t.input(shape{5});
  instance<double> slope(freeze({.outputs = {grad(sum(x * w), x)}, .inputs = {x, w}}));
  slope.run(array<double>{0, 0, 0, 0, 0}, array<double>{5, -4, 3, -2, 1});
  BOOST_TEST((slope.output() == array<double>{5, -4, 3, -2, 1}));
}

BOOST_AUTO_TEST_CASE(an_output_may_be_an_input_of_any_kind) {
  tape t;
  const var i = t.input(shape{3}, kind::index), b = t.input(shape{2}, kind::boolean);
  instance<float> run(freeze({.outputs = {i, b, reshape(i, {3, 1})}, .inputs = {i, b}}));
  run.run(array<index_t>{4, 5, 6}, array<bool>{true, false});
  BOOST_TEST((run.output<index_t>(0) == array<index_t>{4, 5, 6}));
  BOOST_TEST((run.output<bool>(1) == array<bool>{true, false}));
  BOOST_TEST(holds(run.view<index_t>(2), array<index_t>{4, 5, 6}));
}

// Of a state an output has the numbers that the run has read.
BOOST_AUTO_TEST_CASE(an_output_that_is_a_state_stays_when_the_state_is_replaced) {
  for (const way& w : ways()) {
    BOOST_TEST_CONTEXT(w.name) {
      tape t;
      const var s = t.state(ramp<double>(1)), still = t.state(ramp<double>(20));
      const std::vector<var> outputs{w.make(s), w.make(still), w.make(s), s + 1.0};
      for (const bool updated : {true, false}) {
        freeze_request request{.outputs = outputs};
        if (updated) request.updates = {{s, s + 1.0}};
        each_freezing<double>(request, [&](instance<double>& run) {
          run.run();
          run.run();
          const double before = updated ? 2 : 1;
          const auto check = [&] {
            BOOST_TEST(holds(run.view(0), ramp<double>(before)));
            BOOST_TEST(holds(run.view(1), ramp<double>(20)));
            BOOST_TEST(holds(run.view(2), ramp<double>(before)));
            BOOST_TEST(holds(run.view(3), ramp<double>(before + 1)));
          };
          check();
          for (std::size_t i = 0; i < run.source().states().size(); ++i) run.set_state(i, ramp<double>(-100));
          check();
          run.run();
          BOOST_TEST(holds(run.view(0), ramp<double>(-100)));
        });
      }
    }
  }
}

// The next value of one state as an output, as the next value of another, and states that change places.
BOOST_AUTO_TEST_CASE(next_values_may_be_outputs_and_shared) {
  for (const way& w : ways()) {
    BOOST_TEST_CONTEXT(w.name) {
      tape t;
      const var a = t.state(ramp<double>(1)), b = t.state(ramp<double>(50)), c = t.state(ramp<double>(9)),
                x = t.input(shape{2, 3});
      const var next = a + x;
      const auto same_shape = [](const var& v) { return reshape(v, {2, 3}); };
      each_freezing<double>(
          {.outputs = {w.make(next), next, x, w.make(a)},
           .updates = {{a, same_shape(w.make(next))}, {b, same_shape(w.make(a))}, {c, next}},
           .inputs = {x}},
          [&](instance<double>& run) {
            run.run(ramp<double>(0));
            run.run(ramp<double>(0));
            array<double> second = ramp<double>(1), twice = ramp<double>(1);
            second = second + ramp<double>(0);
            twice = second + ramp<double>(0);
            const auto check = [&] {
              BOOST_TEST(holds(run.view(0), twice));
              BOOST_TEST(holds(run.view(1), twice));
              BOOST_TEST(holds(run.view(2), ramp<double>(0)));
              BOOST_TEST(holds(run.view(3), second));
            };
            check();
            BOOST_TEST((run.state(0) == twice));
            BOOST_TEST((run.state(1) == second));
            BOOST_TEST((run.state(2) == twice));
            for (std::size_t i = 0; i < 3; ++i) run.set_state(i, ramp<double>(-100));
            check();
          });
    }
  }
}

BOOST_AUTO_TEST_CASE(states_that_change_places) {
  tape t;
  const var a = t.state(ramp<double>(1)), b = t.state(ramp<double>(50));
  each_freezing<double>({.outputs = {a, b}, .updates = {{a, b}, {b, a}}}, [](instance<double>& run) {
    run.run();
    BOOST_TEST(holds(run.view(0), ramp<double>(1)));
    BOOST_TEST((run.state(0) == ramp<double>(50)));
    run.run();
    BOOST_TEST(holds(run.view(0), ramp<double>(50)));
    BOOST_TEST((run.state(0) == ramp<double>(1)));
  });
}

// A matrix that is updated where it is by the gradient of a small batch, and one that is kept transposed.
BOOST_AUTO_TEST_CASE(a_view_of_a_state_that_is_written_over) {
  tape t;
  const var wide = t.state(all_zero({40, 30})), tall = t.state(all_zero({80, 4}));
  const var x = t.input(shape{2, 40}), z = t.input(shape{2, 80});
  const var loss = sum(square(matmul(x, wide) - 1.0)) + sum(square(matmul(z, tall) - 1.0));
  const auto slopes = grad(loss, std::vector<var>{wide, tall});
  each_freezing<double>(
      {.outputs = {reshape(wide, {-1}), tall * 1.0, loss, reshape(tall, {4, 80})},
       .updates = {{wide, wide - 0.01 * slopes[0]}, {tall, tall - 0.01 * slopes[1]}},
       .inputs = {x, z}},
      [](instance<double>& run) {
        array<double> one = make_array<double>({2, 40}), other = make_array<double>({2, 80});
        one.fill(0.5), other.fill(0.25);
        run.run(one, other);
        for (const std::size_t i : {0, 1, 3})
          BOOST_TEST(std::ranges::all_of(run.view(i), [](double v) { return v == 0; }));
        const array<double> was[] = {run.state(0), run.state(1)};
        BOOST_TEST(was[0](0, 0) != 0.0);
        run.run(one, other);
        BOOST_TEST(holds(run.view(0), was[0]));
        BOOST_TEST(holds(run.view(1), was[1]));
        BOOST_TEST(holds(run.view(3), was[1]));
        run.set_state(0, all_zero({40, 30}));
        run.set_state(1, all_zero({80, 4}));
        BOOST_TEST(holds(run.view(0), was[0]));
        BOOST_TEST(holds(run.view(1), was[1]));
      });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_output_that_is_a_constant_lives_as_long_as_the_instance, T,
                              decltype(std::tuple<float, double>{})) {
  for (const way& w : ways()) {
    BOOST_TEST_CONTEXT(w.name) {
      std::optional<tape> t(std::in_place);
      const var c = t->constant(ramp<double>(3)), v = t->variable(ramp<double>(30));
      instance<T> run(freeze({.outputs = {w.make(c), w.make(v), c, c}}));
      t.reset();
      run.run();
      instance<T> moved = std::move(run);
      for (const std::size_t i : {0, 2, 3}) BOOST_TEST(holds(moved.view(i), ramp<T>(3)));
      BOOST_TEST(holds(moved.view(1), ramp<T>(30)));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_refused_run_has_no_outputs) {
  tape t;
  const var x = t.input(shape{2}).named("x"), s = t.state(array<double>{1, 2});
  instance<double> run(
      freeze({.outputs = {x * 2.0}, .updates = {{s, s + x}}, .inputs = {x}, .check_finite = {s + x}}));
  run.run(array<double>{1, 1});
  check_error(
      errc::binding_mismatch, [&] { run.run(array<double>{1}); }, "shape");
  BOOST_TEST((run.output() == array<double>{2, 2}));  // it had not begun
  check_error(
      errc::non_finite,
      [&] {
        run.run(array<double>{std::numeric_limits<double>::infinity(), 1});
      },
      "no state has changed");
  check_error(
      errc::no_value, [&] { run.output(); }, "was refused");
  BOOST_TEST((run.state() == array<double>{2, 3}));
  run.run(array<double>{3, 3});
  BOOST_TEST((run.output() == array<double>{6, 6}));
}

BOOST_AUTO_TEST_CASE(bindings_to_nothing_or_to_the_instance_itself_are_refused) {
  tape t;
  const var x = t.input(shape{6}).named("x"), y = t.input(shape{0});
  instance<float> run(freeze({.outputs = {x * 3.0f, y}, .inputs = {x, y}}));
  const float* const null = nullptr;
  const array<float> six{1, 2, 3, 4, 5, 6};
  check_error(
      errc::binding_mismatch, [&] { run.run(binding(null, shape{6}), binding(null, shape{0})); },
      "input 0 'x'", "null");
  run.run(six, binding(null, shape{0}));  // no numbers are needed for none
  check_error(
      errc::binding_mismatch, [&] { run.run(binding(run.view().data(), shape{6}), binding(null, shape{0})); },
      "input 0 'x'", "same instance", "output(i)");
  instance<float> other(run.source());
  other.run(binding(run.view().data(), shape{6}), binding(null, shape{0}));
  BOOST_TEST((other.output() == 9.0f * six));
}

BOOST_AUTO_TEST_SUITE_END()
