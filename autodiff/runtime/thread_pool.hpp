// SPDX-License-Identifier: MIT
// The threads behind workers.
#pragma once

#include <reel/autodiff/shape.hpp>

#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace reel::detail {

// Hands out the parts of a job, one job at a time. Each thread has parts of its own, the same ones in each
// job of as many, so that it finds in its cache what it left there; and takes others' when it is through with
// them. So one that wakes late, or not at all, is not waited for: only parts that were begun are.
class thread_pool {
 public:
  explicit thread_pool(int threads);
  ~thread_pool();
  thread_pool(const thread_pool&) = delete;
  thread_pool& operator=(const thread_pool&) = delete;

  int threads() const noexcept { return static_cast<int>(threads_.size()) + 1; }

  // Calls body(part, worker) once for each part in [0, parts), on any worker below threads() and parts; the
  // caller is 0. Rethrows what the first of the parts that threw has thrown, when all are done.
  template <class Body> void run(index_t parts, Body&& body) {
    run(parts, &body, [](void* self, index_t part, int worker) {
      (*static_cast<std::remove_reference_t<Body>*>(self))(part, worker);
    });
  }
  static constexpr index_t most_parts = 0xffff;

 private:
  using body_fn = void (*)(void* self, index_t part, int worker);
  // A thread's parts of a job: the job's number, their end and the next of them in one word, so that a thread
  // that comes late cannot take a part of a job it has not seen: job << 32 | end << 16 | next. Each in a
  // cache line of its own.
  struct alignas(64) job_share {
    std::atomic<std::uint64_t> ticket = 0;
  };
  void run(index_t parts, void* self, body_fn body);
  void hand_out(std::uint32_t parts);
  void work(int worker);
  bool take_part(int worker);
  bool take_part(int worker, job_share& of);
  void do_part(index_t part, int worker);
  void await_work(std::uint32_t seen) const;
  void end() noexcept;

  std::vector<job_share> shares_;
  std::atomic<std::uint32_t> job_ = 0, parts_ = 0;  // how many jobs there have been; of the last one
  std::atomic<std::uint32_t> unfinished_ = 0;
  std::atomic<bool> ends_ = false;
  void* self_ = nullptr;  // of the job; read by those who have taken a part of it
  body_fn body_ = nullptr;

  std::atomic_flag busy_ = ATOMIC_FLAG_INIT;
  std::mutex failure_;
  std::exception_ptr thrown_;
  index_t thrown_by_ = 0;
  std::vector<std::thread> threads_;
};

// The same on a thread pool, or by the caller where there is none.
template <class Body> void parallel_for(thread_pool* c, index_t parts, Body&& body) {
  if (c != nullptr && parts > 1) return c->run(parts, body);
  for (index_t part = 0; part < parts; ++part) body(part, 0);
}

}  // namespace reel::detail
