// SPDX-License-Identifier: MIT
#include "check/rule.hpp"

#include "check/attempt.hpp"

#include "tape/inspect.hpp"

#include <reel/autodiff/node.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace reel::check {

reals random_numbers::signs(std::size_t n) {
  reals x(n);
  for (double& v : x) v = sign();
  return x;
}
reals random_numbers::generic(std::size_t n) {
  reals x(n);
  for (double& v : x) v = generic();
  return x;
}

namespace {

point numbers_of(std::span<const var> x) {
  point at;
  for (const var& v : x) {
    const auto a = v.value<double>();
    at.emplace_back(a.data(), a.data() + a.size());
  }
  return at;
}

}  // namespace

rule::rule(const subject& s)
    : rule({s.outputs().begin(), s.outputs().end()}, {s.inputs().begin(), s.inputs().end()},
           numbers_of(s.inputs())) {}

rule::rule(std::vector<var> outputs, std::vector<var> inputs, point start)
    : x(std::move(inputs)), y(std::move(outputs)), at(std::move(start)) {
  if (x.empty() || y.empty()) return;
  recording& r = source();
  for (const var& v : y)
    ybar.push_back(r.append_leaf({tape::role::input, dtype::f64, v.shape(), nullptr}, v.where()));
  as_refusal("vjp", y[0].where(), [&] {
    for (const var& g : reel::vjp(y, x, ybar)) xbar.push_back(detail::rewrap(g));
  });
}

rule rule_of(const subject& s, const options& o) {
  if (o.order < 1 || o.order > 3)
    throw error(errc::invalid_argument, "check", s.where(),
                fmt::format("order {}; derivatives of order 1, 2 and 3 can be checked.", o.order));
  rule r(s);
  random_numbers random(o.seed + 1);
  for (int order = 1; order < o.order && !r.x.empty() && !r.y.empty(); ++order) {
    point at = r.at;
    for (reals& ybar : r.random_cotangent(random)) at.push_back(std::move(ybar));
    r = rule(r.xbar, r.given(), std::move(at));
  }
  return r;
}

std::string of_order(const std::string& name, const options& o) {
  return o.order == 1 ? name : fmt::format("{}, order {}", name, o.order);
}

std::vector<var> rule::given() const {
  std::vector<var> all = x;
  all.insert(all.end(), ybar.begin(), ybar.end());
  return all;
}

std::vector<var> rule::cotangents_and_values() const {
  std::vector<var> all = xbar;
  all.insert(all.end(), y.begin(), y.end());
  return all;
}

bool rule::elementwise() const {
  const recording& r = source();
  if (y.size() != 1) return false;
  if (!std::ranges::all_of(x, [&](const var& v) { return v.shape() == y[0].shape(); })) return false;
  const auto seen = dependencies(y[0]);
  for (node_id n = 0; n < seen.size(); ++n) {
    if (!seen[n] || r.nodes[n].role != tape::role::computed) continue;
    if (!r.op_of(n).type->elementwise || r.shape_of(n) != y[0].shape()) return false;
  }
  return true;
}

bool rule::reads_inputs() const {
  return std::ranges::any_of(xbar, [&](const var& g) {
    const auto seen = dependencies(g);
    return std::ranges::any_of(x, [&](const var& v) { return seen[v.id()]; });
  });
}

bool rule::has_numbers(dtype e) const {
  const auto given_ids = ids(given());
  return has_bodies(source(), ids(y), given_ids, e) && has_bodies(source(), ids(xbar), given_ids, e);
}

std::size_t rule::input_size() const {
  std::size_t n = 0;
  for (const reals& a : at) n += a.size();
  return n;
}

point rule::random_cotangent(random_numbers& random) const {
  point ybar_numbers;
  for (const var& v : ybar) ybar_numbers.push_back(random.generic(static_cast<std::size_t>(v.size())));
  return ybar_numbers;
}

std::string entry_name(const rule& r, std::size_t input, std::size_t at, const char* letter) {
  const auto& from = r.x.size() > input ? r.x[input] : r.y[0];
  const std::string position = from.shape().is_scalar() ? "" : detail::position(from.shape(), at);
  return r.x.size() == 1 ? fmt::format("{}{}", letter, position)
                         : fmt::format("{}{} of input {}", letter, position, input);
}

}  // namespace reel::check
