// SPDX-License-Identifier: MIT
// reel check: proves the derivative rules of the op table on this machine, or mutates them.
#include "arguments.hpp"
#include "effects.hpp"
#include "output.hpp"
#include "verbs.hpp"

#include <reel/autodiff/check/mutants.hpp>
#include <reel/autodiff/check/vcurve.hpp>
#include <reel/ops/check_table.hpp>

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <memory>

namespace reel::cli {

namespace {

struct check_arguments {
  std::span<const op_row> table;
  std::vector<std::string> ops = {};
  std::string vcurve = {};
  bool mutate = false, matrix = false, json = false, quiet = false;
  std::uint64_t seed = check::options{}.seed;
  std::size_t seeds = 1;
};

// What is being checked, on a terminal, in one line that is written over.
class live_line {
 public:
  live_line(bool quiet, std::size_t total) : shown_(!quiet && isatty(STDERR_FILENO) == 1), total_(total) {}
  live_line(const live_line&) = delete;
  live_line& operator=(const live_line&) = delete;
  ~live_line() { clear(); }
  void next(const op_row& row) {
    ++at_;
    if (shown_) note("\r\033[Kchecking {} of {}: {} {}", at_, total_, row.name, row.variant);
  }
  void clear() const {
    if (shown_) write_note("\r\033[K");
  }

 private:
  bool shown_;
  std::size_t at_ = 0, total_;
};

std::vector<const op_row*> rows_of(const check_arguments& a) {
  std::vector<const op_row*> rows;
  std::string names;
  for (const op_row& row : a.table) {
    if (!has_derivative(row)) continue;
    if (names.find(fmt::format(" {},", row.name)) == names.npos) names += fmt::format(" {},", row.name);
    if (a.ops.empty() || std::find(a.ops.begin(), a.ops.end(), row.name) != a.ops.end()) rows.push_back(&row);
  }
  for (const std::string& op : a.ops)
    if (std::none_of(rows.begin(), rows.end(), [&](const op_row* row) { return row->name == op; })) {
      names.pop_back();
      throw error(errc::usage,
                  fmt::format("no op with a derivative is called '{}'. There are{}.", op, names));
    }
  return rows;
}

std::vector<check::subject> subjects_of(const op_row& row) {
  std::vector<check::subject> samples;
  for (const sample& x : row.samples) samples.push_back(subject_of(row, x));
  return samples;
}

// Objects of an array, one a line, as they come.
class json_list {
 public:
  explicit json_list(bool on) : on_(on) {}
  json_list(const json_list&) = delete;
  json_list& operator=(const json_list&) = delete;
  void add(const std::string& object) {
    result("{}{}", first_ ? "[" : ",\n", object);
    first_ = false;
  }
  void close() const {
    if (on_) result("{}]\n", first_ ? "[" : "\n");
  }

 private:
  bool on_, first_ = true;
};

// Every sample with every seed: the worst verdict of an op, and each report that is not a PASS.
int run_pulls(const check_arguments& a) {
  const auto rows = rows_of(a);
  live_line line(a.quiet || a.json, rows.size());
  json_list list(a.json);
  std::size_t checks = 0, failed = 0, undecided = 0;
  for (const op_row* row : rows) {
    line.next(*row);
    const auto samples = subjects_of(*row);
    double limit = 0;
    std::size_t passed = 0, made = 0;
    for (const check::subject& s : samples)
      for (std::size_t k = 0; k < a.seeds; ++k) {
        const check::report r = check::vjp(s, {.seed = a.seed + k});
        ++made;
        passed += r ? 1 : 0;
        failed += r.outcome == check::verdict::fail ? 1 : 0;
        undecided += !r && r.outcome != check::verdict::fail ? 1 : 0;
        limit = std::max(limit, r.detection_limit);
        if (a.json) list.add(to_json(r));
        else if (!r) line.clear(), result("{}\n", to_string(r));
      }
    checks += made;
    line.clear();
    if (!a.json && passed == made)
      result("PASS  {:<24}{:<30}{} checks, detection limit {:.0e}\n", row->name, row->variant, made, limit);
  }
  if (!a.json)
    result("{} checks: {} passed, {} failed, {} undecided\n", checks, checks - failed - undecided, failed,
           undecided);
  list.close();
  return failed == 0 ? 0 : 1;
}

int run_mutants(const check_arguments& a) {
  const auto rows = rows_of(a);
  live_line line(a.quiet || a.json, rows.size());
  json_list list(a.json);
  std::size_t made = 0, killed = 0, equivalent = 0;
  bool all_noticed = true;
  for (const op_row* row : rows) {
    line.next(*row);
    const auto r = check::mutate(subjects_of(*row), {.seed = a.seed});
    line.clear();
    made += r.made();
    killed += r.count(check::outcome::killed);
    equivalent += r.count(check::outcome::equivalent);
    all_noticed = all_noticed && r;
    if (a.json) list.add(to_json(r));
    else result("{}\n", to_string(r));
  }
  if (!a.json)
    result("{} mutants of {} ops: {} killed, {} equivalent, {} survived\n", made, rows.size(), killed,
           equivalent, made - killed - equivalent);
  list.close();
  return all_noticed ? 0 : 1;
}

int run_matrix(const check_arguments& a) {
  const auto rows = rows_of(a);
  live_line line(a.quiet, rows.size());
  std::vector<op_coverage> all;
  for (const op_row* row : rows) {
    line.next(*row);
    all.push_back(cover(*row, {.seed = a.seed}));
    for (const std::string& f : all.back().failures) line.clear(), note("{}\n", f);
  }
  line.clear();
  write_result(to_markdown(all));
  return std::all_of(all.begin(), all.end(), [](const op_coverage& c) { return c.failures.empty(); }) ? 0 : 1;
}

// The last sample is the largest.
int run_vcurve(const check_arguments& a) {
  if (a.vcurve != "-") check_writable(a.vcurve);
  const auto rows = rows_of(a);
  const auto v = check::vcurve(subject_of(*rows[0], rows[0]->samples.back()), {.seed = a.seed});
  const auto ends = [&](const char* with) { return a.vcurve.ends_with(with); };
  if (a.vcurve != "-") {
    write_text(a.vcurve, ends(".csv") ? to_csv(v) : ends(".json") ? to_json(v) + "\n" : to_svg(v));
  }
  result("{}\n", a.json ? to_json(v) : to_string(v));
  return 0;
}

int run_check(const check_arguments& a) {
  if (!a.vcurve.empty()) {
    if (const int status = run_vcurve(a); status != 0 || !a.mutate) return status;
  }
  return a.matrix ? run_matrix(a) : a.mutate ? run_mutants(a) : run_pulls(a);
}

void check_names(const check_arguments& a) {
  if (!a.vcurve.empty() && a.ops.size() != 1)
    throw error(errc::usage, "--vcurve draws the curves of one op: name it with --op.");
  if (!a.vcurve.empty() && a.vcurve != "-" && !a.vcurve.ends_with(".svg") && !a.vcurve.ends_with(".csv") &&
      !a.vcurve.ends_with(".json"))
    throw error(errc::usage, fmt::format("'{}' does not end with .svg, .csv or .json.", a.vcurve));
}

}  // namespace

void add_check(CLI::App& program, action& chosen) { add_check_of(op_table(), program, chosen); }

void add_check_of(std::span<const op_row> table, CLI::App& program, action& chosen) {
  CLI::App& verb = *program.add_subcommand("check", "prove the derivative rules of ops, or mutate them");
  const auto a = std::make_shared<check_arguments>(check_arguments{.table = table});
  verb.add_option("--op", a->ops, "an op, by name; again for more. Left out: all of them");
  verb.add_flag("--mutate", a->mutate, "plant faults in the rules, and tell which are noticed");
  verb.add_option(
      "--vcurve", a->vcurve,
      "draw the error of differences against their step; a file that ends with .svg, .csv or .json, or -");
  verb.add_flag("--matrix", a->matrix, "everything that is checked of every op, as a table in Markdown");
  verb.add_option("--seed", a->seed, "of directions and cotangents; a failed check names its own")
      ->type_name("NUMBER")
      ->capture_default_str()
      ->check(a_seed);
  verb.add_option("--seeds", a->seeds, "how many, counting up from --seed")
      ->type_name("NUMBER")
      ->capture_default_str()
      ->check(count_from_one);
  verb.add_flag("--json", a->json, "JSON in place of text");
  verb.add_flag("--quiet", a->quiet, "no progress");
  verb.callback([&verb, &chosen, a] {
    refuse_without_effect(verb);
    check_names(*a);
    chosen = [a] { return run_check(*a); };
  });
}

}  // namespace reel::cli
