// SPDX-License-Identifier: MIT
// Both directions of every op, and the linearity of its rule in the cotangent, on which forward mode
// rests: vjp is transposed by being pulled back itself.
#include "rows.hpp"

using namespace reel;
using namespace reel::test;

BOOST_AUTO_TEST_SUITE(directions)

BOOST_AUTO_TEST_CASE(forward_and_reverse_agree) {
  for_each_sample([](const op_row& row, const sample& x, std::uint64_t seed) {
    const auto s = subject_of(row, x);
    if (!s.inputs().empty() && !s.outputs().empty()) BOOST_TEST(check::adjoint(s, {.seed = seed}));
  });
}

// A graph search: what forward mode computes does not lead back to the cotangent it was transposed from.
BOOST_AUTO_TEST_CASE(a_transposed_pull_does_not_reach_its_cotangent) {
  for_each_sample([](const op_row& row, const sample& x, std::uint64_t seed) {
    recorded r(row, x);
    if (r.real.empty() || r.y.kind() != kind::real) return;
    const var u = r.t.input(r.y.shape());  // symbolic: it has no number
    random_numbers random(seed);
    std::vector<var> v;
    for (const var& in : r.real) v.push_back(r.t.constant(random.generic(in.shape())));
    const auto pulled = r.vjp(u);
    const var Jv = vjp(pulled, std::span(&u, 1), v)[0];
    BOOST_TEST(unseen(Jv, std::span(&u, 1)).size() == 1U);
    // Order 2 as well: the vjp of the vjp is linear in v.
    const auto back = vjp(std::span(&Jv, 1), v, std::span(&u, 1));
    for (const var& b : back)
      for (const var& in : v) BOOST_TEST(unseen(b, std::span(&in, 1)).size() == 1U);
  });
}

BOOST_AUTO_TEST_CASE(vjp_is_linear) {
  for_each_sample([](const op_row& row, const sample& x, std::uint64_t seed) {
    recorded r(row, x);
    if (r.real.empty() || r.y.kind() != kind::real) return;
    random_numbers random(seed);
    const var a = r.t.constant(random.generic(r.y.shape())), b = r.t.constant(random.generic(r.y.shape()));
    const auto of_a = r.vjp(a), of_b = r.vjp(b), of_sum = r.vjp(a + b);
    const auto of_half = r.vjp(0.5 * a), of_zero = r.vjp(zeros_like(r.y));
    for (std::size_t i = 0; i < r.real.size(); ++i) {
      const auto p = elements<double>(of_a[i]), half = elements<double>(of_half[i]);
      const auto zero = elements<double>(of_zero[i]);
      for (std::size_t k = 0; k < p.size(); ++k) {
        BOOST_TEST(half[k] == 0.5 * p[k]);  // halving is exact
        BOOST_TEST(zero[k] == 0.0);
      }
      const auto x50 = elements<real50>(of_a[i]), y50 = elements<real50>(of_b[i]),
                 s50 = elements<real50>(of_sum[i]);
      for (std::size_t k = 0; k < p.size(); ++k)
        BOOST_TEST(std::abs(static_cast<double>(x50[k] + y50[k] - s50[k])) <= 1e-45);
    }
  });
}

BOOST_AUTO_TEST_SUITE_END()
