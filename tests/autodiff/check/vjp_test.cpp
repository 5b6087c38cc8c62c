// SPDX-License-Identifier: MIT
// The check kit on rules that are right, wrong, and impossible to judge.
#include "support.hpp"

#include <reel/autodiff/check/directions.hpp>
#include <reel/ops.hpp>

#include <sstream>

using namespace reel;
using namespace reel::test;
using check::verdict;

namespace {

// y = x³ with a rule that is off by a factor; `careful` has the right one.
template <int slope> struct cube_op {
  static constexpr auto name = "cube";
  static constexpr bool analytic = true, elementwise = true;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = x[i] * x[i] * x[i];
  }
  var vjp(var ybar, var, var x) const { return scale_cotangent(ybar, static_cast<double>(slope) * x * x); }
  bool operator==(const cube_op&) const = default;
};

// Softmax along the last axis with rules that other checkers let pass.
enum class fault { none, no_ppt, zero };
template <fault f> struct softmax_like_op {
  static constexpr auto name = "softmax_like";
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> p, in<T> x) const { softmax_op{}.eval(p, x); }
  var vjp(var pbar, var p, var) const {
    if (f == fault::zero) return zeros_like(p);
    return f == fault::no_ppt ? p * pbar : p * (pbar - sum(p * pbar, -1, keep));
  }
  bool operator==(const softmax_like_op&) const = default;
};

// Right in 50 digits, wrong in double: a kernel that forgets the last element.
struct tail_op {
  static constexpr auto name = "tail";
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    const index_t n = std::same_as<T, double> ? y.size() - 1 : y.size();
    for (index_t i = 0; i < y.size(); ++i) y[i] = i < n ? x[i] * x[i] : T(0);
  }
  var vjp(var ybar, var, var x) const { return 2 * x * ybar; }
  bool operator==(const tail_op&) const = default;
};

// With a body for float and double alone, and a rule of either kind.
template <bool right> struct narrow_op {
  static constexpr auto name = "narrow";
  using numbers = reel::numbers<float, double>;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = std::sin(x[i]);
  }
  var vjp(var ybar, var y, var) const { return ybar * sqrt(1 - y * y) * (right ? 1.0 : 1.000001); }
  bool operator==(const narrow_op&) const = default;
};

// Another result at every call.
struct moody_op {
  static constexpr auto name = "moody";
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    static int calls = 0;
    ++calls;
    for (index_t i = 0; i < y.size(); ++i)
      y[i] = std::same_as<T, float> ? x[i] * T(1 + calls * 0x1p-22) : x[i];
  }
  var vjp(var ybar, var y, var) const { return ybar + 0 * y; }
  bool operator==(const moody_op&) const = default;
};

const array<double> x{0.5, -1.25, 2.0, 0.75, -0.375};

}  // namespace

BOOST_AUTO_TEST_SUITE(checks)

BOOST_AUTO_TEST_CASE(a_right_rule_passes_at_every_order) {
  BOOST_TEST(check::vjp(cube_op<3>{}, {x}));
  BOOST_TEST(check::vjp(cube_op<3>{}, {1.5}));
  BOOST_TEST(check::vjp({cube_op<3>{}, {x}}, {.order = 2}));
  BOOST_TEST(check::vjp({cube_op<3>{}, {x}}, {.order = 3}));
  BOOST_TEST(check::jvp({cube_op<3>{}, {x}}));
  BOOST_TEST(check::adjoint({cube_op<3>{}, {x}}));
  const auto t = check::taylor({cube_op<3>{}, {x}});
  BOOST_TEST(t);
  BOOST_TEST(std::abs(t.rate - 2) < 0.05);
}

BOOST_AUTO_TEST_CASE(its_detection_limit_is_what_50_digits_allow) {
  const auto r = check::vjp(cube_op<3>{}, {x});
  BOOST_TEST(r.detection_limit > 0);
  BOOST_TEST(r.detection_limit < 1e-30);
}

BOOST_AUTO_TEST_CASE(a_wrong_rule_fails_and_says_where) {
  const auto r = check::vjp(cube_op<2>{}, {x});
  BOOST_TEST((r.outcome == verdict::fail));
  BOOST_TEST(!r);
  BOOST_TEST(r.worst.difference != 0);
  BOOST_TEST(std::abs(r.worst.rule / r.worst.oracle - 2.0 / 3) < 1e-15);
  const std::string text = to_string(r);
  for (const char* part : {"FAIL  vjp(cube)", "input 0 double[5]", "vjp_test.cpp:", "worst", "xbar["})
    BOOST_TEST((text.find(part) != text.npos), part << " is missing in " << text);
  std::ostringstream os;
  os << r;
  BOOST_TEST(os.str() == text);
  BOOST_TEST((check::taylor({cube_op<2>{}, {x}}).outcome == verdict::fail));
  BOOST_TEST(std::abs(check::taylor({cube_op<2>{}, {x}}).rate - 1) < 0.05);
  BOOST_TEST((check::jvp({cube_op<2>{}, {x}}).outcome == verdict::fail));
  // forward mode is the wrong rule transposed: the two agree
  BOOST_TEST(check::adjoint({cube_op<2>{}, {x}}));
}

// What central differences with a fixed step and tolerance do not see from 317 classes on.
BOOST_AUTO_TEST_CASE(a_softmax_without_its_second_term_fails_however_many_classes) {
  const array<double> equal = xt::zeros<double>({64});
  BOOST_TEST(check::vjp(softmax_like_op<fault::none>{}, {equal}));
  BOOST_TEST((check::vjp(softmax_like_op<fault::no_ppt>{}, {equal}).outcome == verdict::fail));
  BOOST_TEST((check::vjp(softmax_like_op<fault::zero>{}, {equal}).outcome == verdict::fail));
}

BOOST_AUTO_TEST_CASE(a_seed_in_the_null_space_proves_nothing) {
  const check::options ones{.cotangent = {array<double>(xt::ones<double>({5}))}};
  for (const auto& r : {check::vjp(softmax_like_op<fault::none>{}, {x}, ones),
                        check::vjp(softmax_like_op<fault::zero>{}, {x}, ones)}) {
    BOOST_TEST((r.outcome == verdict::inconclusive));
    BOOST_TEST((r.reason.find("null space") != r.reason.npos), r.reason);
  }
}

BOOST_AUTO_TEST_CASE(what_is_not_finite_proves_nothing) {
  for (const double v : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    const array<double> bad{0.5, v};
    const auto r = check::vjp(cube_op<3>{}, {bad});
    BOOST_TEST((r.outcome == verdict::inconclusive), r);
    BOOST_TEST((r.reason.find("not finite") != r.reason.npos), r.reason);
    BOOST_TEST((check::vjp(cube_op<2>{}, {bad}).outcome == verdict::fail));
  }
}

BOOST_AUTO_TEST_CASE(a_constant_loss_proves_nothing) {
  const auto r = check::function([](var v) { return sum(softmax(v)); }, x);
  BOOST_TEST((r.outcome == verdict::inconclusive));
  BOOST_TEST((r.reason.find("constant") != r.reason.npos), r.reason);
}

BOOST_AUTO_TEST_CASE(a_fault_of_one_number_type_is_named) {
  const auto r = check::vjp(tail_op{}, {x});
  BOOST_TEST((r.outcome == verdict::fail));
  BOOST_TEST(r.worst.name == "y[4] in double");
}

BOOST_AUTO_TEST_CASE(without_a_body_for_50_digits_double_has_to_do_and_the_report_says_so) {
  const array<double> small{0.5, -0.25, 0.75};
  const auto r = check::vjp(narrow_op<true>{}, {small});
  BOOST_TEST(r);
  BOOST_TEST(r.detection_limit < 1e-8);
  BOOST_TEST((r.oracle.find("for want of a body for 50 digits") != r.oracle.npos));
  BOOST_TEST((check::vjp(narrow_op<false>{}, {small}).outcome == verdict::fail));
}

BOOST_AUTO_TEST_CASE(what_does_not_repeat_is_told_apart) {
  const auto r = check::vjp(moody_op{}, {x});
  BOOST_TEST(!r.repeatable);
  BOOST_TEST((r.outcome == verdict::fail));
  BOOST_TEST((to_string(r).find("two evaluations differ: not repeatable") != std::string::npos), r);
}

BOOST_AUTO_TEST_CASE(on_a_kink_it_is_the_declared_convention_that_is_checked) {
  const array<double> tie{1.0, 0.0, -1.0};
  const auto f = [](var v) { return relu(v); };
  const auto r = check::function(f, tie);
  BOOST_TEST((r.outcome == verdict::nonsmooth));
  BOOST_TEST((r.reason.find("x[1]") != r.reason.npos), r.reason);
  BOOST_TEST((r.reason.find("where backward of relu: less_equal") != r.reason.npos), r.reason);
  const check::options zero{.subgradient = {array<double>{0, 0, 0}}},
      one{.subgradient = {array<double>{0, 1, 0}}};
  BOOST_TEST(check::function(f, tie, zero));
  BOOST_TEST((check::function(f, tie, one).outcome == verdict::fail));
}

BOOST_AUTO_TEST_CASE(beside_a_kink_steps_shrink_until_they_stay_on_one_side) {
  for (const double gap : {1e-3, 1e-9, 1e-15, -1e-12}) {
    const array<double> near{1.0, gap};
    BOOST_TEST(check::function([](var v) { return abs(v); }, near));
    BOOST_TEST(check::function([](var v) { return max(v); }, near));
  }
}

BOOST_AUTO_TEST_CASE(a_function_of_trees_is_checked_by_its_first_argument) {
  const std::array<array<double>, 2> line{array<double>{2.0}, array<double>{-1.0}};
  const auto loss = [](const auto& m, var in, var want) { return mean(square(m[0] * in + m[1] - want)); };
  const array<double> in{0, 1, 2}, want{1, 3, 5.5};
  BOOST_TEST(check::function(loss, std::tuple(line, in, want)));
}

// What takes long is announced before it begins; whoever does not want it throws.
BOOST_AUTO_TEST_CASE(long_work_is_announced) {
  const array<double> a = xt::ones<double>({300, 300}), b = a * 0.5;
  double expected = 0;
  check::options o{.seconds = 1e9};
  o.announce = [&](double seconds) {
    expected = seconds;
    throw std::runtime_error("too long");
  };
  const auto f = [](const std::array<var, 2>& m) { return sum(matmul(m[0], m[1])); };
  BOOST_CHECK_THROW(check::function(f, std::array<array<double>, 2>{a, b}, o), std::runtime_error);
  BOOST_TEST(expected > 10);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_refused) {
  check_error(
      errc::shape_mismatch,
      [] {
        check::vjp(cube_op<3>{}, {x}, {.cotangent = {array<double>{1, 2}}});
      },
      "[2]", "[5]");
  check_error(
      errc::invalid_argument,
      [] {
        check::vjp({cube_op<3>{}, {x}}, {.order = 4});
      },
      "order 4");
  check_error(
      errc::shape_mismatch,
      [] {
        check::argument(shape{3}, {1, 2});
      },
      "2 numbers", "[3]");
}

BOOST_AUTO_TEST_CASE(reports_are_json) {
  const std::string text = to_json(check::vjp(cube_op<2>{}, {x}));
  for (const char* part :
       {"\"outcome\": \"FAIL\"", "\"subject\": \"vjp(cube)\"", "\"worst\": {", "\"seed\": 24301"})
    BOOST_TEST((text.find(part) != text.npos), part << " is missing in " << text);
}

BOOST_AUTO_TEST_SUITE_END()
