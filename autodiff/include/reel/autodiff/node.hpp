// SPDX-License-Identifier: MIT
// What was recorded, node by node, to look at: the basis of graphs, pictures and reports. Nothing
// here changes a tape or a program. (As a Boost.Graph graph: <reel/autodiff/graph.hpp>.)
#pragma once

#include <reel/autodiff/tape.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reel {

class program;

// One node: an op applied to nodes that come before it, or a leaf. The views hold until the tape is
// recorded on, cleared or destroyed.
struct node_info {
  node_id id;
  std::string_view op;              // "matmul"; of a leaf its role: "variable", "constant", ...
  std::span<const node_id> inputs;  // one per operand, in order
  reel::shape shape;
  reel::kind kind;
  tape::role role;
  source_location where;
  node_id origin;         // the node whose backward rule recorded this one, or itself
  std::string_view name;  // given by var::named, or empty
};

// The nodes of a tape are 0 … size() − 1. Throws invalid_argument beyond.
node_info node_at(const tape& t, node_id n);
std::span<const node_id> inputs_at(const tape& t, node_id n);
inline std::size_t node_count(const tape& t) { return t.size(); }

// Which nodes `y` depends on, itself included: true by node id, up to y's own.
std::vector<bool> dependencies(const var& y);

// The leaves a program reads and, after them, its instructions in the order they run, as a list of
// nodes of its own. A view shares the node of what it is a view of; the last nodes named "next ..."
// compute states.
class program_nodes {
 public:
  explicit program_nodes(const program& p);
  program_nodes(program_nodes&&) = default;
  program_nodes& operator=(program_nodes&&) = default;

  std::size_t size() const noexcept { return nodes_.size(); }
  const node_info& operator[](node_id n) const;  // throws invalid_argument

 private:
  std::vector<node_info> nodes_;
  std::vector<node_id> inputs_;
  std::vector<std::string> names_;
};
inline std::size_t node_count(const program_nodes& p) { return p.size(); }
inline const node_info& node_at(const program_nodes& p, node_id n) { return p[n]; }
inline std::span<const node_id> inputs_at(const program_nodes& p, node_id n) { return p[n].inputs; }

// A picture for Graphviz: op and name, shape and bytes, the line each node was written on. Leaves are
// boxes, what a backward rule recorded is dashed. Of values computed so far it shows the norm; one
// with an infinity or NaN is red.
struct dot_options {
  dtype number = dtype::f64;  // the number type whose bytes and computed values are shown
  bool values = true;
};
std::string to_dot(const tape& t, const dot_options& options = {});
std::string to_dot(const tape& t, const var& y, const dot_options& options = {});  // what y depends on
std::string to_dot(const program& p, const dot_options& options = {});

}  // namespace reel
