// SPDX-License-Identifier: MIT
// The Boost.Graph view: the concepts hold, and Boost's algorithms agree with what the tape itself says.
#include "autodiff/random_graph.hpp"

#include <reel/autodiff/graph.hpp>

#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/depth_first_search.hpp>
#include <boost/graph/graph_concepts.hpp>
#include <boost/graph/reverse_graph.hpp>
#include <boost/graph/topological_sort.hpp>

#include <algorithm>
#include <set>

using namespace reel;
using reel::test::check_error;
using reel::test::random_graph;

using both_ways = consumer_index<tape>;
BOOST_CONCEPT_ASSERT((boost::VertexListGraphConcept<tape>));
BOOST_CONCEPT_ASSERT((boost::IncidenceGraphConcept<tape>));
BOOST_CONCEPT_ASSERT((boost::EdgeListGraphConcept<tape>));
BOOST_CONCEPT_ASSERT((boost::ReadablePropertyGraphConcept<tape, node_id, boost::vertex_index_t>));
BOOST_CONCEPT_ASSERT((boost::VertexListGraphConcept<program_nodes>));
BOOST_CONCEPT_ASSERT((boost::IncidenceGraphConcept<program_nodes>));
BOOST_CONCEPT_ASSERT((boost::EdgeListGraphConcept<program_nodes>));
BOOST_CONCEPT_ASSERT((boost::ReadablePropertyGraphConcept<program_nodes, node_id, boost::vertex_index_t>));
BOOST_CONCEPT_ASSERT((boost::VertexListGraphConcept<both_ways>));
BOOST_CONCEPT_ASSERT((boost::BidirectionalGraphConcept<both_ways>));
BOOST_CONCEPT_ASSERT((boost::EdgeListGraphConcept<both_ways>));
BOOST_CONCEPT_ASSERT((boost::BidirectionalGraphConcept<consumer_index<program_nodes>>));
BOOST_CONCEPT_ASSERT((boost::ReadablePropertyGraphConcept<both_ways, node_id, boost::vertex_index_t>));

namespace {

template <class G> std::vector<std::pair<node_id, node_id>> all_edges(const G& g) {
  std::vector<std::pair<node_id, node_id>> found;
  for (auto [e, end] = edges(g); e != end; ++e) found.emplace_back(source(*e, g), target(*e, g));
  return found;
}

// What depth_first_visit reaches from `start`.
template <class G> std::vector<bool> reached(const G& g, node_id start) {
  std::vector<boost::default_color_type> color(num_vertices(g));
  boost::depth_first_visit(g, start, boost::default_dfs_visitor{},
                           boost::make_iterator_property_map(color.begin(), get(boost::vertex_index, g)));
  std::vector<bool> seen;
  for (const auto c : color) seen.push_back(c != boost::white_color);
  return seen;
}

// An op whose rule forgets that it must be linear in ȳ.
struct crooked_op {
  static constexpr auto name = "crooked";
  shape infer(const shape& x) const { return x; }
  template <class T> void eval(out<T> y, in<T> x) const { std::copy_n(x.data, x.size(), y.data); }
  var vjp(var ybar, var, var) const { return ybar * ybar; }
  bool operator==(const crooked_op&) const = default;
};

// Whether the transposed vjp of y still reaches the cotangent it is linear in.
bool transposed_reaches_cotangent(const tape& t, const var& y, const var& x, const var& ybar, const var& v) {
  const var tangent = vjp(vjp(y, x, ybar), ybar, v);
  return reached(t, tangent.id())[ybar.id()];
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++n;
  return n;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(graph)

BOOST_AUTO_TEST_CASE(a_square_has_two_parallel_edges) {
  tape t;
  const var x = t.variable(3.0);
  const var y = x * x;
  BOOST_TEST(num_vertices(t) == 2u);
  BOOST_TEST(num_edges(t) == 2u);
  BOOST_TEST(out_degree(y.id(), t) == 2u);
  BOOST_TEST(out_degree(x.id(), t) == 0u);
  const std::vector<std::pair<node_id, node_id>> expected(2, {y.id(), x.id()});
  BOOST_TEST((all_edges(t) == expected));
  const auto [first, last] = out_edges(y.id(), t);
  BOOST_TEST((std::vector(first, last) == std::vector{input_edge{y.id(), 0}, input_edge{y.id(), 1}}));
}

BOOST_AUTO_TEST_CASE(an_empty_tape_is_an_empty_graph) {
  tape t;
  BOOST_TEST(num_edges(t) == 0u);
  BOOST_TEST((vertices(t).first == vertices(t).second));
  BOOST_TEST(all_edges(t).empty());
}

BOOST_AUTO_TEST_CASE(a_topological_sort_puts_inputs_before_consumers) {
  for (std::uint32_t seed = 0; seed < 10; ++seed) {
    random_graph g(seed, 40);
    std::vector<node_id> order;
    boost::topological_sort(g.t, std::back_inserter(order));
    BOOST_REQUIRE(order.size() == g.t.size());
    std::vector<std::size_t> position(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) position[order[i]] = i;
    const auto found = all_edges(g.t);
    BOOST_TEST(found.size() == num_edges(g.t));
    for (const auto& [consumer, input] : found) BOOST_TEST(position[input] < position[consumer]);
  }
}

BOOST_AUTO_TEST_CASE(depth_first_visit_reaches_the_dependencies) {
  for (std::uint32_t seed = 0; seed < 10; ++seed) {
    random_graph g(seed, 40);
    const var y = g.any(g.reals);
    auto needed = dependencies(y);
    needed.resize(g.t.size());
    const auto seen = reached(g.t, y.id());
    BOOST_TEST((seen == needed));
    std::size_t missing = 0;
    for (const var& x : g.variables) missing += seen[x.id()] ? 0u : 1u;
    BOOST_TEST(unseen(y, g.variables).size() == missing);
  }
}

BOOST_AUTO_TEST_CASE(a_parameter_the_loss_cannot_see_is_named_with_its_line) {
  tape t;
  const var w = t.variable(1.0).named("w");
  const var b = t.variable(2.0).named("b");
  const var loss = square(w);
  const auto messages = unseen(loss, std::vector{w, b});
  BOOST_REQUIRE(messages.size() == 1u);
  BOOST_TEST(messages[0] == "the loss cannot see parameter 'b', recorded at graph_test.cpp:" +
                                std::to_string(b.where().line));
  tape other;
  check_error(
      errc::tape_mismatch, [&] { unseen(loss, std::vector{other.variable(1.0)}); }, "different tapes");
}

BOOST_AUTO_TEST_CASE(consumers_are_the_edges_turned_round) {
  random_graph g(3, 60);
  const both_ways both(g.t);
  std::multiset<std::pair<node_id, node_id>> in, out;
  for (node_id v = 0; v < g.t.size(); ++v) {
    for (auto [e, end] = in_edges(v, both); e != end; ++e) {
      BOOST_TEST(target(*e, both) == v);
      in.emplace(source(*e, both), v);
    }
    BOOST_TEST(degree(v, both) == in_degree(v, both) + out_degree(v, both));
  }
  for (const auto& e : all_edges(both)) out.insert(e);
  BOOST_TEST((in == out));

  const var x = g.variables[0];  // what depends on x is what the reversed graph reaches from it
  const auto dependent = reached(boost::make_reverse_graph(both), x.id());
  for (node_id v = 0; v < g.t.size(); ++v)
    BOOST_TEST(dependent[v] == static_cast<bool>(reached(g.t, v)[x.id()]));
}

BOOST_AUTO_TEST_CASE(the_transposed_pull_does_not_reach_its_cotangent) {
  tape t;
  const var x = t.variable(array<double>{1, 2, 3});
  const var v = t.variable(array<double>{1, 0, -1});
  for (const var& y : {tanh(x) * exp(x), softmax(x), sum(square(x), 0, keep) / x, max(x, 0, keep) + x,
                       where(x > 1.5, log(x), x)})
    BOOST_TEST(!transposed_reaches_cotangent(t, y, x, t.input(y.shape()), v));
  const var y = apply(crooked_op{}, x);
  BOOST_TEST(transposed_reaches_cotangent(t, y, x, t.input(y.shape()), v));
}

BOOST_AUTO_TEST_CASE(a_long_chain_needs_no_recursion) {
  tape t;
  var x = t.variable(1.0);
  for (int i = 0; i < 300'000; ++i) x = -x;
  const auto seen = reached(t, x.id());
  BOOST_TEST(std::ranges::count(seen, true) == 300'001);
}

BOOST_AUTO_TEST_CASE(a_program_is_a_graph_of_its_instructions) {
  for (std::uint32_t seed = 0; seed < 10; ++seed) {
    random_graph g(seed, 40);
    const program p = freeze({.outputs = {g.reals.back(), g.any(g.reals)},
                              .updates = {{g.states[0], g.states[0] * 2}},
                              .inputs = {},
                              .check_finite = {},
                              .disabled_passes = {}});
    const program_nodes nodes(p);
    std::size_t computed = 0;
    for (node_id v = 0; v < nodes.size(); ++v) {
      BOOST_TEST(nodes[v].id == v);
      computed += nodes[v].role == tape::role::computed ? 1u : 0u;
      for (const node_id x : nodes[v].inputs) BOOST_TEST(x < v);
    }
    BOOST_TEST(computed >= p.instructions());
    std::vector<node_id> order;
    boost::topological_sort(nodes, std::back_inserter(order));
    BOOST_TEST(order.size() == nodes.size());
    BOOST_TEST(count(to_dot(p), "->") == num_edges(nodes));
  }
}

BOOST_AUTO_TEST_CASE(nodes_are_described) {
  tape t("demo");
  const var x = t.variable(array<double>{1, 2}).named("x");
  const var y = exp(x);
  const var g = grad(sum(y), x);
  const node_info n = node_at(t, y.id());
  BOOST_TEST(n.op == "exp");
  BOOST_TEST(n.inputs.size() == 1u);
  BOOST_TEST(n.inputs[0] == x.id());
  BOOST_TEST((n.shape == shape{2}));
  BOOST_TEST((n.kind == kind::real && n.role == tape::role::computed && n.origin == y.id()));
  BOOST_TEST(n.where.line == y.where().line);
  BOOST_TEST(node_at(t, x.id()).op == "variable");
  BOOST_TEST(node_at(t, x.id()).name == "x");
  BOOST_TEST(node_at(t, g.id()).origin == y.id());
  check_error(
      errc::invalid_argument, [&] { node_at(t, 1000); }, "node 1000", "tape 'demo'");
  check_error(
      errc::invalid_argument, [&] { inputs_at(t, 1000); }, "node 1000");
  check_error(
      errc::invalid_argument, [&] { program_nodes(freeze(y))[9]; }, "node 9");
}

BOOST_AUTO_TEST_CASE(a_picture_tells_op_shape_bytes_line_and_value) {
  tape t;
  const var x = t.variable(array<double>{3, 4}).named("a \"quoted\" \\ name");
  const var y = x * x;
  const var z = log(y - 9);
  const var unrelated = exp(x);
  const var gradient = grad(sum(z), x);
  const std::string before = to_dot(t);
  BOOST_TEST(count(before, "->") == num_edges(t));
  BOOST_TEST(count(before, "label=") == t.size());
  BOOST_TEST(count(before, "norm") == 0u);
  BOOST_TEST(count(before, "mul\\n[2] 16 B\\ngraph_test.cpp:" + std::to_string(y.where().line)) >= 1u);
  BOOST_TEST(count(before, "'a \\\"quoted\\\" \\\\ name'") == 1u);
  BOOST_TEST(count(before, "shape=box") >= 1u);
  BOOST_TEST(count(before, "style=dashed") >= 1u);
  BOOST_TEST(count(before, "label=\"exp") == 1u);

  z.value(), x.value();
  const std::string after = to_dot(t);
  BOOST_TEST(count(after, "norm 5") == 1u);                   // |(3, 4)|
  BOOST_TEST(count(after, "not finite\", color=red") == 1u);  // log 0
  BOOST_TEST(count(to_dot(t, {.number = dtype::f32, .values = true}), "norm") == 0u);
  BOOST_TEST(count(to_dot(t, {.number = dtype::f64, .values = false}), "norm") == 0u);

  const std::string part = to_dot(t, y);
  BOOST_TEST(count(part, "label=\"exp") == 0u);
  BOOST_TEST(count(part, "label=") == 2u);
  BOOST_TEST(count(part, "->") == 2u);
  tape other;
  check_error(
      errc::tape_mismatch, [&] { to_dot(other, y); }, "is not on tape");
  BOOST_TEST(unrelated.size() == gradient.size());
}

BOOST_AUTO_TEST_CASE(a_picture_of_a_program_names_inputs_states_and_results) {
  tape t;
  const var x = t.input(shape{2}, kind::real).named("x");
  const var w = t.state(array<double>{1, 2}).named("w");
  const var y = exp(x * w).named("y");
  const std::string dot = to_dot(freeze(
      {.outputs = {y}, .updates = {{w, w + x}}, .inputs = {x}, .check_finite = {}, .disabled_passes = {}}));
  for (const char* label : {"input 'x'", "state 'w'", "exp 'y'", "add 'next w'"})
    BOOST_TEST(count(dot, label) == 1u, label);
}

BOOST_AUTO_TEST_SUITE_END()
