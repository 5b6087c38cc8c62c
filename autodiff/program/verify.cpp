// SPDX-License-Identifier: MIT
#include "program/verify.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace reel::detail {

std::atomic<bool> verifies_passes = false;

namespace {

class verifier {
 public:
  verifier(const program_ir& c, std::string_view pass)
      : c_(c), pass_(pass), made_(c.storages.size()), is_tile_buffer_(c.storages.size()) {}

  void run() {
    find_tile_buffers();
    for (value_id v = 0; v < c_.values.size(); ++v) check_storage_of(v);
    make_leaves();
    const std::size_t epilogue = c_.instructions.size() - c_.epilogue.size();
    for (std::size_t t = 0; t < c_.instructions.size(); ++t) {
      const instruction& i = c_.instructions[t];
      current_ = &i;
      if (i.in_epilogue != (t >= epilogue)) fail("stands on the wrong side of where the epilogue begins");
      if (t < c_.prologue) check_prologue(i);
      check_instruction(i);
    }
    current_ = nullptr;
    check_uses();
  }

 private:
  [[noreturn]] void fail(std::string_view what) const {
    throw std::logic_error(fmt::format("after {}: {}{}", pass_,
                                       current_ == nullptr ? "" : "in " + describe(*current_) + ": ", what));
  }
  [[noreturn]] void fail(value_id v, std::string_view what) const {
    fail(fmt::format("value {} {}", v, what));
  }

  // They have room for a block of rows of what is computed in them.
  void find_tile_buffers() {
    for (const instruction& i : c_.instructions)
      if (i.rows != nullptr)
        for (const value_id v : i.rows->tile_buffers) is_tile_buffer_[c_.values[v].storage] = true;
  }

  void check_storage_of(value_id v) const {
    const value& x = c_.values[v];
    if (x.storage >= c_.storages.size()) fail(v, "lies in no storage");
    const storage& s = c_.storages[x.storage];
    if (s.kind != x.kind) fail(v, "is of another kind than its storage");
    if (is_tile_buffer_[x.storage] ? s.size > x.shape.size() : s.size != x.shape.size())
      fail(v, "has another size than its storage");
  }

  void make_leaves() {
    for (std::size_t s = 0; s < c_.storages.size(); ++s) {
      const home where = c_.storages[s].where;
      made_[s] = where == home::input || where == home::state || where == home::constant;
    }
  }

  void check_prologue(const instruction& i) const {
    for (const value_id v : i.inputs) {
      const home where = c_.storages[c_.values[v].storage].where;
      if (where != home::constant && where != home::instance_constant)
        fail(v, "is read by the prologue but is neither a constant nor made from constants");
    }
  }

  void read(value_id v) const {
    if (v >= c_.values.size()) fail(v, "does not exist");
    if (!made_[c_.values[v].storage]) fail(v, "is read before it is made");
  }

  void make(value_id v) {
    if (v >= c_.values.size()) fail(v, "does not exist");
    const std::uint32_t s = c_.values[v].storage;
    if (made_[s]) fail(v, "is made where something else lies already");
    made_[s] = true;
  }

  void check_instruction(const instruction& i) {
    for (const value_id v : i.inputs) read(v);
    if (i.fused != nullptr) return check_fusion(i);
    if (i.rows != nullptr) return check_loop(i);
    if (i.op.type->effect) check_order(i);
    if (i.in_epilogue) return check_update(i);
    for (const value_id v : outputs_of(i)) make(v);
  }

  void check_update(const instruction& i) const {
    if (c_.storages[c_.values[i.output].storage].where != home::state)
      fail(i.output, "is updated in place but is no state");
    if (i.inputs.size() < 2) fail("an update in place lacks alpha and beta");
  }

  // What a fusion does not hand out lives in blocks, and cannot be read behind it. What it broadcasts may lie
  // in memory too, for others.
  void check_fusion(const instruction& i) {
    const fusion& f = *i.fused;
    std::vector<std::uint32_t> blocks;
    const auto make_block = [&](const instruction& one) {
      for (const value_id v : one.inputs) read(v);
      make(one.output);
      blocks.push_back(c_.values[one.output].storage);
    };
    for (const instruction& b : f.broadcasts)
      if (!made_[c_.values[b.output].storage]) make_block(b);
    for (const instruction& m : f.members) make_block(m);
    for (const value_id v : f.outputs) read(v);
    for (const value_id v : f.guarded) read(v);
    for (const std::uint32_t s : blocks) made_[s] = false;
    for (const value_id v : f.outputs) made_[c_.values[v].storage] = true;
  }

  void check_loop(const instruction& i) {
    const tiled_loop& loop = *i.rows;
    if (loop.block < 1 || loop.rows < 1) fail("a tiled loop has no rows");
    for (const loop_op& m : loop.members) check_instruction(m.what);
    for (const value_id v : loop.outputs) read(v);
    for (const value_id v : loop.tile_buffers) made_[c_.values[v].storage] = false;
  }

  void check_order(const instruction& i) {
    if (effects_ > 0 && i.node < last_effect_) fail("ops with effects have changed places");
    ++effects_;
    last_effect_ = i.node;
  }

  void check_uses() const {
    for (const value_id v : c_.inputs) read(v);
    for (const value_id v : c_.outputs) read(v);
    for (const auto& [state, next] : c_.updates) {
      if (state >= c_.states.size()) fail("an update is of no state");
      read(next);
    }
    for (const checked_value& f : c_.finite)
      if (!f.in_epilogue) read(f.value);
  }

  const program_ir& c_;
  std::string_view pass_;
  std::vector<char> made_, is_tile_buffer_;  // by storage
  const instruction* current_ = nullptr;
  std::size_t effects_ = 0;
  node_id last_effect_ = 0;
};

}  // namespace

void verify(const program_ir& c, std::string_view pass) { verifier(c, pass).run(); }

}  // namespace reel::detail
