// SPDX-License-Identifier: MIT
#include "runtime/thread_pool.hpp"

#include <reel/autodiff/error.hpp>
#include <reel/autodiff/workers.hpp>

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace reel {

namespace detail {

namespace {

std::uint64_t end_of(std::uint64_t ticket) { return ticket >> 16 & 0xffff; }
std::uint64_t next_of(std::uint64_t ticket) { return ticket & 0xffff; }

// Lets the other half of the core have it, for some tens of nanoseconds.
void pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
}

// Whether `done` came true within the time that some serial work between two jobs takes: to be woken up takes
// a third of it.
template <class Done> bool comes_soon(const Done& done) {
  using clock = std::chrono::steady_clock;
  constexpr int between_looks_at_the_clock = 64;
  const auto end = clock::now() + std::chrono::microseconds(150);
  do
    for (int i = 0; i < between_looks_at_the_clock; ++i) {
      if (done()) return true;
      pause();
    }
  while (clock::now() < end);
  return false;
}

// Threads made while one of these lives block all signals: they are the host's to handle.
class signals_blocked {
 public:
  signals_blocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~signals_blocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

}  // namespace

thread_pool::thread_pool(int threads) : shares_(static_cast<std::size_t>(threads)) {
  const signals_blocked for_now;
  try {
    for (int worker = 1; worker < threads; ++worker) threads_.emplace_back([this, worker] { work(worker); });
  } catch (...) {
    end();
    throw;
  }
}

thread_pool::~thread_pool() { end(); }

void thread_pool::end() noexcept {
  ends_ = true;
  ++job_;
  job_.notify_all();
  for (auto& t : threads_) t.join();
  threads_.clear();
}

void thread_pool::run(index_t parts, void* self, body_fn body) {
  if (parts > most_parts || busy_.test_and_set(std::memory_order_acquire)) {
    for (index_t part = 0; part < parts; ++part) body(self, part, 0);
    return;
  }
  struct free_again {
    std::atomic_flag& busy;
    ~free_again() { busy.clear(std::memory_order_release); }
  } const at_the_end{busy_};
  self_ = self;
  body_ = body;
  thrown_ = nullptr;
  unfinished_.store(static_cast<std::uint32_t>(parts), std::memory_order_relaxed);
  hand_out(static_cast<std::uint32_t>(parts));
  while (take_part(0)) {
  }
  const auto all_done = [&] { return unfinished_.load(std::memory_order_acquire) == 0; };
  if (!comes_soon(all_done))
    for (std::uint32_t left; (left = unfinished_.load(std::memory_order_acquire)) != 0;)
      unfinished_.wait(left);
  if (thrown_ != nullptr) std::rethrow_exception(std::exchange(thrown_, nullptr));
}

void thread_pool::hand_out(std::uint32_t parts) {
  const std::uint32_t job = job_.load(std::memory_order_relaxed) + 1;
  const std::uint64_t threads = std::min<std::uint64_t>(shares_.size(), parts);
  parts_.store(parts, std::memory_order_relaxed);
  for (std::uint64_t k = 0; k < threads; ++k) {
    const std::uint64_t next = k * parts / threads, end = (k + 1) * parts / threads;
    shares_[k].ticket.store(std::uint64_t{job} << 32 | end << 16 | next, std::memory_order_release);
  }
  job_.store(job, std::memory_order_release);
  job_.notify_all();
}

void thread_pool::work(int worker) {
  for (;;) {
    const std::uint32_t seen = job_.load(std::memory_order_acquire);
    if (ends_) return;  // looked at later than the number of the job that ends it, lest that be waited beyond
    while (take_part(worker)) {
    }
    await_work(seen);
  }
}

// Of its own first, then of those of the threads after it.
bool thread_pool::take_part(int worker) {
  const auto first = static_cast<std::size_t>(worker);
  for (std::size_t k = 0; k < shares_.size(); ++k)
    if (take_part(worker, shares_[(first + k) % shares_.size()])) return true;
  return false;
}

bool thread_pool::take_part(int worker, job_share& of) {
  std::uint64_t t = of.ticket.load(std::memory_order_acquire);
  do
    if (next_of(t) >= end_of(t) || static_cast<std::uint32_t>(worker) >= parts_) return false;
  while (!of.ticket.compare_exchange_weak(t, t + 1, std::memory_order_acq_rel, std::memory_order_acquire));
  do_part(static_cast<index_t>(next_of(t)), worker);
  return true;
}

void thread_pool::do_part(index_t part, int worker) {
  try {
    body_(self_, part, worker);
  } catch (...) {
    const std::lock_guard one_at_a_time(failure_);
    if (thrown_ == nullptr || part < thrown_by_) thrown_ = std::current_exception(), thrown_by_ = part;
  }
  if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) == 1) unfinished_.notify_one();
}

// Until there is a job after the one that was seen.
void thread_pool::await_work(std::uint32_t seen) const {
  const auto another = [&] { return job_.load(std::memory_order_acquire) != seen; };
  if (!comes_soon(another)) job_.wait(seen, std::memory_order_acquire);
}

}  // namespace detail

workers::workers(int threads) {
  if (threads < 1 || threads > 256)
    throw error(errc::invalid_argument,
                fmt::format("{} workers: choose 1, which is the calling thread alone, to 256.", threads));
  if (threads > 1) pool_ = std::make_shared<detail::thread_pool>(threads);
}

int workers::threads() const noexcept { return pool_ == nullptr ? 1 : pool_->threads(); }

}  // namespace reel
