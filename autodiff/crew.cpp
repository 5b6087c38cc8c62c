// SPDX-License-Identifier: MIT
#include "crew.hpp"

#include <reel/autodiff/error.hpp>
#include <reel/autodiff/workers.hpp>

#include <fmt/format.h>
#include <signal.h>

#include <utility>

namespace reel {

namespace detail {

namespace {

constexpr std::uint64_t one_job = std::uint64_t{1} << 32;

std::uint64_t parts_of(std::uint64_t ticket) { return ticket >> 16 & 0xffff; }
std::uint64_t next_of(std::uint64_t ticket) { return ticket & 0xffff; }

// Lets the other half of the core have it, for some tens of nanoseconds.
void pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
}

// Whether `done` came true within a hundred microseconds or so.
template <class Done> bool comes_soon(const Done& done) {
  for (int i = 0; i < 2000; ++i) {
    if (done()) return true;
    pause();
  }
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

crew::crew(int threads) {
  const signals_blocked for_now;
  try {
    for (int worker = 1; worker < threads; ++worker) threads_.emplace_back([this, worker] { work(worker); });
  } catch (...) {
    end();
    throw;
  }
}

crew::~crew() { end(); }

void crew::end() noexcept {
  ends_ = true;
  ticket_ += one_job;
  ticket_.notify_all();
  for (auto& t : threads_) t.join();
  threads_.clear();
}

void crew::run(index_t parts, void* self, body_fn body) {
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
  const std::uint64_t job = (ticket_.load(std::memory_order_relaxed) / one_job + 1) * one_job;
  ticket_.store(job | static_cast<std::uint64_t>(parts) << 16, std::memory_order_release);
  ticket_.notify_all();
  while (take_part(0)) {
  }
  const auto all_done = [&] { return unfinished_.load(std::memory_order_acquire) == 0; };
  if (!comes_soon(all_done))
    for (std::uint32_t left; (left = unfinished_.load(std::memory_order_acquire)) != 0;)
      unfinished_.wait(left);
  if (thrown_ != nullptr) std::rethrow_exception(std::exchange(thrown_, nullptr));
}

void crew::work(int worker) {
  while (!ends_) {
    const std::uint64_t seen = ticket_.load(std::memory_order_acquire);
    while (take_part(worker)) {
    }
    await_work(seen);
  }
}

bool crew::take_part(int worker) {
  std::uint64_t t = ticket_.load(std::memory_order_acquire);
  do
    if (next_of(t) >= parts_of(t) || static_cast<std::uint64_t>(worker) >= parts_of(t)) return false;
  while (!ticket_.compare_exchange_weak(t, t + 1, std::memory_order_acq_rel, std::memory_order_acquire));
  do_part(static_cast<index_t>(next_of(t)), worker);
  return true;
}

void crew::do_part(index_t part, int worker) {
  try {
    body_(self_, part, worker);
  } catch (...) {
    const std::lock_guard one_at_a_time(failure_);
    if (thrown_ == nullptr || part < thrown_by_) thrown_ = std::current_exception(), thrown_by_ = part;
  }
  if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) == 1) unfinished_.notify_one();
}

// Until there is a job after the one that was seen.
void crew::await_work(std::uint64_t seen) const {
  const auto another = [&] { return ticket_.load(std::memory_order_acquire) / one_job != seen / one_job; };
  if (comes_soon(another)) return;
  for (std::uint64_t now; (now = ticket_.load(std::memory_order_acquire)) / one_job == seen / one_job;)
    ticket_.wait(now);
}

}  // namespace detail

workers::workers(int threads) {
  if (threads < 1 || threads > 256)
    throw error(errc::invalid_argument,
                fmt::format("{} workers: choose 1, which is the calling thread alone, to 256.", threads));
  if (threads > 1) crew_ = std::make_shared<detail::crew>(threads);
}

int workers::threads() const noexcept { return crew_ == nullptr ? 1 : crew_->threads(); }

}  // namespace reel
