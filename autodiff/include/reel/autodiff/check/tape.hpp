// SPDX-License-Identifier: MIT
// Checks of a tape as it was recorded: every op of it at the numbers it really meets, and the search for
// the one whose rule is wrong. Nothing is recorded on the tape that is checked.
#pragma once

#include <reel/autodiff/check.hpp>

namespace reel::check {

// The check of one node of a tape.
struct node_report {
  node_id node = 0;
  std::string op = {};
  source_location where = {};  // the line it was recorded on
  report result = {};
};

struct tape_report {
  verdict outcome = verdict::inconclusive;
  std::string subject = {}, reason = {};   // why not every node was checked: the work it would take
  std::size_t nodes = 0, checked = 0;      // those of kind real with something to differentiate
  std::vector<node_report> failures = {};  // FAIL, INCONCLUSIVE and NONSMOOTH
  double detection_limit = 0;              // the worst of those that passed
  double work = 0;                         // what options::seconds limits, over all nodes
  double seconds = 0;
  explicit operator bool() const noexcept { return outcome == verdict::pass; }
};

// Every node that `loss` depends on, each at its inputs. FAIL if one fails, else NONSMOOTH or INCONCLUSIVE
// if one is.
tape_report tape(const var& loss, const options& o = {});

// Finds the nodes whose rules are wrong by bisection: the derivative of the tail of the tape, from a cut
// on, is right until the cut is moved past a wrong rule. A tape of T nodes takes ⌈log2 T⌉ + 1 checks of
// tails for the last of them; then its cotangents are replaced by right ones and the search goes on.
struct blamed {
  node_id node = 0;
  std::string op = {};
  source_location where = {};
  std::size_t tail_checks = 0;  // that it took to find this one
  report result = {};           // the check of this node alone, with its explanation
};
struct blame_report {
  verdict outcome = verdict::inconclusive;  // PASS: every derivative of the tape is right
  std::string subject = {}, reason = {};
  std::size_t nodes = 0;
  std::vector<blamed> faults = {};  // the last on the tape first
  std::size_t tail_checks = 0;
  double work = 0;  // what options::seconds limits
  double seconds = 0;
  explicit operator bool() const noexcept { return outcome == verdict::pass; }
};
blame_report blame(const var& loss, const options& o = {});

std::string to_string(const tape_report& r);
std::string to_string(const blame_report& r);
std::string to_json(const tape_report& r);
std::string to_json(const blame_report& r);
std::ostream& operator<<(std::ostream& os, const tape_report& r);
std::ostream& operator<<(std::ostream& os, const blame_report& r);

}  // namespace reel::check
