// SPDX-License-Identifier: MIT
#include "check/identities.hpp"

#include <reel/autodiff/node.hpp>

#include <algorithm>
#include <cmath>

namespace reel::check {

namespace {

// By node, how often what the results depend on reads it.
std::vector<std::size_t> readers(const rule& r) {
  const recording& nodes = r.source();
  std::vector<char> live(nodes.nodes.size());
  for (const var& y : r.y) live[y.id()] = true;
  std::vector<std::size_t> count(nodes.nodes.size());
  for (auto n = static_cast<node_id>(live.size()); n-- > 0;)
    for (const node_id i : live[n] ? nodes.inputs_of(n) : std::span<const node_id>()) {
      live[i] = true;
      ++count[i];
    }
  for (std::size_t n = 0; n < count.size(); ++n) count[n] = live[n] ? count[n] : 0;
  return count;
}

// An application of an op to inputs of the subject, with the subject's cotangents for its own.
struct application {
  node_id node;
  std::vector<var> x, xbar;
};

std::vector<application> applications(const rule& r) {
  const recording& nodes = r.source();
  const auto count = readers(r);
  std::vector<application> all;
  for (node_id n = 0; n < count.size(); ++n) {
    const bool live = count[n] > 0 || std::ranges::any_of(r.y, [&](const var& y) { return y.id() == n; });
    if (!live || nodes.op_of(n).type->identities == nullptr) continue;
    application a{n, {}, {}};
    bool whole = true;
    for (const node_id i : nodes.inputs_of(n)) {
      a.x.push_back(nodes.handle(i));
      a.xbar.push_back(none);
      if (nodes.nodes[i].kind != kind::real) continue;
      const auto at = std::ranges::find_if(r.x, [&](const var& x) { return x.id() == i; });
      whole = whole && at != r.x.end() && count[i] == 1;
      if (whole) a.xbar.back() = r.xbar[static_cast<std::size_t>(at - r.x.begin())];
    }
    if (whole) all.push_back(std::move(a));
  }
  return all;
}

}  // namespace

struct declared_identities::known {
  explicit known(const rule& zeros) : run(zeros) {}
  rule_run<real50> run;
  std::vector<std::vector<real50>> right;
  std::vector<node_bounds> bounds;
  extent range;

  // Whether there is anything to hold an element to: not at infinities.
  bool finite(std::size_t i, std::size_t k) const {
    return num::isfinite(right[i][k]) && std::isfinite(bounds[i].error[k]);
  }
};

declared_identities::declared_identities(const rule& r) : zeros_(r) {
  if (r.x.empty() || r.y.empty()) return;
  zeros_.xbar.clear();
  for (const application& a : applications(r)) {
    const var y = r.source().handle(a.node);
    const bool last = r.y.size() == 1 && y.id() == r.y[0].id();
    const var ybar = last ? r.ybar[0] : reel::vjp(r.y, std::span(&y, 1), r.ybar)[0];
    const auto& op = r.source().op_of(a.node);
    for (const identity& i : op.type->identities->of(op.self.get(), {ybar, y, a.x, a.xbar})) {
      texts_.push_back(i.text);
      zeros_.xbar.push_back(i.zero);
    }
  }
  // Edits of one cotangent may read another.
  zeros_.xbar.insert(zeros_.xbar.end(), r.xbar.begin(), r.xbar.end());
}

declared_identities::~declared_identities() = default;

bool declared_identities::analyse(const point& x, const point& ybar) {
  if (texts_.empty() || !zeros_.has_numbers(dtype::real50)) return false;
  known_ = std::make_unique<known>(zeros_);
  known_->right = known_->run(x, ybar);
  const auto bounds = rounding_bounds(known_->run.replayed(), ids(zeros_.xbar));
  if (bounds) known_->bounds = *bounds;
  // What a type must hold is what the rule computes, not what is left where it cancels.
  rule plain = zeros_;
  plain.xbar.erase(plain.xbar.begin(), plain.xbar.begin() + std::ssize(texts_));
  rule_run<real50> rule_alone(plain);
  rule_alone(x, ybar);
  known_->range = extent_of(rule_alone.replayed());
  return bounds.has_value();
}

const char* declared_identities::broken_by(std::span<const edit> edits, const point& ybar) {
  if (known_ == nullptr && !analyse(zeros_.at, ybar)) texts_.clear();
  if (texts_.empty()) return nullptr;
  const auto got = known_->run(zeros_.at, ybar, edits);
  for (std::size_t i = 0; i < texts_.size(); ++i)
    for (std::size_t k = 0; k < got[i].size(); ++k)
      if (known_->finite(i, k) &&
          !(std::abs(static_cast<double>(got[i][k])) <= unit_roundoff<real50> * known_->bounds[i].error[k]))
        return texts_[i];
  return nullptr;
}

template <class T>
void declared_identities::hold_in(const point& x, const point& ybar, std::vector<held_identity>& all) const {
  const auto got = rule_run<T>(zeros_)(x, ybar);
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    held_identity worst{.text = texts_[i], .number = dtype_of<T>};
    for (std::size_t k = 0; k < got[i].size(); ++k) {
      if (!known_->finite(i, k)) continue;
      const double off = std::abs(static_cast<double>(got[i][k])) / unit_roundoff<T>;
      const double allowed = known_->bounds[i].error[k];
      if (!(off * worst.allowed <= worst.error * allowed) || worst.allowed == 0)
        worst.error = off, worst.allowed = allowed;
    }
    all.push_back(std::move(worst));
  }
}

std::vector<held_identity> declared_identities::hold(const point& x, const point& ybar) {
  std::vector<held_identity> all;
  if (!analyse(x, ybar)) return all;
  if (zeros_.has_numbers(dtype::f32) && known_->range.fits<float>()) hold_in<float>(x, ybar, all);
  if (zeros_.has_numbers(dtype::f64) && known_->range.fits<double>()) hold_in<double>(x, ybar, all);
  hold_in<real50>(x, ybar, all);
  return all;
}

void compare_identities(const rule& r, verdict_builder& v) {
  const auto [x, ybar] = rounded_sample_of(r, v.result().seed);
  v.result().identities = declared_identities(r).hold(x, ybar);
}

}  // namespace reel::check
