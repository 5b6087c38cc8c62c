// SPDX-License-Identifier: MIT
// A failed check names what is wrong: planted faults of different kinds, one op for each.
#include "support.hpp"

#include <reel/autodiff/check.hpp>
#include <reel/ops.hpp>

using namespace reel;

namespace {

// y of `Right` with the vjp of a fault.
template <class Fault> struct faulty_op {
  static constexpr auto name = Fault::name;
  shape infer(const shape& x) const { return Fault::right(x); }
  template <class T> void eval(out<T> y, in<T> x) const { Fault::eval(y, x); }
  var vjp(var ybar, var y, var x) const { return Fault::vjp(ybar, y, x); }
  bool operator==(const faulty_op&) const = default;
};
template <class Fault> struct faulty_product_op {
  static constexpr auto name = Fault::name;
  shape infer(const shape& a, const shape& b) const { return matmul_op{}.infer(a, b); }
  template <class T> void eval(out<T> y, in<T> a, in<T> b) const { matmul_op{}.eval(y, a, b); }
  std::array<var, 2> vjp(var ybar, var, var a, var b) const { return Fault::vjp(ybar, a, b); }
  bool operator==(const faulty_product_op&) const = default;
};

struct softmax_base {
  static constexpr auto name = "softmax";
  static shape right(const shape& x) { return x; }
  template <class T> static void eval(out<T> y, in<T> x) { softmax_op{}.eval(y, x); }
};
struct cube_base {
  static constexpr auto name = "cube";
  static shape right(const shape& x) { return x; }
  template <class T> static void eval(out<T> y, in<T> x) {
    for (index_t i = 0; i < y.size(); ++i) y[i] = x[i] * x[i] * x[i];
  }
};
struct sums_base {  // of columns
  static constexpr auto name = "sums";
  static shape right(const shape& x) { return {x[1]}; }
  template <class T> static void eval(out<T> y, in<T> x) {
    for (index_t j = 0; j < y.size(); ++j) {
      y[j] = T(0);
      for (index_t i = 0; i < x.shape()[0]; ++i) y[j] = y[j] + x[i * y.size() + j];
    }
  }
};
struct stretch_base {  // a row to two
  static constexpr auto name = "stretch";
  static shape right(const shape& x) { return {2, x[0]}; }
  template <class T> static void eval(out<T> y, in<T> x) {
    for (index_t i = 0; i < y.size(); ++i) y[i] = x[i % x.size()];
  }
};

struct dropped_term : softmax_base {
  static var vjp(var pbar, var p, var) { return p * pbar; }
};
struct term_sign : softmax_base {
  static var vjp(var pbar, var p, var) { return p * (pbar + sum(p * pbar, -1, keep)); }
};
struct wrong_sum_axis : softmax_base {
  static var vjp(var pbar, var p, var) { return p * (pbar - sum(p * pbar, 0, keep)); }
};
struct missing_factor : softmax_base {
  static var vjp(var pbar, var p, var) { return pbar - sum(p * pbar, -1, keep); }
};
struct negated : cube_base {
  static var vjp(var ybar, var, var x) { return -3 * x * x * ybar; }
};
struct factor : cube_base {
  static var vjp(var ybar, var, var x) { return 6 * x * x * ybar; }
};
struct seed_ignored : cube_base {
  static var vjp(var, var, var x) { return 3 * x * x; }
};
struct saved_output : cube_base {
  static var vjp(var ybar, var y, var) { return 3 * y * y * ybar; }
};
struct nothing : cube_base {
  static var vjp(var ybar, var, var) { return zeros_like(ybar); }
};
struct off_by_one : cube_base {
  static var vjp(var ybar, var, var x) {
    const var g = 3 * x * x * ybar;
    return concat({slice(g, -1, 1, g.shape().back()), slice(g, -1, 0, 1)}, -1);
  }
};
struct short_loop : cube_base {
  static var vjp(var ybar, var, var x) {
    const index_t n = x.shape().back(), whole = n / 4 * 4;
    return pad(slice(3 * x * x * ybar, -1, 0, whole), -1, 0, n - whole);
  }
};
struct mean_for_sum : sums_base {
  static var vjp(var ybar, var, var x) { return broadcast_to(ybar, x.shape()) / 3; }
};
struct not_reduced : stretch_base {
  static var vjp(var ybar, var, var x) { return reshape(slice(ybar, 0, 0, 1), x.shape()); }
};
struct overwritten : stretch_base {
  static var vjp(var ybar, var, var x) { return reshape(slice(ybar, 0, 1, 2), x.shape()); }
};
struct product_base {
  static constexpr auto name = "product";
};
struct transposed_factor : product_base {
  static std::array<var, 2> vjp(var ybar, var a, var b) {
    return {matmul(ybar, b), matmul(transpose(a), ybar)};
  }
};
struct transposed_seed : product_base {
  static std::array<var, 2> vjp(var ybar, var a, var b) {
    return {matmul(transpose(ybar), transpose(b)), matmul(transpose(a), ybar)};
  }
};
struct transposed_result : product_base {
  static std::array<var, 2> vjp(var ybar, var a, var b) {
    return {transpose(matmul(ybar, transpose(b))), matmul(transpose(a), ybar)};
  }
};
struct swapped : product_base {
  static std::array<var, 2> vjp(var ybar, var a, var b) {
    return {matmul(transpose(a), ybar), matmul(ybar, transpose(b))};
  }
};

const array<double> vector{0.5, -1.25, 2.0, 0.75, -0.375, 1.5}, few{0.5, -1.25, 0.75};
const array<double> three{{0.5, -1.25, 2.0}, {0.75, -0.375, 1.0}, {-0.5, 1.75, 0.25}};
const array<double> other{{1.5, 0.25, -1.0}, {0.5, 2.25, -0.75}, {-1.25, 0.875, 1.125}};

void check_explained(const check::report& r, const std::string& hypothesis) {
  BOOST_TEST((r.outcome == check::verdict::fail));
  const bool named = std::any_of(r.explanation.begin(), r.explanation.end(),
                                 [&](const std::string& e) { return e.find(hypothesis) != e.npos; });
  BOOST_TEST(named, "'" << hypothesis << "' is missing in\n" << r);
}
template <class Fault> check::report of(const array<double>& x) {
  return check::vjp(faulty_op<Fault>{}, {x});
}
template <class Fault> check::report of_product() {
  return check::vjp(faulty_product_op<Fault>{}, {three, other});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(check_explain)

BOOST_AUTO_TEST_CASE(terms) {
  check_explained(of<dropped_term>(few), "MISSING TERM '-y y^T'");
  check_explained(of<dropped_term>(three), "MISSING TERM '-y y^T'");
  check_explained(of<term_sign>(few), "WRONG SIGN OF THE TERM '-y y^T'");
  check_explained(of<wrong_sum_axis>(three), "along the other axis");
}

BOOST_AUTO_TEST_CASE(signs_factors_and_seeds) {
  check_explained(of<negated>(vector), "SIGN");
  check_explained(of<factor>(vector), "FACTOR: it is the right one times 2");
  check_explained(of<mean_for_sum>(three), "(1/3: a mean for a sum?)");
  check_explained(of<nothing>(vector), "DROPPED");
  check_explained(of<seed_ignored>(vector), "SEED IGNORED");
}

BOOST_AUTO_TEST_CASE(orders) {
  check_explained(of<off_by_one>(vector), "OFF BY ONE: xbar is the right one shifted by -1 along axis 0");
  check_explained(of<off_by_one>(three), "along axis 1");
  check_explained(of_product<transposed_factor>(),
                  "input 0: TRANSPOSED: it applies J where J transposed belongs");
  check_explained(of_product<transposed_seed>(), "input 0: TRANSPOSED: it reads ybar");
  check_explained(of_product<transposed_result>(), "input 0: TRANSPOSED: xbar is the right one");
  check_explained(of_product<swapped>(), "input 0: SWAPPED: it has the cotangent of input 1");
}

BOOST_AUTO_TEST_CASE(sums_and_loops) {
  check_explained(of<short_loop>(vector), "TAIL: elements 4 to 5 of xbar are 0");
  check_explained(of<not_reduced>(vector),
                  "REDUCTION: of the terms that belong into a sum it takes the first");
  check_explained(of<overwritten>(vector), "OVERWRITTEN");
}

BOOST_AUTO_TEST_CASE(saved_numbers) { check_explained(of<saved_output>(vector), "REPAIRED by: x for y"); }

BOOST_AUTO_TEST_CASE(what_nothing_explains_is_said_so) {
  struct odd : cube_base {
    static var vjp(var ybar, var, var x) { return ybar * exp(x); }
  };
  check_explained(of<odd>(vector), "none of sign, factor");
}

BOOST_AUTO_TEST_SUITE_END()
