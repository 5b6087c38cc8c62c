// SPDX-License-Identifier: MIT
#include <reel/ops/activations.hpp>
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/cross_entropy.hpp>
#include <reel/ops/dist.hpp>
#include <reel/ops/elementary.hpp>
#include <reel/ops/functions.hpp>
#include <reel/ops/linalg.hpp>
#include <reel/ops/reduce.hpp>
#include <reel/ops/rounding.hpp>
#include <reel/ops/select.hpp>
#include <reel/ops/special.hpp>

#include <fmt/format.h>

#include <array>

namespace reel::dist {
namespace {

constexpr double minus_infinity = -std::numeric_limits<double>::infinity();

// ln cπ to as many digits as x has.
var log_of_pi(const var& x, double c) { return log(c * acos(scalar_constant(x, -1, kind::real, x.where()))); }

// A function of reals, recorded as one: arrays become constants beside a var, numbers as well, and indices
// reals.
template <std::size_t N, class F> var of_reals(const char* name, const std::array<operand, N>& x, F f) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return composed(name, {x[I]...}, [&] {
      operand any = x[0];
      for (const operand& v : x)
        if (v.is_var()) any = v;
      const auto real = [&](const operand& v) -> var {
        const operand beside = v.sibling(any);
        if (beside.is_number())
          return scalar_constant(any.variable(), beside.number(), kind::real, beside.where());
        return beside.variable().kind() == kind::real ? beside.variable() : to_real(beside);
      };
      return f(real(x[I])...);
    });
  }
  (std::make_index_sequence<N>{});
}

// y inside of the support, else −∞; of a point that is NaN: NaN, as `x < 0` and its like do not hold of it.
var unless(const var& outside, const var& y) { return where(outside, minus_infinity, y); }
var is_no_count(const var& k) { return k < 0.0 || k != floor(k); }

// ln of n over k
var log_choose(const var& n, const var& k) { return lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0); }

}  // namespace

// With z = (x − μ)/σ:  −½z² − ln σ − ½ ln 2π
var normal_log_density(operand x, operand mean, operand scale) {
  return of_reals("normal_log_density", std::array{x, mean, scale}, [](var v, var m, var s) {
    const var z = (v - m) / s;
    return -0.5 * square(z) - (log(s) + 0.5 * log_of_pi(v, 2));
  });
}

// With Σ = L·Lᵀ and L·z = x − μ:  −½‖z‖² − Σ ln L_ii − ½ d ln 2π
var multivariate_normal_log_density(operand x, operand mean, operand covariance) {
  return of_reals(
      "multivariate_normal_log_density", std::array{x, mean, covariance}, [](var v, var m, var c) {
        const shape& s = c.shape();
        const var centred = v - m;
        const index_t d = centred.shape().is_scalar() ? 0 : centred.shape().back();
        if (s.rank() < 2 || s.back() != d || s[s.rank() - 2] != d)
          throw error(errc::shape_mismatch, fmt::format("points {} need a covariance [… {}x{}], not {}.",
                                                        to_string(centred.shape()), d, d, to_string(s)));
        const var l = cholesky(c);
        const var column = reshape(centred, centred.shape().inserted(centred.rank(), 1));
        const var z = triangular_solve(l, column);
        const var squares = sum(square(z), {-2, -1});
        return -0.5 * (squares + cholesky_logdet(l) + static_cast<double>(d) * log_of_pi(v, 2));
      });
}

// ln Γ((n+1)/2) − ln Γ(n/2) − ½ ln nπ − ln σ − ½(n + 1) ln(1 + z²/n)
var student_t_log_density(operand x, operand df, operand location, operand scale) {
  return of_reals(
      "student_t_log_density", std::array{x, df, location, scale}, [](var v, var n, var m, var s) {
        const var z = (v - m) / s;
        const var constant = lgamma(0.5 * (n + 1.0)) - lgamma(0.5 * n) - 0.5 * (log(n) + log_of_pi(v, 1));
        return constant - log(s) - 0.5 * (n + 1.0) * log1p(square(z) / n);
      });
}

// −|z| − ln 2σ
var laplace_log_density(operand x, operand location, operand scale) {
  return of_reals("laplace_log_density", std::array{x, location, scale},
                  [](var v, var m, var s) { return -abs((v - m) / s) - log(2.0 * s); });
}

// −z − 2 ln(1 + e^−z) − ln σ
var logistic_log_density(operand x, operand location, operand scale) {
  return of_reals("logistic_log_density", std::array{x, location, scale}, [](var v, var m, var s) {
    const var z = (v - m) / s;
    return -(softplus(z) + softplus(-z)) - log(s);
  });
}

// a ln b + (a − 1) ln x − bx − ln Γ(a)
var gamma_log_density(operand x, operand a, operand rate) {
  return of_reals("gamma_log_density", std::array{x, a, rate}, [](var v, var s, var b) {
    return unless(v < 0.0, s * log(b) + xlogy(s - 1.0, v) - b * v - lgamma(s));
  });
}

// (a − 1) ln x + (b − 1) ln(1 − x) − ln B(a, b)
var beta_log_density(operand x, operand a, operand b) {
  return of_reals("beta_log_density", std::array{x, a, b}, [](var v, var p, var q) {
    const var log_beta = lgamma(p) + lgamma(q) - lgamma(p + q);
    return unless(v < 0.0 || v > 1.0, xlogy(p - 1.0, v) + xlogy(q - 1.0, 1.0 - v) - log_beta);
  });
}

// Σ (a − 1) ln x + ln Γ(Σ a) − Σ ln Γ(a)
var dirichlet_log_density(operand x, operand a) {
  return of_reals("dirichlet_log_density", std::array{x, a}, [](var v, var s) {
    const auto [point, shape] = broadcast_together("dirichlet_log_density", v, s);
    const var constant = lgamma(sum(shape, -1)) - sum(lgamma(shape), -1);
    return sum(unless(point < 0.0, xlogy(shape - 1.0, point)), -1) + constant;
  });
}

// ln b − bx
var exponential_log_density(operand x, operand rate) {
  return of_reals("exponential_log_density", std::array{x, rate},
                  [](var v, var b) { return unless(v < 0.0, log(b) - b * v); });
}

// ln(k/λ) + (k − 1) ln(x/λ) − (x/λ)^k
var weibull_log_density(operand x, operand shape, operand scale) {
  return of_reals("weibull_log_density", std::array{x, shape, scale}, [](var v, var k, var s) {
    const var z = v / s;
    return unless(v < 0.0, log(k / s) + xlogy(k - 1.0, z) - pow(z, k));
  });
}

// k ln λ − λ − ln k!
var poisson_log_probability(operand k, operand rate) {
  return of_reals("poisson_log_probability", std::array{k, rate},
                  [](var n, var r) { return unless(is_no_count(n), xlogy(n, r) - r - lgamma(n + 1.0)); });
}

// ln(n over k) + k ln p + (n − k) ln(1 − p)
var binomial_log_probability(operand k, operand n, operand p) {
  return of_reals("binomial_log_probability", std::array{k, n, p}, [](var v, var m, var q) {
    return unless(is_no_count(v) || v > m, log_choose(m, v) + xlogy(v, q) + xlogy(m - v, 1.0 - q));
  });
}

// ln Γ(k + r) − ln k! − ln Γ(r) + r ln p + k ln(1 − p)
var negative_binomial_log_probability(operand k, operand r, operand p) {
  return of_reals("negative_binomial_log_probability", std::array{k, r, p}, [](var v, var m, var q) {
    const var constant = lgamma(v + m) - lgamma(v + 1.0) - lgamma(m);
    return unless(is_no_count(v), constant + xlogy(m, q) + xlogy(v, 1.0 - q));
  });
}

// k ln σ(x) + (1 − k) ln σ(−x)
var bernoulli_log_probability(operand k, operand logits) {
  return of_reals("bernoulli_log_probability", std::array{k, logits}, [](var v, var x) {
    return unless(v != 0.0 && v != 1.0 && v == v, -(v * softplus(-x) + (1.0 - v) * softplus(x)));
  });
}

var categorical_log_probability(operand labels, operand logits) {
  return composed("categorical_log_probability", {labels, logits}, [&] {
    return -operand(softmax_cross_entropy(logits, labels), logits.where().file, logits.where().line);
  });
}

}  // namespace reel::dist
