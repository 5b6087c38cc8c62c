// SPDX-License-Identifier: MIT
#include <reel/autodiff/check/tape.hpp>

#include "check/attempt.hpp"
#include "check/json.hpp"
#include "check/local.hpp"

#include <reel/autodiff/node.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ostream>

namespace reel::check {

namespace {

// One node; what its op refuses is its result.
node_report check_node(recording& r, node_id n, const options& o) {
  node_report node{n, r.op_of(n).type->name, r.location_of(n), {}};
  const auto refused = attempt(o.seconds, [&] {
    const subject s =
        as_refusal(r.op_of(n).type->name, r.location_of(n), [&] { return local_subject(r, n); });
    node.result = vjp(s, o);
  });
  if (!refused.empty()) {
    node.result.outcome = verdict::inconclusive;
    node.result.subject = fmt::format("vjp({})", node.op);
    node.result.where = node.where;
    node.result.reason = refused;
  }
  return node;
}

void add(tape_report& report, node_report node) {
  const verdict v = node.result.outcome;
  ++report.checked;
  if (v == verdict::pass) {
    report.detection_limit = std::max(report.detection_limit, node.result.detection_limit);
    return;
  }
  if (report.outcome != verdict::fail) report.outcome = v;
  report.failures.push_back(std::move(node));
}

}  // namespace

tape_report tape(const var& loss, const options& o) {
  const auto started = std::chrono::steady_clock::now();
  const work_limit budget(o.seconds);
  recording& r = loss.recording();
  tape_report report{.subject = fmt::format("tape({})", r.name)};
  const auto seen = dependencies(loss);
  report.outcome = verdict::pass;
  std::size_t left_out = 0, untried = 0;
  double needed = 0;
  for (node_id n = 0; n < seen.size(); ++n) {
    if (!seen[n]) continue;
    ++report.nodes;
    if (!has_rule(r, n)) continue;
    if (budget.left() <= 0) {
      ++untried;
      continue;
    }
    const work_limit share(budget.left());
    auto node = check_node(r, n, o);
    needed += std::max(share.done(), share.wanted());
    if (node.result.outcome == verdict::inconclusive && share.fell_short()) ++left_out;
    else add(report, std::move(node));
  }
  if (untried > 0) {
    const auto tried = static_cast<double>(std::max<std::size_t>(report.checked + left_out, 1));
    needed *= 1 + static_cast<double>(untried) / tried;
    left_out += untried;
  }
  if (left_out > 0) {
    if (report.outcome == verdict::pass) report.outcome = verdict::inconclusive;
    report.reason = fmt::format(
        "{} of {} nodes with a rule were checked before the work it may take was used up: "
        "`seconds` is {:.3g}. Give it about {:.0f}.",
        report.checked, report.checked + left_out, o.seconds, std::ceil(1.25 * needed));
  }
  if (report.checked == 0) report.outcome = verdict::inconclusive;
  report.work = budget.done();
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return report;
}

namespace {

std::string at_line(const source_location& where) {
  const auto text = to_string(where);
  return text.empty() ? text : ", " + text;
}

std::string indented(const std::string& text) {
  std::string shifted = "    ";
  for (const char c : text) {
    shifted += c;
    if (c == '\n') shifted += "    ";
  }
  return shifted;
}

}  // namespace

std::string to_string(const tape_report& r) {
  std::string text =
      fmt::format("{}  {}   {} of {} nodes have a rule", name(r.outcome), r.subject, r.checked, r.nodes);
  if (r.detection_limit > 0) text += fmt::format("   detection limit {:.1e}", r.detection_limit);
  text += fmt::format("   {:.2g} s", r.seconds);
  if (!r.reason.empty()) text += "\n  because    " + r.reason;
  for (const node_report& n : r.failures)
    text += fmt::format("\n  node {} of {}, {}{}\n{}", n.node, r.nodes, n.op, at_line(n.where),
                        indented(to_string(n.result)));
  return text;
}

std::string to_string(const blame_report& r) {
  std::string text = fmt::format("{}  {}   {} rules   {} tail checks   {:.2g} s", name(r.outcome), r.subject,
                                 r.nodes, r.tail_checks, r.seconds);
  if (!r.reason.empty()) text += "\n  because    " + r.reason;
  for (const blamed& b : r.faults)
    text +=
        fmt::format("\n  blamed     node {}, {}{}   ({} tail checks; what comes after it is verified)\n{}",
                    b.node, b.op, at_line(b.where), b.tail_checks, indented(to_string(b.result)));
  return text;
}

namespace {

json part(node_id node, const std::string& op, const source_location& where, const report& result) {
  return json()
      .add("node", node)
      .add("op", op)
      .add("where", to_string(where))
      .add_json("result", to_json(result));
}

}  // namespace

std::string to_json(const tape_report& r) {
  std::vector<json> failures;
  for (const node_report& n : r.failures) failures.push_back(part(n.node, n.op, n.where, n.result));
  return json()
      .add("outcome", name(r.outcome))
      .add("subject", r.subject)
      .add("reason", r.reason)
      .add("nodes", r.nodes)
      .add("checked", r.checked)
      .add("detection_limit", r.detection_limit)
      .add("work", r.work)
      .add("seconds", r.seconds)
      .add("failures", failures)
      .text();
}

std::string to_json(const blame_report& r) {
  std::vector<json> faults;
  for (const blamed& b : r.faults)
    faults.push_back(part(b.node, b.op, b.where, b.result).add("tail_checks", b.tail_checks));
  return json()
      .add("outcome", name(r.outcome))
      .add("subject", r.subject)
      .add("reason", r.reason)
      .add("nodes", r.nodes)
      .add("tail_checks", r.tail_checks)
      .add("work", r.work)
      .add("seconds", r.seconds)
      .add("faults", faults)
      .text();
}

std::ostream& operator<<(std::ostream& os, const tape_report& r) { return os << to_string(r); }
std::ostream& operator<<(std::ostream& os, const blame_report& r) { return os << to_string(r); }

}  // namespace reel::check
