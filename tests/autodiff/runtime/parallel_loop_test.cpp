// SPDX-License-Identifier: MIT
// Training steps whose work several threads share: the same bits, and the same words when something is wrong.
#include "ops/regression.hpp"

#include <limits>
#include <string>
#include <thread>

using namespace reel;
using namespace reel::test;

namespace {

// A perceptron with a hidden layer, whose products are shared out by rows.
struct perceptron {
  tape t;
  array<float> x;
  array<index_t> labels;
  program step;

  explicit perceptron(index_t rows) : x(filled({rows, 300}, 1, 1)), labels(labels_below(10, rows)) {
    const var a = t.state(filled({300, 401}, 0.1, 2)), b = t.state(filled({401, 10}, 0.1, 3));
    const var X = t.input(x), l = t.input(labels);
    const var loss = mean(softmax_cross_entropy(matmul(relu(matmul(X, a)), b), l));
    const auto g = grad(loss, std::vector{a, b});
    const var next_a = a - 0.5 * g[0], next_b = b - 0.5 * g[1];
    step = freeze({.outputs = {loss},
                   .updates = {{a, next_a}, {b, next_b}},
                   .inputs = {X, l},
                   .check_finite = {loss, next_a, next_b}});
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(shared_steps)

BOOST_AUTO_TEST_CASE(any_number_of_workers_gives_the_same_bits) {
  for (const index_t rows : {100, 512, 777, 3000}) {
    regression r(rows, 785, 10);
    const program p = r.without({});
    const outcome alone = three_steps(p, r);
    for (const int threads : {2, 3, 4, 7}) {
      const outcome together = three_steps(p, r, workers(threads));
      BOOST_TEST(together.losses == alone.losses);
      BOOST_TEST((together.w == alone.w && together.v == alone.v));
    }
  }
  for (const index_t rows : {128, 700}) {  // with an update over its state, and apart
    const perceptron m(rows);
    BOOST_TEST(explains(m.step, "1 states are updated where they are") == (rows == 128));
    instance<float> alone(m.step);
    for (int i = 0; i < 3; ++i) alone.run(m.x, m.labels);
    for (const int threads : {2, 3, 5}) {
      instance<float> together(m.step, workers(threads));
      for (int i = 0; i < 3; ++i) together.run(m.x, m.labels);
      BOOST_TEST(together.item() == alone.item());
      BOOST_TEST((together.state(0) == alone.state(0) && together.state(1) == alone.state(1)));
    }
  }
}

BOOST_AUTO_TEST_CASE(instances_of_several_threads_share_workers) {
  regression r(777, 785, 10);
  const program p = r.without({});
  const outcome alone = three_steps(p, r);
  const workers team(2);
  outcome other;
  std::thread beside([&] { other = three_steps(p, r, team); });
  const outcome here = three_steps(p, r, team);
  beside.join();
  BOOST_TEST((here.w == alone.w && other.w == alone.w));
}

BOOST_AUTO_TEST_CASE(what_goes_wrong_on_a_worker_is_said_as_on_one_thread) {
  const auto message = [](auto f) -> std::string {
    try {
      f();
    } catch (const error& e) {
      return e.what();
    }
    return "no error";
  };
  regression r(3000, 785, 10);
  instance<float> alone(r.without({})), together(r.without({}), workers(3));
  const auto w = together.state(0);
  r.labels.data()[500] = r.labels.data()[2900] = -1;
  const auto label = message([&] { alone.run(r.x, r.labels); });
  BOOST_TEST(label == message([&] { together.run(r.x, r.labels); }));
  BOOST_TEST(label.find("500") != std::string::npos, label);
  r.labels.data()[500] = r.labels.data()[2900] = 1;
  r.x.data()[785 * 2000 + 5] = std::numeric_limits<float>::infinity();
  const auto infinity = message([&] { alone.run(r.x, r.labels); });
  BOOST_TEST(infinity == message([&] { together.run(r.x, r.labels); }));
  BOOST_TEST(infinity.find("at [2000]") != std::string::npos, infinity);
  BOOST_TEST((together.state(0) == w));
  r.x.data()[785 * 2000 + 5] = 0;
  alone.run(r.x, r.labels);
  together.run(r.x, r.labels);
  BOOST_TEST((together.state(0) == alone.state(0)));
}

BOOST_AUTO_TEST_CASE(a_label_in_a_late_block_is_named_by_its_row) {
  regression r(777, 785, 10);
  instance<float> run(r.without({}));
  run.run(r.x, r.labels);
  const auto before = run.state(0);
  r.labels.data()[700] = 12;
  check_error(
      errc::invalid_label, [&] { run.run(r.x, r.labels); }, "12", "700");
  BOOST_TEST((run.state(0) == before));
}

BOOST_AUTO_TEST_CASE(what_is_not_finite_is_named_as_its_owner_sees_it) {
  for (const index_t rows : {3, 777}) {
    regression r(rows, 785, 10);
    instance<float> run(r.without({}));
    run.run(r.x, r.labels);
    const auto before = run.state(0), momentum = run.state(1);
    auto bad = momentum;
    bad.data()[4 * 10 + 3] = std::numeric_limits<float>::infinity();
    run.set_state(1, bad);
    check_error(
        errc::non_finite, [&] { run.run(r.x, r.labels); }, "read inf at [4,3] of state 1");
    BOOST_TEST((run.state(0) == before));
    run.set_state(1, momentum);
    run.run(r.x, r.labels);
  }
}

BOOST_AUTO_TEST_SUITE_END()
