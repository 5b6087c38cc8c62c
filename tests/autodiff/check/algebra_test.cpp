// SPDX-License-Identifier: MIT
// What an op is called decides nothing: neither whether its rule is checked nor how it is mutated.
#include "../../support.hpp"

#include <reel/autodiff/check/mutants.hpp>
#include <reel/autodiff/check/tape.hpp>
#include <reel/ops.hpp>

#include <map>

using namespace reel;
using namespace reel::test;
using check::verdict;

namespace {

// Names of ops that mean something to the library, and one that does not.
constexpr std::array<const char*, 5> names{"mine", "detach", "add", "sum", "identity"};

template <int n> struct wrong_square_op {
  static constexpr auto name = names[n];
  static constexpr bool elementwise = true;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = x[i] * x[i];
  }
  var vjp(var ybar, var, var x) const { return 5 * x * ybar; }
  bool operator==(const wrong_square_op&) const = default;
};

// a + b, a b, −a and Σa by other hands than the library's.
enum class does { sum, product, negation, total };
template <does what, int n> struct own_op {
  static constexpr auto name = names[n];
  shape infer(const shape& x) const { return what == does::total ? shape{} : x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    if (what == does::total) {
      y[0] = T(0);
      for (index_t i = 0; i < x.size(); ++i) y[0] = y[0] + x[i];
    } else {
      for (index_t i = 0; i < y.size(); ++i) y[i] = -x[i];
    }
  }
  var vjp(var ybar, var, var x) const { return what == does::total ? broadcast_to(ybar, x.shape()) : -ybar; }
  bool operator==(const own_op&) const = default;
};
template <does what, int n>
requires(what == does::sum || what == does::product) struct own_op<what, n> {
  static constexpr auto name = names[n];
  shape infer(const shape& a, const shape&) const { return a; }
  template <class T> void eval(out<T> y, in<T> a, in<T> b) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = what == does::sum ? a[i] + b[i] : a[i] * b[i];
  }
  std::array<var, 2> vjp(var ybar, var, var a, var b) const {
    if (what == does::sum) return {ybar, ybar};
    return {ybar * b, ybar * a};
  }
  bool operator==(const own_op&) const = default;
};

// y_i = x_i Σx: x̄_i = ȳ_i Σx + Σȳx, recorded in ops of the library, or in one's own by any name.
template <bool own, int n> struct weighted_op {
  static constexpr auto name = "weighted";
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    T total(0);
    for (index_t i = 0; i < x.size(); ++i) total = total + x[i];
    for (index_t i = 0; i < y.size(); ++i) y[i] = x[i] * total;
  }
  static var times(const var& a, const var& b) {
    if constexpr (own) return apply(own_op<does::product, n>{}, a, b);
    else return a * b;
  }
  static var plus(const var& a, const var& b) {
    if constexpr (own) return apply(own_op<does::sum, n>{}, a, b);
    else return a + b;
  }
  static var total(const var& a) {
    if constexpr (own) return apply(own_op<does::total, n>{}, a);
    else return sum(a);
  }
  var vjp(var ybar, var, var x) const {
    const var all = broadcast_to(total(x), x.shape());
    return plus(times(ybar, all), broadcast_to(total(times(ybar, x)), x.shape()));
  }
  bool operator==(const weighted_op&) const = default;
};

const array<double> x{0.5, -1.25, 2.0, 0.75, -0.375};

std::map<std::string, std::size_t> families(const check::mutation_report& m) {
  std::map<std::string, std::size_t> count;
  for (const auto& one : m.mutants) ++count[one.family];
  return count;
}

template <int n> void check_a_name() {
  BOOST_TEST_CONTEXT(names[n]) {
    reel::tape t;
    const auto r = check::tape(sum(apply(wrong_square_op<n>{}, t.variable(x))));
    BOOST_TEST((r.outcome == verdict::fail), r);
    BOOST_TEST(r.failures.size() == 1U);
    BOOST_TEST((check::blame(sum(apply(wrong_square_op<n>{}, t.variable(x)))).outcome == verdict::fail));
    const auto library = check::mutate(weighted_op<false, n>{}, {x}),
               own = check::mutate(weighted_op<true, n>{}, {x});
    BOOST_TEST(library);
    BOOST_TEST(own);
    BOOST_TEST(families(library) == families(own), boost::test_tools::per_element());
    BOOST_TEST(own.made() > 25U);
  }
}

}  // namespace

namespace std {
ostream& operator<<(ostream& os, const pair<const string, size_t>& p) {
  return os << p.first << ": " << p.second;
}
}  // namespace std

BOOST_AUTO_TEST_SUITE(check_names)

BOOST_AUTO_TEST_CASE(no_name_spares_a_rule_its_check_or_its_mutants) {
  [&]<int... n>(std::integer_sequence<int, n...>) { (check_a_name<n>(), ...); }
  (std::make_integer_sequence<int, static_cast<int>(names.size())>());
}

// What is really declared constant is not checked.
BOOST_AUTO_TEST_CASE(what_is_detached_has_no_rule) {
  reel::tape t;
  const var v = t.variable(x);
  const std::size_t with = check::tape(sum(v * v)).checked;
  BOOST_TEST(check::tape(sum(v * detach(v * v))).checked == with + 1);
}

BOOST_AUTO_TEST_SUITE_END()
