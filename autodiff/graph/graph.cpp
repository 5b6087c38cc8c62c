// SPDX-License-Identifier: MIT
// DOT text. This translation unit alone pays for Boost.Graph's writer.
#include <reel/autodiff/graph.hpp>
#include <reel/autodiff/program.hpp>

#include "tape/recording.hpp"

#include <boost/graph/filtered_graph.hpp>
#include <boost/graph/graphviz.hpp>
#include <fmt/format.h>

#include <cmath>
#include <sstream>

namespace reel {

namespace {

// A string inside a quoted DOT attribute.
std::string escaped(std::string_view text) {
  std::string s;
  for (const char c : text) {
    if (c == '"' || c == '\\') s += '\\';
    s += c;
  }
  return s;
}

std::string bytes_text(const node_info& n, dtype number) {
  const auto bytes =
      static_cast<double>(n.shape.size()) * static_cast<double>(size_of(dtype_for(n.kind, number)));
  if (bytes < 1024) return fmt::format("{} B", bytes);
  if (bytes < 1024 * 1024) return fmt::format("{:.1f} KiB", bytes / 1024);
  return fmt::format("{:.1f} MiB", bytes / (1024 * 1024));
}

// The 2-norm of computed numbers and whether all are finite; by real parts where complex.
struct summary {
  double norm = 0;
  bool finite = true;
};

template <class T> summary summarize(const void* data, index_t n) {
  summary s;
  const T* x = static_cast<const T*>(data);
  for (index_t i = 0; i < n; ++i) {
    s.finite = s.finite && num::isfinite(x[i]);
    s.norm = std::hypot(s.norm, num::convert<double>(x[i]));
  }
  return s;
}

summary summarize(dtype number, const void* data, index_t n) {
  switch (number) {
    case dtype::f32:
      return summarize<float>(data, n);
    case dtype::real50:
      return summarize<real50>(data, n);
    case dtype::complex:
      return summarize<complex>(data, n);
    default:
      return summarize<double>(data, n);
  }
}

// The attributes of a node's line in the DOT text.
template <class G> struct node_writer {
  const G& graph;
  const dot_options& options;
  const detail::recording* computed;  // where values known so far are found, or null

  void operator()(std::ostream& os, node_id v) const {
    const node_info n = node_at(graph, v);
    std::string label(n.op);
    if (!n.name.empty()) label += fmt::format(" '{}'", escaped(n.name));
    label += fmt::format("\\n{} {}", to_string(n.shape), bytes_text(n, options.number));
    if (n.where.file != nullptr) label += "\\n" + escaped(to_string(n.where));
    std::string look;
    if (n.role != tape::role::computed) look += ", shape=box";
    if (n.origin != n.id) look += ", style=dashed";
    if (const void* x = value_of(n)) {
      const summary s = summarize(options.number, x, n.shape.size());
      if (s.finite) label += fmt::format("\\nnorm {:.4g}", s.norm);
      else label += "\\nnot finite", look += ", color=red";
    }
    os << fmt::format(" [label=\"{}\"{}]", label, look);
  }

  const void* value_of(const node_info& n) const {
    if (computed == nullptr || !options.values || n.kind != kind::real) return nullptr;
    if (options.number >= dtype::index) return nullptr;
    return computed->values[static_cast<std::size_t>(options.number)].get(n.id);
  }
};

// Data flows downwards: an edge leads from a consumer up to its input, its arrow from there down.
struct layout {
  void operator()(std::ostream& os) const {
    os << "rankdir=BT\nnode [fontname=\"sans-serif\", fontsize=10]\nedge [dir=back]\n";
  }
};

template <class G, class Shown>
std::string dot(const G& nodes, const Shown& shown, const detail::recording* computed,
                const dot_options& options) {
  std::ostringstream os;
  os.imbue(std::locale::classic());
  boost::write_graphviz(os, shown, node_writer<G>{nodes, options, computed}, boost::default_writer{},
                        layout{}, vertex_index_map{});
  return std::move(os).str();
}

struct among {
  const std::vector<bool>* needed = nullptr;
  bool operator()(node_id v) const { return v < needed->size() && (*needed)[v]; }
};

}  // namespace

std::string to_dot(const tape& t, const dot_options& options) { return dot(t, t, &t.recording(), options); }

std::string to_dot(const tape& t, const var& y, const dot_options& options) {
  if (&y.recording() != &t.recording())
    throw error(errc::tape_mismatch, "to_dot", y.where(),
                fmt::format("{} is not on tape '{}'.", y.recording().describe(y.id()), t.name()));
  const auto needed = dependencies(y);
  return dot(t, boost::filtered_graph(t, boost::keep_all{}, among{&needed}), &t.recording(), options);
}

std::string to_dot(const program& p, const dot_options& options) {
  const program_nodes nodes(p);
  return dot(nodes, nodes, nullptr, options);
}

}  // namespace reel
