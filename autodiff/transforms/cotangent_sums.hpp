// SPDX-License-Identifier: MIT
// What a sweep has gathered at each node: cotangents, and their sum.
//
// A cotangent that is mostly zeros, as that of a slice is, is not made. Its op tells how several of its
// results are added up at once (sum_of, op.hpp), and the sum is recorded when the sweep needs it. This order
// of additions is the same in every number type, evaluated or frozen: first the cotangents that are made, in
// the order in which the sweep meets them (from the last use of a node to the first); then sums of parts,
// each added in that order.
#pragma once

#include "tape/recording.hpp"

#include <span>
#include <unordered_map>
#include <vector>

namespace reel::detail {

class cotangent_sums {
 public:
  // Of `count` nodes from `first` on.
  cotangent_sums(recording& r, node_id first, std::size_t count)
      : r_(r), first_(first), whole_(count, no_node) {}

  // Whether the node has a cotangent.
  bool any(node_id n) const { return whole_[n - first_] != no_node || sums_.contains(n); }
  void add(node_id n, const var& ybar);
  // The sum for a node that has some. Records it, if that has not been done.
  var total(node_id n);

 private:
  // A cotangent that need not be made: the result `inner` of an op with sum_of, perhaps rearranged; and the
  // node whose rule gave it.
  struct part {
    node_id cotangent, inner, by;
  };
  using sum = std::vector<part>;  // with one sum_of, one shape and the same rearrangements

  node_id part_within(node_id cotangent) const;  // no_node if the cotangent is to be made
  bool add_up(const part& a, const part& b) const;
  void add_whole(node_id n, const var& ybar);
  void add_sum(node_id n, const sum& parts);
  var rearranged(const var& inner, const part& like) const;

  recording& r_;
  node_id first_;
  std::vector<node_id> whole_;  // by node: the sum of what is made
  std::unordered_map<node_id, std::vector<sum>> sums_;
};

}  // namespace reel::detail
