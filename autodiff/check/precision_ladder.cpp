// SPDX-License-Identifier: MIT
#include <reel/autodiff/check/precision.hpp>

#include "check/vjp_comparison.hpp"
#include "check/explain.hpp"

#include <ostream>

namespace reel::check {

namespace {

// |got − want| in roundoffs of T, of all arrays from `first` to `last`, one after another.
template <class T>
reals errors(const std::vector<std::vector<T>>& got, const std::vector<std::vector<real50>>& want,
             double& ulps) {
  reals e;
  for (std::size_t i = 0; i < got.size(); ++i)
    for (std::size_t k = 0; k < got[i].size(); ++k) {
      const double off = std::abs(static_cast<double>(real50(got[i][k]) - want[i][k])) / unit_roundoff<T>;
      const double size = std::abs(static_cast<double>(want[i][k]));
      e.push_back(off);
      if (size > 0) ulps = std::max(ulps, off / size);
    }
  return e;
}

reals joined(std::span<const node_bounds> bounds) {
  reals all;
  for (const node_bounds& b : bounds) all.insert(all.end(), b.error.begin(), b.error.end());
  return all;
}

double largest_share(const reals& error, const reals& bound) {
  double share = 0;
  for (std::size_t i = 0; i < bound.size(); ++i)
    if (error[i] > 0) share = std::max(share, error[i] / bound[i]);
  return share;
}

template <class T> rounding_study study(const rule& r, const point& ybar) {
  rounding_study s{.number = dtype_of<T>, .unit = unit_roundoff<T>};
  rule values = r;
  values.xbar = r.y;
  rule_run<real50> exact_values(values), exact(r);
  s.value = errors<T>(rule_run<T>(values)(r.at, ybar), exact_values(r.at, ybar), s.value_ulps);
  s.cotangent = errors<T>(rule_run<T>(r)(r.at, ybar), exact(r.at, ybar), s.cotangent_ulps);
  if (const auto b = rounding_bounds(exact_values.replayed(), ids(r.y))) s.value_bound = joined(*b);
  if (const auto b = rounding_bounds(exact.replayed(), ids(r.xbar))) s.cotangent_bound = joined(*b);
  s.share = std::max(largest_share(s.value, s.value_bound), largest_share(s.cotangent, s.cotangent_bound));
  return s;
}

// The numbers as T holds them; false where it does not.
template <class T> bool round_to(point& x) {
  for (reals& a : x)
    for (double& v : a) {
      const auto f = static_cast<double>(static_cast<T>(v));
      if (!std::isfinite(f) && std::isfinite(v)) return false;
      v = f;
    }
  return true;
}

rule checked_rule(const subject& s, const options& o) {
  rule r = rule_of(s, o);
  if (r.x.empty() || r.y.empty())
    throw error(errc::invalid_argument, "check", s.where(), "it has no input or no result of kind real.");
  if (!r.has_numbers(dtype::real50))
    throw error(errc::unsupported_number, "check", s.where(),
                "an op in it has no body for 50 digits to compare with.");
  return r;
}

}  // namespace

std::vector<rounding_study> ulps(const subject& s, const options& o) {
  std::vector<rounding_study> all;
  const auto study_in = [&]<class T>(T) {
    rounding_study done{.number = dtype_of<T>, .unit = unit_roundoff<T>};
    bool holds = true;
    done.reason = attempt(o.seconds, [&] {
      rule r = checked_rule(s, o);
      random_numbers random(o.seed);
      const point ybar = r.random_cotangent(random);
      holds = r.has_numbers(dtype_of<T>) && round_to<T>(r.at);
      if (holds) done = study<T>(r, ybar);
    });
    if (holds) all.push_back(std::move(done));
  };
  const work_limit budget(o.seconds);
  study_in(float());
  study_in(double());
  return all;
}

namespace {

template <class T>
precision rung(const rule& r, const point& ybar, const std::vector<expected<real50>>& want) {
  const auto a = rule_run<T>(r)(r.at, ybar);
  precision p{.number = dtype_of<T>};
  double size = 0, margin = 0;
  for (const auto& e : want) {
    p.error = std::max(p.error, std::abs(static_cast<double>(real50(a[e.input][e.at]) - e.value)));
    size = std::max(size, std::abs(static_cast<double>(e.value)));
    margin = std::max(margin, e.margin);
  }
  if (size > 0) p.error /= size;
  p.allowed = size > 0 ? margin / size : 0;
  return p;
}

precision_ladder_report precision_ladder_of(rule r, const options& o) {
  const point start = r.at;
  const bool narrow = r.has_numbers(dtype::f32) && round_to<float>(r.at);
  if (!narrow) r.at = start;
  verdict_builder v("precision_ladder", "", {}, o);
  vjp_comparison<real50> e(r, o, v);
  e.every_element();
  precision_ladder_report report;
  if (narrow) report.rungs.push_back(rung<float>(r, e.seed(), e.expectations()));
  if (r.has_numbers(dtype::f64)) report.rungs.push_back(rung<double>(r, e.seed(), e.expectations()));
  report.rungs.push_back(rung<real50>(r, e.seed(), e.expectations()));
  for (const auto& want : e.expectations()) {
    const auto off = e.cotangents()[want.input][want.at] - want.value;
    report.wrong_formula = report.wrong_formula || !(std::abs(static_cast<double>(off)) <= want.margin);
  }
  return report;
}

}  // namespace

std::vector<precision> rungs_of(const rule& r, const options& o) { return precision_ladder_of(r, o).rungs; }

precision_ladder_report precision_ladder(const subject& s, const options& o) {
  precision_ladder_report report;
  const auto reason = attempt(o.seconds, [&] { report = precision_ladder_of(checked_rule(s, o), o); });
  report.subject = of_order(s.name(), o);
  report.reason = reason;
  return report;
}

std::string to_string(const precision_ladder_report& r) {
  if (!r.reason.empty()) return "INCONCLUSIVE: " + r.reason;
  std::string text;
  for (const precision& p : r.rungs)
    text += fmt::format("{}{} {:.1e}", text.empty() ? "" : " | ", name(p.number), p.error);
  return text + (r.wrong_formula ? "  → wrong formula, not rounding" : "  → rounding");
}
std::ostream& operator<<(std::ostream& os, const precision_ladder_report& r) { return os << to_string(r); }

}  // namespace reel::check
