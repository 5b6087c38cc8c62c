// SPDX-License-Identifier: MIT
// One node of a tape by itself: its op, recorded on a tape of its own with its inputs as leaves.
#pragma once

#include "check/rule.hpp"

#include <map>
#include <memory>

namespace reel::check {

// Whether a node has a rule to check: real, with a real input, and not declared constant.
bool has_rule(const recording& r, node_id n);

// The numbers of a node in double, computed where they are not known.
argument argument_of(recording& r, node_id n);

// The node as a subject, at the numbers its inputs have in double.
subject local_subject(recording& r, node_id n);

// The rule of an op on inputs of given shapes, to be run at many places.
template <class T> class local_rule {
 public:
  local_rule(const recording& r, node_id n);

  // The cotangents of all real inputs of node n, whose inputs stand in `values`, for the cotangent ȳ.
  std::vector<std::vector<T>> vjp(const replay<T>& values, node_id n, std::span<const T> ybar);

 private:
  reel::tape tape_;
  std::vector<var> x_;
  std::unique_ptr<replay<T>> run_;
  std::vector<std::size_t> real_;  // the slots with a cotangent
  std::size_t slots_;
};

}  // namespace reel::check
