// SPDX-License-Identifier: MIT
#include "check/attempt.hpp"
#include "check/local.hpp"

#include <reel/autodiff/check/tape.hpp>
#include <reel/autodiff/node.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace reel::check {

namespace {

constexpr std::size_t most_faults = 16;
constexpr double evaluations_per_tail = 9 / 2.0;  // of the whole tape: tails are half of it on average

// Beside the edge of an op's domain there is no value to take a difference of.
template <class T, class F> T value_or_nan(const F& f) {
  try {
    return f();
  } catch (const refusal&) {
    return T(std::numeric_limits<double>::quiet_NaN());
  }
}

// A loss, the numbers of its tape, and the cotangents its rules give, op by op. Its steps are the nodes with
// a rule.
template <class T> class pulled_tape {
 public:
  explicit pulled_tape(const var& loss)
      : r_(loss.recording()),
        loss_(loss.id()),
        values_(r_, std::vector<node_id>{loss_}, std::vector<node_id>{}) {
    values_.run();
    differentiable_.assign(r_.nodes.size(), false);
    for (const node_id n : values_.nodes()) {
      if (r_.nodes[n].role == reel::tape::role::variable || r_.nodes[n].role == reel::tape::role::state ||
          r_.nodes[n].role == reel::tape::role::input)
        differentiable_[n] = r_.nodes[n].kind == kind::real;
      if (!has_rule(r_, n)) continue;
      for (const node_id i : r_.inputs_of(n)) differentiable_[n] = differentiable_[n] || differentiable_[i];
      if (differentiable_[n]) steps_.push_back(n);
    }
    given_.resize(steps_.size());
    index_readers();
    vjp_from(steps_.size());
  }

  recording& source() const { return r_; }
  replay<T>& values() { return values_; }
  node_id loss() const { return loss_; }
  std::span<const node_id> steps() const { return steps_; }
  bool differentiable(node_id n) const { return differentiable_[n]; }

  // The cotangent of a node as far as steps from `first` on contribute to it.
  std::vector<T> arriving(node_id n, std::size_t first) const {
    std::vector<T> sum(static_cast<std::size_t>(r_.shape_of(n).size()), T(0));
    if (n == loss_) sum[0] = T(1);
    for (const auto& [at, slot] : readers_[n]) {
      if (at < first) continue;
      for (std::size_t k = 0; k < sum.size(); ++k) sum[k] = sum[k] + given_[at][slot][k];
    }
    return sum;
  }

  // The cotangents that step `at` should have passed on, by differences, and all that follows from them.
  void repair(std::size_t at) {
    const node_id n = steps_[at];
    const auto ybar = arriving(n, at + 1);
    const auto inputs = r_.inputs_of(n);
    std::vector<detail::operand_view> x;
    for (const node_id i : inputs) x.push_back({const_cast<void*>(values_.data(i)), &r_.shape_of(i)});
    for (std::size_t slot = 0; slot < inputs.size(); ++slot) {
      if (!differentiable_[inputs[slot]]) continue;
      const auto numbers = values_.numbers(inputs[slot]);
      std::vector<T> moved(numbers.begin(), numbers.end()), y(ybar.size());
      auto operands = x;
      operands[slot].data = moved.data();
      for (std::size_t k = 0; k < moved.size(); ++k) {
        const std::function<T(double)> f = [&](double h) {
          moved[k] = numbers[k] + T(h);
          const auto& op = r_.op_of(n);
          const auto body =
              detail::eval_of(*op.type, detail::generic_kind(r_, n), dtype_of<T>, r_.location_of(n));
          return value_or_nan<T>([&] {
            as_refusal(op.type->name, r_.location_of(n), [&] {
              body(op.self.get(), {y.data(), &r_.shape_of(n)}, operands);
            });
            count_work(elements_computed(r_, n) * 1e-8);
            T sum(0);
            for (std::size_t i = 0; i < y.size(); ++i) sum = sum + y[i] * ybar[i];
            return sum;
          });
        };
        const double size = std::abs(static_cast<double>(numbers[k]));
        const double scale = size > 0 ? std::exp2(std::floor(std::log2(std::clamp(size, 0x1p-40, 1.0)))) : 1;
        given_[at][slot][k] = slope_at_zero<T>(f, scale, 1e-34).value;
        moved[k] = numbers[k];
      }
    }
    vjp_from(at);
  }

 private:
  // Pulls the steps before `last`, from the last to the first.
  void vjp_from(std::size_t last) {
    std::map<std::vector<std::uint32_t>, std::unique_ptr<local_rule<T>>> rules;
    for (std::size_t at = last; at-- > 0;) {
      const node_id n = steps_[at];
      std::vector<std::uint32_t> key{r_.nodes[n].op};
      for (const node_id i : r_.inputs_of(n)) key.push_back(r_.nodes[i].shape);
      auto& rule = rules[key];
      if (rule == nullptr) rule = std::make_unique<local_rule<T>>(r_, n);
      given_[at] = rule->vjp(values_, n, arriving(n, at + 1));
    }
  }

  // Who reads a node: steps and their slots.
  void index_readers() {
    readers_.resize(r_.nodes.size());
    for (std::size_t at = 0; at < steps_.size(); ++at) {
      const auto inputs = r_.inputs_of(steps_[at]);
      for (std::size_t slot = 0; slot < inputs.size(); ++slot) readers_[inputs[slot]].push_back({at, slot});
    }
  }

  struct reader {
    std::size_t step, slot;
  };
  recording& r_;
  node_id loss_;
  replay<T> values_;
  std::vector<char> differentiable_;
  std::vector<node_id> steps_;
  std::vector<std::vector<std::vector<T>>> given_;  // by step and slot
  std::vector<std::vector<reader>> readers_;
};

// Checks of tails, and the search for the step that makes one wrong.
template <class T> class tail_bisection {
 public:
  tail_bisection(pulled_tape<T>& tape, std::uint64_t seed) : tape_(tape), random_(seed) {}

  bool uncertain() const { return uncertain_; }  // whether values beside some tail were not finite

  // Whether the derivative of all steps from `first` on is right: with respect to whatever they read that
  // is older, along a random direction.
  bool tail_is_right(std::size_t first) {
    const auto cut = cut_before(first);
    replay<T> tail(tape_.source(), std::vector<node_id>{tape_.loss()}, cut);
    for (std::size_t i = 0; i < cut.size(); ++i) {
      const std::size_t each = size_of(dtype_for(tape_.source().nodes[cut[i]].kind, dtype_of<T>));
      std::memcpy(tail.given_data(i), tape_.values().data(cut[i]),
                  static_cast<std::size_t>(tape_.source().shape_of(cut[i]).size()) * each);
    }
    std::vector<std::size_t> moved;
    std::vector<std::vector<T>> base;
    point v;
    T a(0);
    double terms = 0, scale = 1;
    for (std::size_t i = 0; i < cut.size(); ++i) {
      if (!tape_.differentiable(cut[i])) continue;
      const auto numbers = tail.given(i);
      moved.push_back(i);
      base.emplace_back(numbers.begin(), numbers.end());
      v.push_back(random_.generic(numbers.size()));
      const auto xbar = tape_.arriving(cut[i], first);
      for (std::size_t k = 0; k < numbers.size(); ++k) {
        const double size = std::abs(static_cast<double>(base.back()[k]));
        if (size > 0) scale = std::min(scale, std::max(size, 0x1p-40));
        a = a + xbar[k] * T(v.back()[k]);
        terms += std::abs(static_cast<double>(xbar[k]) * v.back()[k]);
      }
    }
    const std::function<T(double)> f = [&](double h) {
      for (std::size_t m = 0; m < moved.size(); ++m) {
        const auto x = tail.given(moved[m]);
        for (std::size_t k = 0; k < x.size(); ++k) x[k] = base[m][k] + T(h) * T(v[m][k]);
      }
      return value_or_nan<T>([&] {
        tail.run();
        return tail.result(0)[0];
      });
    };
    constexpr bool exact = std::same_as<T, real50>;
    const auto o = slope_at_zero<T>(f, std::exp2(std::floor(std::log2(scale))), exact ? 1e-25 : 1e-9);
    const double off = std::abs(static_cast<double>(a - o.value));
    uncertain_ = uncertain_ || !std::isfinite(o.bar);
    return off <= o.bar + (exact ? 1e-30 : 1e-10) * (terms + std::abs(static_cast<double>(o.value)));
  }

  // The last step whose rule is wrong: the tail from the step after it is right, and with it is not.
  std::size_t last_wrong(std::size_t& checks) {
    std::size_t wrong = 0,
                right = tape_.steps().size();  // the tail from `wrong` on is wrong, from `right` on not
    while (right - wrong > 1) {
      const std::size_t middle = (wrong + right) / 2;
      ++checks;
      (tail_is_right(middle) ? right : wrong) = middle;
    }
    return wrong;
  }

 private:
  // What the steps from `first` on, and the nodes without a rule beside them, read from before.
  std::vector<node_id> cut_before(std::size_t first) const {
    const node_id limit = first < tape_.steps().size() ? tape_.steps()[first] : tape_.loss() + 1;
    std::vector<char> in(tape_.source().nodes.size(), false);
    if (tape_.loss() < limit) in[tape_.loss()] = true;
    for (const node_id n : tape_.values().nodes()) {
      if (n < limit) continue;
      for (const node_id i : tape_.source().inputs_of(n))
        if (i < limit) in[i] = true;
    }
    // Leaves may be younger than what is cut, and what no derivative passes through stays as it is.
    for (const node_id n : tape_.values().nodes())
      if (n >= limit && (tape_.source().nodes[n].role != reel::tape::role::computed ||
                         (tape_.source().nodes[n].kind == kind::real && !tape_.differentiable(n))))
        in[n] = true;
    std::vector<node_id> cut;
    for (node_id n = 0; n < in.size(); ++n)
      if (in[n]) cut.push_back(n);
    return cut;
  }

  pulled_tape<T>& tape_;
  random_numbers random_;
  bool uncertain_ = false;
};

template <class T> void search(const var& loss, const options& o, blame_report& report) {
  pulled_tape<T> tape(loss);
  tail_bisection<T> tails(tape, o.seed);
  require_work(std::log2(static_cast<double>(tape.steps().size() + 2)) * evaluations_per_tail *
               tape.values().cost());
  report.nodes = tape.steps().size();
  while (report.faults.size() < most_faults) {
    std::size_t checks = 1;
    const bool right = tails.tail_is_right(0);
    report.tail_checks += checks;
    if (right) break;
    const std::size_t at = tails.last_wrong(checks);
    report.tail_checks += checks - 1;
    const node_id n = tape.steps()[at];
    const recording& r = loss.recording();
    blamed b{n, r.op_of(n).type->name, r.location_of(n), checks, vjp(local_subject(loss.recording(), n), o)};
    const bool repeated = !report.faults.empty() && report.faults.back().node == n;
    report.faults.push_back(std::move(b));
    if (repeated) {
      report.reason =
          "its derivative stays wrong with right cotangents in their place: the values themselves "
          "are not what the tape says.";
      break;
    }
    tape.repair(at);
  }
  report.outcome = !report.faults.empty() ? verdict::fail
                   : tails.uncertain()    ? verdict::inconclusive
                                          : verdict::pass;
  if (report.outcome == verdict::inconclusive)
    report.reason =
        "values beside these numbers are not finite or were refused, so that some tails could not be told.";
}

}  // namespace

blame_report blame(const var& loss, const options& o) {
  const auto started = std::chrono::steady_clock::now();
  if (loss.size() != 1 || loss.kind() != kind::real)
    throw error(errc::non_scalar_loss, "blame", loss.where(),
                fmt::format("a loss of shape {}; reduce it with sum() or mean().", to_string(loss.shape())));
  blame_report report{.subject = fmt::format("blame({})", loss.name().empty() ? "loss" : loss.name())};
  const std::vector<node_id> wanted{loss.id()};
  const work_limit budget(o.seconds);
  const auto unfinished = attempt(o.seconds, [&] {
    if (has_bodies(loss.recording(), wanted, {}, dtype::real50)) search<real50>(loss, o, report);
    else search<double>(loss, o, report);
  });
  if (!unfinished.empty()) {
    report.outcome = report.faults.empty() ? verdict::inconclusive : verdict::fail;
    report.reason = unfinished;
  }
  report.work = budget.done();
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return report;
}

}  // namespace reel::check
