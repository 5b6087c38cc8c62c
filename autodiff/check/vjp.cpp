// SPDX-License-Identifier: MIT
// The verdict on a rule: its cotangents against those that differences of values imply.
#include "check/vjp.hpp"

#include "check/vjp_comparison.hpp"
#include "check/explain.hpp"

#include <reel/autodiff/check/tape.hpp>
#include <reel/autodiff/node.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace reel::check {

namespace {

constexpr double announced = 10;      // seconds of work from which on the user is told
constexpr double per_element = 2e-7;  // seconds one 50-digit operation takes, roughly

// Elements computed by one evaluation. The product of the sizes of a matrix product's operands and
// result is the square of its multiplications.
double work(const rule& r) {
  const recording& nodes = r.source();
  std::vector<char> seen(nodes.nodes.size());
  for (const var& v : r.y) seen[v.id()] = true;
  double total = 0;
  for (node_id n = static_cast<node_id>(seen.size()); n-- > 0;) {
    if (!seen[n] || nodes.nodes[n].role != tape::role::computed) continue;
    const auto out = static_cast<double>(nodes.shape_of(n).size());
    double product = out, most = out;
    for (const node_id i : nodes.inputs_of(n)) {
      seen[i] = true;
      const auto size = static_cast<double>(nodes.shape_of(i).size());
      product *= size;
      most = std::max(most, size);
    }
    const auto& traits = *nodes.op_of(n).traits;
    total += traits.elementwise || traits.any_kind || traits.arity != 2 ? most
                                                                        : std::max(most, std::sqrt(product));
  }
  return total;
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

}  // namespace

judgement::judgement(const char* kind, const std::string& subject, const place& where, const options& o)
    : started_(std::chrono::steady_clock::now()), options_(o) {
  report_.subject = fmt::format("{}({})", kind, subject);
  report_.where = where;
  report_.seed = o.seed;
}

void judgement::add(const comparison& c) {
  const double off = std::abs(c.difference), margin = c.oracle_error + c.allowed;
  // A rule that gives NaN or an infinity where the oracle has a number is wrong.
  const double ratio = std::isnan(off) ? infinite : off == 0 ? 0 : off / margin;
  if (c.scale > 0 && std::isfinite(margin))
    report_.detection_limit = std::max(report_.detection_limit, margin / c.scale);
  if (c.oracle_error > 0 && std::isfinite(margin)) flat_limit_ = std::max(flat_limit_, margin);
  if (ratio < worst_ratio_) return;
  worst_ratio_ = ratio;
  report_.worst = {
      c.input, static_cast<index_t>(c.at), c.name, c.rule, c.oracle, c.difference, c.oracle_error, c.allowed};
}

void judgement::decide(verdict v, std::string reason) {
  if (report_.outcome == verdict::fail || (decided_ && v != verdict::fail)) return;
  decided_ = true;
  report_.outcome = v;
  report_.reason = std::move(reason);
}

report judgement::finish(std::size_t evaluations) {
  if (report_.detection_limit == 0) report_.detection_limit = flat_limit_;
  if (worst_ratio_ > 1) {
    decided_ = false;
    decide(verdict::fail, fmt::format("{} is {:.4g}, the oracle says {:.4g}", report_.worst.name,
                                      report_.worst.rule, report_.worst.oracle));
  } else if (const auto broken =
                 std::ranges::find_if(report_.identities, [](const auto& i) { return !i.holds(); });
             broken != report_.identities.end()) {
    decide(verdict::fail,
           fmt::format("'{}', which its author declares, is off by {:.2g} roundings in {}, where {:.2g} are "
                       "allowed. No element of a cotangent is off, so it is not so.",
                       broken->text, broken->error, name(broken->number), broken->allowed));
  } else if (!decided_ && report_.detection_limit > options_.target) {
    decide(verdict::inconclusive,
           fmt::format("it could not have noticed an error below {:.1e}; wanted is {:.1e}. {}",
                       report_.detection_limit, options_.target,
                       "The values are too noisy for better: check it at other numbers, or give the op a "
                       "body for 50 digits."));
  } else if (!decided_) {
    decide(verdict::pass, "");
  }
  report_.evaluations += evaluations;
  report_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  return report_;
}

namespace {

// Which oracle, and whether it can look at every element.
struct plan {
  check::oracle oracle;
  bool all;
  std::size_t probes = 2;
  double seconds = 0;
  double one_in_digits = 0;  // what one direction in 50 digits would take, if that is left to try
};

template <class T, class Source = differences<T>>
void examine(const rule& r, const options& o, judgement& j, const plan& p) {
  examination<T, Source> e(r, o, j);
  if (p.all) e.every_element();
  else e.probes(p.probes);
  j.result().evaluations += e.evaluations();
}

report carry_out(const plan& p, const rule& r, const char* kind, const std::string& name, const place& where,
                 const options& o);

plan plan_for(const rule& r, const options& o) {
  const bool digits = r.has_numbers(element::real50);
  const double columns =
      r.elementwise() ? static_cast<double>(r.x.size()) : static_cast<double>(r.input_size());
  const double once = 8 * work(r) * per_element;
  plan p{.oracle = o.oracle, .all = columns * once < o.seconds, .seconds = columns * once};
  if (o.oracle == oracle::automatic)
    p.oracle = !digits || (!p.all && 2 * once > o.seconds / 10) ? oracle::in_double : oracle::fifty_digits;
  if (p.oracle == oracle::fifty_digits && !digits)
    throw error(errc::unsupported_number, "check", r.y[0].where(),
                "an op in it has no body for 50 digits. Use oracle::in_double.");
  const bool values_are_analytic = has_bodies(r.source(), ids(r.y), ids(r.x), element::complex);
  if (p.oracle == oracle::complex_step && !values_are_analytic)
    throw error(errc::unsupported_number, "check", r.y[0].where(),
                "an op in it does not declare itself analytic, so a complex step says nothing about it.");
  const bool could_be_exact = o.oracle == oracle::automatic && p.oracle == oracle::in_double && digits;
  if (could_be_exact && once < o.seconds) p.one_in_digits = once;
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

}  // namespace

report check_rule(const rule& r, const char* kind, const std::string& name, const place& where,
                  const options& o) {
  if (r.x.empty() || r.y.empty()) {
    judgement j(kind, name, where, o);
    j.decide(verdict::inconclusive, r.x.empty() ? "it has no input of kind real to differentiate by."
                                                : "it has no result of kind real to differentiate.");
    return j.finish(0);
  }
  const plan p = plan_for(r, o);
  if (o.announce && p.seconds > announced) o.announce(p.seconds);
  report done = carry_out(p, r, kind, name, where, o);
  // Double was not good enough, which happens among kinks: then one direction in 50 digits.
  if (p.one_in_digits > 0 && done.outcome == verdict::inconclusive && done.detection_limit > o.target) {
    if (o.announce && p.one_in_digits > announced) o.announce(p.one_in_digits);
    const plan exact{.oracle = oracle::fifty_digits, .all = false, .probes = 1};
    done = carry_out(exact, r, kind, name, where, o);
  }
  return done;
}

namespace {

report carry_out(const plan& p, const rule& r, const char* kind, const std::string& name, const place& where,
                 const options& o) {
  judgement j(kind, name, where, o);
  j.result().inputs = describe_inputs(r);
  j.result().oracle = describe(p);
  if (!r.has_numbers(element::real50)) j.result().oracle += ", for want of a body for 50 digits";
  if (p.oracle == oracle::fifty_digits) examine<real50>(r, o, j, p);
  else if (p.oracle == oracle::in_double) examine<double>(r, o, j, p);
  else examine<double, complex_steps>(r, o, j, p);
  const bool exact = p.oracle == oracle::fifty_digits && p.all;
  if (o.rounding && exact) examine_rounding(r, j);
  auto done = j.finish(0);
  if (done.outcome == verdict::fail && o.explain && exact) explain(r, o, done);
  return done;
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
  const blame_report b = blame(loss, plain);
  if (b.faults.empty()) return {};
  const blamed& f = b.faults[0];
  const auto line = to_string(f.where);
  return fmt::format("node {} of {}, {}{}{}   ({} tail checks; what comes after it is verified)", f.node,
                     seen.size(), f.op, line.empty() ? "" : ", ", line, f.tail_checks);
}

}  // namespace

report pull(const subject& s, const options& o) {
  report r = check_order(s, o);
  const auto y = s.outputs();
  if (r.outcome == verdict::fail && o.explain && o.order == 1 && y.size() == 1 && y[0].size() == 1)
    r.blamed = blame_for(y[0], o);
  return r;
}

report check_order(const subject& s, const options& o) {
  return check_rule(rule_of(s, o), "pull", of_order(s.name(), o), s.where(), o);
}

}  // namespace reel::check
