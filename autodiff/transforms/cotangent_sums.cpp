// SPDX-License-Identifier: MIT
#include "transforms/cotangent_sums.hpp"

#include <reel/autodiff/structural.hpp>

#include <algorithm>

namespace reel::detail {

void cotangent_sums::add(node_id n, const var& ybar) {
  const part one{ybar.id(), part_within(ybar.id()), r_.vjp_node};
  if (one.inner == no_node) return add_whole(n, ybar);
  auto& sums = sums_[n];
  const auto fitting = std::ranges::find_if(sums, [&](const sum& s) { return add_up(s[0], one); });
  if (fitting == sums.end()) sums.push_back({one});
  else fitting->push_back(one);
}

var cotangent_sums::total(node_id n) {
  if (const auto found = sums_.find(n); found != sums_.end()) {
    const node_id vjp_node = r_.vjp_node;
    for (const sum& s : found->second) add_sum(n, s);
    r_.vjp_node = vjp_node;
    sums_.erase(found);
  }
  return r_.handle(whole_[n - first_]);
}

// Looks through a few rearrangements.
node_id cotangent_sums::part_within(node_id cotangent) const {
  constexpr int most = 4;
  node_id n = cotangent;
  for (int looked_through = 0;; ++looked_through) {
    const op_type& op = *r_.op_of(n).type;
    if (op.sum_of != nullptr) return n;
    if (!(op.is == algebra::reshape || op.is == algebra::rearrange) || looked_through == most) return no_node;
    n = r_.inputs_of(n)[0];
  }
}

// Whether one sum_of takes both, and its result is to be rearranged in the same way.
bool cotangent_sums::add_up(const part& a, const part& b) const {
  node_id i = a.cotangent, j = b.cotangent;
  for (; i != a.inner && j != b.inner; i = r_.inputs_of(i)[0], j = r_.inputs_of(j)[0])
    if (!same_op(r_.op_of(i), r_.op_of(j))) return false;
  return i == a.inner && j == b.inner && r_.shape_of(i) == r_.shape_of(j) &&
         r_.op_of(i).type->sum_of == r_.op_of(j).type->sum_of;
}

void cotangent_sums::add_whole(node_id n, const var& ybar) {
  node_id& whole = whole_[n - first_];
  whole = whole == no_node ? ybar.id() : (r_.handle(whole) + ybar).id();
}

void cotangent_sums::add_sum(node_id n, const sum& parts) {
  r_.vjp_node = parts.back().by;
  if (parts.size() == 1) return add_whole(n, r_.handle(parts[0].cotangent));
  std::vector<var> terms;
  for (const part& p : parts) terms.push_back(r_.handle(p.inner));
  add_whole(n, rearranged(r_.op_of(parts[0].inner).type->sum_of(terms), parts[0]));
}

var cotangent_sums::rearranged(const var& inner, const part& like) const {
  std::vector<op_ref> ops;  // the last one first; copies, as the table may grow
  for (node_id n = like.cotangent; n != like.inner; n = r_.inputs_of(n)[0]) ops.push_back(r_.op_of(n));
  var x = inner;
  for (auto op = ops.rbegin(); op != ops.rend(); ++op)
    x = record(*op->type, op->self.get(), std::span<const var>(&x, 1), x.where());
  return x;
}

}  // namespace reel::detail
