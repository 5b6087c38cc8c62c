// SPDX-License-Identifier: MIT
// Runs a tiled loop on several threads: a runner for each of them, and parts of the rows that
// are done in any order, by anyone. Sums of a part are made in memory of its own and added up in the
// parts' order.
#pragma once

#include "base/aligned.hpp"
#include "runtime/thread_pool.hpp"
#include "runtime/tiled_loop.hpp"

namespace reel::detail {

class parallel_loop {
 public:
  // `locate` gives the memory of a value, `blocks` is scratch for fusions; both serve the caller's
  // thread, the others get their own. The thread pool may be null.
  parallel_loop(const program_ir& c, const tiled_loop& g, dtype number, thread_pool* pool, std::byte* blocks,
                const std::function<void*(value_id)>& locate);

  void run();
  bool finite() const;
  // Where `value` stands, points there from now on.
  void bind(value_id value, void* data);

 private:
  struct sum {
    value_id value;
    std::byte* total;
    std::vector<aligned_bytes> parts;  // but the first, which is made where the total stands
    shape dims;
  };
  void add_runner(const program_ir& c, const tiled_loop& g, dtype number,
                  const std::function<void*(value_id)>& locate);
  void add_sums(const program_ir& c, const tiled_loop& g, dtype number,
                const std::function<void*(value_id)>& locate);
  void add_up();
  void add_up(const sum& s, index_t first, index_t last) const;

  thread_pool* pool_;
  index_t rows_, part_, parts_;
  std::size_t number_bytes_;
  std::vector<std::unique_ptr<tiled_loop_runner>> runners_;  // by worker
  std::vector<char> finite_;                                 // by part
  std::vector<aligned_bytes> own_;                           // of the other threads
  std::vector<sum> sums_;                                    // where there are several parts
  eval_fn add_;
};

}  // namespace reel::detail
