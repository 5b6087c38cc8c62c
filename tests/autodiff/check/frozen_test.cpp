// SPDX-License-Identifier: MIT
// Frozen programs against the tape they were made of, and ops that promise freeze what they do not keep.
#include "support.hpp"

#include <reel/autodiff/check/frozen.hpp>
#include <reel/autodiff/kernels.hpp>
#include <reel/ops.hpp>

using namespace reel;
using namespace reel::test;
using check::verdict;

namespace {

// 2x, with a body for floats that is wrong beyond the last whole group of 4: a dropped SIMD tail.
struct dropped_tail_op {
  static constexpr auto name = "dropped_tail";
  static constexpr bool elementwise = true;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    const index_t whole = std::same_as<T, float> ? y.size() / 4 * 4 : y.size();
    for (index_t i = 0; i < whole; ++i) y[i] = x[i] + x[i];
    for (index_t i = whole; i < y.size(); ++i) y[i] = T(0);
  }
  var vjp(var ybar, var, var) const { return 2.0 * ybar; }
  bool operator==(const dropped_tail_op&) const = default;
};

// Sums of columns. One that overwrites what it should add to, in blocks of rows after the first.
template <bool adds> struct column_sums_op {
  static constexpr auto name = "column_sums";
  shape infer(const shape& x) const { return x.without(0); }
  template <class T> void accumulate(out<T> y, in<T> x) const { add(y, x, !adds); }
  template <class T> void eval(out<T> y, in<T> x) const { add(y, x, true); }
  template <class T> static void add(out<T> y, in<T> x, bool anew) {
    const index_t columns = y.size(), rows = x.shape()[0];
    for (index_t j = 0; j < columns && anew; ++j) y[j] = T(0);
    for (index_t i = 0; i < rows; ++i)
      for (index_t j = 0; j < columns; ++j) y[j] = y[j] + x[i * columns + j];
  }
  row_slices slices(const shape&) const { return {.inputs = 1, .reduces = true}; }
  var vjp(var ybar, var, var x) const { return broadcast_to(ybar, x.shape()); }
  bool operator==(const column_sums_op&) const = default;
};

// y_i = x_i + x_{i+1}, around the end: not elementwise, whatever it says.
template <bool claims> struct neighbours_op {
  static constexpr auto name = "neighbours";
  static constexpr bool elementwise = claims;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = x[i] + x[(i + 1) % y.size()];
  }
  var vjp(var ybar, var, var) const {
    return ybar + concat({slice(ybar, 0, -1, ybar.size()), slice(ybar, 0, 0, -1)}, 0);
  }
  bool operator==(const neighbours_op&) const = default;
};

// x and as many zeros after it. One that adds up the first term alone.
template <bool adds_up> struct with_zeros_op {
  static constexpr auto name = "with_zeros";
  shape infer(const shape& x) const { return {2 * x.size()}; }
  template <class T> void eval(out<T> y, in<T> x) const {
    std::fill_n(y.data, y.size(), T(0));
    std::copy_n(x.data, x.size(), y.data);
  }
  static var sum_of(std::span<const var> terms) {
    var total = operands_of(terms[0])[0];
    for (const var& v : terms.subspan(adds_up ? 1 : terms.size())) total = total + operands_of(v)[0];
    return apply(with_zeros_op{}, operand(total));
  }
  var vjp(var ybar, var, var x) const { return slice(ybar, 0, 0, x.size()); }
  bool operator==(const with_zeros_op&) const = default;
};

// The numbers in reverse, but for the last, which is lost.
struct false_order_op {
  static constexpr auto name = "false_order";
  static constexpr bool rearranges = true;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = x[std::max<index_t>(y.size() - 2 - i, 0)];
  }
  var vjp(var ybar, var, var) const { return zeros_like(ybar); }
  bool operator==(const false_order_op&) const = default;
};

// −x, which has not the bytes of x.
struct false_view_op {
  static constexpr auto name = "false_view";
  static constexpr bool view = true;
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = -x[i];
  }
  var vjp(var ybar, var, var) const { return -ybar; }
  bool operator==(const false_view_op&) const = default;
};

// Minus the mean of all, which rows share.
struct false_rows_op {
  static constexpr auto name = "false_rows";
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const {
    T total(0);
    for (index_t i = 0; i < x.size(); ++i) total = total + x[i];
    for (index_t i = 0; i < y.size(); ++i) y[i] = x[i] - total / T(static_cast<double>(x.size()));
  }
  row_slices slices(const shape&) const { return {.inputs = 1}; }
  var vjp(var ybar, var, var) const { return ybar - mean(ybar); }
  bool operator==(const false_rows_op&) const = default;
};

// A product that forgets to exchange its factors when the result lies transposed.
struct false_turn_op {
  static constexpr auto name = "false_turn";
  bool ta = false, tb = false;
  shape infer(const shape& a, const shape& b) const { return matmul_op{ta, tb}.infer(a, b); }
  template <class T> void eval(out<T> y, in<T> a, in<T> b) const { matmul_op{ta, tb}.eval(y, a, b); }
  std::array<var, 2> vjp(var ybar, var y, var a, var b) const { return matmul_op{ta, tb}.vjp(ybar, y, a, b); }
  relaid<false_turn_op> relaid_for(unsigned inputs, bool result, index_t row) const {
    const auto t = matmul_op{ta, tb}.relaid_for(inputs, result, row);
    return {.op = {t.op.transpose_a, t.op.transpose_b}, .swap = false};
  }
  bool operator==(const false_turn_op&) const = default;
};

// A sum that declares itself a product, and 1 its unit.
template <bool product_too> struct false_product_op {
  static constexpr auto name = "false_product";
  static constexpr bool elementwise = true, product = product_too;
  shape infer(const shape& a, const shape&) const { return a; }
  template <class T> void eval(out<T> y, in<T> a, in<T> b) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = a[i] + b[i];
  }
  std::array<var, 2> vjp(var ybar, var, var, var) const { return {ybar, ybar}; }
  unsigned identity_elements() const { return product_too ? 0 : 0b01; }
  bool operator==(const false_product_op&) const = default;
};

// A product of matrices whose accumulate_scaled forgets what was there, or whose bound is too low.
template <bool forgets> struct false_scaled_op {
  static constexpr auto name = "false_scaled";
  shape infer(const shape& a, const shape& b) const { return matmul_op{}.infer(a, b); }
  template <class T> void eval(out<T> y, in<T> a, in<T> b) const { matmul_op{}.eval(y, a, b); }
  std::array<var, 2> vjp(var ybar, var y, var a, var b) const { return matmul_op{}.vjp(ybar, y, a, b); }
  bool accumulates_scaled(const shape&, const shape&) const { return true; }
  template <class T> void accumulate_scaled(out<T> y, in<T> a, in<T> b, T s, T k) const {
    const std::vector<T> before(y.data, y.data + y.size());
    eval(y, a, b);
    for (index_t i = 0; i < y.size(); ++i) {
      const T scaled = s * y[i];
      y[i] = forgets ? scaled : T(k * before[static_cast<std::size_t>(i)] + scaled);
    }
  }
  template <class T> double magnitude_bound(in<T>, in<T>) const { return forgets ? 1e9 : 1e-9; }
  bool operator==(const false_scaled_op&) const = default;
};

// Hands out the softmax's maximum for the logsumexp.
struct false_pair_op {
  static constexpr auto name = "false_pair";
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> p, in<T> x) const { softmax_op{}.eval(p, x); }
  var vjp(var pbar, var p, var x) const { return softmax_op{}.vjp(pbar, p, x); }
  using sibling = logsumexp_op;
  bool computes(const logsumexp_op&) const { return true; }
  template <class T> void eval_with_sibling(out<T> p, out<T> y, in<T> x) const {
    eval(p, x);
    for (index_t i = 0; i < y.size(); ++i) y[i] = p[i];
  }
  bool operator==(const false_pair_op&) const = default;
};

// A difference that names the kernel of sums: for all stages, or for those beside what is kept.
template <bool Kept> struct false_stages_op {
  static constexpr auto name = "false_links";
  static constexpr bool elementwise = true;
  shape infer(const shape& a, const shape&) const { return a; }
  template <class T> void eval(out<T> y, in<T> a, in<T> b) const {
    for (index_t i = 0; i < y.size(); ++i) y[i] = a[i] - b[i];
  }
  template <std::floating_point T> const kernels::stages& stages() const {
    const kernels::stages& sums = kernels::active<T>().add.stages;
    static const kernels::stages half{kernels::active<T>().sub.stages.in_register, sums.pinned};
    return Kept ? half : sums;
  }
  std::array<var, 2> vjp(var ybar, var, var, var) const { return {ybar, -ybar}; }
  bool operator==(const false_stages_op&) const = default;
};

array<double> filled(const shape& s) {
  auto a = make_array<double>(s);
  for (index_t i = 0; i < s.size(); ++i) a.data()[i] = static_cast<double>((i * 7919) % 2003) / 1024 - 0.75;
  return a;
}

void check_broken(const check::frozen_report& r, const std::string& why) {
  BOOST_TEST((r.outcome == verdict::fail), r);
  BOOST_TEST(!r);
  BOOST_TEST((to_string(r).find(why) != std::string::npos), "'" << why << "' is not in " << r);
}

// A step with a state that is kept transposed and blocks of rows: every pass has something to do.
template <class Sum> freeze_request step(reel::tape& t, const Sum& total) {
  const var w = t.state(filled({64, 3})).named("W"), x = t.input(filled({3200, 64}));
  const var r = tanh(matmul(x, w));
  const var next = w - 0.001 * grad(sum(square(r)), w);
  return {.outputs = {mean(square(r)), total(square(x))}, .updates = {{w, next}}, .inputs = {x}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(check_frozen)

BOOST_AUTO_TEST_CASE(programs_are_what_was_recorded) {
  const auto r = check::frozen(softmax_op{}, {filled({3, 5})});
  BOOST_TEST(r);
  // with all passes, without each of them and without any, in two types
  BOOST_TEST(r.programs == 2 * (pass_names().size() + 2));
  BOOST_TEST(r.claims >= 2U);
  BOOST_TEST(r.detection_limit < 1e-4);
  BOOST_TEST((to_json(r).find("\"outcome\": \"PASS\"") != std::string::npos));
  BOOST_TEST(check::frozen(neighbours_op<false>{}, {filled({11})}));
  BOOST_TEST(check::frozen(matmul_op{}, {filled({4, 3}), filled({3, 5})}));
}

BOOST_AUTO_TEST_CASE(steps_are_what_was_recorded) {
  reel::tape t;
  const auto request = step(t, [](const var& x) { return apply(column_sums_op<true>{}, x); });
  const std::string passes = freeze(request).explain();
  for (const char* done : {"1 narrow states", "rows in blocks of"})
    BOOST_TEST((passes.find(done) != passes.npos), done << " is not in " << passes);
  BOOST_TEST(check::frozen(request));
}

BOOST_AUTO_TEST_CASE(a_sum_that_is_overwritten_is_named_with_the_pass_that_shows_it) {
  reel::tape t;
  const auto r = check::frozen(step(t, [](const var& x) { return apply(column_sums_op<false>{}, x); }));
  check_broken(r, "column_sums, frozen_test.cpp:");
  check_broken(r, "OVERWRITTEN: accumulate writes over the sum so far instead of adding to it");
  check_broken(r, "row_tiling is to blame in float: without it every element is right");
  check_broken(r, "output 1 at [");
  // The small ones that are never cut are held to it all the same.
  check_broken(check::frozen(column_sums_op<false>{}, {filled({4, 3})}), "OVERWRITTEN");
}

BOOST_AUTO_TEST_CASE(a_dropped_tail_is_named) {
  const auto r = check::frozen(dropped_tail_op{}, {filled({11})});
  check_broken(r, "TAIL: 3 of 11 elements of dropped_tail (node 1, frozen_test.cpp:");
  check_broken(r, "in float are 0: a loop that stops short?");
  BOOST_TEST(r.faults.size() == pass_names().size() + 2);  // in float, with whatever passes
  BOOST_TEST(check::frozen(dropped_tail_op{}, {filled({16})}));
}

// Too large for an error analysis, and for a look at each element: the rule passes.
BOOST_AUTO_TEST_CASE(a_body_that_is_wrong_in_float_is_named_in_a_large_function) {
  const auto f = [](const var& w, const var& in) {
    return mean(square(apply(dropped_tail_op{}, tanh(matmul(in, w)))));
  };
  const std::tuple inputs(filled({50, 41}), filled({7, 50}));
  BOOST_TEST(check::function(f, inputs, {.seconds = 0.1}));
  check_broken(check::frozen(check::subject(f, inputs)), "TAIL: 3 of 287 elements of dropped_tail");
}

BOOST_AUTO_TEST_CASE(what_an_op_promises_is_tried) {
  check_broken(check::frozen(neighbours_op<true>{}, {filled({11})}), "it declares itself elementwise, but");
  check_broken(check::frozen(false_view_op{}, {filled({5})}), "it declares itself a view, but");
  check_broken(check::frozen(false_rows_op{}, {filled({6, 2})}), "slices says that rows are apart");
  check_broken(check::frozen(false_turn_op{}, {filled({3, 3}), filled({3, 3})}), "does not compute the same");
  check_broken(check::frozen(false_product_op<true>{}, {filled({5}), filled({5})}),
               "declares itself a product");
  check_broken(check::frozen(false_product_op<false>{}, {filled({5}), filled({5})}), "where input 0 is 1");
  check_broken(check::frozen(false_scaled_op<true>{}, {filled({3, 2}), filled({2, 4})}),
               "accumulate_scaled does not");
  check_broken(check::frozen(false_scaled_op<false>{}, {filled({3, 2}), filled({2, 4})}),
               "its magnitude_bound is 1e-09");
  check_broken(check::frozen(false_stages_op<false>{}, {filled({5}), filled({5})}), "its stages do not");
  check_broken(check::frozen(false_stages_op<true>{}, {filled({5}), filled({5})}), "input 1 is pinned");
  check_broken(check::frozen(with_zeros_op<false>{}, {filled({5})}), "sum_of does not add up");
  BOOST_TEST(check::frozen(with_zeros_op<true>{}, {filled({5})}));
  check_broken(check::frozen(false_order_op{}, {filled({5})}), "it rearranges its input, but");
  reel::tape t;
  const var x = t.input(filled({4, 3}));
  check_broken(check::frozen({.outputs = {apply(false_pair_op{}, x), logsumexp(x)}}),
               "eval_with_sibling does not");
  reel::tape other;
  const var z = other.input(filled({4, 3}));
  BOOST_TEST(check::frozen({.outputs = {softmax(z), logsumexp(z)}}));
}

BOOST_AUTO_TEST_CASE(updates_made_over_their_states_are_what_was_recorded) {
  reel::tape t;
  const var w = t.state(filled({12, 40})).named("W"), x = t.input(filled({5, 12}));
  const var r = tanh(matmul(x, w)), next = w - 0.1 * grad(sum(square(r)), w);
  const freeze_request request{.outputs = {mean(r)}, .updates = {{w, next}}, .inputs = {x}};
  BOOST_TEST((freeze(request).explain().find("1 states are updated where they are") != std::string::npos));
  BOOST_TEST(check::frozen(request));
}

BOOST_AUTO_TEST_CASE(updates_with_a_penalty_are_what_was_recorded) {
  reel::tape t;
  const var w = t.state(filled({12, 40})).named("W"), x = t.input(filled({5, 12}));
  const var loss = sum(square(tanh(matmul(x, w)))) + 0.01 * sum(square(w)), next = w - 0.1 * grad(loss, w);
  const freeze_request request{.outputs = {loss}, .updates = {{w, next}}, .inputs = {x}};
  BOOST_TEST((freeze(request).explain().find("1 states are updated where they are") != std::string::npos));
  BOOST_TEST(check::frozen(request));
}

BOOST_AUTO_TEST_CASE(labels_and_masks_are_compared) {
  reel::tape t;
  const var x = t.input(filled({4, 3})).named("x"), labels = t.input(array<index_t>{0, 2, 1, 1});
  BOOST_TEST(check::frozen({.outputs = {argmax(x), x > 0.25, softmax_cross_entropy(x, labels)}}));
  check_error(
      errc::no_value, [&] { check::frozen({.outputs = {x + t.input({3})}}); }, "bound when a program runs");
}

BOOST_AUTO_TEST_SUITE_END()
