// SPDX-License-Identifier: MIT
// One rule at one point with one oracle: what every element of its cotangents should be, and how far off
// it may be.
#pragma once

#include "check/vjp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace reel::check {

// What the oracle says of an element of a cotangent.
template <class T> struct expected {
  std::size_t input, at;
  T value;
  double margin;  // t_o + t_a
};

template <class T, class Source = differences<T>> class examination {
 public:
  examination(const rule& r, const options& o, judgement& j)
      : rule_(r), options_(o), judgement_(j), random_(o.seed), values_(r.y, r.x, r.at), run_(r) {
    ybar_ = o.cotangent.empty() ? r.random_cotangent(random_) : given_cotangent();
    a_ = run_(r.at, ybar_);
    if (!std::ranges::all_of(values_.base(), [](const T& v) { return num::isfinite(v); }))
      judgement_.decide(verdict::inconclusive,
                        "values are not finite at these numbers, so there is nothing "
                        "to take differences of.");
    if constexpr (std::same_as<T, real50>) {
      bounds_ = rounding_bounds(run_.machine(), ids(r.xbar));
    } else if (r.has_numbers(element::real50) && r.input_size() < 1000) {
      rule_run<real50> exact(r);
      exact(r.at, ybar_);
      bounds_ = rounding_bounds(exact.machine(), ids(r.xbar));
    }
  }

  void every_element() {
    const bool diagonal = rule_.elementwise();
    for (std::size_t i = 0; i < rule_.x.size(); ++i) {
      const std::size_t n = rule_.at[i].size();
      point direction = nowhere();
      if (diagonal) {
        if (n == 0) continue;
        direction[i].assign(n, 1.0);
        const auto d = values_.along(direction, goal);
        for (std::size_t k = 0; k < n; ++k) {
          compare(i, k, d, k, k + 1);
          jacobian_.emplace_back(n, T(0))[k] = d.value[k];
        }
        continue;
      }
      for (std::size_t k = 0; k < n; ++k) {
        direction[i][k] = 1;
        const auto d = values_.along(direction, goal);
        compare(i, k, d, 0, values_.outputs());
        jacobian_.push_back(d.value);
        direction[i][k] = 0;
      }
    }
    look_for_null_seed();
    at_kinks();
  }

  // ±1 directions show one wrong element undiluted; two that cancel survive k probes with
  // probability 2^−k.
  void probes(std::size_t count) {
    double largest = 0;
    for (const auto& a : a_)
      for (const T& v : a) largest = std::max(largest, std::abs(static_cast<double>(v)));
    for (std::size_t p = 0; p < count; ++p) {
      point direction;
      for (const reals& x : rule_.at) direction.push_back(random_.signs(x.size()));
      const comparison c = probe(direction, largest);
      judgement_.add(c);
      if (std::abs(c.difference) <= c.oracle_error + c.allowed) continue;
      judgement_.result().explanation.push_back(localise(direction, largest));
      break;
    }
    if (largest == 0 && judgement_.result().worst.oracle == 0)
      judgement_.decide(verdict::inconclusive, "every derivative is 0 here, so any multiple would pass.");
  }

  std::size_t evaluations() const { return values_.evaluations(); }
  const std::vector<expected<T>>& expectations() const { return expected_; }
  const std::vector<std::vector<T>>& cotangents() const { return a_; }
  const point& seed() const { return ybar_; }
  // ∂y/∂x: a column of all outputs for each element of all inputs.
  const std::vector<std::vector<T>>& jacobian() const { return jacobian_; }
  rule_run<T>& run() { return run_; }

 private:
  static constexpr double goal = std::same_as<T, real50> ? 1e-34 : 1e-11;

  point given_cotangent() const {
    if (options_.cotangent.size() != rule_.y.size())
      throw error(errc::invalid_argument, "check", {},
                  fmt::format("{} cotangents for {} results; give one for each.", options_.cotangent.size(),
                              rule_.y.size()));
    point all;
    for (std::size_t i = 0; i < rule_.y.size(); ++i) {
      const auto& c = options_.cotangent[i];
      if (shape_of(c) != rule_.y[i].shape())
        throw error(errc::shape_mismatch, "check", {},
                    fmt::format("a cotangent of shape {} for a result of shape {}; they must agree.",
                                to_string(shape_of(c)), to_string(rule_.y[i].shape())));
      all.emplace_back(c.data(), c.data() + c.size());
    }
    return all;
  }

  point nowhere() const {
    point zero;
    for (const reals& x : rule_.at) zero.emplace_back(x.size(), 0.0);
    return zero;
  }

  double cotangent_at(std::size_t k) const {
    for (const reals& y : ybar_) {
      if (k < y.size()) return y[k];
      k -= y.size();
    }
    return 0;
  }

  // One entry of x̄ against Σ ȳ_k ∂y_k/∂x over outputs first … last.
  void compare(std::size_t i, std::size_t at, const slopes<T>& d, std::size_t first, std::size_t last) {
    T o(0);
    double bar = 0, scale = 0, noise = 0;
    bool kink = false;
    for (std::size_t k = first; k < last; ++k) {
      const double weight = cotangent_at(k);
      if (weight == 0) continue;
      kink = kink || d.kink[k];
      o = o + d.value[k] * T(weight);
      const double size = std::abs(weight * static_cast<double>(d.value[k]));
      (size > std::abs(weight) * d.bar[k] ? scale : noise) += size;
      bar += std::abs(weight) * d.bar[k];
    }
    const T& a = a_[i][at];
    if (kink) {
      kinks_.push_back({i, at});
      return;
    }
    if (!std::isfinite(bar)) {
      if (kinks_.empty())
        judgement_.decide(
            verdict::inconclusive,
            fmt::format("values near {} are not finite, so there is nothing to take differences "
                        "of.",
                        entry_name(rule_, i, at, "x")));
      return;
    }
    largest_ = std::max(largest_, std::abs(static_cast<double>(o)));
    terms_ = std::max(terms_, scale);
    const double allowed = allowance(i, at, scale);
    expected_.push_back({i, at, o, bar + allowed});
    judgement_.add({.input = i,
                    .at = at,
                    .name = entry_name(rule_, i, at, "xbar"),
                    .rule = static_cast<double>(a),
                    .oracle = static_cast<double>(o),
                    .difference = static_cast<double>(a - o),
                    .oracle_error = bar,
                    .allowed = allowed,
                    .scale = scale});
  }

  double allowance(std::size_t i, std::size_t at, double scale) {
    if (bounds_) return unit_roundoff<T> * (*bounds_)[i].error[at];
    if constexpr (std::same_as<T, real50>)
      return 0x1p20 * unit_roundoff<T> * (scale + std::abs(static_cast<double>(a_[i][at])));
    else return spread()[i][at];
  }

  // By how much the rule's numbers move when its inputs move by a rounding: for want of a bound.
  const point& spread() {
    if (!spread_.empty()) return spread_;
    for (const auto& a : a_) {
      spread_.emplace_back();
      for (const T& v : a) spread_.back().push_back(4 * unit_roundoff<T> * std::abs(static_cast<double>(v)));
    }
    for (int trial = 0; trial < 3; ++trial) {
      point x = rule_.at;
      for (reals& n : x)
        for (double& v : n) v *= 1 + 0x1p-52 * random_.sign();
      const auto moved = run_(x, ybar_);
      for (std::size_t i = 0; i < moved.size(); ++i)
        for (std::size_t k = 0; k < moved[i].size(); ++k)
          spread_[i][k] = std::max(spread_[i][k], 8 * std::abs(static_cast<double>(moved[i][k] - a_[i][k])));
    }
    return spread_;
  }

  comparison probe(const point& direction, double largest) {
    const auto d = values_.along(direction, 1e-2 * options_.target);
    T o(0), a(0);
    double bar = 0, allowed = 0, norm = 0;
    for (std::size_t k = 0; k < values_.outputs(); ++k) {
      const double weight = cotangent_at(k);
      o = o + d.value[k] * T(weight);
      bar += std::abs(weight) * d.bar[k];
    }
    for (std::size_t i = 0; i < a_.size(); ++i)
      for (std::size_t k = 0; k < a_[i].size(); ++k) {
        if (direction[i][k] == 0) continue;
        a = a + a_[i][k] * T(direction[i][k]);
        const double e = allowance(i, k, 0);
        norm += e * e;  // roundings of elements are not all of one sign
      }
    allowed = 4 * std::sqrt(norm);
    const double size = std::abs(static_cast<double>(o)) / std::sqrt(static_cast<double>(rule_.input_size()));
    return {.input = 0,
            .at = 0,
            .name = "⟨xbar, v⟩ for a direction v of ±1",
            .rule = static_cast<double>(a),
            .oracle = static_cast<double>(o),
            .difference = static_cast<double>(a - o),
            .oracle_error = bar,
            .allowed = allowed,
            .scale = std::max(largest, size)};
  }

  // Halves the direction until one element is left that is wrong by itself.
  std::string localise(point direction, double largest) {
    struct range {
      std::size_t first, last;
    } at{0, rule_.input_size()};
    const auto within = [&](std::size_t first, std::size_t last) {
      point part = direction;
      std::size_t k = 0;
      for (reals& n : part)
        for (double& v : n) {
          if (k < first || k >= last) v = 0;
          ++k;
        }
      return part;
    };
    while (at.last - at.first > 1) {
      const std::size_t middle = (at.first + at.last) / 2;
      const comparison left = probe(within(at.first, middle), largest);
      const comparison right = probe(within(middle, at.last), largest);
      const auto off = [](const comparison& c) {
        return std::abs(c.difference) / (c.oracle_error + c.allowed);
      };
      if (!(off(left) > 1) && !(off(right) > 1)) break;
      at = off(left) >= off(right) ? range{at.first, middle} : range{middle, at.last};
    }
    std::size_t input = 0, first = at.first;
    while (first >= rule_.at[input].size()) first -= rule_.at[input++].size();
    return at.last - at.first == 1
               ? fmt::format("one that is wrong: {}", entry_name(rule_, input, first, "xbar"))
               : fmt::format("wrong among {} elements from {} on", at.last - at.first,
                             entry_name(rule_, input, first, "xbar"));
  }

  void look_for_null_seed() {
    if (terms_ > 0 && largest_ <= 1e-12 * terms_)
      return judgement_.decide(
          verdict::inconclusive,
          fmt::format(
              "|Jᵀw| / |J|ᵀ|w| = {:.0e}: the seed w lies in the null space of Jᵀ, so any multiple of "
              "the right gradient would pass. Leave the seed to the check, which draws one at random.",
              largest_ / terms_));
    if (terms_ > 0 || !kinks_.empty()) return;
    // No slope at all: either every op in between is flat, or steep ones cancel.
    if constexpr (std::same_as<T, real50>) {
      replay<real50> values(rule_.y, rule_.x);
      for (std::size_t i = 0; i < rule_.x.size(); ++i)
        std::ranges::transform(rule_.at[i], values.given(i).begin(), [](double v) { return real50(v); });
      values.run();
      const auto chain = rounding_bounds(values, ids(rule_.y));
      if (!chain) return;
      for (const auto& b : *chain)
        for (const double c : b.chain)
          if (c > 1e-6)
            return judgement_.decide(
                verdict::inconclusive,
                fmt::format("this function is constant near these numbers, though the ops in it are not (the "
                            "product of their slopes is {:.1g}): any multiple of the right gradient would "
                            "pass. Check the ops, or a function with a slope.",
                            c));
    }
  }

  // The first mask or index, of values and rule, that differs on the two sides of an element.
  std::string branch_at(std::size_t input, std::size_t at) {
    auto& machine = run_.machine();
    const recording& r = rule_.source();
    const auto branches = [&](double step) {
      static_cast<void>(run_(rule_.at, ybar_));
      machine.given(input)[at] = machine.given(input)[at] + T(step);
      machine.run();
      std::vector<std::vector<char>> all;
      for (const node_id n : machine.nodes()) {
        const bool branch = r.nodes[n].kind != kind::real;
        const auto* bytes = static_cast<const char*>(machine.data(n));
        const auto size = static_cast<std::size_t>(r.shape_of(n).size()) *
                          size_of(element_for(r.nodes[n].kind, element_of<T>));
        all.emplace_back(bytes, branch ? bytes + size : bytes);
      }
      return all;
    };
    const double step = 0x1p-40 * std::max(std::abs(rule_.at[input][at]), 0x1p-40);
    const auto left = branches(-step), right = branches(step);
    for (std::size_t k = 0; k < left.size(); ++k)
      if (left[k] != right[k])
        return fmt::format(", where {} comes out differently", r.describe(machine.nodes()[k]));
    return {};
  }

  // At a kink there is no derivative; what the op declares there is checked if it is told.
  void at_kinks() {
    if (kinks_.empty()) return;
    if (options_.convention.empty()) {
      const auto [i, k] = kinks_[0];
      judgement_.decide(
          verdict::nonsmooth,
          fmt::format("{} of {} elements lie on a kink, {} among them: the slopes on its two "
                      "sides differ{}, and there is no derivative to compare with. Give the "
                      "cotangents declared there as `convention`.",
                      kinks_.size(), rule_.input_size(), entry_name(rule_, i, k, "x"), branch_at(i, k)));
      return;
    }
    if (options_.convention.size() != rule_.x.size())
      throw error(errc::invalid_argument, "check", {},
                  "the convention has an array of cotangents for each input.");
    for (const auto& [i, k] : kinks_) {
      const auto& declared = options_.convention[i];
      if (declared.size() != rule_.at[i].size())
        throw error(errc::shape_mismatch, "check", {},
                    fmt::format("{} declared cotangents for input {} of shape {}.", declared.size(), i,
                                to_string(rule_.x[i].shape())));
      const double want = declared.data()[k], scale = std::max(std::abs(want), 1.0);
      judgement_.add({.input = i,
                      .at = k,
                      .name = entry_name(rule_, i, k, "xbar") + " (declared)",
                      .rule = static_cast<double>(a_[i][k]),
                      .oracle = want,
                      .difference = static_cast<double>(a_[i][k] - T(want)),
                      .oracle_error = 0,
                      .allowed = 4 * 0x1p-53 * scale,
                      .scale = scale});
    }
  }

  const rule& rule_;
  const options& options_;
  judgement& judgement_;
  random_numbers random_;
  Source values_;
  rule_run<T> run_;
  point ybar_;
  std::vector<std::vector<T>> a_, jacobian_;
  std::vector<expected<T>> expected_;
  std::optional<std::vector<node_bounds>> bounds_;
  point spread_;
  struct element_of_input {
    std::size_t input, at;
  };
  std::vector<element_of_input> kinks_;
  double largest_ = 0, terms_ = 0;  // of all entries, |Jᵀȳ| and |J|ᵀ|ȳ|
};

}  // namespace reel::check
