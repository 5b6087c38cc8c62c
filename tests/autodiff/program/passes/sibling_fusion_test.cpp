// SPDX-License-Identifier: MIT
// What freeze computes in another way than it was recorded: pairs of ops at once, factors of 1 not at all.
#include "ops/filled.hpp"

#include <cmath>
#include <limits>

using namespace reel;
using reel::test::explains;
using reel::test::filled;

BOOST_AUTO_TEST_SUITE(pairs)

BOOST_AUTO_TEST_CASE(logsumexp_and_its_slope_are_computed_together) {
  for (const int axis : {0, 1}) {
    tape t;
    const var x = t.input({40, 50}), y = logsumexp(x, axis), g = grad(sum(3.0 * y), x);
    freeze_request request{.outputs = {y, g}, .inputs = {x}};
    const program together = freeze(request);
    request.disabled_passes = {"sibling_fusion"};
    const program apart = freeze(request);
    BOOST_TEST(explains(together, "softmax and logsumexp"));
    BOOST_TEST(!explains(apart, "softmax and logsumexp"));
    auto numbers = filled<double>({40, 50}, 30, 1);
    for (index_t i = 0; i < 50; ++i) numbers.data()[i] = -std::numeric_limits<double>::infinity();
    numbers.data()[60] = std::numeric_limits<double>::infinity();
    const auto compare = [&]<class T>(T) {
      instance<T> a(together), b(apart);
      auto in_numbers = make_array<T>(shape{40, 50});
      for (index_t i = 0; i < 2000; ++i) in_numbers.data()[i] = num::convert<T>(numbers.data()[i]);
      a.run(in_numbers);
      b.run(in_numbers);
      const auto same = [](const T& p, const T& q) { return p == q || (num::isnan(p) && num::isnan(q)); };
      for (const std::size_t k : {0U, 1U}) {
        const auto p = a.view(k), q = b.view(k);
        BOOST_TEST(std::equal(p.begin(), p.end(), q.begin(), same));
      }
    };
    compare(0.0F);
    compare(0.0);
    compare(real50());
  }
}

BOOST_AUTO_TEST_CASE(threads_that_share_a_pair_make_both) {
  tape t;
  const var x = t.input({4000, 100});
  const program p = freeze({.outputs = {logsumexp(x, 1), softmax(x, 1)}, .inputs = {x}});
  BOOST_TEST(explains(p, "softmax and logsumexp"));
  const auto numbers = filled<float>({4000, 100}, 30, 1);
  instance<float> alone(p), together(p, workers(2));
  alone.run(numbers), together.run(numbers);
  for (const std::size_t k : {0U, 1U}) {
    const auto a = alone.view(k), b = together.view(k);
    BOOST_TEST(std::equal(a.begin(), a.end(), b.begin()));
  }
}

// Of 40 rows at once, of 4000 in blocks of rows.
BOOST_AUTO_TEST_CASE(cross_entropy_and_its_slope_are_computed_together) {
  for (const index_t rows : {1, 40, 4000}) {
    tape t;
    const var w = t.state(filled<double>({100, 7}, 1, 1)), x = t.input({rows, 100});
    const var labels = t.input(shape{rows}, kind::index);
    const var losses = softmax_cross_entropy(matmul(x, w), labels), loss = mean(losses);
    const var next = w - 0.1 * grad(loss, w);
    freeze_request request{.outputs = {loss, losses}, .updates = {{w, next}}, .inputs = {x, labels}};
    const program together = freeze(request);
    request.disabled_passes = {"sibling_fusion"};
    const program apart = freeze(request);
    BOOST_TEST(explains(together, "softmax_cross_entropy_slope and softmax_cross_entropy"));
    BOOST_TEST(explains(together, "1 ops are computed along"));
    auto label = make_array<index_t>(shape{rows});
    for (index_t i = 0; i < rows; ++i) label.data()[i] = i % 7;
    const auto compare = [&]<class T>(T) {
      instance<T> a(together), b(apart);
      auto in_numbers = make_array<T>(shape{rows, 100});
      const auto numbers = filled<double>({rows, 100}, 1, 2);
      for (index_t i = 0; i < rows * 100; ++i) in_numbers.data()[i] = num::convert<T>(numbers.data()[i]);
      for (int step = 0; step < 2; ++step) a.run(in_numbers, label), b.run(in_numbers, label);
      const auto p = a.view(1), q = b.view(1);
      BOOST_TEST((a.item() == b.item()));
      BOOST_TEST(std::equal(p.begin(), p.end(), q.begin()));
      BOOST_TEST((a.state(0) == b.state(0)));
    };
    compare(0.0F);
    compare(0.0);
    if (rows < 100) compare(real50());
    if (rows > 1) {
      label.data()[1] = 7;
      instance<float> a(together);
      reel::test::check_error(
          errc::invalid_label,
          [&] {
            a.run(filled<float>({rows, 100}, 1, 2), label);
          },
          "in softmax_cross_entropy (");
    }
  }
}

// The slope's cotangent comes from the loss itself.
BOOST_AUTO_TEST_CASE(what_needs_the_loss_is_not_computed_with_it) {
  tape t;
  const var z = t.input({4, 5}), labels = t.input({4}, kind::index);
  const var losses = softmax_cross_entropy(z, labels);
  const program squared = freeze({.outputs = {grad(sum(square(losses)), z)}, .inputs = {z, labels}});
  BOOST_TEST(explains(squared, "0 ops are computed along"));
  const program doubled =
      freeze({.outputs = {sum(losses), grad(sum(2.0 * losses), z)}, .inputs = {z, labels}});
  BOOST_TEST(explains(doubled, "1 ops are computed along"));
}

BOOST_AUTO_TEST_CASE(along_another_axis_they_are_not_a_pair) {
  tape t;
  const var x = t.input({4, 5});
  BOOST_TEST(explains(freeze({.outputs = {logsumexp(x, 0), softmax(x, 1)}}), "0 ops are computed along"));
  BOOST_TEST(explains(freeze({.outputs = {softmax(x, 1), logsumexp(x, 1)}}), "1 ops are computed along"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(identity_elements)

BOOST_AUTO_TEST_CASE(a_factor_of_1_is_left_out_and_changes_no_bit) {
  tape t;
  const var x = t.input({4});
  freeze_request request{.outputs = {1.0 * x, x * 1.0, x / 1.0, 1.0 / x, scale_cotangent(x, 1.0),
                                     scale_cotangent(ones_like(x), x), 2.0 * x},
                         .inputs = {x}};
  const program left_out = freeze(request);
  BOOST_TEST(explains(left_out, "4 factors of 1 left out"), left_out.explain());
  request.disabled_passes = {"algebraic_simplification", "constant_folding"};
  instance<double> a(left_out), b(freeze(request));
  const array<double> numbers{-0.0, 3, std::numeric_limits<double>::infinity(),
                              std::numeric_limits<double>::quiet_NaN()};
  a.run(numbers);
  b.run(numbers);
  for (std::size_t k = 0; k < request.outputs.size(); ++k)
    for (std::size_t i = 0; i < 4; ++i)
      BOOST_TEST((std::signbit(a.view(k)[i]) == std::signbit(b.view(k)[i]) || i == 3));
  for (std::size_t k = 0; k < request.outputs.size(); ++k)
    for (std::size_t i = 0; i < 4; ++i)
      BOOST_TEST((a.view(k)[i] == b.view(k)[i] || (std::isnan(a.view(k)[i]) && std::isnan(b.view(k)[i]))));
}

BOOST_AUTO_TEST_SUITE_END()
