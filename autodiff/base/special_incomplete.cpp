// SPDX-License-Identifier: MIT
// The incomplete gamma and beta functions, and their derivatives in the shape parameters: the series and
// continued fractions of the functions, summed along with their derivatives. A sum ends when all of these
// stand still.
#include "base/special.hpp"

#include <reel/autodiff/special_functions.hpp>

#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>

#include <array>

namespace reel {
namespace special {
namespace {

// A number with its derivatives by two parameters: first a and b, then aa, ab and bb.
template <class W> struct jet {
  std::array<W, 6> d{};
  jet(const W& v = W(0), const W& a = W(0), const W& b = W(0)) : d{v, a, b, W(0), W(0), W(0)} {}
  const W& value() const { return d[0]; }
  friend jet operator+(jet x, const jet& y) {
    for (std::size_t i = 0; i < 6; ++i) x.d[i] += y.d[i];
    return x;
  }
  friend jet operator*(const jet& x, const jet& y) {
    const auto &p = x.d, &q = y.d;
    jet r;
    r.d = {W(p[0] * q[0]),
           W(p[1] * q[0] + p[0] * q[1]),
           W(p[2] * q[0] + p[0] * q[2]),
           W(p[3] * q[0] + 2 * p[1] * q[1] + p[0] * q[3]),
           W(p[4] * q[0] + p[1] * q[2] + p[2] * q[1] + p[0] * q[4]),
           W(p[5] * q[0] + 2 * p[2] * q[2] + p[0] * q[5])};
    return r;
  }
  jet inverse() const {
    const W r = 1 / d[0], rr = r * r, cube = 2 * rr * r;
    jet y;
    y.d = {r,
           W(-d[1] * rr),
           W(-d[2] * rr),
           W(cube * d[1] * d[1] - rr * d[3]),
           W(cube * d[1] * d[2] - rr * d[4]),
           W(cube * d[2] * d[2] - rr * d[5])};
    return y;
  }
  friend jet operator/(const jet& x, const jet& y) { return x * y.inverse(); }
  // Of a positive function with this value and these derivatives of its logarithm.
  static jet from_logarithm(const W& v, const std::array<W, 5>& l) {
    jet y;
    y.d = {v,
           W(v * l[0]),
           W(v * l[1]),
           W(v * (l[0] * l[0] + l[2])),
           W(v * (l[0] * l[1] + l[3])),
           W(v * (l[1] * l[1] + l[4]))};
    return y;
  }
  bool stands_still(const jet& before) const {
    using std::abs;
    for (std::size_t i = 0; i < 6; ++i)
      if (abs(W(d[i] - before.d[i])) > epsilon<W>() * abs(d[i])) return false;
    return true;
  }
};

constexpr int most_terms = 200'000;
[[noreturn]] void refuse() { throw boost::math::evaluation_error("no convergence"); }

// Lentz's evaluation of f = 1/(1 + c_1/(1 + c_2/(1 + …))) or, with `denominator`, of other denominators.
template <class W, class F, class G> jet<W> continued_fraction(F numerator, G denominator) {
  jet<W> d = denominator(0).inverse(), c(W(1) / std::numeric_limits<W>::min()), h = d;
  if constexpr (is_big<W>) c = jet<W>(ldexp(W(1), 100'000));
  for (int k = 1; k < most_terms; ++k) {
    const jet<W> n = numerator(k), b = denominator(k), before = h;
    d = (n * d + b).inverse();
    c = b + n / c;
    h = h * (c * d);
    if (k > 3 && h.stands_still(before)) return h;
  }
  refuse();
}

template <class W> W gamma_density_of(const W& a, const W& x) {
  using std::log;
  if (!(a > 0 && x >= 0)) return a == 0 && x > 0 ? W(0) : nan<W>();
  if (x == infinity<W>() || a == infinity<W>()) return x == a ? nan<W>() : W(0);
  if (x == 0) return a == 1 ? W(1) : a < 1 ? infinity<W>() : W(0);
  return boost::math::gamma_p_derivative(a, x, checked);
}

// The ends of P; nothing inside of the domain.
template <class W> bool at_gamma_end(const W& a, const W& x, W& y) {
  if (!(a >= 0 && x >= 0)) y = nan<W>();
  else if (a == 0 || x == infinity<W>()) y = (a == 0 && x == 0) || a == infinity<W>() ? nan<W>() : W(1);
  else if (x == 0 || a == infinity<W>()) y = 0;
  else return false;
  return true;
}
template <class W> W gammainc_of(const W& a, const W& x) {
  W y;
  return at_gamma_end(a, x, y) ? y : boost::math::gamma_p(a, x, checked);
}
template <class W> W gammaincc_of(const W& a, const W& x) {
  W y;
  return at_gamma_end(a, x, y) ? W(1 - y) : boost::math::gamma_q(a, x, checked);
}

// P = Σ_k x^{a+k} e^−x/Γ(a + k + 1).
template <class W> jet<W> gamma_series(const W& a, const W& x) {
  using std::log;
  const W l = log(x) - boost::math::digamma(W(a + 1), checked);
  auto term = jet<W>::from_logarithm(gamma_density_of(a, x) * x / a,
                                     {l, W(0), W(-boost::math::trigamma(W(a + 1), checked)), W(0), W(0)});
  jet<W> sum = term;
  for (int k = 1; k < most_terms; ++k) {
    const jet<W> before = sum;
    term = term * (jet<W>(x) / jet<W>(W(a + k), W(1)));
    sum = sum + term;
    if (a + k > x && sum.stands_still(before)) return sum;
  }
  refuse();
}
// Q = x^a e^−x/Γ(a) · 1/(x + 1 − a − 1(1 − a)/(x + 3 − a − 2(2 − a)/(x + 5 − a − …)))
template <class W> jet<W> gamma_tail(const W& a, const W& x) {
  using std::log;
  const W l = log(x) - boost::math::digamma(a, checked);
  const auto scale = jet<W>::from_logarithm(gamma_density_of(a, x) * x,
                                            {l, W(0), W(-boost::math::trigamma(a, checked)), W(0), W(0)});
  return scale * continued_fraction<W>([&](int k) { return jet<W>(W(k * (a - k)), W(k)); },
                                       [&](int k) { return jet<W>(W(x + 2 * k + 1 - a), W(-1)); });
}
template <class W> W gammainc_in_a_of(const W& a, const W& x, int order) {
  W y;
  if (at_gamma_end(a, x, y)) return a == 0 ? nan<W>() : y - y;
  const std::size_t which = order == 1 ? 1 : 3;
  return x <= a + 1 ? gamma_series(a, x).d[which] : W(-gamma_tail(a, x).d[which]);
}

// In 50 digits by Newton's method from what double gives, on ln x, where the slope of P is x g.
template <class W> W gammaincinv_of(const W& a, const W& p) {
  using std::exp, std::log;
  if (!(a > 0 && a < infinity<W>() && p >= 0 && p <= 1)) return nan<W>();
  if (p == 0 || p == 1) return p == 0 ? W(0) : infinity<W>();
  if constexpr (!is_big<W>) return boost::math::gamma_p_inv(a, p, checked);
  else {
    const double near = gammaincinv_of(static_cast<double>(a), static_cast<double>(p));
    W x = near > 1e-290 ? W(near) : W(exp(W((log(p) + boost::math::lgamma(W(a + 1), checked)) / a)));
    for (int k = 0; k < 4; ++k)
      x *= exp(W((p - boost::math::gamma_p(a, x, checked)) / (x * gamma_density_of(a, x))));
    return x;
  }
}

template <class W> bool at_beta_end(const W& a, const W& b, const W& x, W& y) {
  if (!(a > 0 && b > 0 && x >= 0 && x <= 1) || a == infinity<W>() || b == infinity<W>()) y = nan<W>();
  else if (x == 0 || x == 1) y = x;
  else return false;
  return true;
}
template <class W> W beta_density_of(const W& a, const W& b, const W& x) {
  W y;
  if (at_beta_end(a, b, x, y)) {
    if (y != y) return y;
    const W &near = x == 0 ? a : b, &far = x == 0 ? b : a;
    return near == 1 ? far : near < 1 ? infinity<W>() : W(0);
  }
  return boost::math::ibeta_derivative(a, b, x, checked);
}
// I_x = x^a (1 − x)^b/(a B(a, b)) · 1/(1 + d_1/(1 + d_2/(1 + …)))  for x below the mean:
//   d_{2m} = m (b − m) x/((a + 2m − 1)(a + 2m)),  d_{2m+1} = −(a + m)(a + b + m) x/((a + 2m)(a + 2m + 1))
template <class W> jet<W> beta_fraction(const W& a, const W& b, const W& x, const W& rest) {
  using std::log;
  const auto psi = [](const W& v) { return boost::math::digamma(v, checked); };
  const auto psi1 = [](const W& v) { return boost::math::trigamma(v, checked); };
  const W both = psi(W(a + b)), both1 = psi1(W(a + b));
  const auto scale = jet<W>::from_logarithm(beta_density_of(a, b, x) * x * rest / a,
                                            {W(log(x) - psi(W(a + 1)) + both), W(log(rest) - psi(b) + both),
                                             W(both1 - psi1(W(a + 1))), both1, W(both1 - psi1(b))});
  const auto coefficient = [&](int k) {
    const int m = k / 2;
    const jet<W> first(W(a + k - 1), W(1)), second(W(a + k), W(1));
    if (k % 2 == 0) return jet<W>(W(m * (b - m) * x), W(0), W(m * x)) / (first * second);
    return jet<W>(W(-x)) * jet<W>(W(a + m), W(1)) * jet<W>(W(a + b + m), W(1), W(1)) / (first * second);
  };
  return scale * continued_fraction<W>(coefficient, [](int) { return jet<W>(W(1)); });
}
template <class W> W betainc_in_ab_of(const W& a, const W& b, const W& x, int in_a, int in_b) {
  W y;
  if (at_beta_end(a, b, x, y)) return y - y;
  const auto which = static_cast<std::size_t>(in_a + in_b == 1 ? 1 + in_b : 3 + in_b);
  const W rest = 1 - x;
  if (x <= (a + 1) / (a + b + 2)) return beta_fraction(a, b, x, rest).d[which];
  const auto mirrored = static_cast<std::size_t>(in_a + in_b == 1 ? 1 + in_a : 3 + in_a);
  return -beta_fraction(b, a, rest, x).d[mirrored];  // I_x(a, b) = 1 − I_{1−x}(b, a)
}
// For small x, where Boost's loses up to nine digits in double:
//   x^a (1 − x)^b/(a B(a, b)) Σ_n (a + b)_n/(a + 1)_n x^n. False where a factor leaves the range of double.
inline bool betainc_of_small(double a, double b, double x, double& y) {
  if (x > 0.02 || a > 1e4 || b > 1e4) return false;
  const double power = std::pow(x, a), whole = boost::math::beta(a, b, checked);
  if (!(power > 1e-290 && whole > 1e-290)) return false;
  double term = 1, sum = 1;
  for (int n = 0; n < most_terms && term > epsilon<double>() / 4 * sum; ++n)
    term *= (a + b + n) / (a + 1 + n) * x, sum += term;
  y = power * std::exp(b * std::log1p(-x)) / (a * whole) * sum;
  return true;
}

template <class W> W betainc_of(const W& a, const W& b, const W& x) {
  W y;
  if (at_beta_end(a, b, x, y)) return y;
  if constexpr (!is_big<W>)
    if (betainc_of_small(a, b, x, y)) return y;
  return boost::math::ibeta(a, b, x, checked);
}

void check_order(const char* name, int order) {
  if (order < 1 || order > 2)
    throw error(errc::invalid_argument, std::string(name) +
                                            " has derivatives of order 1 and 2 in its shape, not " +
                                            std::to_string(order) + ".");
}

}  // namespace
}  // namespace special

namespace num {

using namespace special;

template <real_number T> T gammainc(const T& a, const T& x) {
  return computed<T>(
      "gammainc", 400, [](const auto& v, const auto& w) { return gammainc_of(v, w); }, a, x);
}
template <real_number T> T gammaincc(const T& a, const T& x) {
  return computed<T>(
      "gammaincc", 400, [](const auto& v, const auto& w) { return gammaincc_of(v, w); }, a, x);
}
template <real_number T> T gamma_density(const T& a, const T& x) {
  return computed<T>(
      "gamma_density", 200, [](const auto& v, const auto& w) { return gamma_density_of(v, w); }, a, x);
}
template <real_number T> T gammainc_in_a(const T& a, const T& x, int order) {
  check_order("gammainc", order);
  return computed<T>(
      "gammainc_in_a", 1500, [order](const auto& v, const auto& w) { return gammainc_in_a_of(v, w, order); },
      a, x);
}
template <real_number T> T gammaincinv(const T& a, const T& p) {
  return computed<T>(
      "gammaincinv", 2500, [](const auto& v, const auto& w) { return gammaincinv_of(v, w); }, a, p);
}
template <real_number T> T betainc(const T& a, const T& b, const T& x) {
  return computed<T>(
      "betainc", 600, [](const auto& u, const auto& v, const auto& w) { return betainc_of(u, v, w); }, a, b,
      x);
}
template <real_number T> T beta_density(const T& a, const T& b, const T& x) {
  return computed<T>(
      "beta_density", 400,
      [](const auto& u, const auto& v, const auto& w) { return beta_density_of(u, v, w); }, a, b, x);
}
template <real_number T> T betainc_in_ab(const T& a, const T& b, const T& x, int in_a, int in_b) {
  check_order("betainc", in_a + in_b);
  return computed<T>(
      "betainc_in_ab", 2500,
      [=](const auto& u, const auto& v, const auto& w) { return betainc_in_ab_of(u, v, w, in_a, in_b); }, a,
      b, x);
}

// Headers declare these bodies.
template float gammainc(const float&, const float&);
template double gammainc(const double&, const double&);
template real50 gammainc(const real50&, const real50&);
template float gammaincc(const float&, const float&);
template double gammaincc(const double&, const double&);
template real50 gammaincc(const real50&, const real50&);
template float gamma_density(const float&, const float&);
template double gamma_density(const double&, const double&);
template real50 gamma_density(const real50&, const real50&);
template float gammainc_in_a(const float&, const float&, int);
template double gammainc_in_a(const double&, const double&, int);
template real50 gammainc_in_a(const real50&, const real50&, int);
template float gammaincinv(const float&, const float&);
template double gammaincinv(const double&, const double&);
template real50 gammaincinv(const real50&, const real50&);
template float betainc(const float&, const float&, const float&);
template double betainc(const double&, const double&, const double&);
template real50 betainc(const real50&, const real50&, const real50&);
template float beta_density(const float&, const float&, const float&);
template double beta_density(const double&, const double&, const double&);
template real50 beta_density(const real50&, const real50&, const real50&);
template float betainc_in_ab(const float&, const float&, const float&, int, int);
template double betainc_in_ab(const double&, const double&, const double&, int, int);
template real50 betainc_in_ab(const real50&, const real50&, const real50&, int, int);

}  // namespace num
}  // namespace reel
