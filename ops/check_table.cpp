// SPDX-License-Identifier: MIT
#include <reel/ops/check_table.hpp>

#include <reel/autodiff/check/directions.hpp>
#include <reel/autodiff/check/frozen.hpp>
#include <reel/autodiff/check/mutants.hpp>
#include <reel/autodiff/check/precision.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace reel {

using check::verdict;

check::subject subject_of(const op_row& row, const sample& x) {
  check::arguments numbers;
  for (const sample_array& a : x) numbers.emplace_back(a.shape, a.numbers, a.kind);
  const auto name =
      row.variant.empty() ? std::string(row.name) : fmt::format("{} ({})", row.name, row.variant);
  return {name, numbers, row.record};
}

bool has_derivative(const op_row& row) {
  if (!row.differentiable || row.samples.empty()) return false;
  const check::subject s = subject_of(row, row.samples[0]);
  return !s.inputs().empty() && !s.outputs().empty();
}

namespace {

class inspector {
 public:
  inspector(const op_row& row, const check::options& o) : row_(row), o_(o) { c_.row = &row; }

  op_coverage run() {
    std::vector<check::subject> samples;
    for (const sample& x : row_.samples) samples.push_back(subject_of(row_, x));
    c_.taylor_low = 1e9;
    for (const check::subject& s : samples) of(s);
    if (c_.taylor_high == 0) c_.taylor_low = 0;
    mutants(samples);
    for (const edge_row& e : row_.edges) at_kink(e);
    return std::move(c_);
  }

 private:
  check::options with(check::oracle oracle, int order = 1) const {
    check::options o = o_;
    o.oracle = oracle;
    o.order = order;
    return o;
  }

  // FAIL goes before all, then whatever is not a PASS.
  void note(verdict& worst, const check::report& r) {
    if (r.outcome == verdict::pass) return;
    if (worst != verdict::fail) worst = r.outcome;
    c_.failures.push_back(to_string(r));
  }

  // A second derivative that vanishes, softmax's of a single class, has nothing to show.
  static bool vanishes(const check::report& r) {
    return r.outcome == verdict::inconclusive && r.reason.find("is constant near") != r.reason.npos;
  }

  static std::size_t identities_of(const check::report& r) {
    return static_cast<std::size_t>(
        std::count_if(r.identities.begin(), r.identities.end(),
                      [](const auto& i) { return i.number == dtype::real50 && i.holds(); }));
  }

  void of(const check::subject& s) {
    const auto digits = check::vjp(s, with(check::oracle::automatic));
    note(c_.vjp, digits);
    c_.limit_digits = std::max(c_.limit_digits, digits.detection_limit);
    c_.identities = std::max(c_.identities, identities_of(digits));
    const auto doubles = check::vjp(s, with(check::oracle::in_double));
    // In double nothing tells a flat function from one whose slope the values hide.
    if (!(digits.flat && doubles.flat)) note(c_.vjp, doubles);
    c_.limit_double = std::max(c_.limit_double, doubles.detection_limit);
    if (row_.analytic) {
      const auto steps = check::vjp(s, with(check::oracle::complex_step));
      note(c_.vjp, steps);
      c_.limit_complex = std::max(c_.limit_complex, steps.detection_limit);
    }
    note(c_.jvp, check::jvp(s, o_));
    note(c_.jvp, check::adjoint(s, o_));
    const auto second = check::vjp(s, with(check::oracle::automatic, 2));
    if (!vanishes(second)) note(c_.second, second);
    const auto pushed = check::jvp(s, with(check::oracle::automatic, 2), 1);
    if (!vanishes(pushed)) note(c_.second, pushed);
    if (!digits.repeatable) c_.failures.push_back(s.name() + ": two evaluations differ");
    for (const check::precision& p : digits.numbers) {
      double& share = p.number == dtype::f32 ? c_.float_share : c_.double_share;
      if (p.allowed > 0) share = std::max(share, p.error / p.allowed);
    }
    const auto frozen = check::frozen(s, o_);
    if (!frozen) c_.frozen = frozen.outcome, c_.failures.push_back(to_string(frozen));
    const auto taylor = check::taylor(s, o_);
    if (!taylor) c_.failures.push_back(to_string(taylor));
    if (std::isfinite(taylor.rate)) {
      c_.taylor_low = std::min(c_.taylor_low, taylor.rate);
      c_.taylor_high = std::max(c_.taylor_high, taylor.rate);
    }
  }

  void mutants(std::span<const check::subject> samples) {
    const auto m = check::mutate(samples, o_);
    c_.made = m.made();
    c_.killed = m.count(check::outcome::killed);
    c_.equivalent = m.count(check::outcome::equivalent);
    c_.smallest = m.smallest;
    if (!m) c_.failures.push_back(to_string(m));
  }

  // The elements of an edge at which all inputs are tame; all or nothing of it unless the op works element
  // by element.
  edge_row tame(const edge_row& e) const {
    const auto is_tame = [&](std::size_t k) {
      return std::all_of(e.x.begin(), e.x.end(),
                         [&](const sample_array& a) { return std::abs(a.numbers[k]) < 1e6; });
    };
    const bool same =
        std::all_of(e.x.begin(), e.x.end(), [&](const sample_array& a) { return a.shape == e.x[0].shape; });
    edge_row kept{.what = e.what};
    if (!row_.elementwise || !same) {
      for (const sample_array& a : e.x)
        if (!std::all_of(a.numbers.begin(), a.numbers.end(), [](double v) { return std::abs(v) < 1e6; }))
          return kept;
      return e;
    }
    kept.x.resize(e.x.size());
    kept.xbar.resize(e.xbar.size());
    for (std::size_t k = 0; k < e.x[0].numbers.size(); ++k) {
      if (!is_tame(k)) continue;
      for (std::size_t i = 0; i < e.x.size(); ++i) kept.x[i].numbers.push_back(e.x[i].numbers[k]);
      for (std::size_t i = 0; i < e.xbar.size(); ++i) kept.xbar[i].push_back(e.xbar[i][k]);
      if (!e.ybar.empty()) kept.ybar.push_back(e.ybar[k]);
    }
    for (std::size_t i = 0; i < e.x.size(); ++i) {
      kept.x[i].shape = {static_cast<index_t>(kept.x[i].numbers.size())};
      kept.x[i].kind = e.x[i].kind;
    }
    return kept;
  }

  // Where an edge lies on a kink, its cotangents are what the op declares there.
  void at_kink(const edge_row& whole) {
    if (whole.xbar.empty() || whole.only) return;
    const edge_row e = tame(whole);
    if (e.x.empty() || e.x[0].numbers.empty()) return;
    const check::subject s = subject_of(row_, e.x);
    if (s.inputs().empty() || s.outputs().empty()) return;
    check::options o = o_;
    o.explain = o.rounding = false;
    auto ybar = make_array<double>(s.outputs()[0].shape());
    if (e.ybar.empty()) std::fill_n(ybar.data(), ybar.size(), 1.0);
    else std::copy(e.ybar.begin(), e.ybar.end(), ybar.data());
    o.cotangent = {ybar};
    if (check::vjp(s, o).outcome != verdict::nonsmooth) return;
    for (std::size_t i = 0; i < e.xbar.size(); ++i) {
      auto declared = make_array<double>(s.inputs()[i].shape());
      std::copy(e.xbar[i].begin(), e.xbar[i].end(), declared.data());
      o.subgradient.push_back(std::move(declared));
    }
    ++c_.kinks;
    const auto r = check::vjp(s, o);
    if (r.outcome == verdict::fail) note(c_.vjp, r);
  }

  const op_row& row_;
  check::options o_;
  op_coverage c_;
};

std::string power(double limit) {
  return limit > 0 ? fmt::format("1e{:.0f}", std::ceil(std::log10(limit))) : "–";
}

std::string mark(verdict v) { return v == verdict::pass ? "✓" : std::string(check::name(v)); }

std::string share(double of_bound) { return fmt::format("{:.2f}", of_bound); }

}  // namespace

op_coverage cover(const op_row& row, const check::options& o) {
  const auto started = std::chrono::steady_clock::now();
  op_coverage c = inspector(row, o).run();
  c.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return c;
}

std::string to_markdown(std::span<const op_coverage> all) {
  std::string text =
      "| op | vjp | jvp | order 2 | frozen | kinks | identities | 50 digits | double | complex | float "
      "error | double error | "
      "Taylor | mutants | equivalent | killed | factor |\n"
      "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n";
  const auto count = [](std::size_t n) { return n == 0 ? std::string("–") : std::to_string(n); };
  for (const op_coverage& c : all) {
    const auto name = c.row->variant.empty() ? fmt::format("`{}`", c.row->name)
                                             : fmt::format("`{}` {}", c.row->name, c.row->variant);
    const auto rate = c.taylor_high == 0 ? std::string("linear") : fmt::format("{:.2f}", c.taylor_low);
    const auto factor = c.smallest == 0 ? std::string("flat") : fmt::format("1e-{}", c.smallest);
    text += fmt::format(
        "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", name,
        mark(c.vjp), mark(c.jvp), mark(c.second), mark(c.frozen), count(c.kinks), count(c.identities),
        power(c.limit_digits), power(c.limit_double), power(c.limit_complex), share(c.float_share),
        share(c.double_share), rate, c.made, c.equivalent, c.killed, factor);
  }
  return text;
}

}  // namespace reel
