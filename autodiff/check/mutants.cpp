// SPDX-License-Identifier: MIT
#include <reel/autodiff/check/mutants.hpp>

#include "check/mutation_operators.hpp"
#include "check/vjp_comparison.hpp"
#include "check/identities.hpp"
#include "check/json.hpp"

#include <ostream>

namespace reel::check {

std::string_view name(outcome f) noexcept {
  constexpr std::string_view names[] = {"killed", "equivalent", "survived"};
  return names[static_cast<std::size_t>(f)];
}

std::size_t mutation_report::count(outcome f) const noexcept {
  return static_cast<std::size_t>(
      std::count_if(mutants.begin(), mutants.end(), [&](const mutant& m) { return m.outcome == f; }));
}

namespace {

// Below this, relative to the largest element, two cotangents in T are the same.
template <class T> constexpr double same = 0x1p16 * unit_roundoff<T>;

constexpr int seeds_tried = 3;   // for what changes nothing at the first
constexpr int shuffles = 5;      // of the numbers, for what was not killed
constexpr int most_digits = 60;  // of the smallest factor that is looked for

// The numbers of each input in another order: as good a sample, and another.
void shuffle(point& at, std::uint64_t seed) {
  random_numbers random(seed);
  for (reals& x : at)
    for (std::size_t i = x.size(); i > 1; --i) std::swap(x[i - 1], x[random.bits() % i]);
}

// The largest difference, relative to the largest element.
template <class T> double apart(const std::vector<std::vector<T>>& a, const std::vector<std::vector<T>>& b) {
  double most = 0, size = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t k = 0; k < a[i].size(); ++k) {
      const double off = std::abs(static_cast<double>(a[i][k] - b[i][k]));
      if (std::isnan(off) || std::isinf(off)) return infinite;
      most = std::max(most, off);
      size = std::max({size, std::abs(static_cast<double>(b[i][k])), std::abs(static_cast<double>(a[i][k]))});
    }
  return most == 0 ? 0 : most / size;
}

// The mutants of one rule at one point, each judged as the rule itself is.
template <class T> class mutation_runner {
 public:
  mutation_runner(const rule& r, const options& o, mutation_report& report)
      : r_(r),
        verdict_("mutate", "", {}, o),
        compared_(r, o, verdict_),
        identities_(r),
        report_(report),
        random_(o.seed + 2) {
    compared_.every_element();
  }

  void run() {
    // Mutants of what could not be compared survive, and the reader should know why.
    const std::string& missing = verdict_.result().reason;
    if (!missing.empty() && std::ranges::find(report_.refusals, missing) == report_.refusals.end())
      report_.refusals.push_back(missing);
    if (compared_.expectations().empty()) return;
    const auto all = mutations_of(r_);
    require_work(static_cast<double>(all.size()) * compared_.run().replayed().cost());
    for (const mutation& p : all) {
      const auto known = std::ranges::find_if(
          report_.mutants, [&](const mutant& m) { return m.what == p.what && m.family == p.family; });
      const bool is_new = known == report_.mutants.end();
      mutant m = is_new ? mutant{p.family, p.what, outcome::equivalent} : *known;
      if (m.outcome == outcome::killed) continue;
      try_out(p.edits, m);
      if (is_new) report_.mutants.push_back(std::move(m));
      else *known = std::move(m);
    }
    int k = 1;
    while (k < most_digits && kills(compared_.run()(r_.at, compared_.seed(), scaled_by(k)))) ++k;
    report_.smallest = std::max(report_.smallest, k - 1);
  }

 private:
  void try_out(const std::vector<edit>& edits, mutant& m) {
    try {
      const auto a = compared_.run()(r_.at, compared_.seed(), edits);
      m.difference = std::max(m.difference, apart(a, compared_.cotangents()));
      for (int s = 0; s < seeds_tried && m.difference <= same<T>; ++s) {
        const point ybar = r_.random_cotangent(random_);
        m.difference =
            std::max(m.difference, apart(compared_.run()(r_.at, ybar, edits), compared_.run()(r_.at, ybar)));
      }
      const char* broken = identities_.broken_by(edits, compared_.seed());
      if (broken != nullptr) m.breaks = broken;
      m.outcome = broken != nullptr || kills(a)                              ? outcome::killed
                  : m.outcome == outcome::survived || m.difference > same<T> ? outcome::survived
                                                                             : outcome::equivalent;
    } catch (const refusal& e) {  // where the right rule was not refused: nobody misses that
      m.outcome = outcome::killed;
      m.reason = fmt::format("it was refused: {}", e.what());
    }
  }

  bool kills(const std::vector<std::vector<T>>& a) const {
    for (const expected<T>& e : compared_.expectations()) {
      const double off = std::abs(static_cast<double>(a[e.input][e.at] - e.value));
      if (!(off <= e.margin)) return true;
    }
    return false;
  }

  // x̄ + 10^−k x̄: the factor itself has no such digits in double.
  std::vector<edit> scaled_by(int k) const {
    std::vector<edit> edits;
    for (const var& g : r_.xbar) edits.push_back({g.id(), -1, change::enlarge, static_cast<double>(k)});
    return edits;
  }

  const rule& r_;
  verdict_builder verdict_;
  vjp_comparison<T> compared_;
  declared_identities identities_;
  mutation_report& report_;
  random_numbers random_;
};

// Whether a mutant that no sample has killed so far changes anything at these numbers.
template <class T> bool differs_here(const rule& r, const options& o, const mutation_report& report) {
  rule_run<T> run(r);
  random_numbers random(o.seed);
  const point ybar = r.random_cotangent(random);
  const auto right = run(r.at, ybar);
  for (const mutation& p : mutations_of(r)) {
    const auto known = std::find_if(report.mutants.begin(), report.mutants.end(), [&](const mutant& m) {
      return m.what == p.what && m.family == p.family && m.outcome != outcome::killed;
    });
    if (known != report.mutants.end() && apart(run(r.at, ybar, p.edits), right) > same<T>) return true;
  }
  return false;
}

template <class T> void try_sample(rule& r, const options& o, mutation_report& report) {
  mutation_runner<T>(r, o, report).run();
  for (int round = 0; round < shuffles && r.reads_inputs(); ++round) {
    if (report.count(outcome::killed) == report.made()) return;
    shuffle(r.at, o.seed + static_cast<std::uint64_t>(round));
    try {
      if (differs_here<T>(r, o, report)) mutation_runner<T>(r, o, report).run();
    } catch (const refusal& e) {  // of another sample than was given: it goes without
      report.refusals.push_back(fmt::format("its numbers in another order were refused: {}", e.what()));
    }
  }
}

std::string why_equivalent(const mutant& m) {
  if (m.difference == 0) return "it changes no bit of any cotangent tried";
  if (m.family == "transposed" || m.family == "saved")
    return fmt::format("the rule is symmetric in this: the same to 50 digits, {:.0e} apart", m.difference);
  return fmt::format("the same to 50 digits, {:.0e} apart", m.difference);
}

}  // namespace

mutation_report mutate(std::span<const subject> samples, const options& o) {
  const auto started = std::chrono::steady_clock::now();
  const work_limit budget(o.seconds);
  mutation_report report{.seed = o.seed};
  for (const subject& s : samples) {
    report.subject = fmt::format("mutate({})", of_order(s.name(), o));
    if (s.inputs().empty() || s.outputs().empty()) continue;
    const auto unfinished = attempt(o.seconds, [&] {
      rule r = rule_of(s, o);
      if (r.has_numbers(dtype::real50)) try_sample<real50>(r, o, report);
      else try_sample<double>(r, o, report);
    });
    if (unfinished.empty()) ++report.samples;
    else if (report.reason.empty()) report.reason = unfinished;
  }
  if (report.made() == 0 && report.reason.empty() && !report.refusals.empty())
    report.reason = report.refusals[0];
  for (mutant& m : report.mutants)
    if (m.outcome == outcome::equivalent) m.reason = why_equivalent(m);
  report.work = budget.done();
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return report;
}

namespace {

// A survivor is known, whatever else could not be tried.
verdict verdict_of(const mutation_report& r) {
  return r ? verdict::pass : r.count(outcome::survived) > 0 ? verdict::fail : verdict::inconclusive;
}

}  // namespace

std::string to_string(const mutation_report& r) {
  std::string text = fmt::format(
      "{}  {}   {} mutants: {} killed, {} equivalent, {} survived; smallest factor noticed 1 + 1e-{}   "
      "{} samples   seed {:#x}\n",
      name(verdict_of(r)), r.subject, r.made(), r.count(outcome::killed), r.count(outcome::equivalent),
      r.count(outcome::survived), r.smallest, r.samples, r.seed);
  if (!r.reason.empty()) text += fmt::format("  because     {}\n", r.reason);
  for (const std::string& refused : r.refusals) text += fmt::format("  passed over {}\n", refused);
  std::vector<std::string> families;
  for (const mutant& m : r.mutants)
    if (std::find(families.begin(), families.end(), m.family) == families.end()) families.push_back(m.family);
  const auto broken =
      std::count_if(r.mutants.begin(), r.mutants.end(), [](const mutant& m) { return !m.breaks.empty(); });
  text += fmt::format("  {:<14}{:>6}{:>8}{:>12}{:>10}{}\n", "", "made", "killed", "equivalent", "survived",
                      broken > 0 ? "    by identity" : "");
  for (const std::string& family : families) {
    const auto of = [&](outcome f) {
      return std::count_if(r.mutants.begin(), r.mutants.end(),
                           [&](const mutant& m) { return m.family == family && m.outcome == f; });
    };
    const auto killed = of(outcome::killed), equivalent = of(outcome::equivalent),
               survived = of(outcome::survived);
    const auto by_identity = std::count_if(r.mutants.begin(), r.mutants.end(), [&](const mutant& m) {
      return m.family == family && !m.breaks.empty();
    });
    text += fmt::format("  {:<14}{:>6}{:>8}{:>12}{:>10}{}\n", family, killed + equivalent + survived, killed,
                        equivalent, survived, broken > 0 ? fmt::format("{:>15}", by_identity) : "");
  }
  for (const mutant& m : r.mutants) {
    if (m.outcome == outcome::killed) continue;
    text += m.outcome == outcome::equivalent
                ? fmt::format("  equivalent  {}: {}\n", m.what, m.reason)
                : fmt::format("  SURVIVED    {}: {:.1e} apart, and not noticed\n", m.what, m.difference);
  }
  text.pop_back();
  return text;
}

std::string to_json(const mutation_report& r) {
  std::vector<json> mutants;
  for (const mutant& m : r.mutants)
    mutants.push_back(json()
                          .add("family", m.family)
                          .add("what", m.what)
                          .add("outcome", name(m.outcome))
                          .add("difference", m.difference)
                          .add("breaks", m.breaks)
                          .add("reason", m.reason));
  return json()
      .add("outcome", name(verdict_of(r)))
      .add("subject", r.subject)
      .add("made", r.made())
      .add("killed", r.count(outcome::killed))
      .add("equivalent", r.count(outcome::equivalent))
      .add("survived", r.count(outcome::survived))
      .add("smallest", r.smallest)
      .add("samples", r.samples)
      .add("seed", r.seed)
      .add("reason", r.reason)
      .add("refusals", r.refusals)
      .add("work", r.work)
      .add("seconds", r.seconds)
      .add("mutants", mutants)
      .text();
}

std::ostream& operator<<(std::ostream& os, const mutation_report& r) { return os << to_string(r); }

}  // namespace reel::check
