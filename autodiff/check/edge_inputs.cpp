// SPDX-License-Identifier: MIT
#include <reel/autodiff/check/edge_inputs.hpp>

#include "check/rule.hpp"
#include "check/work.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace reel::check {

namespace {

constexpr double minus_infinity = -std::numeric_limits<double>::infinity();

// An input of another shape, filled by the number at each position.
template <class F> argument filled(const argument& like, const shape& s, F number) {
  reals all;
  for (index_t i = 0; i < s.size(); ++i) all.push_back(number(static_cast<std::size_t>(i)));
  return {s, std::move(all), like.kind()};
}

// The real inputs as `number` says, the others as they are.
template <class F> arguments with_numbers(const arguments& x, F number) {
  arguments y;
  for (const argument& a : x)
    y.push_back(a.kind() == kind::real ? filled(a, a.shape(), [&](std::size_t i) { return number(a, i); })
                                       : a);
  return y;
}

// All sizes but those of 1 set to `size`: 0 along the first axis, or 1 along every one.
arguments resized(const arguments& x, bool empty) {
  arguments y;
  for (const argument& a : x) {
    shape s = a.shape();
    for (std::size_t axis = 0; axis < s.rank(); ++axis)
      if (!empty || axis == 0) s = s.with(axis, empty ? 0 : 1);
    y.push_back(filled(a, s, [&](std::size_t) { return a.numbers().empty() ? 0 : a.numbers()[0]; }));
  }
  return y;
}

// Where differences cannot be taken: no NaN may come from a rule whose values are all numbers, and none
// from a cotangent of 0.
edge_input_case without_oracle(const subject& s) {
  const rule r(s);
  if (r.x.empty() || r.y.empty()) return {"", verdict::inconclusive, "nothing to differentiate"};
  point zero, ones;
  for (const var& y : r.y) {
    zero.emplace_back(static_cast<std::size_t>(y.size()), 0.0);
    ones.emplace_back(static_cast<std::size_t>(y.size()), 1.0);
  }
  const auto has_nan = [](const auto& arrays) {
    return std::any_of(arrays.begin(), arrays.end(), [](const auto& a) {
      return std::any_of(a.begin(), a.end(), [](double v) { return std::isnan(v); });
    });
  };
  replay<double> values(r.y, r.x);
  for (std::size_t i = 0; i < r.at.size(); ++i)
    std::copy(r.at[i].begin(), r.at[i].end(), values.given(i).begin());
  values.run();
  bool nan = false;
  for (std::size_t i = 0; i < values.result_count(); ++i)
    for (const double v : values.result(i)) nan = nan || std::isnan(v);
  rule_run<double> run(r);
  if (has_nan(run(r.at, zero))) return {"", verdict::fail, "a cotangent of 0 gives NaN"};
  if (nan) return {"", verdict::inconclusive, "the values are NaN"};
  if (has_nan(run(r.at, ones))) return {"", verdict::fail, "the values are numbers, the cotangents NaN"};
  return {"", verdict::pass, "no NaN"};
}

}  // namespace

edge_inputs_report edge_inputs(const subject_maker& make, const arguments& x, const options& o) {
  const work_limit budget(o.seconds);
  edge_inputs_report report;
  const auto attempt = [&](const char* kind, const arguments& numbers, bool aliased, bool finite) {
    edge_input_case c{.kind = kind};
    try {
      const subject s = make(numbers, aliased);
      report.subject = fmt::format("edge_inputs({})", s.name());
      if (finite) {
        const auto r = vjp(s, o);
        c.outcome = r.outcome;
        c.what = r.outcome == verdict::fail ? to_string(r) : r.reason;
      } else {
        c = without_oracle(s);
        c.kind = kind;
      }
    } catch (const error& e) {
      c.outcome = verdict::inconclusive;
      c.what = fmt::format("refused: {}", e.what());
    } catch (const out_of_work&) {
      c.outcome = verdict::inconclusive;
      c.what = fmt::format("the work it may take is used up: `seconds` is {:.3g}. Give it more.", o.seconds);
    }
    report.cases.push_back(std::move(c));
  };
  attempt("empty", resized(x, true), false, true);
  attempt("one element", resized(x, false), false, true);
  attempt("ties", with_numbers(x, [](const argument& a, std::size_t) { return a.numbers()[0]; }), false,
          true);
  attempt("zeros", with_numbers(x, [](const argument&, std::size_t) { return 0.0; }), false, true);
  attempt("range 700",
          with_numbers(x, [](const argument&, std::size_t i) { return i % 2 == 0 ? -350.0 : 350.0; }), false,
          true);
  attempt("-inf",
          with_numbers(
              x, [](const argument& a, std::size_t i) { return i == 0 ? minus_infinity : a.numbers()[i]; }),
          false, false);
  const auto is_real = [](const argument& a) { return a.kind() == kind::real; };
  const auto first = std::find_if(x.begin(), x.end(), is_real);
  if (std::count_if(x.begin(), x.end(), is_real) > 1 && first == x.begin() &&
      std::all_of(x.begin(), x.end(),
                  [&](const argument& a) { return !is_real(a) || a.shape() == first->shape(); }))
    attempt("aliased", x, true, true);
  return report;
}

std::string to_string(const edge_inputs_report& r) {
  std::string text = fmt::format("{}  {}", r ? "PASS" : "FAIL", r.subject);
  for (const edge_input_case& c : r.cases)
    text += fmt::format("\n  {:<12} {:<13} {}", c.kind, name(c.outcome), c.what);
  return text;
}
std::ostream& operator<<(std::ostream& os, const edge_inputs_report& r) { return os << to_string(r); }

}  // namespace reel::check
