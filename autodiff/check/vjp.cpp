// SPDX-License-Identifier: MIT
// The verdict on a rule: its cotangents against those that differences of values imply.
#include "check/vjp.hpp"

#include "check/direction_probes.hpp"
#include "check/explain.hpp"
#include "check/vjp_comparison.hpp"

#include <reel/autodiff/check/tape.hpp>
#include <reel/autodiff/node.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace reel::check {

namespace {

constexpr double announced = 10;         // seconds of work from which on the user is told
constexpr double per_element = 2e-7;     // seconds one 50-digit operation takes at least, roughly
constexpr double share_of_slopes = 0.7;  // of the budget; what is left is for rounding and explanations

// Seconds that one evaluation in 50 digits takes if every op is as cheap as a product.
double least_cost(const rule& r) {
  const recording& nodes = r.source();
  std::vector<char> seen(nodes.nodes.size());
  for (const var& v : r.y) seen[v.id()] = true;
  double total = 0;
  for (node_id n = static_cast<node_id>(seen.size()); n-- > 0;) {
    if (!seen[n]) continue;
    total += elements_computed(nodes, n);
    for (const node_id i : nodes.inputs_of(n)) seen[i] = true;
  }
  return total * per_element;
}

// ... as it is, if trying it is no more than a part of the budget.
double cost_in_digits(const rule& r, const options& o) {
  const double least = least_cost(r);
  if (!r.has_numbers(dtype::real50) || 16 * least > o.seconds) return least;
  replay<real50> values(r.y, r.x);
  for (std::size_t i = 0; i < r.x.size(); ++i)
    std::ranges::transform(r.at[i], values.given(i).begin(), [](double v) { return real50(v); });
  values.run();
  return std::max(least, values.cost());
}

std::string describe_inputs(const rule& r) {
  std::string text;
  for (std::size_t i = 0; i < r.x.size() && i < 4; ++i) {
    const auto named = r.x[i].name().empty() ? "" : fmt::format(" '{}'", r.x[i].name());
    const auto dims = r.x[i].shape().is_scalar() ? "" : to_string(r.x[i].shape());
    text += fmt::format("{}input {}{} double{}", i == 0 ? "" : ", ", i, named, dims);
  }
  return r.x.size() > 4 ? text + fmt::format(", … {} in all", r.x.size()) : text;
}

// Which oracle, and whether it can look at every element.
struct plan {
  check::oracle oracle;
  bool all;
  std::size_t probes = 2;
  double seconds = 0;
  double one_in_digits = 0;  // what one direction in 50 digits would take, if that is left to try
};

plan plan_for(const rule& r, const options& o) {
  const bool digits = r.has_numbers(dtype::real50);
  if (o.oracle == oracle::fifty_digits && !digits)
    throw error(errc::unsupported_number, "check", r.y[0].where(),
                "an op in it has no body for 50 digits. Use oracle::in_double.");
  const bool values_are_analytic = has_bodies(r.source(), ids(r.y), ids(r.x), dtype::complex);
  if (o.oracle == oracle::complex_step && !values_are_analytic)
    throw error(errc::unsupported_number, "check", r.y[0].where(),
                "an op in it does not declare itself analytic, so a complex step says nothing about it.");
  const double columns =
      r.elementwise() ? static_cast<double>(r.x.size()) : static_cast<double>(r.input_size());
  if (const double least = columns * evaluations_per_slope * least_cost(r);
      o.announce && least < o.seconds && least > announced)
    o.announce(least);
  const double once = evaluations_per_slope * cost_in_digits(r, o);
  plan p{.oracle = o.oracle, .all = columns * once < share_of_slopes * o.seconds, .seconds = columns * once};
  if (o.oracle == oracle::automatic)
    p.oracle = !digits || (!p.all && 2 * once > o.seconds / 10) ? oracle::in_double : oracle::fifty_digits;
  const bool could_be_exact = o.oracle == oracle::automatic && p.oracle == oracle::in_double && digits;
  if (could_be_exact && once < share_of_slopes * o.seconds) p.one_in_digits = once;
  if (!p.all) p.seconds = 2 * once;
  if (p.oracle != oracle::fifty_digits) p.seconds /= 20;
  return p;
}

std::string describe(const plan& p) {
  const char* what = p.oracle == oracle::complex_step ? "complex steps"
                     : p.oracle == oracle::in_double  ? "differences in double"
                                                      : "differences in 50 digits";
  return p.all ? what : fmt::format("{} along directions of ±1", what);
}

// Of a function with one number as its result, the op whose rule is wrong.
std::string blame_for(const var& loss, const options& o) {
  const recording& r = loss.recording();
  const auto seen = dependencies(loss);
  std::size_t ops = 0;
  for (node_id n = 0; n < seen.size(); ++n)
    ops += seen[n] && r.nodes[n].role == tape::role::computed && r.nodes[n].kind == kind::real ? 1 : 0;
  if (ops < 2) return {};
  options plain = o;
  plain.explain = false;
  plain.seconds = work_left();
  const blame_report b = blame(loss, plain);
  if (b.faults.empty()) return {};
  const blamed& f = b.faults[0];
  const auto line = to_string(f.where);
  return fmt::format("node {} of {}, {}{}{}   ({} tail checks; what comes after it is verified)", f.node,
                     seen.size(), f.op, line.empty() ? "" : ", ", line, f.tail_checks);
}

// One rule, named and placed.
class vjp_check {
 public:
  vjp_check(std::string name, const source_location& where, const options& o)
      : name_(std::move(name)), where_(where), options_(o) {}

  report run(const rule& r) {
    if (r.x.empty() || r.y.empty()) {
      verdict_builder v("vjp", name_, where_, options_);
      v.decide(verdict::inconclusive, r.x.empty() ? "it has no input of kind real to differentiate by."
                                                  : "it has no result of kind real to differentiate.");
      return v.finish(0);
    }
    const plan p = plan_for(r, options_);
    require_work(4 * least_cost(r) + (p.all ? p.seconds : 0));
    if (options_.announce && p.seconds > announced) options_.announce(p.seconds);
    report done = carry_out(p, r);
    // Double was not good enough, which happens among kinks: then one direction in 50 digits.
    if (p.one_in_digits > 0 && done.outcome == verdict::inconclusive &&
        done.detection_limit > options_.target && p.one_in_digits < work_left()) {
      if (options_.announce && p.one_in_digits > announced) options_.announce(p.one_in_digits);
      done = carry_out({.oracle = oracle::fifty_digits, .all = false, .probes = 1}, r);
    }
    return done;
  }

  // INCONCLUSIVE, because nothing could be compared.
  report unfinished(const std::string& reason) {
    verdict_builder v("vjp", name_, where_, options_);
    v.unfinished(reason);
    return v.finish(0);
  }

 private:
  report carry_out(const plan& p, const rule& r) {
    verdict_builder v("vjp", name_, where_, options_);
    v.result().inputs = describe_inputs(r);
    v.result().oracle = describe(p);
    if (!r.has_numbers(dtype::real50)) v.result().oracle += ", for want of a body for 50 digits";
    v.unfinished(attempt(options_.seconds, [&] { compare(p, r, v); }));
    return v.finish(0);
  }

  void compare(const plan& p, const rule& r, verdict_builder& v) {
    if (p.oracle == oracle::complex_step) compare_by<double, complex_steps>(p, r, v);
    else if (p.oracle == oracle::in_double) compare_by<double, differences<double>>(p, r, v);
    else compare_by<real50, differences<real50>>(p, r, v);
  }

  template <class T, class Source> void compare_by(const plan& p, const rule& r, verdict_builder& v) {
    vjp_comparison<T, Source> c(r, options_, v);
    const auto count = [&] { v.result().evaluations += c.evaluations(); };
    try {
      if (p.all) c.every_element();
      else direction_probes<T, Source>(r, options_, c, v).run(p.probes);
    } catch (...) {
      count();
      throw;
    }
    count();
    if constexpr (std::same_as<T, real50>) {
      if (p.all && options_.rounding) {
        compare_identities(r, v);
        compare_rounding(
            r, [&](auto i, auto k) { return entry_name(r, i, k, "xbar"); },
            [&](auto i, auto k) { return c.on_kink(i, k); }, v);
      }
      if (p.all && options_.explain && v.fails()) explain(r, options_, c, v.result());
    }
  }

  std::string name_;
  source_location where_;
  const options& options_;
};

}  // namespace

report vjp(const subject& s, const options& o) {
  const work_limit budget(o.seconds);
  report r = check_order(s, o);
  const auto y = s.outputs();
  if (r.outcome == verdict::fail && o.explain && o.order == 1 && y.size() == 1 && y[0].size() == 1)
    r.blamed = blame_for(y[0], o);
  return r;
}

report check_order(const subject& s, const options& o) {
  vjp_check check(of_order(s.name(), o), s.where(), o);
  std::optional<report> done;
  const auto reason = attempt(o.seconds, [&] { done = check.run(rule_of(s, o)); });
  return done ? std::move(*done) : check.unfinished(reason);
}

}  // namespace reel::check
