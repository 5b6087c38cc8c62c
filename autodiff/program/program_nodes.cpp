// SPDX-License-Identifier: MIT
// A program as a list of nodes, for the graph view: the leaves that are read, then the instructions.
#include <reel/autodiff/node.hpp>

#include "program/ir.hpp"

#include <fmt/format.h>

namespace reel {

namespace {

// Gathers the nodes of an IR: the leaves that are read, then the instructions. A node stands for a
// storage, which one instruction at most writes.
class program_graph {
 public:
  explicit program_graph(const detail::program_ir& c) : c_(c), node_of_(c.storages.size(), detail::no_node) {
    for (const auto& i : c.instructions)
      for (const auto v : i.inputs) leaf(v);
    for (const auto v : c.outputs) leaf(v);
    for (const auto& i : c.instructions) instruction(i);
    name_results();
  }

  std::vector<node_info> nodes;
  std::vector<std::size_t> first;  // of each node's inputs
  std::vector<node_id> inputs;
  std::vector<std::string> names;

 private:
  node_id& node_of(detail::value_id v) { return node_of_[c_.values[v].storage]; }

  void add(detail::value_id v, std::string_view op, const shape& dims, tape::role role,
           const source_location& where, std::string name) {
    const auto id = node_of(v) = static_cast<node_id>(nodes.size());
    first.push_back(inputs.size());
    nodes.push_back({id, op, {}, dims, c_.values[v].kind, role, where, id, {}});
    names.push_back(std::move(name));
  }

  void leaf(detail::value_id v) {
    if (node_of(v) != detail::no_node) return;
    const detail::storage& s = c_.storages[c_.values[v].storage];
    const auto slot = [&](const program::slot& bound, std::string_view op, tape::role role) {
      add(v, op, bound.shape, role, bound.where, bound.name);
    };
    if (s.where == detail::home::input) slot(c_.input_slots[s.index], "input", tape::role::input);
    if (s.where == detail::home::state) slot(c_.state_slots[s.index], "state", tape::role::state);
    if (s.where == detail::home::constant) {
      const detail::op_ref& op = c_.constants[s.index];
      const auto* l = static_cast<const detail::leaf*>(op.self.get());
      add(v, op.type->name, l->dims, l->role, {}, {});
    }
  }

  void instruction(const detail::instruction& i) {
    for (const auto v : i.inputs) inputs.push_back(node_of(v));
    add(i.output, i.op.type->name, c_.values[i.output].shape, tape::role::computed, i.where, {});
    first.back() -= i.inputs.size();
  }

  void name_results() {
    const auto name = [&](detail::value_id v, const std::string& text) {
      std::string& have = names[node_of(v)];
      if (have.empty()) have = text;
    };
    for (std::size_t i = 0; i < c_.outputs.size(); ++i) name(c_.outputs[i], c_.output_slots[i].name);
    for (const auto& [state, next] : c_.updates)
      name(next, fmt::format("next {}", c_.state_slots[state].name.empty() ? fmt::format("state {}", state)
                                                                           : c_.state_slots[state].name));
  }

  const detail::program_ir& c_;
  std::vector<node_id> node_of_;
};

}  // namespace

program_nodes::program_nodes(const program& p) {
  const detail::program_ir& c = p.ir();
  program_graph g(c.reference != nullptr ? *c.reference : c);  // op by op, also where ops run together
  nodes_ = std::move(g.nodes);
  inputs_ = std::move(g.inputs);
  names_ = std::move(g.names);
  g.first.push_back(inputs_.size());
  for (std::size_t n = 0; n < nodes_.size(); ++n) {
    nodes_[n].inputs = std::span(inputs_).subspan(g.first[n], g.first[n + 1] - g.first[n]);
    nodes_[n].name = names_[n];
  }
}

const node_info& program_nodes::operator[](node_id n) const {
  if (n >= nodes_.size())
    throw error(errc::invalid_argument,
                fmt::format("node {} of a program, which has {} nodes.", n, nodes_.size()));
  return nodes_[n];
}

}  // namespace reel
