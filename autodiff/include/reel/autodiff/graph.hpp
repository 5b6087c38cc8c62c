// SPDX-License-Identifier: MIT
// A tape, or the nodes of a program, as a Boost.Graph graph: include this and hand them to its
// algorithms. A vertex is a node's index; its out-edges lead to its inputs, in order, so x * x has two
// parallel ones. Nothing is copied. consumer_index adds the edges the other way round.
//
//   std::vector<node_id> order;
//   boost::topological_sort(tape, std::back_inserter(order));   // inputs before consumers
//   boost::write_graphviz(file, tape);                          // or to_dot(tape), from node.hpp
//
// This is the only public header that includes Boost, and the only one slow to compile.
#pragma once

#include <reel/autodiff/node.hpp>

#include <boost/graph/graph_traits.hpp>
#include <boost/graph/properties.hpp>
#include <boost/iterator/counting_iterator.hpp>
#include <boost/iterator/iterator_facade.hpp>
#include <boost/property_map/property_map.hpp>

#include <compare>
#include <concepts>
#include <iterator>
#include <utility>
#include <vector>

namespace reel {

// The edge from `consumer` to what it reads as its slot-th input.
struct input_edge {
  node_id consumer = 0, slot = 0;
  auto operator<=>(const input_edge&) const = default;
};

template <class G>
concept node_list = std::same_as<G, tape> || std::same_as<G, program_nodes>;

// A graph with the index of who reads each node, for algorithms that walk edges both ways. Refers to
// the graph, which must stay and not change.
template <node_list G> class consumer_index {
 public:
  explicit consumer_index(const G& graph) : graph_(&graph), first_(node_count(graph) + 1) {
    const auto n = static_cast<node_id>(node_count(graph));
    for (node_id v = 0; v < n; ++v)
      for (const node_id x : inputs_at(graph, v)) ++first_[x + 1];
    for (std::size_t v = 0; v < n; ++v) first_[v + 1] += first_[v];
    edges_.resize(first_.back());
    auto next = first_;
    for (node_id v = 0; v < n; ++v) {
      node_id slot = 0;
      for (const node_id x : inputs_at(graph, v)) edges_[next[x]++] = {v, slot++};
    }
  }
  const G& graph() const { return *graph_; }
  // The edges that lead to node v, by consumer.
  std::span<const input_edge> edges_into(node_id v) const {
    return std::span(edges_).subspan(first_[v], first_[v + 1] - first_[v]);
  }

 private:
  const G* graph_;
  std::vector<std::size_t> first_;
  std::vector<input_edge> edges_;
};
template <node_list G> std::size_t node_count(const consumer_index<G>& g) { return node_count(g.graph()); }
template <node_list G> std::span<const node_id> inputs_at(const consumer_index<G>& g, node_id n) {
  return inputs_at(g.graph(), n);
}

template <class G> inline constexpr bool is_recorded_graph = node_list<G>;
template <node_list G> inline constexpr bool is_recorded_graph<consumer_index<G>> = true;
template <class G>
concept recorded_graph = is_recorded_graph<G>;

// The out-edges of one vertex.
class out_edge_iterator
    : public boost::iterator_facade<out_edge_iterator, input_edge, boost::random_access_traversal_tag,
                                    input_edge, std::ptrdiff_t> {
 public:
  out_edge_iterator() = default;
  explicit out_edge_iterator(input_edge at) : at_(at) {}

 private:
  friend class boost::iterator_core_access;
  input_edge dereference() const { return at_; }
  bool equal(const out_edge_iterator& other) const { return at_ == other.at_; }
  void increment() { ++at_.slot; }
  void decrement() { --at_.slot; }
  void advance(std::ptrdiff_t n) { at_.slot = static_cast<node_id>(at_.slot + n); }
  std::ptrdiff_t distance_to(const out_edge_iterator& other) const {
    return std::ptrdiff_t{other.at_.slot} - std::ptrdiff_t{at_.slot};
  }
  input_edge at_;
};

// All edges, by consumer and slot.
template <recorded_graph G>
class edge_iterator
    : public boost::iterator_facade<edge_iterator<G>, input_edge, boost::forward_traversal_tag, input_edge,
                                    std::ptrdiff_t> {
 public:
  edge_iterator() = default;
  edge_iterator(const G& g, node_id first) : graph_(&g), at_{first, 0} { skip_leaves(); }

 private:
  friend class boost::iterator_core_access;
  input_edge dereference() const { return at_; }
  bool equal(const edge_iterator& other) const { return at_ == other.at_; }
  void increment() { ++at_.slot, skip_leaves(); }
  void skip_leaves() {
    while (at_.consumer < node_count(*graph_) && at_.slot == inputs_at(*graph_, at_.consumer).size())
      ++at_.consumer, at_.slot = 0;
  }
  const G* graph_ = nullptr;
  input_edge at_;
};

using vertex_iterator = boost::counting_iterator<node_id>;

template <recorded_graph G> std::size_t num_vertices(const G& g) { return node_count(g); }
template <recorded_graph G> std::pair<vertex_iterator, vertex_iterator> vertices(const G& g) {
  return {vertex_iterator(0), vertex_iterator(static_cast<node_id>(node_count(g)))};
}

template <recorded_graph G> node_id source(const input_edge& e, const G&) { return e.consumer; }
template <recorded_graph G> node_id target(const input_edge& e, const G& g) {
  return inputs_at(g, e.consumer)[e.slot];
}
template <recorded_graph G> std::size_t out_degree(node_id v, const G& g) { return inputs_at(g, v).size(); }
template <recorded_graph G> std::pair<out_edge_iterator, out_edge_iterator> out_edges(node_id v, const G& g) {
  return {out_edge_iterator({v, 0}), out_edge_iterator({v, static_cast<node_id>(out_degree(v, g))})};
}

template <recorded_graph G> std::pair<edge_iterator<G>, edge_iterator<G>> edges(const G& g) {
  return {edge_iterator<G>(g, 0), edge_iterator<G>(g, static_cast<node_id>(node_count(g)))};
}
template <recorded_graph G> std::size_t num_edges(const G& g) {
  std::size_t n = 0;
  for (node_id v = 0; v < node_count(g); ++v) n += out_degree(v, g);
  return n;
}

template <node_list G> auto in_edges(node_id v, const consumer_index<G>& g) {
  const auto e = g.edges_into(v);
  return std::pair(e.data(), e.data() + e.size());
}
template <node_list G> std::size_t in_degree(node_id v, const consumer_index<G>& g) {
  return g.edges_into(v).size();
}
template <node_list G> std::size_t degree(node_id v, const consumer_index<G>& g) {
  return in_degree(v, g) + out_degree(v, g);
}

using vertex_index_map = boost::typed_identity_property_map<node_id>;
template <recorded_graph G> vertex_index_map get(boost::vertex_index_t, const G&) { return {}; }
template <recorded_graph G> node_id get(boost::vertex_index_t, const G&, node_id v) { return v; }

namespace detail {

struct input_graph_category : boost::incidence_graph_tag,
                              boost::vertex_list_graph_tag,
                              boost::edge_list_graph_tag {};
struct both_ways_graph_category : boost::bidirectional_graph_tag,
                                  boost::vertex_list_graph_tag,
                                  boost::edge_list_graph_tag {};

template <class G> struct input_graph_traits {
  using vertex_descriptor = node_id;
  using edge_descriptor = input_edge;
  using directed_category = boost::directed_tag;
  using edge_parallel_category = boost::allow_parallel_edge_tag;
  using traversal_category = input_graph_category;
  using vertices_size_type = std::size_t;
  using edges_size_type = std::size_t;
  using degree_size_type = std::size_t;
  using vertex_iterator = reel::vertex_iterator;
  using out_edge_iterator = reel::out_edge_iterator;
  using edge_iterator = reel::edge_iterator<G>;
  using in_edge_iterator = void;
  using adjacency_iterator = void;
  static node_id null_vertex() { return ~node_id{0}; }
};

template <class G> struct both_ways_graph_traits : input_graph_traits<G> {
  using directed_category = boost::bidirectional_tag;
  using traversal_category = both_ways_graph_category;
  using in_edge_iterator = const input_edge*;
};

struct index_map_traits {
  using type = vertex_index_map;
  using const_type = vertex_index_map;
};

}  // namespace detail
}  // namespace reel

template <> struct boost::graph_traits<reel::tape> : reel::detail::input_graph_traits<reel::tape> {};
template <>
struct boost::graph_traits<reel::program_nodes> : reel::detail::input_graph_traits<reel::program_nodes> {};
template <class G>
struct boost::graph_traits<reel::consumer_index<G>>
    : reel::detail::both_ways_graph_traits<reel::consumer_index<G>> {};
template <> struct boost::property_map<reel::tape, boost::vertex_index_t> : reel::detail::index_map_traits {};
template <>
struct boost::property_map<reel::program_nodes, boost::vertex_index_t> : reel::detail::index_map_traits {};
template <class G>
struct boost::property_map<reel::consumer_index<G>, boost::vertex_index_t> : reel::detail::index_map_traits {
};
