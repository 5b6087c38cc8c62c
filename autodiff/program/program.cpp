// SPDX-License-Identifier: MIT
#include "program/pipeline.hpp"

#include <utility>

namespace reel {

std::vector<std::string> pass_names() {
  std::vector<std::string> names;
  for (const detail::pass& p : detail::passes())
    if (p.name != nullptr) names.emplace_back(p.name);
  return names;
}

program freeze(const freeze_request& request) {
  const var* any = !request.outputs.empty()   ? &request.outputs[0]
                   : !request.updates.empty() ? &request.updates[0].state
                                              : nullptr;
  if (any == nullptr)
    throw error(errc::invalid_argument, "freeze without outputs or updates: there is nothing to compute.");
  program p;
  p.ir_ = std::make_shared<const detail::program_ir>(detail::compile(any->recording(), request));
  return p;
}

program freeze(const var& output) { return freeze(freeze_request{.outputs = {output}}); }

const detail::program_ir& program::ir() const {
  if (ir_ == nullptr)
    throw error(errc::invalid_argument,
                "there is no program here: it was never frozen, or it was moved from. Use freeze(...).");
  return *ir_;
}

std::span<const program::slot> program::inputs() const { return ir().input_slots; }
std::span<const program::slot> program::states() const { return ir().state_slots; }
std::span<const program::slot> program::outputs() const { return ir().output_slots; }
std::size_t program::instructions() const { return ir().instructions.size() - ir().prologue; }
std::size_t program::arena_bytes(dtype number) const { return detail::plan_memory(*ir_, number).bytes; }

}  // namespace reel
