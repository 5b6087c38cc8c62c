// SPDX-License-Identifier: MIT
#include <reel/autodiff/check/mutants.hpp>

#include "check/mutation_operators.hpp"
#include "check/vjp_comparison.hpp"
#include "check/identities.hpp"
#include "check/json.hpp"

#include <ostream>

namespace reel::check {

std::string_view name(fate f) noexcept {
  constexpr std::string_view names[] = {"killed", "equivalent", "survived"};
  return names[static_cast<std::size_t>(f)];
}

std::size_t mutation_report::count(fate f) const noexcept {
  return static_cast<std::size_t>(
      std::count_if(mutants.begin(), mutants.end(), [&](const mutant& m) { return m.outcome == f; }));
}

namespace {

// Below this, relative to the largest element, two cotangents in T are the same.
template <class T> constexpr double same = 0x1p16 * unit_roundoff<T>;

constexpr int seeds_tried = 3;  // for what changes nothing at the first
constexpr int shuffles = 5;     // of the numbers, for what was not killed

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

template <class T> class laboratory {
 public:
  laboratory(const rule& r, const options& o, mutation_report& report)
      : r_(r),
        judge_("mutate", "", {}, o),
        exam_(r, o, judge_),
        identities_(r),
        report_(report),
        random_(o.seed + 2) {
    exam_.every_element();
  }

  void run() {
    for (const planted& p : catalogue(r_)) {
      mutant& m = find(p);
      if (m.outcome == fate::killed) continue;
      m.outcome = std::max(m.outcome, try_out(p.edits, m));
      if (killed_) m.outcome = fate::killed;
      if (const char* broken = identities_.broken_by(p.edits, exam_.seed()))
        m.outcome = fate::killed, m.breaks = broken;
    }
    int k = 1;
    while (k < 60 && kills(exam_.run()(r_.at, exam_.seed(), scaled_by(k)))) ++k;
    report_.smallest = std::max(report_.smallest, k - 1);
  }

 private:
  mutant& find(const planted& p) {
    for (mutant& m : report_.mutants)
      if (m.what == p.what && m.family == p.family) return m;
    report_.mutants.push_back({p.family, p.what, fate::equivalent});
    return report_.mutants.back();
  }

  fate try_out(const std::vector<edit>& edits, mutant& m) {
    const auto a = exam_.run()(r_.at, exam_.seed(), edits);
    m.difference = std::max(m.difference, apart(a, exam_.cotangents()));
    killed_ = kills(a);
    for (int s = 0; s < seeds_tried && m.difference <= same<T>; ++s) {
      const point ybar = r_.random_cotangent(random_);
      m.difference = std::max(m.difference, apart(exam_.run()(r_.at, ybar, edits), exam_.run()(r_.at, ybar)));
    }
    return m.difference <= same<T> ? fate::equivalent : fate::survived;
  }

  bool kills(const std::vector<std::vector<T>>& a) const {
    for (const expected<T>& e : exam_.expectations()) {
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
  judgement judge_;
  examination<T> exam_;
  declared_identities identities_;
  mutation_report& report_;
  random_numbers random_;
  bool killed_ = false;
};

// Whether a mutant that no sample has killed so far changes anything at these numbers.
template <class T> bool differs_here(const rule& r, const options& o, const mutation_report& report) {
  rule_run<T> run(r);
  random_numbers random(o.seed);
  const point ybar = r.random_cotangent(random);
  const auto right = run(r.at, ybar);
  for (const planted& p : catalogue(r)) {
    const auto known = std::find_if(report.mutants.begin(), report.mutants.end(), [&](const mutant& m) {
      return m.what == p.what && m.family == p.family && m.outcome != fate::killed;
    });
    if (known != report.mutants.end() && apart(run(r.at, ybar, p.edits), right) > same<T>) return true;
  }
  return false;
}

template <class T> void try_sample(rule& r, const options& o, mutation_report& report) {
  laboratory<T>(r, o, report).run();
  for (int round = 0; round < shuffles && r.reads_inputs(); ++round) {
    if (report.count(fate::killed) == report.made()) return;
    shuffle(r.at, o.seed + static_cast<std::uint64_t>(round));
    if (differs_here<T>(r, o, report)) laboratory<T>(r, o, report).run();
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
  mutation_report report{.seed = o.seed};
  for (const subject& s : samples) {
    rule r = rule_of(s, o);
    report.subject = fmt::format("mutate({})", of_order(s.name(), o));
    if (r.x.empty() || r.y.empty()) continue;
    ++report.samples;
    if (r.has_numbers(element::real50)) try_sample<real50>(r, o, report);
    else try_sample<double>(r, o, report);
  }
  for (mutant& m : report.mutants)
    if (m.outcome == fate::equivalent) m.reason = why_equivalent(m);
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return report;
}

std::string to_string(const mutation_report& r) {
  std::string text = fmt::format(
      "{}  {}   {} mutants: {} killed, {} equivalent, {} survived; smallest factor noticed 1 + 1e-{}   "
      "{} samples   seed {:#x}\n",
      r               ? "PASS"
      : r.made() == 0 ? "INCONCLUSIVE"
                      : "FAIL",
      r.subject, r.made(), r.count(fate::killed), r.count(fate::equivalent), r.count(fate::survived),
      r.smallest, r.samples, r.seed);
  std::vector<std::string> families;
  for (const mutant& m : r.mutants)
    if (std::find(families.begin(), families.end(), m.family) == families.end()) families.push_back(m.family);
  const auto broken =
      std::count_if(r.mutants.begin(), r.mutants.end(), [](const mutant& m) { return !m.breaks.empty(); });
  text += fmt::format("  {:<14}{:>6}{:>8}{:>12}{:>10}{}\n", "", "made", "killed", "equivalent", "survived",
                      broken > 0 ? "    by identity" : "");
  for (const std::string& family : families) {
    const auto of = [&](fate f) {
      return std::count_if(r.mutants.begin(), r.mutants.end(),
                           [&](const mutant& m) { return m.family == family && m.outcome == f; });
    };
    const auto killed = of(fate::killed), equivalent = of(fate::equivalent), survived = of(fate::survived);
    const auto by_identity = std::count_if(r.mutants.begin(), r.mutants.end(), [&](const mutant& m) {
      return m.family == family && !m.breaks.empty();
    });
    text += fmt::format("  {:<14}{:>6}{:>8}{:>12}{:>10}{}\n", family, killed + equivalent + survived, killed,
                        equivalent, survived, broken > 0 ? fmt::format("{:>15}", by_identity) : "");
  }
  for (const mutant& m : r.mutants) {
    if (m.outcome == fate::killed) continue;
    text += m.outcome == fate::equivalent
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
      .add("outcome", r               ? "PASS"
                      : r.made() == 0 ? "INCONCLUSIVE"
                                      : "FAIL")
      .add("subject", r.subject)
      .add("made", r.made())
      .add("killed", r.count(fate::killed))
      .add("equivalent", r.count(fate::equivalent))
      .add("survived", r.count(fate::survived))
      .add("smallest", r.smallest)
      .add("samples", r.samples)
      .add("seed", r.seed)
      .add("seconds", r.seconds)
      .add("mutants", mutants)
      .text();
}

std::ostream& operator<<(std::ostream& os, const mutation_report& r) { return os << to_string(r); }

}  // namespace reel::check
