// SPDX-License-Identifier: MIT
#include <reel/autodiff/check/report.hpp>

#include "check/digits.hpp"
#include "check/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>

namespace reel::check {

std::string_view name(verdict v) noexcept {
  constexpr std::string_view names[] = {"PASS", "FAIL", "INCONCLUSIVE", "NONSMOOTH"};
  return names[static_cast<std::size_t>(v)];
}

namespace {

std::string line(std::string_view what, const std::string& text) {
  return fmt::format("\n  {:<10} {}", what, text);
}

std::string headline(const report& r) {
  std::string text = fmt::format("{}  {}", name(r.outcome), r.subject);
  if (!r.inputs.empty()) text += "   " + r.inputs;
  return text + fmt::format("   seed {:#x}", r.seed);
}

std::string precisions(const report& r) {
  std::string text;
  const bool three_types = r.numbers.back().number == dtype::real50;
  for (const precision& p : r.numbers) {
    const auto [error, allowed] = tell_apart(p.error, p.allowed, 2, true);
    text += fmt::format("{}{} {}", text.empty() ? "" : " | ", name(p.number),
                        three_types ? fmt::format("{:.1e}", p.error) : error);
    if (!three_types) text += fmt::format(" (allowed {})", allowed);
  }
  return three_types && r.numbers.back().error > r.numbers.back().allowed
             ? text + " → wrong formula, not rounding"
             : text;
}

// "1^T xbar = 0: off by 0.3 of 41 roundings in float, ..."
std::vector<std::string> identities(const report& r) {
  std::vector<std::string> lines;
  for (const held_identity& i : r.identities) {
    const auto known = std::find_if(lines.begin(), lines.end(),
                                    [&](const std::string& l) { return l.starts_with(i.text + ":"); });
    const auto [error, allowed] = tell_apart(i.error, i.allowed, 2);
    const auto text = fmt::format("{} of {} roundings in {}{}", error, allowed, name(i.number),
                                  i.holds() ? "" : " → BROKEN");
    if (known != lines.end()) *known += " | " + text;
    else lines.push_back(i.text + ": " + text);
  }
  return lines;
}

// ", and 1^T xbar = 0"
std::string all_held(const report& r) {
  std::string text;
  for (const held_identity& i : r.identities)
    if (i.number == dtype::real50) text += (text.empty() ? ", and " : ", ") + i.text;
  return text;
}

}  // namespace

std::string to_string(const report& r) {
  if (r.outcome == verdict::pass)
    return fmt::format("{}   detection limit {:.1e}{}   {}{}   {:.2g} s", headline(r), r.detection_limit,
                       r.flat ? " absolute: no value moves" : "", r.oracle, all_held(r), r.seconds);
  std::string text = headline(r);
  const auto [rule, oracle] = tell_apart(r.worst.rule, r.worst.oracle, 7, true);
  if (const auto where = to_string(r.where); !where.empty()) text += line("checked at", where);
  if (!r.reason.empty()) text += line("because", r.reason);
  if (r.outcome == verdict::fail)
    text += line("worst", fmt::format("{}: rule {}, oracle {} ± {:.0e} ({}), allowed {:.1e}", r.worst.name,
                                      rule, oracle, r.worst.oracle_error, r.oracle, r.worst.allowed));
  if (r.detection_limit > 0)
    text += line("power", fmt::format("detection limit of this check {:.1e} {}", r.detection_limit,
                                      r.flat ? "absolute: no value moves" : "relative"));
  if (!r.blamed.empty()) text += line("blamed", r.blamed);
  for (const std::string& e : r.explanation) text += line("explains", e);
  if (!r.numbers.empty()) text += line("precision", precisions(r));
  for (const std::string& i : identities(r)) text += line("identity", i);
  std::string others;
  if (r.taylor_rate != 0) others = fmt::format("Taylor rate {:.2f} (want 2); ", r.taylor_rate);
  if (!r.repeatable || !others.empty())
    text += line("others",
                 others + (r.repeatable ? "bitwise repeatable" : "two evaluations differ: not repeatable"));
  return text;
}

std::string to_json(const report& r) {
  json j;
  j.add("outcome", name(r.outcome)).add("subject", r.subject).add("inputs", r.inputs);
  j.add("where", to_string(r.where)).add("reason", r.reason).add("detection_limit", r.detection_limit);
  j.add("oracle", r.oracle).add("flat", r.flat).add("seed", r.seed).add("evaluations", r.evaluations);
  j.add("work", r.work).add("seconds", r.seconds);
  j.add("repeatable", r.repeatable);
  json worst;
  worst.add("name", r.worst.name).add("input", r.worst.input).add("at", r.worst.at);
  worst.add("rule", r.worst.rule).add("oracle", r.worst.oracle).add("difference", r.worst.difference);
  worst.add("oracle_error", r.worst.oracle_error).add("allowed", r.worst.allowed);
  j.add("worst", worst);
  std::vector<json> numbers;
  for (const precision& p : r.numbers)
    numbers.push_back(json().add("number", name(p.number)).add("error", p.error).add("allowed", p.allowed));
  std::vector<json> identities;
  for (const held_identity& i : r.identities)
    identities.push_back(json()
                             .add("text", i.text)
                             .add("number", name(i.number))
                             .add("error", i.error)
                             .add("allowed", i.allowed)
                             .add("holds", i.holds()));
  j.add("precision", numbers).add("identities", identities).add("explanation", r.explanation);
  j.add("blamed", r.blamed).add("taylor_rate", r.taylor_rate);
  return j.text();
}

std::ostream& operator<<(std::ostream& os, const report& r) { return os << to_string(r); }

}  // namespace reel::check
