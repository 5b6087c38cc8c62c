// SPDX-License-Identifier: MIT
#include <reel/autodiff/node.hpp>

#include "tape/recording.hpp"

#include <fmt/format.h>

namespace reel {

namespace {

const detail::recording& recording_with(const tape& t, node_id n) {
  const auto& r = t.recording();
  if (n >= r.nodes.size())
    throw error(errc::invalid_argument,
                fmt::format("node {} of tape '{}', which has {} nodes.", n, r.name, r.nodes.size()));
  return r;
}

}  // namespace

node_info node_at(const tape& t, node_id n) {
  const auto& r = recording_with(t, n);
  const auto named = r.names.find(n);
  return {n,
          r.op_of(n).type->name,
          r.inputs_of(n),
          r.shape_of(n),
          r.nodes[n].kind,
          r.nodes[n].role,
          r.location_of(n),
          r.nodes[n].origin,
          named == r.names.end() ? std::string_view{} : named->second};
}

std::span<const node_id> inputs_at(const tape& t, node_id n) { return recording_with(t, n).inputs_of(n); }

std::vector<bool> dependencies(const var& y) {
  const auto& r = y.recording();
  std::vector<bool> needed(y.id() + std::size_t{1});
  needed[y.id()] = true;
  for (node_id n = y.id() + 1; n-- > 0;)
    if (needed[n])
      for (const node_id i : r.inputs_of(n)) needed[i] = true;
  return needed;
}

}  // namespace reel
