// SPDX-License-Identifier: MIT
// Ops and numbers that no one should write: each is refused with a typed error, and nothing is broken.
#include "support.hpp"

#include <reel/ops.hpp>

using namespace reel;
using reel::test::check_error;

namespace {

// What an op does to the tape that it is recorded on, in one of its three functions.
struct meddling_op {
  static constexpr auto name = "meddling";
  enum class in_its { infer, eval, rule } where;
  enum class does { clear, release, record } what;
  tape* t;
  void meddle(in_its here) const {
    if (here != where) return;
    if (what == does::clear) t->clear();
    if (what == does::release) t->release();
    if (what == does::record)
      for (int i = 0; i < 1000; ++i) t->constant(make_array<double>({2, 1 + i}));
  }
  shape infer(const shape& x) const {
    meddle(in_its::infer);
    return x;
  }
  template <class T> void eval(out<T> y, in<T> x) const {
    meddle(in_its::eval);
    for (index_t i = 0; i < y.size(); ++i) y[i] = x[i] * x[i];
  }
  var vjp(var ybar, var, var x) const {
    meddle(in_its::rule);
    return 2.0 * x * ybar;
  }
  bool operator==(const meddling_op&) const = default;
};

// Its rule asks for the derivative of its own result, or of what it has recorded once more.
struct circular_op {
  static constexpr auto name = "circular";
  bool again;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const { std::copy_n(x.data, x.size(), y.data); }
  var vjp(var ybar, var y, var x) const {
    return ybar * grad(sum(again ? apply(circular_op{true}, x) : y), x);
  }
  bool operator==(const circular_op&) const = default;
};

// A rule that differentiates other ops is none of these.
struct by_derivatives_op {
  static constexpr auto name = "by_derivatives";
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = x[i] * x[i];
  }
  var vjp(var ybar, var, var x) const { return ybar * grad(sum(square(x)), x); }
  bool operator==(const by_derivatives_op&) const = default;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(hostile_ops)

BOOST_AUTO_TEST_CASE(an_op_that_clears_its_tape) {
  using in_its = meddling_op::in_its;
  for (const in_its where : {in_its::infer, in_its::eval, in_its::rule}) {
    tape t;
    const var x = t.variable(array<double>{1, 2, 3});
    const auto use = [&] {
      const var y = apply(meddling_op{where, meddling_op::does::clear, &t}, exp(x));
      return where == in_its::rule ? grad(sum(y), x).value() : y.value();
    };
    check_error(errc::invalid_argument, use, "in meddling (hostile_op_test.cpp:", "cleared the tape",
                where == in_its::infer  ? "its infer"
                : where == in_its::eval ? "its eval"
                                        : "its rule");
    BOOST_TEST(t.size() == 0u);  // it was cleared when that could be done
    check_error(
        errc::stale_variable, [&] { exp(x); }, "cleared");
    const var z = t.variable(2.0);
    BOOST_TEST((z * z).item() == 4.0);
  }
}

BOOST_AUTO_TEST_CASE(an_op_that_releases_values_or_records) {
  using in_its = meddling_op::in_its;
  using does = meddling_op::does;
  for (const does what : {does::release, does::record})
    for (const in_its where : {in_its::infer, in_its::eval, in_its::rule}) {
      tape t;
      const var x = t.variable(array<double>{1, 2, 3});
      const var y = apply(meddling_op{where, what, &t}, x + 1.0);
      BOOST_TEST((y.value() == array<double>{4, 9, 16}));
      BOOST_TEST((grad(sum(y), x).value() == array<double>{4, 6, 8}));
    }
}

BOOST_AUTO_TEST_CASE(a_rule_that_differentiates_its_own_op) {
  for (const bool again : {false, true}) {
    tape t;
    const var x = t.variable(array<double>{1, 2, 3});
    const var y = sum(apply(circular_op{again}, exp(x)));
    const std::size_t size = t.size();
    check_error(
        errc::invalid_argument, [&] { grad(y, x); }, "in circular (hostile_op_test.cpp:", "its own op");
    BOOST_TEST(t.size() == size);
    BOOST_TEST((grad(sum(exp(x)), x).value() == exp(x).value()));
  }
  tape t;
  var x = t.variable(3.0), y = x;
  for (int i = 0; i < 100; ++i) y = apply(by_derivatives_op{}, y) * (1 / 3.0);  // many, none in another
  BOOST_TEST(std::abs(grad(y, x).item() - std::pow(2.0, 100)) < 1e17);
}

BOOST_AUTO_TEST_CASE(integers_that_are_no_index) {
  tape t;
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max(), half = most / 2;
  const auto refused = [&](auto record) {
    check_error(errc::invalid_argument, record, "hostile_op_test.cpp:", "is no index");
    BOOST_TEST(t.size() == 0u);
  };
  refused([&] { t.constant(array<std::uint64_t>{1, most}); });
  refused([&] { t.input(array<std::uint64_t>{half + 1}); });
  BOOST_TEST(t.constant(array<std::uint64_t>{0, half}).value<index_t>()(1) ==
             std::numeric_limits<index_t>::max());
  BOOST_TEST(t.constant(array<std::uint32_t>{~0U}).value<index_t>()(0) == index_t{0xffffffff});
}

BOOST_AUTO_TEST_CASE(values_that_no_memory_holds) {
  tape t("large");
  const var x = t.variable(1.5), wide = broadcast_to(x, {1 << 20, 1 << 20, 1 << 10});
  const auto refused = [](auto f) { check_error(errc::size_overflow, f, "bytes", "smaller shapes"); };
  refused([&] { wide.value(); });
  refused([&] { wide.value<float>(); });
  refused([&] { (exp(wide) * 2.0).value<complex>(); });
  refused([&] { sum(exp(wide)).item(); });
  refused([&] { instance<float>(freeze(exp(wide))); });
  refused([&] { instance<double>(freeze({.outputs = {wide}, .disabled_passes = pass_names()})); });
  refused([&] { make_array<double>({1 << 20, 1 << 20, 1 << 10}); });
  refused([&] {
    detail::jacobian_value<double>(broadcast_to(x, {1 << 22}), t.variable(make_array<double>({1 << 22})));
  });
  BOOST_TEST((x + 1.0).item() == 2.5);  // and the tape still serves
  BOOST_TEST(wide.size() == index_t{1} << 50);
}

BOOST_AUTO_TEST_SUITE_END()
