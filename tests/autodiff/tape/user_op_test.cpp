// SPDX-License-Identifier: MIT
// Ops as a user may write them: derived from one another, with attributes of their own.
#include "support.hpp"

#include <reel/ops.hpp>

using namespace reel;
using reel::test::check_error;

namespace {

struct times_op {
  static constexpr auto name = "times";
  double factor = 1;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = T(factor) * x[i];
  }
  var vjp(var ybar, var, var) const { return factor * ybar; }
  bool operator==(const times_op&) const = default;
};

// The same with another rule.
struct steeper_op : times_op {
  var vjp(var ybar, var, var) const { return 2 * factor * ybar; }
  bool operator==(const steeper_op&) const = default;
};

struct halve_op {
  static constexpr auto name = "halve";
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = x[i] / T(2);
  }
  var vjp(var ybar, var, var) const { return ybar / 2; }
  bool operator==(const halve_op&) const = default;
};
struct derived_halve_op : halve_op {
  bool operator==(const derived_halve_op&) const = default;
};

struct crooked_op : halve_op {
  static constexpr auto name = "crooked";
  var vjp(var ybar, var, var) const { return ybar * ybar; }
  bool operator==(const crooked_op&) const = default;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(user_op)

BOOST_AUTO_TEST_CASE(an_op_may_derive_from_another_and_keeps_its_own_attributes) {
  tape t;
  const var x = t.variable(3.0);
  const auto steep = [&](double factor) { return apply(steeper_op{{.factor = factor}}, x); };
  const var y = steep(2) + steep(5);  // two ops of one type, told apart by what the base holds
  BOOST_TEST(y.item() == 21.0);
  BOOST_TEST(grad(y, x).item() == 14.0);
  const freeze_request apart{.outputs = {y + steep(2)}, .disabled_passes = {"elementwise_fusion"}};
  BOOST_TEST(freeze(apart).instructions() == 4u);
  BOOST_TEST(grad(apply(derived_halve_op{}, x), x).item() == 0.5);
}

BOOST_AUTO_TEST_CASE(apply_knows_the_line_it_is_written_on) {
  tape t;
  const var x = t.variable(3.0);
  BOOST_TEST((apply(halve_op{}, x).where() == here()));
}

BOOST_AUTO_TEST_CASE(a_pull_that_is_not_linear_has_no_forward_mode) {
  tape t;
  const var x = t.variable(3.0);
  const var y = apply(crooked_op{}, x);
  const std::string written = to_string(y.where());
  check_error(
      errc::no_value, [&] { jvp(y, x, ones_like(x)).value(); }, "in crooked", written, "not linear");
}

BOOST_AUTO_TEST_SUITE_END()
