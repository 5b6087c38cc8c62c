// SPDX-License-Identifier: MIT
// Updates made over their states: those made apart but for a rounding, and still all or nothing.
#include "ops/filled.hpp"

#include <cmath>
#include <limits>

using namespace reel;
using reel::test::check_error;
using reel::test::explains;
using reel::test::filled;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

// A network of two layers without biases, of whose updates one is written as a sum, one as a difference; so
// wide that the numbers which a gradient is made of are fewer than its own.
struct network {
  tape t;
  index_t wide;
  var a, b, x, y, rate = t.input({});
  freeze_request request;

  explicit network(index_t rows)
      : wide(rows > 8 ? 10 : 1),
        a(t.state(filled<double>({20 * wide, 30 * wide}, 0.5, 1)).named("a")),
        b(t.state(filled<double>({30 * wide, 25 * wide}, 0.5, 2)).named("b")),
        x(t.input({rows, 20 * wide})),
        y(t.input({rows, 25 * wide})) {
    const var loss = mean(square(matmul(tanh(matmul(x, a)), b) - y));
    const auto g = grad(loss, std::vector{a, b});
    const var next_a = a + (-rate) * g[0], next_b = b - rate * g[1];
    request = {.outputs = {loss},
               .updates = {{a, next_a}, {b, next_b}},
               .inputs = {x, y, rate},
               .check_finite = {loss, next_a, next_b}};
  }
  program frozen(std::vector<std::string> off = {}) {
    request.disabled_passes = std::move(off);
    return freeze(request);
  }
};

// Whether w and v are the same step from `before`, of which one may leave out a rounding.
template <class T> bool agree(const array<T>& w, const array<T>& v, const array<T>& before) {
  if constexpr (!std::floating_point<T>) {
    return w == v;
  } else {
    for (std::size_t i = 0; i < w.size(); ++i) {
      const double now = w.data()[i], step = now - before.data()[i];
      const double u = static_cast<double>(std::numeric_limits<T>::epsilon()) / 2;
      if (!(std::abs(now - v.data()[i]) <= u * (std::abs(step) + 3 * std::abs(now)))) return false;
    }
    return true;
  }
}

template <class T> void compare(index_t rows, const workers& w = {}) {
  network net(rows);
  instance<T> over(net.frozen(), w), again(net.frozen()), apart(net.frozen({"in_place_updates"}));
  const auto x = filled<T>(net.x.shape(), 1, 3), y = filled<T>(net.y.shape(), 1, 4);
  const array<T> rate(T(0.125));
  for (int i = 0; i < 5; ++i) {
    const auto a = over.state(0), b = over.state(1);
    apart.set_state(0, a), apart.set_state(1, b);
    over.run(x, y, rate), again.run(x, y, rate), apart.run(x, y, rate);
    BOOST_TEST((over.item() == apart.item()));
    BOOST_TEST((agree(over.state(0), apart.state(0), a) && agree(over.state(1), apart.state(1), b)));
    BOOST_TEST((over.state(0) == again.state(0) && over.state(1) == again.state(1)));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(epilogue)

BOOST_AUTO_TEST_CASE(they_round_once_less_than_updates_made_apart) {
  for (const index_t rows : {1, 8, 128}) {
    network net(rows);
    BOOST_TEST(explains(net.frozen(), "2 states are updated where they are"));
    compare<float>(rows);
    compare<double>(rows);
  }
  compare<real50>(3);
  compare<complex>(3);
  compare<float>(128, workers(3));
}

// Sums of multiples of w and a product, as penalties and decay make them: m ops, each of which rounds a sum
// of terms, whose magnitudes add up to no more than `size`; and what they are made of w alone by the pass.
struct multiples {
  const char* what;
  int ops;
  var (*next)(const var& w, const var& product, const var& rate);
  double of_state;  // magnitudes of the terms of w, as a multiple of |w|, at a rate of 1/8
};
const multiples all_multiples[] = {
    {"decay", 4, [](const var& w, const var& p, const var& r) { return w - r * (p + 0.1 * w); }, 1.0125},
    {"decay apart", 4, [](const var& w, const var& p, const var& r) { return (1.0 - r * 0.1) * w - r * p; },
     1.0125},
    {"penalty", 5,
     [](const var& w, const var& p, const var& r) { return w + (-r) * (p + grad(0.05 * sum(square(w)), w)); },
     1.0125},
    {"back and forth", 5,
     [](const var& w, const var& p, const var& r) { return r * p - (w - (w + w)) - w * 0.5; }, 3.5},
    {"growth", 3, [](const var& w, const var& p, const var& r) { return 3.0 * w - r * p; }, 3},
};

template <class T> void check_multiples(const multiples& m, index_t terms) {
  BOOST_TEST_CONTEXT(m.what) {
    tape t;
    const var w = t.state(filled<double>({150, 170}, 0.5, 1)), x = t.input({terms, 150}),
              y = t.input({terms, 170}), rate = t.input({}), product = matmul(transpose(x), y),
              next = m.next(w, product, rate);
    freeze_request request{.updates = {{w, next}}, .inputs = {x, y, rate}, .check_finite = {next}};
    instance<T> over(freeze(request));
    BOOST_TEST(explains(over.source(), "1 states are updated where they are"));
    request.disabled_passes = {"in_place_updates"};
    instance<T> apart(freeze(request));
    const auto a = filled<T>(x.shape(), 1, 3), b = filled<T>(y.shape(), 1, 4);
    const array<T> r(T(0.125));
    const double u = static_cast<double>(std::numeric_limits<T>::epsilon()) / 2;
    for (int step = 0; step < 4; ++step) {
      const auto before = over.state(0);
      apart.set_state(0, before);
      over.run(a, b, r), apart.run(a, b, r);
      const auto now = over.state(0), right = apart.state(0);
      bool within = true;
      for (std::size_t i = 0; i < now.size(); ++i) {
        const double of_w = m.of_state * std::abs(static_cast<double>(before.data()[i]));
        const double size = 2 * of_w + std::abs(static_cast<double>(right.data()[i]));  // |r·p| ≤ |w'| + of_w
        within = within &&
                 std::abs(static_cast<double>(now.data()[i] - right.data()[i])) <= 2 * (m.ops + 2) * u * size;
      }
      BOOST_TEST(within, "of " << terms << " terms");
    }
  }
}

BOOST_AUTO_TEST_CASE(sums_of_multiples_of_state_and_product_round_in_another_order) {
  for (const multiples& m : all_multiples)
    for (const index_t terms : {1, 7, 128}) {
      check_multiples<float>(m, terms);
      check_multiples<double>(m, terms);
    }
}

// A step of softmax regression with a penalty, whose parameters are kept transposed and in longer rows.
BOOST_AUTO_TEST_CASE(a_penalised_state_may_lie_transposed_and_be_shared) {
  tape t;
  const var w = t.state(filled<double>({785, 10}, 0.1, 1)), x = t.input({90, 785}),
            l = t.input({90}, kind::index);
  const var loss = mean(softmax_cross_entropy(matmul(x, w), l)) + 0.005 * sum(square(w));
  const var next = w - 0.25 * grad(loss, w);
  freeze_request request{
      .outputs = {loss}, .updates = {{w, next}}, .inputs = {x, l}, .check_finite = {loss, next}};
  const program p = freeze(request);
  BOOST_TEST(explains(p, "1 narrow states are kept transposed"));
  BOOST_TEST(explains(p, "1 states are updated where they are"));
  request.disabled_passes = {"in_place_updates"};
  instance<float> one(p), shared(p, workers(3)), apart(freeze(request));
  const auto a = filled<float>({90, 785}, 1, 2);
  auto labels = make_array<index_t>({90});
  for (index_t i = 0; i < 90; ++i) labels(i) = i * 7 % 10;
  for (int step = 0; step < 3; ++step) {
    apart.set_state(0, one.state(0));
    one.run(a, labels), shared.run(a, labels), apart.run(a, labels);
    BOOST_TEST((one.state(0) == shared.state(0)));
    const auto now = one.state(0), right = apart.state(0);
    for (std::size_t i = 0; i < now.size(); ++i)  // the terms are below 1 in magnitude; 6 ops
      BOOST_TEST(std::abs(now.data()[i] - right.data()[i]) <= 2 * 8 * 0x1p-24F);
  }
}

BOOST_AUTO_TEST_CASE(terms_that_overflow_put_together_are_named) {
  tape t;
  const var w = t.state(filled<double>({8, 9}, 1e-6, 1)), x = t.input({1, 8}), g = t.input({1, 9}),
            b = t.input({});
  const var next = (b * (b * w) + matmul(transpose(x), g)).named("next");
  instance<float> run(freeze({.updates = {{w, next}}, .inputs = {x, g, b}, .check_finite = {next}}));
  BOOST_TEST(explains(run.source(), "1 states are updated where they are"));
  const auto a = filled<float>({1, 8}, 1, 1), c = filled<float>({1, 9}, 1, 2);
  const auto before = run.state(0);
  check_error(
      errc::non_finite, [&] { run.run(a, c, array<float>(1e20F)); }, "next is finite as it was recorded",
      "'in_place_updates' among the disabled passes");
  BOOST_TEST((run.state(0) == before));
  run.run(a, c, array<float>(2.0F));
}

BOOST_AUTO_TEST_CASE(a_state_that_grows_is_tried) {
  tape t;
  const var w = t.state(filled<double>({8, 9}, 1, 1)), x = t.input({1, 8}), g = t.input({1, 9});
  const var next = (3.0 * w + matmul(transpose(x), g)).named("next");
  instance<float> run(freeze({.updates = {{w, next}}, .inputs = {x, g}, .check_finite = {next}}));
  BOOST_TEST(explains(run.source(), "1 states are updated where they are"));
  const auto zeros = filled<float>({1, 8}, 0, 1), some = filled<float>({1, 9}, 1, 2);
  auto large = run.state(0);
  large.data()[5] = std::numeric_limits<float>::max() / 4;
  run.set_state(0, large);
  run.run(zeros, some);
  const auto grown = run.state(0);
  BOOST_TEST(grown.data()[5] == 3 * large.data()[5]);
  check_error(
      errc::non_finite, [&] { run.run(zeros, some); }, "next is not finite", "no state has changed");
  BOOST_TEST((run.state(0) == grown));
}

BOOST_AUTO_TEST_CASE(they_need_no_memory_for_gradients) {
  network net(1);
  BOOST_TEST(net.frozen().arena_bytes(dtype::f64) < 30 * 25 * sizeof(double));
}

BOOST_AUTO_TEST_CASE(a_gradient_of_many_terms_is_made_first) {
  network net(129);
  BOOST_TEST(explains(net.frozen(), "0 states are updated where they are"));
}

// What an in-place update reads lives to the end of the run: that counts which would not anyway.
BOOST_AUTO_TEST_CASE(a_gradient_of_more_numbers_than_its_own_is_made_first) {
  const auto updated = [](const var& h, const var& w, std::vector<var> inputs,
                          std::vector<var> outputs = {}) {
    const var next = w - 0.1 * grad(sum(square(matmul(h, w))), w);
    return freeze({.outputs = std::move(outputs), .updates = {{w, next}}, .inputs = std::move(inputs)});
  };
  tape t;
  const var w = t.state(filled<double>({12, 10}, 0.5, 1)), x = t.input({6, 12}), h = tanh(x);
  BOOST_TEST(explains(updated(x, w, {x}), "1 states are updated"));
  BOOST_TEST(explains(updated(h, w, {x}), "0 states are updated"));
  BOOST_TEST(explains(updated(h, w, {x}, {h}), "1 states are updated"));
  const var once = tanh(t.constant(filled<double>({6, 12}, 1, 2)));
  BOOST_TEST(explains(updated(once, w, {}), "1 states are updated"));
}

// w += s·xᵀ·g with nothing else in the way.
struct outer {
  tape t;
  var w = t.state(filled<double>({8, 9}, 1, 1)).named("w"), x = t.input({1, 8}), g = t.input({1, 9}),
      s = t.input({});
  freeze_request request;
  outer() {
    const var next = w + s * matmul(transpose(x), g);
    request = {.updates = {{w, next.named("next")}}, .inputs = {x, g, s}, .check_finite = {next}};
  }
};

BOOST_AUTO_TEST_CASE(what_is_not_certain_beforehand_is_tried) {
  outer o;
  instance<float> run(freeze(o.request));
  BOOST_TEST(explains(run.source(), "1 states are updated where they are"));
  const auto x = filled<float>({1, 8}, 1e15, 2), g = filled<float>({1, 9}, 1e15, 3);
  const array<float> s(1e-30F), large(1e20F);
  const auto w = run.state(0);
  o.request.disabled_passes = {"in_place_updates"};
  instance<float> apart(freeze(o.request));
  run.run(x, g, s);  // products of 1e30 are finite, though beyond what is known to be harmless
  apart.run(x, g, s);
  BOOST_TEST(agree(run.state(0), apart.state(0), w));
  BOOST_TEST(!(run.state(0) == w));
  const auto before = run.state(0);
  check_error(
      errc::non_finite, [&] { run.run(x, g, large); }, "next is not finite", "no state has changed");
  BOOST_TEST((run.state(0) == before));
  const array<float> nan(std::numeric_limits<float>::quiet_NaN());
  check_error(
      errc::non_finite, [&] { run.run(x, g, nan); }, "next is not finite");
  BOOST_TEST((run.state(0) == before));
}

BOOST_AUTO_TEST_CASE(a_sum_at_the_end_of_the_range_is_never_missed) {
  outer o;
  instance<float> run(freeze(o.request));
  auto x = filled<float>({1, 8}, 0, 2), g = filled<float>({1, 9}, 0, 3);
  x.data()[0] = g.data()[0] = 1;
  auto w = run.state(0);
  w.data()[0] = std::numeric_limits<float>::max();
  for (int power = 95; power < 128; ++power)
    for (const float by : {0.99F, 1.0F, 1.01F}) {
      run.set_state(0, w);
      const float s = std::ldexp(by, power);
      const bool stays = std::isfinite(std::numeric_limits<float>::max() + s);
      const array<float> scale(s);
      if (stays) run.run(x, g, scale);
      else
        check_error(
            errc::non_finite, [&] { run.run(x, g, scale); }, "next is not finite");
      BOOST_TEST((run.state(0) == w) == (!stays || std::numeric_limits<float>::max() + s == w.data()[0]));
    }
}

BOOST_AUTO_TEST_CASE(a_state_that_is_not_finite_is_found) {
  outer o;
  instance<float> run(freeze(o.request));
  const auto x = filled<float>({1, 8}, 1, 2), g = filled<float>({1, 9}, 1, 3);
  const array<float> s(1.0F);
  run.run(x, g, s);
  auto w = run.state(0);
  w.data()[4] = infinity;
  run.set_state(0, w);
  check_error(
      errc::non_finite, [&] { run.run(x, g, s); }, "read inf at [0,4] of state 0 'w'");
  BOOST_TEST((run.state(0) == w));
}

BOOST_AUTO_TEST_CASE(an_update_that_need_not_be_finite_is_made_as_it_comes) {
  outer o;
  o.request.check_finite.clear();
  instance<float> run(freeze(o.request));
  const auto x = filled<float>({1, 8}, 1, 2), g = filled<float>({1, 9}, 1, 3);
  run.run(x, g, array<float>(infinity));
  BOOST_TEST(!std::isfinite(run.state(0).data()[0]));
}

BOOST_AUTO_TEST_CASE(an_earlier_check_that_fails_leaves_every_state) {
  network net(4);
  instance<float> run(net.frozen());
  const auto x = filled<float>({4, 20}, 1, 3), y = filled<float>({4, 25}, 1e30, 4);
  const auto a = run.state(0), b = run.state(1);
  check_error(
      errc::non_finite, [&] { run.run(x, y, array<float>(0.1F)); }, "square");
  BOOST_TEST((run.state(0) == a && run.state(1) == b));
}

BOOST_AUTO_TEST_CASE(what_others_still_read_is_not_written_over) {
  const auto frozen = [](auto updates, std::vector<var> outputs) {
    freeze_request request;
    request.outputs = std::move(outputs);
    request.updates = updates;
    return freeze(request);
  };
  tape t;
  const var a = t.state(filled<double>({9, 9}, 1, 1)), b = t.state(filled<double>({9, 9}, 1, 2)),
            x = t.input({9, 9});
  const auto by = [](const var& l, const var& r) { return 0.5 * matmul(l, r); };
  const auto count = [&](const program& p, int n) {
    BOOST_TEST(explains(p, std::to_string(n) + " states are updated where they are"), p.explain());
  };
  using updates = std::vector<state_update>;
  count(frozen(updates{{a, a + by(x, x)}, {b, b + by(x, x)}}, {sum(x)}), 0);  // one product, made once
  count(frozen(updates{{a, a + by(x, x)}, {b, b - by(x, transpose(x))}}, {sum(x)}), 2);
  count(frozen(updates{{a, a + by(b, x)}, {b, b + by(a, x)}}, {sum(x)}), 1);  // the other has two buffers
  count(frozen(updates{{a, a + by(b, x)}, {b, b + by(x, x)}}, {sum(x)}), 1);
  count(frozen(updates{{a, a + by(x, x)}}, {a}), 1);  // the output is a copy, made before
  count(frozen(updates{{a, a + by(x, x)}}, {reshape(a, {81})}), 1);
  const var next = a + by(x, x);
  count(frozen(updates{{a, next}}, {next}), 0);
  const var product = matmul(x, x);
  count(frozen(updates{{a, a + 0.5 * product}}, {sum(product)}), 0);
  count(frozen(updates{{a, 0.5 * product - a}}, {}), 1);
  count(frozen(updates{{a, product}}, {}), 0);
  count(frozen(updates{{a, a + scale_cotangent(x, product)}}, {}), 0);
  count(frozen(updates{{a, a + (0.5 * a) * product}}, {}), 0);
  count(frozen(updates{{a, a + x + 0.5 * product}}, {}), 0);
  count(frozen(updates{{a, a + by(x, x) + by(x, transpose(x))}}, {}), 0);
  // A scale of 0 would hide a product that is not finite, where the sum of multiples does not.
  count(frozen(updates{{a, a + scale_cotangent(t.constant(0.5), product)}}, {}), 0);
  count(frozen(updates{{a, b + 0.5 * product}}, {}), 0);
}

// Whole numbers, so that the order of additions leaves no trace.
BOOST_AUTO_TEST_CASE(an_update_in_place_reads_what_was_there_before) {
  tape t;
  array<double> first = make_array<double>({9, 9}), second = first, numbers = first;
  for (std::size_t k = 0; k < 81; ++k)
    first.data()[k] = double(k % 5), second.data()[k] = double(k % 7) - 3, numbers.data()[k] = double(k % 3);
  const var a = t.state(first), b = t.state(second), x = t.input({9, 9});
  const freeze_request request{.outputs = {a, reshape(a, {81}), b},
                               .updates = {{a, a + 0.5 * matmul(b, x)}, {b, b + 0.5 * matmul(a, x)}},
                               .inputs = {x}};
  freeze_request apart = request;
  apart.disabled_passes = {"in_place_updates"};
  const program in_place = freeze(request);
  BOOST_TEST(explains(in_place, "1 states are updated where they are"), in_place.explain());
  instance<double> run(in_place), reference(freeze(apart));
  for (int i = 0; i < 4; ++i) {
    const auto old = run.state(0);
    run.run(numbers), reference.run(numbers);
    BOOST_TEST((run.output(0) == old));
    for (std::size_t k = 0; k < 3; ++k) BOOST_TEST((run.output(k) == reference.output(k)));
    BOOST_TEST((run.state(0) == reference.state(0) && run.state(1) == reference.state(1)));
  }
}

BOOST_AUTO_TEST_SUITE_END()
