// SPDX-License-Identifier: MIT
#include <reel/autodiff/check/frozen.hpp>

#include "check/attempt.hpp"
#include "check/claims.hpp"
#include "check/digits.hpp"
#include "check/json.hpp"
#include "check/local.hpp"
#include "check/rounding.hpp"
#include "program/ir.hpp"
#include "tape/inspect.hpp"

#include <reel/autodiff/node.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <ostream>
#include <set>

namespace reel::check {

namespace {

constexpr std::size_t runs = 2;           // of each program
constexpr double least_in_digits = 2e-7;  // seconds that an element takes in 50 digits
constexpr double roundings = 1024;        // of the largest element, where there is too much for an analysis

// What is frozen, and the numbers of all leaves but constants.
struct frozen_subject {
  freeze_request request;
  std::vector<node_id> leaves;
  arguments numbers;

  recording& source() const {
    return (request.outputs.empty() ? request.updates[0].next : request.outputs[0]).recording();
  }
  std::vector<var> results() const {
    std::vector<var> all = request.outputs;
    for (const state_update& u : request.updates) all.push_back(u.next);
    return all;
  }
  std::string name_of(std::size_t result) const {
    if (result < request.outputs.size()) return fmt::format("output {}", result);
    const var& state = request.updates[result - request.outputs.size()].state;
    return state.name().empty() ? fmt::format("next state {}", result - request.outputs.size())
                                : fmt::format("next {}", state.name());
  }
  const argument* numbers_of(node_id n) const {
    const auto at = std::ranges::find(leaves, n);
    return at == leaves.end() ? nullptr : &numbers[static_cast<std::size_t>(at - leaves.begin())];
  }
};

// Numbers of the types an instance in T reads.
template <class T> class bound_numbers {
 public:
  bound_numbers(const argument& a, kind k) : kind_(k), dims_(a.shape()) {
    if (k == kind::real) fill(real_, a);
    else if (k == kind::index) fill(index_, a);
    else fill(bool_, a);
  }
  binding bind() const {
    return kind_ == kind::real ? binding(real_) : kind_ == kind::index ? binding(index_) : binding(bool_);
  }
  const array<T>& real() const { return real_; }
  void load(replay<T>& run, std::size_t i) const { copy(run.given_data(i)); }
  // The same numbers, not those they were rounded from.
  void load(replay<real50>& run, std::size_t i) const {
    if (kind_ == kind::real) std::copy_n(real_.data(), real_.size(), run.given(i).begin());
    else copy(run.given_data(i));
  }

 private:
  template <class N> void fill(array<N>& to, const argument& a) {
    to = make_array<N>(dims_);
    std::ranges::transform(a.numbers(), to.data(), [](double v) { return static_cast<N>(v); });
  }
  void copy(void* to) const {
    const auto bytes = [&](const auto& a) {
      if (a.size() > 0) std::memcpy(to, a.data(), a.size() * sizeof(*a.data()));
    };
    if (kind_ == kind::real) bytes(real_);
    else if (kind_ == kind::index) bytes(index_);
    else bytes(bool_);
  }
  kind kind_;
  shape dims_;
  array<T> real_;
  array<index_t> index_;
  array<bool> bool_;
};

// Everything in one number type.
template <class T> class program_comparison {
 public:
  program_comparison(const frozen_subject& s, frozen_report& report)
      : s_(s), r_(s.source()), results_(s.results()), report_(report), tape_(r_, ids(results_), s.leaves) {
    for (std::size_t i = 0; i < s.leaves.size(); ++i) {
      numbers_.emplace_back(s.numbers[i], r_.nodes[s.leaves[i]].kind);
      numbers_[i].load(tape_, i);
    }
    tape_.run();
    if (has_bodies(r_, ids(results_), s.leaves, dtype::real50)) evaluate_exactly();
  }

  void run() {
    require_work(static_cast<double>(runs * (pass_names().size() + 2)) * tape_.cost());
    for (const node_id n : tape_.nodes())
      if (!s_.numbers_of(n))
        for (std::string& claim : broken_claims(tape_, n, report_.claims)) {
          const bool known = std::ranges::find(report_.explanation, claim) != report_.explanation.end();
          if (!known) report_.explanation.push_back(std::move(claim));
        }
    try_program("all passes", {});
    for (const std::string& pass : pass_names()) try_program("without " + pass, {pass});
    try_program("no passes", pass_names());
    if (failed_.contains("no passes")) blame_body();
    else if (failed_.contains("all passes")) blame_passes();
  }

 private:
  // Unless that would take most of the work there is: then the tape has to do.
  void evaluate_exactly() {
    double least = 0;
    for (const node_id n : tape_.nodes()) least += elements_computed(r_, n) * least_in_digits;
    if (least > work_left() / 10) return;
    exact_ = std::make_unique<replay<real50>>(r_, ids(results_), s_.leaves);
    for (std::size_t i = 0; i < numbers_.size(); ++i) numbers_[i].load(*exact_, i);
    exact_->run();
    if (!extent_of(*exact_).fits<T>()) return exact_.reset();
    for (const node_id n : exact_->nodes())
      if (r_.nodes[n].kind == kind::real) real_.push_back(n);
    if (const auto bounds = rounding_bounds(*exact_, real_)) bounds_ = *bounds;
  }

  bool real(std::size_t result) const { return results_[result].kind() == kind::real; }
  const T* recorded(node_id n) const { return static_cast<const T*>(tape_.data(n)); }
  double right(node_id n, std::size_t k) {
    return exact_ != nullptr ? static_cast<double>(exact_->numbers(n)[k])
                             : static_cast<double>(recorded(n)[k]);
  }
  double largest(node_id n) {
    double most = 0;
    for (std::size_t k = 0; k < tape_.numbers(n).size(); ++k)
      if (const double v = std::abs(right(n, k)); std::isfinite(v)) most = std::max(most, v);
    return most;
  }
  // By how much rounding may take an element of a node from what is right.
  double allowed(node_id n, std::size_t k, double size) {
    if (bounds_.empty()) return roundings * unit_roundoff<T> * size;
    const auto at = static_cast<std::size_t>(std::ranges::find(real_, n) - real_.begin());
    return unit_roundoff<T> * bounds_[at].error[k];
  }
  bool off(node_id n, std::size_t k, double got, double size) {
    if (!std::isfinite(right(n, k))) return false;
    return !(std::abs(got - right(n, k)) <= allowed(n, k, size));
  }

  void try_program(const std::string& passes, std::vector<std::string> without) {
    freeze_request request = s_.request;
    request.disabled_passes = std::move(without);
    const program p = freeze(request);
    const bool exact = detail::is_exact(p.ir());
    instance<T> run(p);
    std::vector<binding> inputs;
    for (const var& v : request.inputs) inputs.push_back(numbers_[leaf(v.id())].bind());
    for (const char* again : {"", ", second run"}) {  // as many as `runs`
      for (std::size_t i = 0; i < request.updates.size(); ++i)
        run.set_state(i, numbers_[leaf(request.updates[i].state.id())].real());
      as_refusal("run", report_.where, [&] { run.run(inputs); });
      count_work(tape_.cost());
      for (std::size_t i = 0; i < results_.size(); ++i) compare(run, i, exact, passes, again);
    }
    ++report_.programs;
  }
  std::size_t leaf(node_id n) const {
    return static_cast<std::size_t>(std::ranges::find(s_.leaves, n) - s_.leaves.begin());
  }

  void compare(const instance<T>& run, std::size_t i, bool exact, const std::string& passes,
               const char* again) {
    const node_id n = results_[i].id();
    const std::size_t outputs = s_.request.outputs.size();
    if (!real(i)) {
      const bool index = results_[i].kind() == kind::index;
      const void* got = index ? static_cast<const void*>(run.template view<index_t>(i).data())
                              : static_cast<const void*>(run.template view<bool>(i).data());
      const std::size_t each = index ? sizeof(index_t) : sizeof(bool);
      if (std::memcmp(got, tape_.data(n), static_cast<std::size_t>(results_[i].size()) * each) != 0)
        blame(passes, {passes, dtype_of<T>, s_.name_of(i) + again, 0, 0, 0});
      return;
    }
    const array<T> got = i < outputs ? run.template output<T>(i) : run.state(i - outputs);
    const double size = largest(n);
    frozen_fault worst{passes, dtype_of<T>, "", 0, 0, 0};
    double most = -1;
    for (std::size_t k = 0; k < got.size(); ++k) {
      const T program = got.data()[k], tape = recorded(n)[k];
      const bool same =
          std::memcmp(&program, &tape, sizeof(T)) == 0 || (std::isnan(program) && std::isnan(tape));
      const auto value = static_cast<double>(program);
      if (size > 0 && std::isfinite(right(n, k)))
        report_.detection_limit = std::max(report_.detection_limit, allowed(n, k, size) / size);
      if ((same || !exact) && !off(n, k, value, size)) continue;
      const double error = std::abs(value - right(n, k));
      if (error <= most) continue;
      most = std::isnan(error) ? infinite() : error;
      worst.name = fmt::format("{} at {}{}", s_.name_of(i), detail::position(results_[i].shape(), k), again);
      worst.program = value, worst.right = right(n, k),
      worst.allowed = same || !exact ? allowed(n, k, size) : 0;
    }
    if (most >= 0) blame(passes, std::move(worst));
  }
  static double infinite() { return std::numeric_limits<double>::infinity(); }

  void blame(const std::string& passes, frozen_fault fault) {
    if (failed_.insert(passes).second) report_.faults.push_back(std::move(fault));
  }

  void blame_passes() {
    for (const std::string& pass : pass_names())
      if (!failed_.contains("without " + pass))
        report_.explanation.push_back(
            fmt::format("{} is to blame in {}: without it every element is right", pass, name(dtype_of<T>)));
  }

  // Without passes the program is what was recorded: then it is the body of an op that is wrong.
  void blame_body() {
    if (exact_ == nullptr) return;
    for (const node_id n : real_) {
      const double size = largest(n);
      const std::span<T> got = tape_.numbers(n);
      std::size_t wrong = 0, tail = 0;
      for (std::size_t k = 0; k < got.size(); ++k) {
        if (!off(n, k, static_cast<double>(got[k]), size)) continue;
        ++wrong;
        tail = got[k] == T(0) ? tail + 1 : 0;
      }
      if (wrong == 0) continue;
      const std::string body = fmt::format("{} in {}", r_.describe(n), name(dtype_of<T>));
      report_.explanation.push_back(
          tail == wrong && tail < got.size()
              ? fmt::format("TAIL: {} of {} elements of {} are 0: a loop that stops short?", tail, got.size(),
                            body)
              : fmt::format("{} of {} elements of {} are wrong: its body is not that in 50 digits", wrong,
                            got.size(), body));
      return;
    }
  }

  const frozen_subject& s_;
  const recording& r_;
  std::vector<var> results_;
  frozen_report& report_;
  replay<T> tape_;
  std::vector<bound_numbers<T>> numbers_;  // of the leaves
  std::unique_ptr<replay<real50>> exact_;  // at the same numbers
  std::vector<node_id> real_;
  std::vector<node_bounds> bounds_;  // of real_; empty where there is too much for an analysis
  std::set<std::string> failed_;
};

bool is_leaf(const recording& r, node_id n) {
  return r.nodes[n].role != reel::tape::role::computed && r.nodes[n].role != reel::tape::role::constant;
}

std::string describe(const frozen_fault& f) {
  const auto [program, right] = tell_apart(f.program, f.right, 6);
  return fmt::format("{} of a program with {} is {} in {}, and should be {}", f.name, f.passes, program,
                     name(f.number), right);
}

frozen_report carry_out(const frozen_subject& s, const options& o, frozen_report report) {
  const auto started = std::chrono::steady_clock::now();
  const auto results = ids(s.results());
  const work_limit budget(o.seconds);
  std::string unfinished;
  for (const dtype number : {dtype::f32, dtype::f64}) {
    if (!has_bodies(s.source(), results, s.leaves, number)) continue;
    const auto why = attempt(o.seconds, [&] {
      if (number == dtype::f32) program_comparison<float>(s, report).run();
      else program_comparison<double>(s, report).run();
    });
    if (unfinished.empty() && !why.empty()) unfinished = fmt::format("in {} {}", name(number), why);
  }
  report.work = budget.done();
  report.outcome = verdict::pass;
  if (!report.faults.empty() || !report.explanation.empty()) {
    report.outcome = verdict::fail;
    report.reason =
        report.faults.empty() ? "an op does not keep what it declares to freeze" : describe(report.faults[0]);
  } else if (!unfinished.empty()) {
    report.outcome = verdict::inconclusive;
    report.reason = unfinished;
  } else if (report.programs == 0) {
    report.outcome = verdict::inconclusive;
    report.reason = "an op in it has a body for neither float nor double.";
  }
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return report;
}

}  // namespace

frozen_report frozen(const freeze_request& request, const options& o, source_location where) {
  frozen_report report{.subject = "frozen(request)", .where = where};
  static_cast<void>(freeze(request));  // refuses what cannot be frozen
  frozen_subject s{request, {}, {}};
  recording& r = s.source();
  std::vector<var> roots = s.results();
  roots.insert(roots.end(), request.check_finite.begin(), request.check_finite.end());
  std::vector<char> needed(r.nodes.size(), false);
  for (const var& v : roots) {
    const auto seen = dependencies(v);
    for (node_id n = 0; n < seen.size(); ++n) needed[n] = needed[n] || seen[n];
  }
  for (const var& v : request.inputs) needed[v.id()] = true;
  for (const state_update& u : request.updates) needed[u.state.id()] = true;
  for (node_id n = 0; n < needed.size(); ++n) {
    if (!needed[n] || !is_leaf(r, n)) continue;
    s.leaves.push_back(n);
    s.numbers.push_back(argument_of(r, n));
    const bool listed = std::ranges::any_of(s.request.inputs, [&](const var& v) { return v.id() == n; });
    if (r.nodes[n].role == reel::tape::role::input && !listed) s.request.inputs.push_back(r.handle(n));
  }
  return carry_out(s, o, std::move(report));
}

frozen_report frozen(const subject& subject, const options& o) {
  frozen_report report{.subject = fmt::format("frozen({})", subject.name()), .where = subject.where()};
  std::optional<rule> recorded;
  report.reason = attempt(o.seconds, [&] { recorded.emplace(subject); });
  if (!recorded) return report;
  const rule& r = *recorded;
  if (r.y.empty() || r.x.empty()) {
    report.reason = "it has no result or no input of kind real.";
    return report;
  }
  frozen_subject s{{.outputs = r.cotangents_and_values(), .inputs = r.ybar}, {}, {}};
  random_numbers random(o.seed);
  const point ybar = r.random_cotangent(random);
  const auto given = r.given();
  for (std::size_t i = 0; i < given.size(); ++i) {
    s.leaves.push_back(given[i].id());
    s.numbers.emplace_back(given[i].shape(), i < r.at.size() ? r.at[i] : ybar[i - r.at.size()]);
  }
  return carry_out(s, o, std::move(report));
}

std::string to_string(const frozen_report& r) {
  std::string text =
      fmt::format("{}  {}   {} programs, {} claims   detection limit {:.1e}   {:.2g} s", name(r.outcome),
                  r.subject, r.programs, r.claims, r.detection_limit, r.seconds);
  const auto line = [&](const char* what, const std::string& says) {
    text += fmt::format("\n  {:<10} {}", what, says);
  };
  if (r.outcome == verdict::pass) return text;
  if (const auto where = to_string(r.where); !where.empty()) line("checked at", where);
  line("because", r.reason);
  for (const std::string& e : r.explanation) line("explains", e);
  for (const frozen_fault& f : r.faults) {
    const auto [program, right] = tell_apart(f.program, f.right, 7, true);
    line("program", fmt::format("{}, {}: {} is {}, right is {}, allowed {:.1e}", f.passes, name(f.number),
                                f.name, program, right, f.allowed));
  }
  return text;
}

std::string to_json(const frozen_report& r) {
  std::vector<json> faults;
  for (const frozen_fault& f : r.faults)
    faults.push_back(json()
                         .add("passes", f.passes)
                         .add("number", name(f.number))
                         .add("name", f.name)
                         .add("program", f.program)
                         .add("right", f.right)
                         .add("allowed", f.allowed));
  return json()
      .add("outcome", name(r.outcome))
      .add("subject", r.subject)
      .add("where", to_string(r.where))
      .add("reason", r.reason)
      .add("faults", faults)
      .add("explanation", r.explanation)
      .add("detection_limit", r.detection_limit)
      .add("programs", r.programs)
      .add("claims", r.claims)
      .add("work", r.work)
      .add("seconds", r.seconds)
      .text();
}

std::ostream& operator<<(std::ostream& os, const frozen_report& r) { return os << to_string(r); }

}  // namespace reel::check
