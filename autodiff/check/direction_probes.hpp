// SPDX-License-Identifier: MIT
// Probes along directions of ±1: they show one wrong element undiluted; two that cancel survive k probes
// with probability 2^−k. For what is too large to be looked at element by element.
#pragma once

#include "check/vjp_comparison.hpp"

namespace reel::check {

template <class T, class Source> class direction_probes {
 public:
  direction_probes(const rule& r, const options& o, vjp_comparison<T, Source>& c, verdict_builder& v)
      : rule_(r), options_(o), comparison_(c), verdict_(v), random_(o.seed + 4) {
    for (const auto& a : c.cotangents())
      for (const T& n : a) largest_ = std::max(largest_, std::abs(static_cast<double>(n)));
  }

  void run(std::size_t count) {
    require_work(static_cast<double>(count) * evaluations_per_slope * comparison_.values().cost());
    for (std::size_t p = 0; p < count; ++p) {
      point direction;
      for (const reals& x : rule_.at) direction.push_back(random_.signs(x.size()));
      const comparison c = probe(direction);
      verdict_.add(c);
      if (std::abs(c.difference) <= c.oracle_error + c.allowed) continue;
      verdict_.result().explanation.push_back(localise(direction));
      break;
    }
    if (largest_ == 0 && verdict_.result().worst.oracle == 0)
      verdict_.decide(verdict::inconclusive, "every derivative is 0 here, so any multiple would pass.");
  }

 private:
  comparison probe(const point& direction) {
    const auto d = comparison_.values().along(direction, 1e-2 * options_.target);
    const auto& xbar = comparison_.cotangents();
    T o(0), a(0);
    double bar = 0, norm = 0;
    for (std::size_t k = 0; k < d.value.size(); ++k) {
      const double weight = comparison_.cotangent_at(k);
      o = o + d.value[k] * T(weight);
      bar += std::abs(weight) * d.bar[k];
    }
    for (std::size_t i = 0; i < xbar.size(); ++i)
      for (std::size_t k = 0; k < xbar[i].size(); ++k) {
        if (direction[i][k] == 0) continue;
        a = a + xbar[i][k] * T(direction[i][k]);
        const double e = comparison_.allowance(i, k, 0);
        norm += e * e;  // roundings of elements are not all of one sign
      }
    const double size = std::abs(static_cast<double>(o)) / std::sqrt(static_cast<double>(rule_.input_size()));
    return {.input = 0,
            .at = 0,
            .name = "⟨xbar, v⟩ for a direction v of ±1",
            .rule = static_cast<double>(a),
            .oracle = static_cast<double>(o),
            .difference = static_cast<double>(a - o),
            .oracle_error = bar,
            .allowed = 4 * std::sqrt(norm),
            .scale = std::max(largest_, size)};
  }

  struct range {
    std::size_t first, last;
  };
  static point within(point direction, const range& r) {
    std::size_t k = 0;
    for (reals& n : direction)
      for (double& v : n) {
        if (k < r.first || k >= r.last) v = 0;
        ++k;
      }
    return direction;
  }

  // Halves the direction until one element is left that is wrong by itself.
  std::string localise(const point& direction) {
    range at{0, rule_.input_size()};
    const auto off = [](const comparison& c) {
      return std::abs(c.difference) / (c.oracle_error + c.allowed);
    };
    try {
      while (at.last - at.first > 1) {
        const std::size_t middle = (at.first + at.last) / 2;
        const range left{at.first, middle}, right{middle, at.last};
        const double of_left = off(probe(within(direction, left)));
        const double of_right = off(probe(within(direction, right)));
        if (!(of_left > 1) && !(of_right > 1)) break;
        at = of_left >= of_right ? left : right;
      }
    } catch (const out_of_work&) {  // then it says how far it came
    }
    std::size_t input = 0, first = at.first;
    while (first >= rule_.at[input].size()) first -= rule_.at[input++].size();
    const std::string element = entry_name(rule_, input, first, "xbar");
    return at.last - at.first == 1
               ? fmt::format("one that is wrong: {}", element)
               : fmt::format("wrong among {} elements from {} on", at.last - at.first, element);
  }

  const rule& rule_;
  const options& options_;
  vjp_comparison<T, Source>& comparison_;
  verdict_builder& verdict_;
  random_numbers random_;
  double largest_ = 0;
};

}  // namespace reel::check
