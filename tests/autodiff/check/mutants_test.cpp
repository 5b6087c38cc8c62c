// SPDX-License-Identifier: MIT
// Mutants of users' rules, labelled and not.
#include "support.hpp"

#include <reel/autodiff/check/mutants.hpp>
#include <reel/ops.hpp>

using namespace reel;
using check::outcome;

namespace {

struct labelled_softmax_op {
  static constexpr auto name = "labelled_softmax";
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> p, in<T> x) const { softmax_op{}.eval(p, x); }
  var vjp(var pbar, var p, var) const {
    return (p * pbar).named("D") + (-p * sum(p * pbar, -1, keep)).named("-pp^T");
  }
  bool operator==(const labelled_softmax_op&) const = default;
};

const array<double> x{{0.5, -1.25, 2.0}, {0.75, -0.375, 1.0}};

const check::mutant* find(const check::mutation_report& r, std::string_view what) {
  for (const auto& m : r.mutants)
    if (m.what.find(what) != m.what.npos) return &m;
  return nullptr;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(check_mutants)

BOOST_AUTO_TEST_CASE(terms_go_by_the_names_their_author_gave_them) {
  const auto r = check::mutate(labelled_softmax_op{}, {x});
  BOOST_TEST(r);
  for (const char* what : {"(D + -pp^T) without D", "(D + -pp^T) without -pp^T", "with --pp^T"}) {
    const auto* m = find(r, what);
    BOOST_TEST_REQUIRE(m != nullptr, what << " is missing in " << to_string(r));
    BOOST_TEST((m->outcome == outcome::killed));
    BOOST_TEST(m->difference > 1e-3);
  }
}

BOOST_AUTO_TEST_CASE(every_family_is_made) {
  const auto f = [](var v, var w) { return sum(matmul(v, w) * 2 + v, 0); };
  const array<double> a{{0.5, -1.25, 2.0}, {0.75, -0.375, 1.0}, {1.5, -0.5, 0.25}}, b = a * 0.5 + 1.0;
  const check::subject s("f", {a, b}, [&](std::span<const var> v) { return f(v[0], v[1]); });
  const auto r = check::mutate(s);
  BOOST_TEST(r);
  for (const char* family :
       {"sign", "factor", "dropped", "swapped", "transposed", "rolled", "wrong axis", "tail", "reduction"})
    BOOST_TEST((std::any_of(r.mutants.begin(), r.mutants.end(), [&](auto& m) { return m.family == family; })),
               family << " is missing in " << to_string(r));
}

BOOST_AUTO_TEST_CASE(equivalent_mutants_are_told_with_the_evidence) {
  // the cotangent of a sum is constant along the axis: rolling it is the same rule
  const check::subject s("sum", {x}, [](std::span<const var> v) { return sum(v[0]); });
  const auto r = check::mutate(s);
  BOOST_TEST(r);
  const auto* m = find(r, "xbar rolled by one");
  BOOST_TEST_REQUIRE(m != nullptr);
  BOOST_TEST((m->outcome == outcome::equivalent));
  BOOST_TEST(m->difference == 0.0);
  BOOST_TEST(!m->reason.empty());
  BOOST_TEST((to_string(r).find("equivalent  xbar rolled by one") != std::string::npos));
}

// With a seed that hides every error, mutants survive, and the report fails.
BOOST_AUTO_TEST_CASE(a_blind_check_lets_mutants_survive) {
  const auto r =
      check::mutate({labelled_softmax_op{}, {x}}, {.cotangent = {array<double>(xt::ones<double>({2, 3}))}});
  BOOST_TEST(!r);
  const auto* m = find(r, "-xbar");
  BOOST_TEST_REQUIRE(m != nullptr);
  BOOST_TEST((m->outcome == outcome::survived));
  BOOST_TEST((to_string(r).find("SURVIVED    -xbar") != std::string::npos), to_string(r));
  BOOST_TEST((to_json(r).find("\"outcome\": \"survived\"") != std::string::npos));
}

BOOST_AUTO_TEST_SUITE_END()
