// SPDX-License-Identifier: MIT
// Runs a fusion: for each block of elements, all members one after the other, or pipelines of them.
#pragma once

#include "runtime/stage_pipeline.hpp"
#include "program/ir.hpp"

#include <functional>
#include <unordered_map>

namespace reel::detail {

class fused_loop {
 public:
  // `locate` gives the memory of a value outside the fusion; `blocks` is scratch of at least
  // scratch_bytes of the instruction.
  fused_loop(const program_ir& c, const fusion& g, dtype number, std::byte* blocks,
             const std::function<void*(value_id)>& locate,
             const std::function<bool(value_id)>& starts_here = {});

  void run() { run(0, size_); }
  // Of the elements, n from the first on, which begins a row where rows fill blocks. (Values that start here
  // hold these alone.)
  void run(index_t first, index_t n);
  // Whether all numbers that the last run wrote and had to watch are finite.
  bool finite() const { return finite_; }
  // Where `value` stands, points there from now on (a program's input, bound for a run).
  void bind(value_id value, void* data);

  // What the fusions of an instruction need: of itself, or of the members that go by rows.
  static std::size_t scratch_bytes(const instruction& i, dtype number);
  static std::size_t scratch_bytes(const tiled_loop& g, dtype number);

 private:
  struct member {
    eval_fn body;
    const void* op;
    std::size_t output, first_input, inputs;  // in views_
    std::optional<stage_pipeline> stages;     // what it is, instead: several members
  };
  struct broadcast {
    std::size_t from;  // in views_
    std::byte* block;
    std::size_t bytes;  // of an element
    index_t length;     // 1, or that of the fusion's rows
  };
  std::size_t add_view(void* data, std::size_t stride, bool whole);
  std::size_t add_outside(value_id v, void* data, std::size_t stride, bool whole);
  void advance(index_t elements, bool all);
  bool is_far() const;
  void prefetch(index_t n, std::size_t part, std::size_t parts) const;
  index_t first_block(index_t n) const;
  void run_block(index_t n, bool more);

  std::vector<member> members_;
  std::size_t loops_ = 0;  // members that are no pipelines
  std::vector<broadcast> broadcasts_;
  std::vector<operand_view> views_;
  std::vector<std::size_t> stride_;  // bytes from element to element; 0 in a block
  std::vector<char> whole_;          // by view: whether it holds all elements
  std::unordered_map<value_id, std::vector<std::size_t>> outside_;  // the views of a value in no block
  std::vector<std::size_t> streams_;  // a view of each value that is read or written as the blocks go on
  struct guard {
    std::size_t view;
    dtype type;
  };
  std::vector<guard> guarded_;
  bool finite_ = true, far_ = false;
  std::unique_ptr<shape> dims_;  // of the present block, which all views share
  index_t size_, block_, row_;
};

}  // namespace reel::detail
