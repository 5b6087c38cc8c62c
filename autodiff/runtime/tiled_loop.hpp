// SPDX-License-Identifier: MIT
// Runs a tiled loop: for each block of rows, all members one after the other. For one thread.
#pragma once

#include "program/ir.hpp"
#include "runtime/fused_loop.hpp"

namespace reel::detail {

class tiled_loop_runner {
 public:
  // `locate` gives the memory of a value; `blocks` is scratch for the fusions among the members.
  tiled_loop_runner(const program_ir& c, const tiled_loop& g, dtype number, std::byte* blocks,
                    const std::function<void*(value_id)>& locate);

  // Rows [first, last): sums are those of these rows. Finite: whether all numbers that the fusions
  // among the members wrote, and had to watch, are.
  void run(index_t first, index_t last);
  bool finite() const { return finite_; }
  // Where `value` stands, points there from now on.
  void bind(value_id value, void* data);

 private:
  struct member {
    eval_fn open, go_on;                    // for the first block and, of a sum, the others
    detail::sibling::eval_fn with_sibling;  // or null
    const void* op;
    std::size_t output, sibling, first_input, inputs;  // in views_
    index_t elements;                                  // of a row
    std::unique_ptr<fused_loop> fused;
    std::vector<std::byte> part = {};  // of a sum that cannot go on by itself: what one block gives
  };
  // A view in blocks of rows or of columns, or of all there is.
  struct place_of_rows {
    std::byte* base;
    bool by_block;                      // or all there is
    std::size_t step;                   // bytes from row to row; 0 where every block has the same place
    std::size_t column = 0;             // bytes of an element, where blocks are of columns
    std::vector<std::byte> block = {};  // a copy of such a block
    std::array<shape, 2> dims = {};     // of a whole block, and of a shorter one
  };
  enum class cut { none, rows, columns };
  std::size_t add_view(const program_ir& c, value_id v, cut by, bool local, void* data, dtype number);
  void place(std::size_t view, index_t first, index_t n);
  void add_part(member& m);

  index_t rows_, block_;
  bool finite_ = true;
  std::vector<member> members_;
  std::vector<place_of_rows> places_;  // of the views
  struct uses {
    std::vector<std::size_t> views, fused;  // the members that are fusions
  };
  std::unordered_map<value_id, uses> uses_;  // where a value stands
  std::vector<operand_view> views_;
};

}  // namespace reel::detail
