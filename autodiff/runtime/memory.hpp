// SPDX-License-Identifier: MIT
// The memory of an instance and the kernel calls of its runs. Operand tables exist twice, one per buffer of
// the states: a run reads the front buffers and writes the back buffers, and succeeds by switching tables.
// Until then nothing it did can be seen, which is what makes a step all or nothing. States that in-place
// updates write over have one buffer: in-place updates are the last steps of a run, of which nothing can fail
// any more.
#pragma once

#include "base/aligned.hpp"
#include "program/ir.hpp"
#include "runtime/fused_loop.hpp"
#include "runtime/parallel_loop.hpp"

namespace reel::detail {

struct kernel_call {
  eval_fn body;
  detail::sibling::eval_fn with_sibling;  // or null
  const void* op;
  operand_view output;
  operand_view sibling;  // the other result of with_sibling
  std::span<const operand_view> inputs;
  fused_loop* fused;    // or null
  parallel_loop* rows;  // or null
};

struct executor::execution_state {
  dtype number;
  reel::workers workers;
  aligned_bytes arena;
  std::size_t arena_bytes = 0;
  std::vector<aligned_bytes> owned;                // converted constants, both buffers of the states
  std::vector<std::array<std::byte*, 2>> buffers;  // by state
  std::array<std::vector<operand_view>, 2> operands;
  std::array<std::vector<kernel_call>, 2> calls;
  aligned_bytes blocks;  // scratch of fusions
  std::array<std::vector<std::unique_ptr<fused_loop>>, 2> fused_loops;
  std::array<std::vector<std::unique_ptr<parallel_loop>>, 2> parallel_loops;
  // What knows an input or a view of it, to be told where it is bound.
  struct input_use {
    std::vector<std::size_t> operands;  // in the tables
    std::vector<value_id> values;
    std::array<std::vector<std::pair<fused_loop*, value_id>>, 2> fused_loops;  // by bank
    std::array<std::vector<std::pair<parallel_loop*, value_id>>, 2> parallel_loops;
  };
  std::vector<input_use> input_uses;     // by input
  std::vector<void*> bound;              // by input
  std::array<std::vector<void*>, 2> at;  // by value
  std::vector<aligned_bytes> natural;    // by state: what is kept transposed, as it is read
  std::size_t sides = 2;                 // banks that take turns: one where no state does
  std::size_t front = 0;                 // the current one
  std::size_t ran = 0;                   // the one the last run read
  enum class outcome { none, done, refused } last_run = outcome::none;
  std::vector<char> known_finite;    // by state: whether it is sure to be
  std::vector<char> will_be_finite;  // by in-place update: whether the next one is

  execution_state(const program_ir& c, dtype n, const reel::workers& w);

  void bind(std::size_t input, void* data);
  void execute(const program_ir& c, std::size_t i);
  bool guarded_finite() const;  // whether what fusions had to watch in the last run was
  bool is_finite(value_id v, const value& x) const;
  // Whether a checked value is not finite only where its state was not before.
  bool was_not_finite(const program_ir& c, const checked_value& f) const;

  // Makes sure that what the in-place updates write will be finite where that is asked for, or throws
  // non_finite.
  void ensure_finite(const program_ir& c);

  // A state in its own layout, valid until the next run; and its numbers replaced.
  const void* state(const program_ir& c, std::size_t i);
  void set_state(const program_ir& c, std::size_t i, const void* data);

  // Repeats a run that came out wrong in memory of its own, op by op, nothing overwritten.
  [[noreturn]] void blame(const program_ir& c, std::size_t culprit);
  // The same for a run in blocks of rows that an op refused: it saw one block, and could tell no more.
  void refuse_again(const program_ir& c);

 private:
  std::size_t bytes(kind k, index_t n) const;
  void make_buffers(const program_ir& c);
  std::byte* state_buffer(const program_ir& c, std::uint32_t state, std::size_t side) const;
  const void* load_constant(const leaf& l);
  void make_blocks(const program_ir& c);
  void make_calls(const program_ir& c, const memory_plan& plan, const std::vector<const void*>& constants,
                  std::size_t side);
  void find_input_uses(const program_ir& c);
  void put_state(const program_ir& c, std::size_t state, const void* from, std::byte* to) const;
  void get_state(const program_ir& c, std::size_t state, std::byte* to) const;

  bool provably_finite(const program_ir& c, const in_place_update& update, std::size_t index);
  // Whether all of it is finite; throws where that is refused.
  bool dry_run(const program_ir& c, const in_place_update& update, std::size_t index);

  void repeat_into(execution_state& again, const program_ir& c);
  const checked_value& first_refused(const program_ir& c, const checked_value& otherwise);
  [[noreturn]] void trace(const program_ir& c, const checked_value& culprit);
};

}  // namespace reel::detail
