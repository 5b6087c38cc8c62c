// SPDX-License-Identifier: MIT
// One rule at one point with one oracle: what every element of its cotangents should be, and how far off
// it may be.
#pragma once

#include "check/subgradient.hpp"

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

// Evaluations that a slope along a direction takes, if the first step is good.
inline constexpr double evaluations_per_slope = 8;

template <class T, class Source = differences<T>> class vjp_comparison {
 public:
  vjp_comparison(const rule& r, const options& o, verdict_builder& v)
      : rule_(r), options_(o), verdict_(v), random_(o.seed), values_(r.y, r.x, r.at), run_(r), kinks_(r, o) {
    ybar_ = o.cotangent.empty() ? r.random_cotangent(random_) : given_cotangent();
    a_ = run_(r.at, ybar_);
    if (!std::ranges::all_of(values_.base(), [](const T& y) { return num::isfinite(y); }))
      verdict_.decide(verdict::inconclusive,
                      "values are not finite at these numbers, so there is nothing "
                      "to take differences of.");
    if constexpr (std::same_as<T, real50>) {
      bounds_ = rounding_bounds(run_.replayed(), ids(r.xbar));
    } else if (r.has_numbers(dtype::real50) && r.input_size() < 1000) {
      rule_run<real50> exact(r);
      exact(r.at, ybar_);
      const extent range = extent_of(exact.replayed());
      fits_ = std::isfinite(range.largest) && range.smallest > 0;
      bounds_ = rounding_bounds(exact.replayed(), ids(r.xbar));
    }
  }

  // Throws out_of_work before it begins, if it will not get to the end.
  void every_element() {
    if (!fits_)
      return verdict_.decide(
          verdict::inconclusive,
          "numbers on the way to the cotangents are beyond the range of double. Check it in 50 "
          "digits, or at other numbers.");
    const bool diagonal = rule_.elementwise();
    const auto columns = static_cast<double>(diagonal ? rule_.x.size() : rule_.input_size());
    require_work(columns * evaluations_per_slope * values_.cost());
    point direction = nowhere();
    for (std::size_t i = 0; i < rule_.x.size(); ++i)
      if (diagonal) diagonal_of(i, direction);
      else columns_of(i, direction);
    judge_what_is_hidden();
    look_for_null_seed();
    kinks_.judge(run_, ybar_, a_, verdict_);
  }

  std::size_t evaluations() const { return values_.evaluations(); }
  const std::vector<expected<T>>& expectations() const { return expected_; }
  const std::vector<std::vector<T>>& cotangents() const { return a_; }
  const point& seed() const { return ybar_; }
  bool on_kink(std::size_t input, std::size_t at) const { return kinks_.holds(input, at); }
  // ∂y/∂x: a column of all outputs for each element of all inputs.
  const std::vector<std::vector<T>>& jacobian() const { return jacobian_; }
  rule_run<T>& run() { return run_; }
  Source& values() { return values_; }

  double cotangent_at(std::size_t k) const {
    for (const reals& y : ybar_) {
      if (k < y.size()) return y[k];
      k -= y.size();
    }
    return 0;
  }

  // How far rounding may take an element of the rule's cotangents, whose terms are as large as `scale`.
  double allowance(std::size_t i, std::size_t at, double scale) {
    if (bounds_) return unit_roundoff<T> * (*bounds_)[i].error[at];
    if constexpr (std::same_as<T, real50>)
      return 0x1p20 * unit_roundoff<T> * (scale + std::abs(static_cast<double>(a_[i][at])));
    else return spread()[i][at];
  }

 private:
  static constexpr double goal = std::same_as<T, real50> ? 1e-34 : 1e-11;
  static constexpr double smallest = std::numeric_limits<double>::denorm_min();

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

  void columns_of(std::size_t i, point& direction) {
    for (std::size_t k = 0; k < rule_.at[i].size(); ++k) {
      direction[i][k] = 1;
      const auto d = values_.along(direction, goal);
      compare(i, k, d, 0, values_.outputs());
      jacobian_.push_back(d.value);
      direction[i][k] = 0;
    }
  }

  // All elements of an input at once; those much smaller or larger than 1 again by themselves, since steps
  // that suit others may be too large or too small for them.
  void diagonal_of(std::size_t i, point& direction) {
    const std::size_t n = rule_.at[i].size();
    if (n == 0) return;
    direction[i].assign(n, 1.0);
    auto d = values_.along(direction, goal);
    direction[i].assign(n, 0.0);
    for (std::size_t k = 0; k < n; ++k) {
      const double size = std::abs(rule_.at[i][k]);
      const bool good = !d.kink[k] && d.bar[k] <= 1e-10 * std::abs(static_cast<double>(d.value[k]));
      if (n > 1 && size > 0 && (size < 0x1p-8 || size > 0x1p8) && !good) {
        direction[i][k] = 1;
        const auto alone = values_.along(direction, goal);
        direction[i][k] = 0;
        if (alone.bar[k] < d.bar[k] || d.kink[k])
          d.value[k] = alone.value[k], d.bar[k] = alone.bar[k], d.kink[k] = alone.kink[k];
      }
      compare(i, k, d, k, k + 1);
      jacobian_.emplace_back(n, T(0))[k] = d.value[k];
    }
  }

  // One entry of x̄ against Σ ȳ_k ∂y_k/∂x over outputs first … last.
  void compare(std::size_t i, std::size_t at, const slopes<T>& d, std::size_t first, std::size_t last) {
    T o(0);
    double bar = 0, scale = 0;
    bool kink = false;
    for (std::size_t k = first; k < last; ++k) {
      const double weight = cotangent_at(k);
      if (weight == 0) continue;
      kink = kink || d.kink[k];
      o = o + d.value[k] * T(weight);
      const double size = std::abs(weight * static_cast<double>(d.value[k]));
      if (size > std::abs(weight) * d.bar[k]) scale += size;  // what is smaller is noise
      bar += std::abs(weight) * d.bar[k];
    }
    if (kink) return kinks_.add(i, at);
    const T& a = a_[i][at];
    const auto rule_says = static_cast<double>(a), oracle_says = static_cast<double>(o);
    if (!std::isfinite(bar) || !std::isfinite(scale)) {
      if (kinks_.empty()) verdict_.decide(verdict::inconclusive, why_nothing(i, at));
      return;
    }
    largest_ = std::max(largest_, std::abs(oracle_says));
    terms_ = std::max(terms_, scale);
    const double allowed = allowance(i, at, scale);
    // Doubles hold no margin below their smallest, and slopes that are not 0 are not smaller.
    if (!(o == T(0))) bar = std::max(bar, smallest), scale = std::max(scale, oracle_says == 0 ? smallest : 0);
    const bool claimed = std::abs(rule_says) > allowed;
    if (scale == 0) {
      hidden_.push_back({i, at, bar + allowed, claimed ? std::abs(rule_says) : 0});
      if (claimed) scale = std::abs(rule_says);
    }
    expected_.push_back({i, at, o, bar + allowed});
    verdict_.add({.input = i,
                  .at = at,
                  .name = entry_name(rule_, i, at, "xbar"),
                  .rule = rule_says,
                  .oracle = oracle_says,
                  .difference = static_cast<double>(a - o),
                  .oracle_error = bar,
                  .allowed = allowed,
                  .scale = scale});
  }

  std::string why_nothing(std::size_t i, std::size_t at) const {
    const std::string where = entry_name(rule_, i, at, "x");
    return values_.refused().empty()
               ? fmt::format(
                     "values near {} are not finite, or slopes are beyond the largest double, so there "
                     "is nothing to take differences of.",
                     where)
               : fmt::format("numbers near {} were refused, so there is nothing to take differences of: {}",
                             where, values_.refused());
  }

  // Where values show no slope, the rule may be off by as much as they hide. That is little beside the
  // slopes of other elements, and anything beside none.
  void judge_what_is_hidden() {
    double most = 0;
    bool claims = false;
    for (const hidden_element& h : hidden_) {
      if (h.claimed > 0 && h.claimed <= h.margin)
        return verdict_.decide(
            verdict::inconclusive,
            fmt::format("the rule says {:.3g} for {}, and the values hide every slope below {:.1e}: they do "
                        "not move by more than their rounding. Check it at other numbers.",
                        h.claimed, entry_name(rule_, h.input, h.at, "xbar"), h.margin));
      most = std::max(most, h.margin);
      claims = claims || h.claimed > 0;
    }
    double& limit = verdict_.result().detection_limit;
    if (terms_ > 0) limit = std::max(limit, most / terms_);
    if (terms_ > 0 || hidden_.empty() || claims) return;
    verdict_.result().flat = true;
    // Complex steps take no difference of values, whose rounding hides nothing from them.
    if (std::same_as<Source, differences<double>> && kinks_.empty())
      verdict_.decide(
          verdict::inconclusive,
          fmt::format("no value moves by more than its rounding in double, which hides every slope "
                      "below {:.1e}: any rule below that would pass. Check it at other numbers, or "
                      "in 50 digits.",
                      most));
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
      try {
        const auto moved = run_(x, ybar_);
        for (std::size_t i = 0; i < moved.size(); ++i)
          for (std::size_t k = 0; k < moved[i].size(); ++k)
            spread_[i][k] =
                std::max(spread_[i][k], 8 * std::abs(static_cast<double>(moved[i][k] - a_[i][k])));
      } catch (const refusal&) {  // at the edge of a domain: the others have to do
      }
    }
    return spread_;
  }

  void look_for_null_seed() {
    if (terms_ > 0 && largest_ <= 1e-12 * terms_)
      return verdict_.decide(
          verdict::inconclusive,
          fmt::format(
              "|Jᵀw| / |J|ᵀ|w| = {:.0e}: the seed w lies in the null space of Jᵀ, so any multiple of "
              "the right gradient would pass. Leave the seed to the check, which draws one at random.",
              largest_ / terms_));
    if (terms_ > 0 || !kinks_.empty()) return;
    if constexpr (std::same_as<T, real50>) look_for_cancellation();
  }

  // No slope at all: either every op in between is flat, or steep ones cancel.
  void look_for_cancellation() {
    replay<real50> values(rule_.y, rule_.x);
    for (std::size_t i = 0; i < rule_.x.size(); ++i)
      std::ranges::transform(rule_.at[i], values.given(i).begin(), [](double v) { return real50(v); });
    values.run();
    const auto chain = rounding_bounds(values, ids(rule_.y));
    if (!chain) return;
    for (const auto& b : *chain)
      for (const double c : b.chain)
        if (c > 1e-6)
          return verdict_.decide(
              verdict::inconclusive,
              fmt::format("this function is constant near these numbers, though the ops in it are not (the "
                          "product of their slopes is {:.1g}): any multiple of the right gradient would "
                          "pass. Check the ops, or a function with a slope.",
                          c));
  }

  struct hidden_element {
    std::size_t input, at;
    double margin, claimed;  // what the values hide, and what the rule says beyond its rounding
  };
  const rule& rule_;
  const options& options_;
  verdict_builder& verdict_;
  random_numbers random_;
  Source values_;
  rule_run<T> run_;
  point ybar_;
  std::vector<std::vector<T>> a_, jacobian_;
  std::vector<expected<T>> expected_;
  std::optional<std::vector<node_bounds>> bounds_;
  point spread_;
  kinks<T> kinks_;
  bool fits_ = true;  // whether double holds every number, as far as that is known
  std::vector<hidden_element> hidden_;
  double largest_ = 0, terms_ = 0;  // of all entries, |Jᵀȳ| and |J|ᵀ|ȳ|
};

}  // namespace reel::check
