// SPDX-License-Identifier: MIT
// Elements on a kink: there is no derivative to compare a rule with, only what its author declares there.
#pragma once

#include "check/vjp.hpp"

#include <reel/autodiff/number.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace reel::check {

template <class T> class kinks {
 public:
  kinks(const rule& r, const options& o) : rule_(r), options_(o) {}

  bool empty() const { return found_.empty(); }
  bool holds(std::size_t input, std::size_t at) const {
    return std::ranges::any_of(found_, [&](const auto& e) { return e.input == input && e.at == at; });
  }
  void add(std::size_t input, std::size_t at) { found_.push_back({input, at}); }

  // NONSMOOTH, or the cotangents `a` of the rule against those declared. `run` gave them for ȳ.
  void judge(rule_run<T>& run, const point& ybar, const std::vector<std::vector<T>>& a, verdict_builder& v) {
    if (empty()) return;
    if (!options_.subgradient.empty()) return compare_declared(a, v);
    const auto [i, k] = found_[0];
    v.decide(verdict::nonsmooth,
             fmt::format("{} of {} elements lie on a kink, {} among them: the slopes on its two "
                         "sides differ{}, and there is no derivative to compare with. Give the "
                         "cotangents declared there as `subgradient`.",
                         found_.size(), rule_.input_size(), entry_name(rule_, i, k, "x"),
                         branch_at(run, ybar, i, k)));
  }

 private:
  using branches = std::vector<std::vector<char>>;  // the masks and indices of every node

  branches branches_at(rule_run<T>& run, const point& ybar, std::size_t input, std::size_t at, double step) {
    static_cast<void>(run(rule_.at, ybar));
    auto& replayed = run.replayed();
    replayed.given(input)[at] = replayed.given(input)[at] + T(step);
    replayed.run();
    const recording& r = rule_.source();
    branches all;
    for (const node_id n : replayed.nodes()) {
      const bool branch = r.nodes[n].kind != kind::real;
      const auto* bytes = static_cast<const char*>(replayed.data(n));
      const auto size =
          static_cast<std::size_t>(r.shape_of(n).size()) * size_of(dtype_for(r.nodes[n].kind, dtype_of<T>));
      all.emplace_back(bytes, branch ? bytes + size : bytes);
    }
    return all;
  }

  // The first mask or index, of values and rule, that differs on the two sides of an element.
  std::string branch_at(rule_run<T>& run, const point& ybar, std::size_t input, std::size_t at) {
    const double step = 0x1p-40 * std::max(std::abs(rule_.at[input][at]), 0x1p-40);
    try {
      const auto left = branches_at(run, ybar, input, at, -step);
      const auto right = branches_at(run, ybar, input, at, step);
      for (std::size_t k = 0; k < left.size(); ++k)
        if (left[k] != right[k])
          return fmt::format(", where {} comes out differently",
                             rule_.source().describe(run.replayed().nodes()[k]));
    } catch (const refusal&) {  // it takes no numbers beside the kink
    }
    return {};
  }

  void compare_declared(const std::vector<std::vector<T>>& a, verdict_builder& v) {
    if (options_.subgradient.size() != rule_.x.size())
      throw error(errc::invalid_argument, "check", {},
                  "the subgradient has an array of cotangents for each input.");
    for (const auto& [i, k] : found_) {
      const auto& declared = options_.subgradient[i];
      if (declared.size() != rule_.at[i].size())
        throw error(errc::shape_mismatch, "check", {},
                    fmt::format("{} declared cotangents for input {} of shape {}.", declared.size(), i,
                                to_string(rule_.x[i].shape())));
      const double want = declared.data()[k], scale = std::max(std::abs(want), 1.0);
      v.add({.input = i,
             .at = k,
             .name = entry_name(rule_, i, k, "xbar") + " (declared)",
             .rule = static_cast<double>(a[i][k]),
             .oracle = want,
             .difference = static_cast<double>(a[i][k] - T(want)),
             .oracle_error = 0,
             .allowed = 4 * 0x1p-53 * scale,
             .scale = scale});
    }
  }

  struct element_of_input {
    std::size_t input, at;
  };
  const rule& rule_;
  const options& options_;
  std::vector<element_of_input> found_;
};

}  // namespace reel::check
