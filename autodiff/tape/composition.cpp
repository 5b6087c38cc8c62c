// SPDX-License-Identifier: MIT
// Functions that record several ops as one of their own.
#include <reel/autodiff/structural.hpp>

#include "tape/recording.hpp"

#include <fmt/format.h>

namespace reel::detail {

composition::composition(const char* name, std::span<const operand> x) : name_(name) {
  for (const operand& o : x)
    if (where_.file == nullptr) where_ = o.where();
  const var* first = nullptr;
  for (const operand& o : x) {
    if (!o.is_var()) continue;
    if (first == nullptr) first = &o.variable();
    try {
      check_one_tape(*first, o.variable());
    } catch (const error& e) {
      refuse(e);
    }
  }
  if (first != nullptr) begin(recording::of(*first));
}

composition::composition(const char* name, std::span<const var> x, const source_location& where)
    : name_(name), where_(where) {
  for (const var& v : x) try {
      check_one_tape(x[0], v);
    } catch (const error& e) {
      refuse(e);
    }
  if (!x.empty()) begin(recording::of(x[0]));
}

void composition::begin(recording& r) {
  where_ = r.blame(where_);
  outer_caller_ = r.caller;
  r.caller = where_;
  nodes_ = r.nodes.size();
  ops_ = r.ops.size();
  recording_ = &r;
}

composition::~composition() {
  if (recording_ == nullptr) return;
  recording_->caller = outer_caller_;
  if (!complete_) recording_->rollback(nodes_, ops_);
}

void composition::refuse(const error& e) const { throw error(e.code(), name_, where_, e.detail()); }

}  // namespace reel::detail
