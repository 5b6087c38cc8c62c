// SPDX-License-Identifier: MIT
#include <reel/autodiff/check/directions.hpp>

#include "check/explain.hpp"
#include "check/json.hpp"
#include "check/line.hpp"
#include "check/vjp_comparison.hpp"

#include "tape/inspect.hpp"

#include <reel/autodiff/node.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>
#include <set>

namespace reel::check {

namespace {

// A subject's rule with Jv recorded beside it.
struct pushed {
  rule r;
  std::vector<var> v, Jv;
  pushed(const subject& s, const options& o) : r(rule_of(s, o)) {
    recording& nodes = r.source();
    for (const var& x : r.x)
      v.push_back(nodes.append_leaf({tape::role::input, dtype::f64, x.shape(), nullptr}, x.where()));
    as_refusal("jvp", s.where(), [&] {
      for (const var& t : reel::jvp(r.y, r.x, v)) Jv.push_back(detail::rewrap(t));
    });
  }
  // Forward mode is the transpose of the rule, which a rule that is not linear in ȳ has not: then Jv depends
  // on the symbol that stands for ȳ.
  bool is_linear() const {
    const recording& nodes = r.source();
    return std::ranges::none_of(Jv, [&](const var& t) {
      const auto seen = dependencies(t);
      for (node_id n = 0; n < seen.size(); ++n)
        if (seen[n] && nodes.nodes[n].role == tape::role::cotangent) return true;
      return false;
    });
  }
  // As a rule of its own: Jv, given x and v.
  rule as_rule() const {
    rule forward = r;
    forward.ybar = v;
    forward.xbar = Jv;
    return forward;
  }
};

bool has_derivative(const subject& s, verdict_builder& j) {
  if (!s.inputs().empty() && !s.outputs().empty()) return true;
  j.decide(verdict::inconclusive, "it has no input or no result of kind real.");
  return false;
}

std::string tangent_name(const pushed& p, std::size_t i, std::size_t k) {
  return fmt::format("Jv{}", detail::position(p.r.y[i].shape(), k));
}

bool is_linear(const pushed& p, verdict_builder& j) {
  if (p.is_linear()) return true;
  j.decide(verdict::fail,
           "its rule is not linear in the cotangent, so that it is no transpose of a derivative.");
  return false;
}

// Returns the elements of values that lie on a kink.
template <class T>
std::set<std::pair<std::size_t, std::size_t>> compare_pushed(const pushed& p, const options& o,
                                                             verdict_builder& j, int probes) {
  std::set<std::pair<std::size_t, std::size_t>> kinks;
  random_numbers random(o.seed);
  const rule forward = p.as_rule();
  differences<T> values(p.r.y, p.r.x, p.r.at);
  require_work(probes * evaluations_per_slope * values.cost());
  rule_run<T> run(forward);
  for (int probe = 0; probe < probes; ++probe) {
    point v;
    for (const reals& x : p.r.at) v.push_back(random.generic(x.size()));
    const auto a = run(p.r.at, v);
    const auto d = values.along(v, std::same_as<T, real50> ? 1e-34 : 1e-11);
    std::optional<std::vector<node_bounds>> bounds;
    if constexpr (std::same_as<T, real50>) bounds = rounding_bounds(run.replayed(), ids(p.Jv));
    double scale = 0;  // of the slopes that values show
    for (std::size_t k = 0; k < d.value.size(); ++k)
      if (const double slope = std::abs(static_cast<double>(d.value[k])); slope > d.bar[k])
        scale = std::max(scale, slope);
    std::size_t at = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
      for (std::size_t k = 0; k < a[i].size(); ++k, ++at) {
        if (d.kink[at]) {
          kinks.emplace(i, k);
          j.decide(verdict::nonsmooth, fmt::format("y{} lies on a kink along a direction",
                                                   detail::position(p.r.y[i].shape(), k)));
          continue;
        }
        const double claimed = std::abs(static_cast<double>(a[i][k]));
        const double error = bounds ? (*bounds)[i].error[k] : 0x1p20 * (claimed + scale);
        if (!std::isfinite(d.bar[at])) {
          j.decide(
              verdict::inconclusive,
              values.refused().empty()
                  ? "values along a direction are not finite, or their slopes are beyond the largest double."
                  : "numbers along a direction were refused: " + values.refused());
          continue;
        }
        if (scale == 0 && claimed <= d.bar[at] &&
            (std::same_as<T, double> || claimed > unit_roundoff<T> * error))
          j.decide(
              verdict::inconclusive,
              fmt::format("no value moves by more than its rounding, which hides every slope below {:.1e}. "
                          "Check it at other numbers.",
                          d.bar[at]));
        j.add({.input = i,
               .at = k,
               .name = tangent_name(p, i, k),
               .rule = static_cast<double>(a[i][k]),
               .oracle = static_cast<double>(d.value[at]),
               .difference = static_cast<double>(a[i][k] - d.value[at]),
               .oracle_error = d.bar[at],
               .allowed = unit_roundoff<T> * error,
               .scale = scale});
      }
  }
  j.result().evaluations += values.evaluations();
  return kinks;
}

}  // namespace

report jvp(const subject& s, const options& o, int probes) {
  verdict_builder j("jvp", of_order(s.name(), o), s.where(), o);
  if (!has_derivative(s, j)) return j.finish(0);
  j.unfinished(attempt(o.seconds, [&] {
    const pushed p(s, o);
    if (!is_linear(p, j)) return;
    const rule forward = p.as_rule();
    const bool digits = forward.has_numbers(dtype::real50);
    j.result().oracle = digits ? "differences in 50 digits" : "differences in double";
    if (!digits) return static_cast<void>(compare_pushed<double>(p, o, j, probes));
    const auto kinks = compare_pushed<real50>(p, o, j, probes);
    if (o.rounding)
      compare_rounding(
          forward, [&](auto i, auto k) { return tangent_name(p, i, k); },
          [&](auto i, auto k) {
            return kinks.contains({i, k});
          },
          j);
  }));
  return j.finish(0);
}

namespace {

// ⟨a, b⟩, the size of its terms, and what e roundings of each a[i] make of it.
template <class T> struct product {
  T sum{0};
  double terms = 0, allowed = 0;
  void add(const std::vector<std::vector<T>>& a, const point& b, const std::vector<node_bounds>& e) {
    std::size_t n = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
      for (std::size_t k = 0; k < a[i].size(); ++k, ++n) {
        sum = sum + a[i][k] * T(b[i][k]);
        terms += std::abs(static_cast<double>(a[i][k]) * b[i][k]);
        allowed += e[i].error[k] * std::abs(b[i][k]);
      }
    allowed = unit_roundoff<T> * (allowed + static_cast<double>(n + 2) * terms);
  }
};

template <class T>
void compare_products(const pushed& p, const point& v, const point& w, const std::vector<node_bounds>& of_jvp,
                      const std::vector<node_bounds>& of_vjp, verdict_builder& j) {
  if (!p.r.has_numbers(dtype_of<T>)) return;
  // the two directions are exact in every type, the numbers of x are rounded alike on both sides
  product<T> forward, reverse;
  forward.add(rule_run<T>(p.as_rule())(p.r.at, v), w, of_jvp);
  reverse.add(rule_run<T>(p.r)(p.r.at, w), v, of_vjp);
  const double size = forward.terms + reverse.terms;
  const double error = std::abs(static_cast<double>(forward.sum - reverse.sum));
  const double allowed = forward.allowed + reverse.allowed;
  j.result().numbers.push_back({dtype_of<T>, size > 0 ? error / size : 0, size > 0 ? allowed / size : 0});
  j.add({.input = 0,
         .at = 0,
         .name = fmt::format("⟨Jv, w⟩ against ⟨v, Jᵀw⟩ in {}", name(dtype_of<T>)),
         .rule = static_cast<double>(forward.sum),
         .oracle = static_cast<double>(reverse.sum),
         .difference = static_cast<double>(forward.sum - reverse.sum),
         .oracle_error = 0,
         .allowed = allowed,
         .scale = std::same_as<T, real50> ? size : 0});
}

}  // namespace

namespace {

void compare_directions(const subject& s, const options& o, verdict_builder& j) {
  const pushed p(s, o);
  if (!is_linear(p, j)) return;
  random_numbers random(o.seed);
  point v;
  for (const reals& x : p.r.at) v.push_back(random.generic(x.size()));
  const point w = p.r.random_cotangent(random);
  j.result().oracle = "reverse mode";
  if (!p.as_rule().has_numbers(dtype::real50)) {
    j.decide(verdict::inconclusive, "an op in it has no body for 50 digits, from which rounding is bounded.");
    return;
  }
  rule_run<real50> jvp_run(p.as_rule()), vjp_run(p.r);
  jvp_run(p.r.at, v);
  vjp_run(p.r.at, w);
  const auto of_jvp = rounding_bounds(jvp_run.replayed(), ids(p.Jv)),
             of_vjp = rounding_bounds(vjp_run.replayed(), ids(p.r.xbar));
  if (!of_jvp || !of_vjp) {
    j.decide(verdict::inconclusive, "it is too large for an analysis of rounding errors.");
    return;
  }
  const extent range = extent_of(vjp_run.replayed());
  if (range.fits<float>()) compare_products<float>(p, v, w, *of_jvp, *of_vjp, j);
  if (range.fits<double>()) compare_products<double>(p, v, w, *of_jvp, *of_vjp, j);
  compare_products<real50>(p, v, w, *of_jvp, *of_vjp, j);
}

}  // namespace

report adjoint(const subject& s, const options& o) {
  verdict_builder j("adjoint", of_order(s.name(), o), s.where(), o);
  if (!has_derivative(s, j)) return j.finish(0);
  j.unfinished(attempt(o.seconds, [&] { compare_directions(s, o, j); }));
  return j.finish(0);
}

namespace {

// The slope of log size over log step.
double slope_of(std::span<const remainder> window) {
  double mx = 0, my = 0, xy = 0, xx = 0;
  const auto n = static_cast<double>(window.size());
  for (const remainder& r : window) mx += std::log2(r.step) / n, my += std::log2(r.size) / n;
  for (const remainder& r : window) {
    const double x = std::log2(r.step) - mx;
    xy += x * (std::log2(r.size) - my);
    xx += x * x;
  }
  return xy / xx;
}

template <class T> void follow(const rule& r, const options& o, taylor_report& t) {
  random_numbers random(o.seed);
  const point ybar = r.random_cotangent(random);
  point v;
  double smallest = 1;
  for (const reals& x : r.at) {
    v.push_back(random.generic(x.size()));
    for (const double a : x)
      if (a != 0) smallest = std::min(smallest, std::abs(a));
  }
  const auto xbar = rule_run<T>(r)(r.at, ybar);
  T slope(0);
  double terms = 0;
  for (std::size_t i = 0; i < v.size(); ++i)
    for (std::size_t k = 0; k < v[i].size(); ++k) {
      slope = slope + xbar[i][k] * T(v[i][k]);
      terms += std::abs(static_cast<double>(xbar[i][k]) * v[i][k]);
    }
  line_of<T> line(r, v, ybar);
  const T start = line(0);
  const double noise = 256 * unit_roundoff<T> * line.size();
  const int last = std::same_as<T, real50> ? 70 : 24;
  std::vector<remainder> all;
  std::string refused;
  const auto remainder_at = [&](double h) {
    try {
      return std::abs(static_cast<double>(line(h) - start - T(h) * slope));
    } catch (const refusal& e) {  // a smaller step may stay inside the domain
      refused = e.what();
      return 0.0;
    }
  };
  bool beyond = false;
  for (int e = 2; e <= last; e += 2) {
    const double h = std::ldexp(smallest, -e), size = remainder_at(h);
    if (std::isnan(size)) {
      t.outcome = verdict::fail;
      t.reason = fmt::format("the remainder is NaN at h = {:.1e}", h);
      return;
    }
    const double seen = 64 * (noise + 256 * unit_roundoff<T> * h * terms);
    if (size > seen) all.push_back({h, size}), beyond = false;
    // Any power of h up to the sixth of a remainder like this would show at a quarter of its step.
    else if (!all.empty() && all.back().step == 4 * h) beyond = all.back().size > 4096 * seen;
  }
  // A kink or a jump ends where larger steps reach; short of it nothing remains.
  if (beyond && refused.empty()) all.clear();
  // The steps smaller than the first half of them: there the lowest power of h rules.
  t.window.assign(all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2), all.end());
  if (all.empty() && refused.empty()) {
    t.rate = infinite;
    t.outcome = verdict::pass;
    t.reason = "nothing remains: it is linear along this line";
  } else if (t.window.size() < 2) {
    t.reason = refused.empty() ? "too few steps above the noise to tell a rate"
                               : "numbers along this line were refused: " + refused;
  } else {
    t.rate = slope_of(t.window);
    t.outcome = t.rate >= 1.95 ? verdict::pass : verdict::fail;
    if (t.outcome == verdict::fail) t.reason = "the remainder falls too slowly: the slope along v is wrong";
  }
}

}  // namespace

double taylor_rate_of(const rule& r, const options& o) {
  taylor_report t;
  follow<real50>(r, o, t);
  return t.rate;
}

taylor_report taylor(const subject& s, const options& o) {
  taylor_report t{.subject = fmt::format("taylor({})", s.name()), .seed = o.seed};
  const auto unfinished = attempt(o.seconds, [&] {
    const rule r = rule_of(s, o);
    if (r.x.empty() || r.y.empty()) t.reason = "it has no input or no result of kind real.";
    else if (r.has_numbers(dtype::real50)) follow<real50>(r, o, t);
    else follow<double>(r, o, t);
  });
  if (!unfinished.empty()) t.reason = unfinished;
  return t;
}

std::string to_string(const taylor_report& r) {
  std::string text =
      fmt::format("{}  {}   rate {:.4f} (want 2)   seed {:#x}", name(r.outcome), r.subject, r.rate, r.seed);
  if (!r.reason.empty()) text += "\n  because    " + r.reason;
  return text;
}
std::string to_json(const taylor_report& r) {
  std::vector<json> window;
  for (const remainder& m : r.window) window.push_back(json().add("step", m.step).add("size", m.size));
  return json()
      .add("outcome", name(r.outcome))
      .add("subject", r.subject)
      .add("reason", r.reason)
      .add("rate", r.rate)
      .add("window", window)
      .add("seed", r.seed)
      .text();
}
std::ostream& operator<<(std::ostream& os, const taylor_report& r) { return os << to_string(r); }

}  // namespace reel::check
