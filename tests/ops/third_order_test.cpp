// SPDX-License-Identifier: MIT
// Third derivatives, pulling three times, pushing three times and mixed, against differences of values
// in 50 digits.
#include "differences.hpp"

using namespace reel;
using namespace reel::test;

namespace {

using vars = std::span<const var>;

var push(const var& y, const recorded& r, const std::vector<var>& v) {
  return jvp(std::span(&y, 1), r.real, v)[0];
}

// D³⟨ȳ, y⟩ along u, v and w. Each way goes through other rules; all are the same number.
void check_third(const char* name, var (*record)(vars), const sample& x) {
  BOOST_TEST_CONTEXT(name) {
    const op_row row{.name = name, .record = record};
    recorded r(row, x);
    random_numbers random(7);
    direction u, v, w;
    for (const var& in : r.real)
      for (direction* d : {&u, &v, &w}) d->push_back(random.generic(in.shape()));
    const auto seed = random.generic(r.y.shape());
    const var ybar = r.t.constant(seed);
    const auto a = r.constants(u), b = r.constants(v), c = r.constants(w);

    const var pulled = r.dot(grad(r.dot(r.pull(ybar), a), r.real), b);
    const var pulled_thrice = r.dot(grad(pulled, r.real), c);
    const var pushed_last = push(pulled, r, c);
    const var pushed_thrice = r.dot({push(push(push(r.y, r, a), r, b), r, c)}, {ybar});

    const real50 want = difference(row, x, seed, {u, v, w});
    const double size = 1 + std::abs(static_cast<double>(want));
    BOOST_TEST(size > 1.001);  // not the derivative of nothing
    for (const var& got : {pulled_thrice, pushed_last, pushed_thrice}) {
      BOOST_TEST(std::abs(static_cast<double>(got.item<real50>() - want)) <= 1e-17 * size);
      BOOST_TEST(std::abs(got.item<double>() - static_cast<double>(want)) <= 64 * 0x1p-53 * size);
      BOOST_TEST(std::abs(got.item<float>() - static_cast<double>(want)) <= 64 * 0x1p-24 * size);
    }
  }
}

sample_array scattered(const shape& s, std::uint64_t seed) {
  const auto a = random_numbers(seed).generic(s);
  return {s, {a.data(), a.data() + a.size()}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(third_order)

BOOST_AUTO_TEST_CASE(softmax_and_its_logarithm) {
  check_third("softmax", [](vars x) { return softmax(x[0]); }, {scattered({2, 4}, 1)});
  check_third("log_softmax", [](vars x) { return log_softmax(x[0], 0); }, {scattered({4, 2}, 2)});
  check_third("logsumexp", [](vars x) { return logsumexp(x[0]); }, {scattered({2, 4}, 3)});
}

BOOST_AUTO_TEST_CASE(a_chain_of_products) {
  check_third("matmul chain", [](vars x) { return matmul(matmul(x[0], x[1]), matmul(x[2], x[1])); },
              {scattered({2, 3}, 4), scattered({3, 3}, 5), scattered({3, 3}, 6)});
}

BOOST_AUTO_TEST_CASE(a_loss_through_a_layer) {
  check_third(
      "loss", [](vars x) { return softmax_cross_entropy(matmul(tanh(matmul(x[0], x[1])), x[2]), x[3]); },
      {scattered({2, 3}, 8), scattered({3, 4}, 9), scattered({4, 3}, 10), {{2}, {2, 0}, kind::index}});
}

BOOST_AUTO_TEST_CASE(functions_of_one_and_two_numbers) {
  const sample_array x{{3}, {0.5, 1.25, 2}}, p{{3}, {-1.5, 0.75, 2}};
  check_third("log", [](vars v) { return log(v[0]); }, {x});
  check_third("sqrt", [](vars v) { return sqrt(v[0]); }, {x});
  check_third("sigmoid", [](vars v) { return sigmoid(v[0]); }, {x});
  check_third("tanh", [](vars v) { return tanh(v[0]); }, {x});
  check_third("div", [](vars v) { return v[1] / v[0]; }, {x, p});
  check_third("pow", [](vars v) { return pow(v[0], v[1]); }, {x, p});
  check_third("xlogy", [](vars v) { return xlogy(v[1], v[0]); }, {x, p});
}

BOOST_AUTO_TEST_SUITE_END()
