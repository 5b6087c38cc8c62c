// SPDX-License-Identifier: MIT
// What freeze does to training steps: batches cut into blocks of rows, large gradients used up as they are
// made, which change no bit; and sums in splits.
#include "ops/regression.hpp"

#include <cmath>

using namespace reel;
using namespace reel::test;

BOOST_AUTO_TEST_SUITE(plans)

BOOST_AUTO_TEST_CASE(blocks_of_rows_change_no_bit) {
  for (const index_t rows : {200, 512, 777, 1000}) {
    regression r(rows, 785, 10);
    const program cut = r.without({"split_reductions"}),
                  whole = r.without({"row_tiling", "split_reductions"});
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
  request.disabled_passes = {"row_tiling"};
  const program whole = freeze(request);
  // One matrix of 1000 rows, one gradient, and some blocks: the bias is nowhere as a matrix.
  for (const program* p : {&cut, &whole})
    BOOST_TEST(p->arena_bytes(dtype::f32) < 4U * (1000 * 10 + 785 * 10) + 4096);
  instance<float> a(cut), c(cut, workers(3)), d(whole);
  for (int i = 0; i < 3; ++i) a.run(x), c.run(x), d.run(x);
  BOOST_TEST((a.state(0) == c.state(0) && a.state(0) == d.state(0)));
  BOOST_TEST((a.output() == c.output()));
}

// The same bits as with every op on its own, in all number types; and no memory for what is stretched.
template <class T>
void check_stretched_rows(const freeze_request& request, const std::vector<array<double>>& given) {
  freeze_request apart = request;
  apart.disabled_passes = {"elementwise_fusion"};
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
          BOOST_TEST(freeze(request).arena_bytes(dtype::f64) < result + result / 2 + 8 * 512 + 256);
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
  request.disabled_passes = {"row_tiling"};
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
  BOOST_TEST(r.without({}).arena_bytes(dtype::f32) * 2 < r.without({"row_tiling"}).arena_bytes(dtype::f32));
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
                           .check_finite = {loss, next},
                           .disabled_passes = {"in_place_updates"}};
    const program cut = freeze(request);
    request.disabled_passes.push_back("row_tiling");
    const program whole = freeze(request);
    BOOST_TEST(explains(cut, "300 rows in blocks of"));
    BOOST_TEST(cut.arena_bytes(dtype::f32) < whole.arena_bytes(dtype::f32));
    instance<float> a(cut), b(whole);
    for (int i = 0; i < 3; ++i) a.run(x, y), b.run(x, y);
    BOOST_TEST(a.item() == b.item());
    BOOST_TEST((a.state(0) == b.state(0)));
  }
}

BOOST_AUTO_TEST_CASE(sums_in_chunks_stay_within_the_bound_of_a_sum) {
  regression r(3000, 785, 10);
  const program split_loops = r.without({}), at_once = r.without({"split_reductions"});
  BOOST_TEST(explains(split_loops, ", sums in splits of"));
  BOOST_TEST(!explains(at_once, ", sums in splits of"));
  const outcome a = three_steps(split_loops, r), b = three_steps(at_once, r);
  BOOST_TEST(!(a.w == b.w));
  const double u = 0x1p-24;
  for (std::size_t i = 0; i < a.w.size(); ++i)  // Σ|a||b| is at most 1 in a mean over rows
    BOOST_TEST(std::fabs(static_cast<double>(a.w.data()[i] - b.w.data()[i])) <= 3 * 3000 * u);
}

BOOST_AUTO_TEST_SUITE_END()
