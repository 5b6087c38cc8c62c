// SPDX-License-Identifier: MIT
// What freeze computes in another way than it was recorded: pairs of ops at once, factors of 1 not at all.
#include "filled.hpp"

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
    request.off = {"pairs"};
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

BOOST_AUTO_TEST_CASE(along_another_axis_they_are_not_a_pair) {
  tape t;
  const var x = t.input({4, 5});
  BOOST_TEST(explains(freeze({.outputs = {logsumexp(x, 0), softmax(x, 1)}}), "0 ops are computed along"));
  BOOST_TEST(explains(freeze({.outputs = {softmax(x, 1), logsumexp(x, 1)}}), "1 ops are computed along"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(units)

BOOST_AUTO_TEST_CASE(a_factor_of_1_is_left_out_and_changes_no_bit) {
  tape t;
  const var x = t.input({4});
  freeze_request request{.outputs = {1.0 * x, x * 1.0, x / 1.0, 1.0 / x, scale_cotangent(x, 1.0),
                                     scale_cotangent(ones_like(x), x), 2.0 * x},
                         .inputs = {x}};
  const program left_out = freeze(request);
  BOOST_TEST(explains(left_out, "4 factors of 1 left out"), left_out.explain());
  request.off = {"folding"};
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
