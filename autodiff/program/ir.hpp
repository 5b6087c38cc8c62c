// SPDX-License-Identifier: MIT
// What freeze works on and a program consists of: instructions over values, values in storages.
// Passes turn one list into another; every pass is a function of its own.
#pragma once

#include "tape/recording.hpp"

#include <reel/autodiff/program.hpp>
#include <reel/autodiff/structural.hpp>

#include <array>
#include <optional>

namespace reel::detail {

using value_id = std::uint32_t;
inline constexpr value_id no_value = ~value_id{0};

// Where a value's numbers live.
enum class home : std::uint8_t {
  arena,              // computed in every run
  instance_constant,  // computed once per instance from constants
  input,              // the caller's memory
  state,              // the state's front buffer
  back_buffer,        // the state's back buffer, which becomes current when the run has succeeded
  constant,           // a leaf's numbers
  block,              // a block of numbers that only lives inside a fusion
};

struct storage {
  home where = home::arena;
  reel::kind kind = kind::real;
  index_t size = 0;                   // elements
  std::uint32_t index = 0;            // which input, state or constant
  std::uint32_t first = 0, last = 0;  // instructions between which it is alive
};

struct value {
  reel::shape shape;
  reel::kind kind;
  std::uint32_t storage;
};

struct fusion;
struct tiled_loop;

struct instruction {
  op_ref op;
  reel::kind kind;  // picks the body, for ops of any kind
  std::vector<value_id> inputs;
  value_id output;
  source_location where;
  node_id node;                                 // on the tape it was frozen from
  const char* backward_of;                      // the op whose vjp recorded it, or null
  bool constant = false;                        // depends on constants alone
  std::shared_ptr<const fusion> fused;          // of a fusion, whose inputs are listed here
  std::shared_ptr<const tiled_loop> rows = {};  // of a tiled loop
  bool in_epilogue = false;                     // y = beta·y + alpha·op(x), with alpha and beta last in x
  value_id sibling = no_value;                  // the result of type->sibling, computed along
  bool unused = false;                          // nothing depends on it: run where nothing is dropped
};

// A fusion: elementwise instructions over n numbers each, run block by block so that what one
// hands to the next stays in cache. A stretched scalar fills one block, once; so does a row that is stretched
// to a matrix, such as a bias, again and again: blocks are then whole numbers of such rows.
struct fusion {
  static constexpr index_t longest_row = 512;  // of those that fill blocks
  std::vector<instruction> members;
  std::vector<instruction> broadcasts;
  std::vector<value_id> outputs;  // what is used outside
  std::vector<value_id> guarded;  // of these, what must be finite
  index_t size = 0;
  index_t row = 1;                // of all broadcasts but scalars: the length
  std::size_t scratch_slots = 0;  // blocks needed at a time

  // Who makes what, so that no one has to search. Where an operand comes from: fill k is source k, member m
  // is source fills.size() + m, what comes from outside has none.
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  std::vector<std::uint32_t> sources;          // of all members' operands in order
  std::vector<std::uint32_t> broadcast_slots;  // by fill: its block
  std::vector<std::uint32_t> member_slots;     // by member: the block of its result; none: it lies in memory
  std::vector<std::uint32_t> last_readers;     // by member: the last member that reads its result, or none
};

// Instructions, fusions among them, that run block by block of `block` rows out of `rows`.
struct loop_op {
  instruction what;
  row_slices use;
};
struct tiled_loop {
  std::vector<loop_op> members;
  std::vector<value_id> outputs;       // all that members write
  std::vector<value_id> tile_buffers;  // of these, what no one else reads: storage for one block
  index_t rows = 0, block = 0;
  index_t split = 0;  // rows whose sums are made apart from the others', to be added up at last; 0: all
};

std::string describe(const instruction& i);  // "backward of log (node 12, train.cpp:48)"

struct checked_value {
  value_id value;
  std::string name;
  std::optional<std::uint32_t> state = {};  // only what was finite in this one has to be
  bool implied = false;                     // not finite only if another checked value is not
  bool guarded = false;                     // by the fusion that computes it, block by block
  bool in_epilogue = false;                 // made sure of before it is computed
};

// An update made over its state when all checks have passed.
struct in_place_update {
  std::uint32_t state;
  std::optional<std::size_t> check;  // which of the checked values it makes
};

struct program_ir {
  std::vector<value> values;
  std::vector<storage> storages;
  // The first `prologue` run when an instance is made, the last ones are in-place updates.
  std::vector<instruction> instructions;
  std::size_t prologue = 0;
  std::vector<in_place_update> epilogue;
  std::vector<op_ref> leaves;  // of states and constants, by storage index
  std::vector<op_ref> constants;
  std::vector<value_id> inputs, outputs;
  std::vector<std::pair<std::uint32_t, value_id>> updates;  // state, its next value
  std::vector<checked_value> finite;
  std::vector<program::slot> input_slots, state_slots, output_slots;
  std::vector<value_id> states;
  std::vector<char> relaid;  // by state: whether it is kept transposed
  bool share_buffers = false, reuse_operands = false;
  std::shared_ptr<const program_ir> reference;  // op by op, nothing rearranged: what a failure is traced in
  std::vector<std::string> report;              // a line per pass
};

// Byte offsets of the arena's storages for a number type.
struct memory_plan {
  std::vector<std::size_t> offset;  // by storage
  std::size_t bytes = 0;
};
memory_plan plan_memory(const program_ir& c, dtype number);

// The passes. Each returns how many instructions or values it touched.
std::size_t drop_dead_code(program_ir& c);
std::size_t merge_common_subexpressions(program_ir& c);
std::size_t simplify_algebra(program_ir& c);
std::size_t fold_constants(program_ir& c);
std::size_t share_views(program_ir& c);
std::size_t assign_layouts(program_ir& c);
std::size_t update_in_place(program_ir& c);
// Marks the checks that other checks include. Returns how many are left to make.
std::size_t find_implied_checks(program_ir& c);
void own_outputs(program_ir& c);
void place_updates(program_ir& c);
std::size_t fuse_elementwise(program_ir& c);
std::size_t tile_rows(program_ir& c);
std::size_t split_reductions(program_ir& c);
std::size_t fuse_siblings(program_ir& c);
void find_lifetimes(program_ir& c);

// Whether no pass has changed an order of summation or left out a rounding, so that results are those of
// evaluation bit for bit.
bool is_exact(const program_ir& c);

// The values an instruction writes. A list that holds as long as the instruction.
class written_values {
 public:
  explicit written_values(const instruction& i)
      : region_(i.rows != nullptr    ? &i.rows->outputs
                : i.fused != nullptr ? &i.fused->outputs
                                     : nullptr),
        own_{i.output, i.sibling} {}
  const value_id* begin() const { return region_ != nullptr ? region_->data() : own_.data(); }
  const value_id* end() const { return begin() + size(); }
  std::size_t size() const { return region_ != nullptr ? region_->size() : own_[1] == no_value ? 1 : 2; }

 private:
  const std::vector<value_id>* region_;  // or null
  std::array<value_id, 2> own_;
};
inline written_values outputs_of(const instruction& i) { return written_values(i); }

// The body an instruction is run by. Throws unsupported_number.
eval_fn body_of(const instruction& i, dtype number);

// Whether it changes what its output holds, as the last instructions of a run do.
inline bool is_in_place_update(const instruction& i) { return i.in_epilogue; }

// How an instruction goes by `rows` rows; no inputs where it does not.
row_slices slices_of(const program_ir& c, const instruction& i, index_t rows);

// How an instruction makes blocks of rows of its result: from rows of inputs, or from columns.
row_slices slices_of_result(const program_ir& c, const instruction& i);

// Whether threads would be done sooner with the blocks of a fusion than one of them.
bool worth_sharing(const program_ir& c, const tiled_loop& g);

// Cuts instructions large enough for several threads into rows for each of them.
class thread_tiling {
 public:
  thread_tiling(const program_ir& c, int threads);
  // Null where it is not large enough.
  std::shared_ptr<const tiled_loop> cut(const instruction& i) const;

 private:
  bool reads_shared_sums(const instruction& i) const;

  const program_ir& c_;
  int threads_;
  std::vector<char> shared_sums_;  // by value: made in splits, and added up, by several threads
};

}  // namespace reel::detail
