// SPDX-License-Identifier: MIT
// What freeze does to training steps: states kept transposed, batches cut into blocks of rows, large
// gradients used up as they are made. Blocks of rows change no bit; another layout stays within the bound
// of another order of summation.
#include "filled.hpp"

#include <cmath>
#include <functional>
#include <thread>

using namespace reel;
using reel::test::check_error;
using reel::test::explains;

namespace {

array<float> filled(const shape& s, double scale, index_t salt) {
  return reel::test::filled<float>(s, scale, salt);
}
array<index_t> labels_below(index_t classes, index_t n) {
  auto a = make_array<index_t>({n});
  for (index_t i = 0; i < n; ++i) a.data()[i] = (i * 31 + 5) % classes;
  return a;
}

// Softmax regression with momentum.
struct regression {
  tape t;
  array<float> x, w;
  array<index_t> labels;
  freeze_request request;

  regression(index_t rows, index_t features, index_t classes)
      : x(filled({rows, features}, 1, 1)),
        w(filled({features, classes}, 0.1, 2)),
        labels(labels_below(classes, rows)) {
    const var W = t.state(w).named("W"), v = t.state(filled({features, classes}, 0, 3));
    const var X = t.input(x), l = t.input(labels);
    const var loss = mean(softmax_cross_entropy(matmul(X, W), l));
    const var next_v = 0.9 * v + grad(loss, W), next = W - 0.5 * next_v;
    request = {
        .outputs = {loss}, .updates = {{W, next}, {v, next_v}}, .inputs = {X, l}, .finite = {loss, next}};
  }
  program without(std::vector<std::string> off) {
    request.off = std::move(off);
    return freeze(request);
  }
};

struct outcome {
  std::vector<double> losses;
  array<float> w, v;
};
outcome three_steps(const program& p, const regression& r, const workers& w = {}) {
  instance<float> run(p, w);
  outcome o;
  for (int i = 0; i < 3; ++i) {
    run.run(r.x, r.labels);
    o.losses.push_back(static_cast<double>(run.item()));
  }
  o.w = run.state(0);
  o.v = run.state(1);
  return o;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(plans)

BOOST_AUTO_TEST_CASE(blocks_of_rows_change_no_bit) {
  for (const index_t rows : {200, 512, 777, 1000}) {
    regression r(rows, 785, 10);
    const program cut = r.without({"chunks"}), whole = r.without({"row_blocks", "chunks"});
    BOOST_TEST(explains(cut, "rows in blocks of"));
    BOOST_TEST(!explains(whole, "rows in blocks of"));
    const outcome a = three_steps(cut, r), b = three_steps(whole, r);
    BOOST_TEST(a.losses == b.losses);
    BOOST_TEST((a.w == b.w && a.v == b.v));
  }
}

BOOST_AUTO_TEST_CASE(a_bias_is_added_block_by_block) {
  tape t;
  const auto x = filled({1000, 785}, 1, 1);
  const var W = t.state(filled({785, 10}, 0.1, 2)), b = t.state(filled({10}, 0.1, 3)), X = t.input(x);
  const var y = tanh(matmul(X, W) + b), g = grad(mean(square(y)), b);
  freeze_request request{.outputs = {grad(mean(square(y)), W)}, .updates = {{b, b - g}}, .inputs = {X}};
  const program cut = freeze(request);
  BOOST_TEST(explains(cut, "rows  "));
  BOOST_TEST(explains(cut, "= broadcast_to(state"));
  request.off = {"row_blocks"};
  const program whole = freeze(request);
  // One matrix of 1000 rows, one gradient, and some blocks: the bias is nowhere as a matrix.
  for (const program* p : {&cut, &whole})
    BOOST_TEST(p->arena_bytes(element::f32) < 4U * (1000 * 10 + 785 * 10) + 4096);
  instance<float> a(cut), c(cut, workers(3)), d(whole);
  for (int i = 0; i < 3; ++i) a.run(x), c.run(x), d.run(x);
  BOOST_TEST((a.state(0) == c.state(0) && a.state(0) == d.state(0)));
  BOOST_TEST((a.output() == c.output()));
}

// The same bits as with every op on its own, in all number types; and no memory for what is stretched.
template <class T>
void check_stretched_rows(const freeze_request& request, const std::vector<array<double>>& given) {
  freeze_request apart = request;
  apart.off = {"fusion"};
  instance<T> a(freeze(request)), b(freeze(apart));
  std::vector<array<T>> numbers(given.begin(), given.end());
  const std::vector<binding> bound(numbers.begin(), numbers.end());
  a.run(bound);
  b.run(bound);
  BOOST_TEST((a.output() == b.output()));
}

BOOST_AUTO_TEST_CASE(a_stretched_row_is_read_from_a_block) {
  for (const index_t n : {2, 3, 10, 511, 512, 513})
    for (const index_t rows : {1, 2, 7, 130}) {
      tape t;
      const var x = t.input({rows, n}), b = t.input({n}), c = t.input({1, n});
      const freeze_request request{.outputs = {(x * b + c) * (x - b) + 0.5 * c}, .inputs = {x, b, c}};
      const std::vector<array<double>> given{reel::test::filled<double>({rows, n}, 1, 1),
                                             reel::test::filled<double>({n}, 1, 2),
                                             reel::test::filled<double>({1, n}, 1, 3)};
      BOOST_TEST_CONTEXT(rows << " x " << n) {
        check_stretched_rows<float>(request, given);
        check_stretched_rows<double>(request, given);
        check_stretched_rows<complex>(request, given);
        // The result, and less than another matrix.
        if (n >= 10 && n <= 512) {
          const auto result = static_cast<std::size_t>(8 * rows * n);
          BOOST_TEST(freeze(request).arena_bytes(element::f64) < result + result / 2 + 8 * 512 + 256);
        }
      }
    }
}

BOOST_AUTO_TEST_CASE(rows_of_two_lengths_meet_in_one_group) {
  tape t;
  const var x = t.input({40, 6}), b = t.input({6}), d = t.input({12});
  const var y = reshape(x * b, {20, 12}) - d, z = reshape(y * y, {40, 6}) + b;
  const freeze_request request{.outputs = {z}, .inputs = {x, b, d}};
  check_stretched_rows<float>(
      request, {reel::test::filled<double>({40, 6}, 1, 1), reel::test::filled<double>({6}, 1, 2),
                reel::test::filled<double>({12}, 1, 3)});
}

BOOST_AUTO_TEST_CASE(blocks_of_rows_run_in_complex_numbers) {
  tape t;
  const var w = t.input({100, 20}), x = t.input({1600, 100}), y = t.input({1600, 20});
  const var g = grad(mean(square(matmul(x, w) - y)), w);
  freeze_request request{.outputs = {g}, .inputs = {w, x, y}};
  const program cut = freeze(request);
  BOOST_TEST(explains(cut, "rows in blocks of"));
  request.off = {"row_blocks"};
  instance<complex> a(cut), b(freeze(request));
  const auto W = array<complex>(filled({100, 20}, 0.1, 1)), X = array<complex>(filled({1600, 100}, 1, 2)),
             Y = array<complex>(filled({1600, 20}, 1, 3));
  a.run(W, X, Y);
  b.run(W, X, Y);
  for (std::size_t i = 0; i < a.view().size(); i += 97)
    BOOST_TEST(std::abs(a.view()[i] - b.view()[i]) <= 1e-12 * (1 + std::abs(b.view()[i])));
}

BOOST_AUTO_TEST_CASE(blocks_of_rows_need_less_memory) {
  regression r(4000, 785, 10);
  BOOST_TEST(r.without({}).arena_bytes(element::f32) * 2 <
             r.without({"row_blocks"}).arena_bytes(element::f32));
}

BOOST_AUTO_TEST_CASE(a_large_gradient_is_used_up_as_it_is_made) {
  for (const index_t rows : {1, 5, 200}) {
    tape t;
    const auto x = filled({rows, 300}, 1, 1), y = filled({rows, 401}, 1, 4), w = filled({300, 401}, 0.1, 2);
    const var W = t.state(w), X = t.input(x), Y = t.input(y);
    const var loss = mean(square(matmul(X, W) - Y));
    const var next = W - 0.5 * grad(loss, W);
    freeze_request request{.outputs = {loss},
                           .updates = {{W, next}},
                           .inputs = {X, Y},
                           .finite = {loss, next},
                           .off = {"overwriting"}};
    const program cut = freeze(request);
    request.off.push_back("row_blocks");
    const program whole = freeze(request);
    BOOST_TEST(explains(cut, "300 rows in blocks of"));
    BOOST_TEST(cut.arena_bytes(element::f32) < whole.arena_bytes(element::f32));
    instance<float> a(cut), b(whole);
    for (int i = 0; i < 3; ++i) a.run(x, y), b.run(x, y);
    BOOST_TEST(a.item() == b.item());
    BOOST_TEST((a.state(0) == b.state(0)));
  }
}

BOOST_AUTO_TEST_CASE(a_transposed_state_looks_like_any_other) {
  for (const index_t rows : {1, 7, 300}) {
    regression r(rows, 100, 7);
    const program turned = r.without({}), straight = r.without({"layouts"});
    BOOST_TEST(explains(turned, "2 narrow states") != explains(straight, "2 narrow states"));
    instance<float> start(turned);
    BOOST_TEST((start.state(0) == r.w));
    const outcome a = three_steps(turned, r), b = three_steps(straight, r);
    const double u = 0x1p-24;
    for (std::size_t i = 0; i < a.losses.size(); ++i)
      BOOST_TEST(std::fabs(a.losses[i] - b.losses[i]) <= 500 * u);
    for (std::size_t i = 0; i < a.w.size(); ++i) {
      BOOST_TEST(std::fabs(static_cast<double>(a.w.data()[i] - b.w.data()[i])) <= 500 * u);
      BOOST_TEST(std::fabs(static_cast<double>(a.v.data()[i] - b.v.data()[i])) <= 500 * u);
    }
    start.set_state(0, a.w);
    BOOST_TEST((start.state(0) == a.w));
  }
}

// As if there were more features that are always 0: not where these would make an update that is not.
BOOST_AUTO_TEST_CASE(rows_of_a_transposed_state_end_with_zeros_where_these_stay) {
  const auto w0 = filled({100, 5}, 1, 1), x0 = filled({3, 100}, 1, 2);
  const auto step = [&](const std::function<var(const var&, const var&)>& next) {
    tape t;
    const var w = t.state(w0), x = t.input(x0), loss = sum(square(matmul(x, w)));
    return freeze({.outputs = {loss}, .updates = {{w, next(w, grad(loss, w))}}, .inputs = {x}});
  };
  const program linear = step([](const var& w, const var& g) { return 0.9 * w - 0.1 * g; });
  const program root = step([](const var& w, const var& g) { return w - 0.1 * sqrt(g * g); });
  const program one = step([](const var& w, const var& g) { return w - 0.1 * exp(g); });
  const program undefined = step([](const var& w, const var& g) { return w - 1e-3 * g / abs(g); });
  BOOST_TEST(explains(linear, "[5x112]"));
  BOOST_TEST(explains(root, "[5x112]"));
  BOOST_TEST(explains(one, "[5x100]"));
  BOOST_TEST(explains(undefined, "[5x100]"));
  {
    tape t;
    const var w = t.state(w0), x = t.input(x0), p = t.input(shape{}), loss = sum(square(matmul(x, w)));
    const var power = 1e-3 * pow(square(w), broadcast_to(p, w.shape()));
    const program inverse = freeze({.outputs = {loss}, .updates = {{w, w - power}}, .inputs = {x, p}});
    BOOST_TEST(explains(inverse, "[5x100]"), inverse.explain());
  }
  for (const program* const p : {&linear, &root, &one, &undefined}) {
    instance<float> i(*p);
    BOOST_TEST((i.state(0) == w0));
    i.run(x0);
    BOOST_TEST(std::isfinite(i.item()));
    const auto after = i.state(0);
    i.set_state(0, after);
    BOOST_TEST((i.state(0) == after));
  }
}

BOOST_AUTO_TEST_CASE(a_state_that_something_reads_as_it_is_stays) {
  tape t;
  const var w = t.state(filled({100, 5}, 1, 1)), x = t.input(filled({3, 100}, 1, 2));
  const var y = matmul(x, w), next = w + 1.0;
  freeze_request request{.outputs = {sum(y)}, .updates = {{w, next}}, .inputs = {x}};
  BOOST_TEST(explains(freeze(request), "1 narrow states"));
  request.outputs.push_back(w);
  BOOST_TEST(explains(freeze(request), "0 narrow states"));
  request.outputs = {sum(y), sum(w, 0)};
  BOOST_TEST(explains(freeze(request), "0 narrow states"));
}

// Penalties, and gradients clipped to a length: sums of all, of parts, and what is put back around these.
BOOST_AUTO_TEST_CASE(a_transposed_state_is_summed_cut_and_put_together) {
  const auto w0 = filled({99, 5}, 0.5, 1), x0 = filled({3, 99}, 1, 2);
  const auto step = [&](const std::function<var(const var&)>& penalty, std::vector<std::string> off) {
    tape t;
    const var w = t.state(w0), x = t.input(x0);
    const var loss = mean(square(matmul(x, w))) + 0.1 * penalty(w), g = grad(loss, w);
    const var next = w - 0.1 * g / (1.0 + sqrt(sum(square(g))));
    return freeze({.outputs = {loss}, .updates = {{w, next}}, .inputs = {x}, .off = std::move(off)});
  };
  const auto compare = [&](const std::function<var(const var&)>& penalty, const std::string& layout) {
    const program turned = step(penalty, {}), straight = step(penalty, {"layouts"});
    BOOST_TEST(explains(turned, layout), turned.explain());
    BOOST_TEST(explains(straight, "state %1[99x5]"), straight.explain());
    instance<float> a(turned), b(straight);
    for (int i = 0; i < 3; ++i) {
      a.run(x0), b.run(x0);
      BOOST_TEST(std::fabs(a.item() / b.item() - 1) <= 500 * 0x1p-24F);
      const auto of_a = a.state(0), of_b = b.state(0);
      for (std::size_t k = 0; k < of_a.size(); ++k)
        BOOST_TEST(std::fabs(of_a.data()[k] - of_b.data()[k]) <= 500 * 0x1p-24F);
    }
  };
  compare([](const var& w) { return sum(square(w)); }, "state %1[5x112]");
  compare([](const var& w) { return sum(square(slice(w, 0, 0, -1))); }, "state %1[5x99]");
  compare([](const var& w) { return sum(square(slice(w, -2, 2, 50))); }, "state %1[5x99]");
  compare([](const var& w) { return sum(square(slice(w, 1, 1, 4))); }, "state %1[5x99]");
  compare([](const var& w) { return sum(exp(slice(w, -1, 0, 2))); }, "state %1[5x99]");
  compare([](const var& w) { return sum(square(pad(slice(w, 0, 1, 90), 1, 2, 3))); }, "state %1[5x99]");
}

BOOST_AUTO_TEST_CASE(sums_in_chunks_stay_within_the_bound_of_a_sum) {
  regression r(3000, 785, 10);
  const program chunked = r.without({}), at_once = r.without({"chunks"});
  BOOST_TEST(explains(chunked, ", sums in chunks of"));
  BOOST_TEST(!explains(at_once, ", sums in chunks of"));
  const outcome a = three_steps(chunked, r), b = three_steps(at_once, r);
  BOOST_TEST(!(a.w == b.w));
  const double u = 0x1p-24;
  for (std::size_t i = 0; i < a.w.size(); ++i)  // Σ|a||b| is at most 1 in a mean over rows
    BOOST_TEST(std::fabs(static_cast<double>(a.w.data()[i] - b.w.data()[i])) <= 3 * 3000 * u);
}

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
                   .finite = {loss, next_a, next_b}});
  }
};

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
