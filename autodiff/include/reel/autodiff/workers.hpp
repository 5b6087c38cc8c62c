// SPDX-License-Identifier: MIT
// Threads that share the work of a run. How many there are changes how long a run takes, and no bit of
// what comes out: work is cut by sizes alone.
//
//   const workers team(2);
//   instance<float> run(program, team);
#pragma once

#include <memory>

namespace reel {

namespace detail {
class thread_pool;
}

// A handle: copies share the threads, which end with the last of them. Instances of several threads may
// share one, too; a run that finds it busy does its work alone.
//
// The threads block all signals, look out for work for a hundred microseconds or so after a run, and then
// sleep. They call nothing but the bodies of ops.
class workers {
 public:
  workers() noexcept = default;  // the calling thread alone
  // The calling thread and threads − 1 of its own. Throws invalid_argument unless threads is 1 to 256,
  // std::system_error where the system has no more.
  explicit workers(int threads);
  int threads() const noexcept;

  // Null for the calling thread alone.
  detail::thread_pool* pool() const noexcept { return pool_.get(); }

 private:
  std::shared_ptr<detail::thread_pool> pool_;
};

}  // namespace reel
