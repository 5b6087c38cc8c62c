// SPDX-License-Identifier: MIT
#include "program/pipeline.hpp"

#include "program/lower.hpp"
#include "program/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace reel::detail {

namespace {

constexpr bool exact = true, inexact = false;

// Lowering takes only what is needed; where the pass is off, everything.
std::string count_instructions(compilation& c) {
  return fmt::format("{} nodes recorded, {} instructions needed", c.recorded, c.ir.instructions.size());
}

std::string merge(compilation& c) {
  const std::size_t merged = merge_common_subexpressions(c.ir);
  if (c.runs("dead_code")) drop_dead_code(c.ir);
  return fmt::format("{} merged", merged);
}

// What a failure is traced in: the program op by op, nothing rearranged.
std::string set_reference_apart(compilation& c) {
  own_outputs(c.ir);
  find_implied_checks(c.ir);
  c.reference = c.ir;
  place_updates(c.reference);
  return {};
}

std::string find_all_lifetimes(compilation& c) {
  find_lifetimes(c.ir);
  if (c.rearranged == 0) return {};
  find_lifetimes(c.reference);
  c.ir.reference = std::make_shared<const program_ir>(std::move(c.reference));
  return {};
}

std::string share_buffers(compilation& c) {
  const std::size_t apart = plan_memory(c.ir, dtype::f32).bytes;
  c.ir.share_buffers = true;
  return fmt::format("arena of {} bytes in float, {} without sharing", plan_memory(c.ir, dtype::f32).bytes,
                     apart);
}

// A pass that rearranges: what it changed is counted.
template <std::size_t (*Pass)(program_ir&)> std::string rearrange(compilation& c, const char* did) {
  const std::size_t changed = Pass(c.ir);
  c.rearranged += changed;
  return fmt::format(fmt::runtime(did), changed);
}

constexpr pass table[] = {
    {"dead_code", exact, count_instructions},
    {"common_subexpressions", exact, merge},
    {"algebraic_simplification", exact,
     [](compilation& c) { return fmt::format("{} factors of 1 left out", simplify_algebra(c.ir)); }},
    {"constant_folding", exact,
     [](compilation& c) { return fmt::format("{} computed once per instance", fold_constants(c.ir)); }},
    {"views", exact,
     [](compilation& c) { return fmt::format("{} share their input's memory", share_views(c.ir)); }},
    {nullptr, exact, set_reference_apart},
    {"layout_assignment", inexact,
     [](compilation& c) { return rearrange<assign_layouts>(c, "{} narrow states are kept transposed"); }},
    {nullptr, exact, [](compilation& c) { return place_updates(c.ir), std::string(); }},
    {"in_place_updates", inexact,
     [](compilation& c) { return rearrange<update_in_place>(c, "{} states are updated where they are"); }},
    {"elementwise_fusion", exact,
     [](compilation& c) {
       return rearrange<fuse_elementwise>(c, "{} elementwise instructions run in fusions, block by block");
     }},
    {"row_tiling", exact,
     [](compilation& c) { return rearrange<tile_rows>(c, "{} instructions run in blocks of rows"); }},
    {"split_reductions", inexact,
     [](compilation& c) { return rearrange<split_reductions>(c, "{} tiled loops sum in splits"); }},
    {"sibling_fusion", exact,
     [](compilation& c) { return rearrange<fuse_siblings>(c, "{} ops are computed along with another"); }},
    {nullptr, exact, find_all_lifetimes},
    {"operand_reuse", exact,
     [](compilation& c) {
       c.ir.reuse_operands = true;
       return std::string("elementwise ops write over dying inputs");
     }},
    {"buffer_sharing", exact, share_buffers},
};

}  // namespace

bool compilation::runs(std::string_view pass) const {
  return std::ranges::find(disabled, pass) == disabled.end();
}

std::span<const pass> passes() { return table; }

program_ir compile(const recording& r, const freeze_request& request) {
  compilation c{lower(r, request), request.disabled_passes, r.nodes.size()};
  for (const pass& p : passes()) {
    const bool runs = p.name == nullptr || c.runs(p.name);
    const std::string did = runs ? p.run(c) : "off";
    if (verifies_passes) verify(c.ir, p.name == nullptr ? "a step between passes" : p.name);
    if (p.name != nullptr) c.ir.report.push_back(fmt::format("{:<25} {}", p.name, did));
  }
  return std::move(c.ir);
}

}  // namespace reel::detail
