// SPDX-License-Identifier: MIT
// Distributions: densities integrate to 1, samples have the distribution they are drawn from, keys repeat.
#include "rows.hpp"

#include <reel/autodiff/special_functions.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

using namespace reel;
using namespace reel::test;

namespace {

using density = std::function<var(const var&)>;

// ∫ e^f over [low, high] by Simpson's rule, with a substitution that flattens both ends.
double integral(const density& f, double low, double high) {
  constexpr index_t n = 4000;
  std::vector<double> x, weight;
  for (index_t i = 1; i < n; ++i) {  // x = low + (high − low) s²(3 − 2s)
    const double s = static_cast<double>(i) / n;
    x.push_back(low + (high - low) * s * s * (3 - 2 * s));
    weight.push_back((i % 2 == 1 ? 4 : 2) * (high - low) * 6 * s * (1 - s) / (3.0 * n));
  }
  tape t;
  auto points = make_array<double>({n - 1});
  std::copy(x.begin(), x.end(), points.data());
  const array<double> y = exp(f(t.constant(points))).value();
  double sum = 0;
  for (std::size_t i = 0; i < y.size(); ++i) sum += weight[i] * y.data()[i];
  return sum;
}

// Σ e^f over 0 … n − 1.
double total(const density& f, index_t n) {
  tape t;
  return sum(exp(f(constant_like(t.constant(0.0), iota(n))))).item<double>();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dist_suite)

BOOST_AUTO_TEST_CASE(densities_integrate_to_1) {
  const auto near_1 = [](const char* name, double p, double tolerance = 1e-9) {
    BOOST_TEST(std::abs(p - 1) <= tolerance, name << " integrates to " << p);
  };
  near_1("normal", integral([](var x) { return dist::normal_log_density(x, 0.5, 2); }, -30, 30));
  near_1("student_t",
         integral([](var x) { return dist::student_t_log_density(x, 9.0, 0.5, 0.25); }, -40, 40));
  near_1("laplace", integral([](var x) { return dist::laplace_log_density(x, 0, 0.5); }, 0, 30) * 2);
  near_1("logistic", integral([](var x) { return dist::logistic_log_density(x, 0.5, 0.75); }, -40, 40));
  near_1("gamma", integral([](var x) { return dist::gamma_log_density(x, 2.5, 1.5); }, 0, 40));
  near_1("beta", integral([](var x) { return dist::beta_log_density(x, 2.5, 1.5); }, 0, 1));
  near_1("exponential", integral([](var x) { return dist::exponential_log_density(x, 1.5); }, 0, 40));
  near_1("weibull", integral([](var x) { return dist::weibull_log_density(x, 2.5, 1.5); }, 0, 20));
  near_1("poisson", total([](var k) { return dist::poisson_log_probability(k, 3.5); }, 60), 1e-13);
  near_1("binomial", total([](var k) { return dist::binomial_log_probability(k, 9, 0.3); }, 15), 1e-13);
  near_1("negative binomial",
         total([](var k) { return dist::negative_binomial_log_probability(k, 2.5, 0.4); }, 200), 1e-13);
  near_1("bernoulli", total([](var k) { return dist::bernoulli_log_probability(k, 0.3); }, 4), 1e-14);
}

BOOST_AUTO_TEST_CASE(a_dirichlet_of_two_is_a_beta) {
  tape t;
  const var x = t.constant(array<double>{0.3, 0.7}), a = t.constant(array<double>{2.5, 1.25});
  BOOST_TEST(std::abs(dist::dirichlet_log_density(x, a).item<double>() -
                      dist::beta_log_density(t.constant(0.3), 2.5, 1.25).item<double>()) <= 1e-14);
}

// By the quadratic form and the determinant, written out for two numbers.
BOOST_AUTO_TEST_CASE(multivariate_normal_by_its_definition) {
  tape t;
  const double a = 2, b = 0.5, c = 1, determinant = a * c - b * b;
  const var covariance = t.constant(array<double>{{a, b}, {b, c}}), mean = t.constant(array<double>{0.5, -1});
  const array<double> points{{1, 2}, {-0.5, 0}, {3, -2}};
  const array<double> got =
      dist::multivariate_normal_log_density(t.constant(points), mean, covariance).value();
  BOOST_TEST_REQUIRE(got.size() == 3U);
  for (index_t i = 0; i < 3; ++i) {
    const double x = points(i, 0) - 0.5, y = points(i, 1) + 1;
    const double form = (c * x * x - 2 * b * x * y + a * y * y) / determinant;
    BOOST_TEST(std::abs(got(i) - (-0.5 * (form + std::log(determinant)) - std::log(2 * M_PI))) <= 1e-14);
  }
  check_error(
      errc::shape_mismatch,
      [&] {
        dist::multivariate_normal_log_density(t.constant(points), 0, t.constant(array<double>{1, 2}));
      },
      "2x2");
}

BOOST_AUTO_TEST_CASE(keys_differ_and_repeat) {
  tape t;
  const var key = t.constant(array<index_t>{7});
  const auto keys = dist::split(key, 1000).value<index_t>();
  BOOST_TEST((keys == dist::split(key, 1000).value<index_t>()));
  std::set<index_t> seen(keys.begin(), keys.end());
  for (index_t i = 0; i < 1000; ++i)
    seen.insert(dist::fold_in(key, static_cast<double>(i)).value<index_t>().data()[0]);
  seen.insert(7);
  BOOST_TEST(seen.size() == 2001U);
  for (const index_t k : keys) BOOST_TEST(k >= 0);
  const var a = dist::uniform(key, shape{1000}), b = dist::uniform(dist::fold_in(key, 1), shape{1000});
  BOOST_TEST((a.value() != b.value()));
  // A longer draw begins with a shorter one; float has the same numbers with fewer digits.
  const auto more = dist::uniform(key, shape{2000}).value();
  const auto numbers_ = a.value();
  BOOST_TEST(std::equal(numbers_.begin(), numbers_.end(), more.begin()));
  const auto single = a.value<float>();
  for (std::size_t i = 0; i < 1000; ++i) {
    BOOST_TEST((single.data()[i] < 1 && static_cast<double>(single.data()[i]) <= numbers_.data()[i]));
    BOOST_TEST(numbers_.data()[i] - static_cast<double>(single.data()[i]) < 0x1p-24);
  }
  check_error(
      errc::shape_mismatch, [&] { dist::uniform(dist::split(key, 2), shape{}); }, "not one key");
  check_error(
      errc::invalid_argument, [&] { dist::split(key, -1); }, "-1 keys");
  check_error(
      errc::kind_mismatch, [&] { dist::uniform(t.constant(0.5), shape{}); }, "draw");
}

// Kolmogorov's test: with 20,000 samples the distance exceeds 0.0138 once in a thousand distributions; keys
// are fixed.
BOOST_AUTO_TEST_CASE(samples_have_their_distribution) {
  constexpr index_t n = 20000;
  tape t;
  const var key = t.constant(array<index_t>{11});
  const var one = t.constant(shape{n}, 1.0);
  const auto check = [&](const char* name, const var& v, const std::function<double(double)>& distribution) {
    const array<double> drawn = v.value();
    std::vector<double> x(drawn.begin(), drawn.end());
    std::sort(x.begin(), x.end());
    double distance = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double p = distribution(x[i]), at = static_cast<double>(i) / n;
      distance = std::max({distance, p - at, at + 1.0 / n - p});
    }
    BOOST_TEST(distance <= 0.0138, name << " is " << distance << " off");
  };
  check("uniform", dist::uniform(key, shape{n}), [](double x) { return x; });
  check("normal", dist::normal(key, 1.0, 2 * one), [](double x) { return num::ndtr((x - 1) / 2); });
  check("laplace", dist::laplace(key, 1.0, 2 * one),
        [](double x) { return x < 1 ? std::exp((x - 1) / 2) / 2 : 1 - std::exp((1 - x) / 2) / 2; });
  check("logistic", dist::logistic(key, 1.0, 2 * one),
        [](double x) { return 1 / (1 + std::exp((1 - x) / 2)); });
  check("gumbel", dist::gumbel(key, 1.0, 2 * one), [](double x) { return std::exp(-std::exp((1 - x) / 2)); });
  check("exponential", dist::exponential(key, 2 * one), [](double x) { return -std::expm1(-2 * x); });
  check("weibull", dist::weibull(key, 1.5, 2 * one),
        [](double x) { return -std::expm1(-std::pow(x / 2, 1.5)); });
  for (const double a : {0.25, 1.0, 6.5})
    check("gamma", dist::gamma(key, a, 2 * one), [a](double x) { return num::gammainc(a, 2 * x); });
  check("beta", dist::beta(key, 1.5, 2.5 * one), [](double x) { return num::betainc(1.5, 2.5, x); });
  check("student_t", dist::student_t(key, 5.0 * one, 0.0, 1.0), [](double x) {
    const double tail = num::betainc(2.5, 0.5, 5 / (5 + x * x)) / 2;
    return x > 0 ? 1 - tail : tail;
  });
  const array<double> simplex = dist::dirichlet(key, t.constant(shape{1000, 3}, 2.0)).value();
  for (std::size_t i = 0; i < 1000; ++i)
    BOOST_TEST(std::abs(simplex.data()[3 * i] + simplex.data()[3 * i + 1] + simplex.data()[3 * i + 2] - 1) <=
               1e-15);

  const auto heads = dist::bernoulli(key, 0.25 * one).value<bool>();
  const auto count = static_cast<double>(std::count(heads.begin(), heads.end(), true));
  BOOST_TEST(std::abs(count - n * 0.25) <= 4 * std::sqrt(n * 0.25 * 0.75));
  const var logits = broadcast_to(t.constant(array<double>{0, std::log(2.0), -INFINITY, 0}), {n, 4});
  const auto classes = dist::categorical(key, logits).value<index_t>();
  for (const index_t k : {0, 1, 2, 3}) {
    const double p = k == 1 ? 0.5 : k == 2 ? 0 : 0.25;
    const auto of_k = static_cast<double>(std::count(classes.begin(), classes.end(), k));
    BOOST_TEST(std::abs(of_k - n * p) <= 4 * std::sqrt(n * p * (1 - p)));
  }
}

// The mean of a gamma is a/b, of its square a(a + 1)/b²: so are the means of its samples' slopes in a.
BOOST_AUTO_TEST_CASE(slopes_of_samples_are_those_of_the_moments) {
  constexpr index_t n = 20000;
  tape t;
  const var key = t.constant(array<index_t>{3}), a = t.variable(1.5), b = t.variable(2.0);
  const var x = dist::gamma(key, broadcast_to(a, {n}), b);
  BOOST_TEST(std::abs(grad(mean(x), a).item<double>() - 0.5) <= 0.02);
  BOOST_TEST(std::abs(grad(mean(x), b).item<double>() + 0.375) <= 0.02);
  BOOST_TEST(std::abs(grad(mean(square(x)), a).item<double>() - 1) <= 0.1);
}

BOOST_AUTO_TEST_SUITE_END()
