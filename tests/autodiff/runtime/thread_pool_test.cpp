// SPDX-License-Identifier: MIT
// The threads that share a run's work: every part is done once, whoever does it, and what goes wrong in one
// comes out as it would on one thread.
#include "runtime/thread_pool.hpp"

#include "support.hpp"

#include <reel/autodiff/workers.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace reel;
using reel::detail::thread_pool;
using reel::test::check_error;

BOOST_AUTO_TEST_SUITE(workers_and_thread_pool)

BOOST_AUTO_TEST_CASE(every_part_is_done_once) {
  for (const int threads : {1, 2, 3, 8}) {
    thread_pool c(threads);
    for (int job = 0; job < 2000; ++job) {
      const index_t parts = job % 17;
      std::vector<int> done(static_cast<std::size_t>(parts));
      c.run(parts, [&](index_t part, int worker) {
        ++done[static_cast<std::size_t>(part)];
        if (worker < 0 || worker >= std::min<index_t>(threads, parts))
          throw std::logic_error("no such worker");
      });
      BOOST_REQUIRE(std::ranges::count(done, 1) == parts);
    }
  }
}

BOOST_AUTO_TEST_CASE(threads_end_even_before_they_have_begun) {
  for (int i = 0; i < 2000; ++i) thread_pool(3);
}

// It finds in its cache what it left there. Where all others are busy for long no one can take its part.
BOOST_AUTO_TEST_CASE(a_thread_has_the_same_parts_in_each_job) {
  constexpr int threads = 3;
  thread_pool c(threads);
  for (const index_t parts : {3, 6, 12}) {
    for (int job = 0; job < 5; ++job) {
      std::atomic<int> begun = 0;
      std::vector<int> first(threads, -1);
      c.run(parts, [&](index_t part, int worker) {
        int& own = first[static_cast<std::size_t>(worker)];
        if (own >= 0) return;
        own = static_cast<int>(part);
        ++begun;
        while (begun < threads) std::this_thread::yield();
      });
      for (int worker = 0; worker < threads; ++worker)
        BOOST_TEST(first[static_cast<std::size_t>(worker)] == worker * parts / threads);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_worker_that_sleeps_is_woken_or_not_waited_for) {
  thread_pool c(4);
  for (int job = 0; job < 20; ++job) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    std::atomic<int> sum = 0;
    c.run(100, [&](index_t part, int) { sum += static_cast<int>(part); });
    BOOST_TEST(sum == 4950);
  }
}

BOOST_AUTO_TEST_CASE(more_parts_than_a_ticket_holds_are_done_by_the_caller) {
  thread_pool c(2);
  std::atomic<index_t> done = 0;
  c.run(thread_pool::most_parts + 1, [&](index_t, int worker) { done += worker == 0 ? 1 : 0; });
  BOOST_TEST(done == thread_pool::most_parts + 1);
}

BOOST_AUTO_TEST_CASE(the_first_of_the_parts_that_threw_is_heard) {
  thread_pool c(3);
  for (int job = 0; job < 200; ++job) {
    std::atomic<int> done = 0;
    std::string heard;
    try {
      c.run(40, [&](index_t part, int) {
        ++done;
        if (part % 7 == 5) throw std::runtime_error(std::to_string(part));
      });
    } catch (const std::runtime_error& e) {
      heard = e.what();
    }
    BOOST_TEST(heard == "5");
    BOOST_TEST(done == 40);
  }
  int calm = 0;
  c.run(1, [&](index_t, int) { ++calm; });  // and is forgotten
  BOOST_TEST(calm == 1);
}

BOOST_AUTO_TEST_CASE(a_thread_pool_that_is_busy_is_not_waited_for) {
  thread_pool c(2);
  std::atomic<int> inner = 0;
  c.run(8, [&](index_t, int) { c.run(5, [&](index_t, int) { ++inner; }); });
  BOOST_TEST(inner == 40);
  std::atomic<int> both = 0;
  const auto many = [&] {
    for (int job = 0; job < 500; ++job) c.run(6, [&](index_t, int) { ++both; });
  };
  std::thread other(many);
  many();
  other.join();
  BOOST_TEST(both == 6000);
}

BOOST_AUTO_TEST_CASE(signals_are_left_to_the_host) {
  thread_pool c(3);
  std::atomic<int> open = 0;
  c.run(300, [&](index_t, int worker) {
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
    if (worker != 0 && sigismember(&blocked, SIGINT) == 0) ++open;
    if (worker == 0 && sigismember(&blocked, SIGINT) == 1) ++open;
  });
  BOOST_TEST(open == 0);
}

BOOST_AUTO_TEST_CASE(numbers_of_threads) {
  BOOST_TEST(workers().threads() == 1);
  BOOST_TEST(workers(1).threads() == 1);
  const workers three(3), same = three;
  BOOST_TEST(same.threads() == 3);
  BOOST_TEST(same.pool() == three.pool());
  for (const int bad : {0, -1, 257})
    check_error(
        errc::invalid_argument, [&] { workers{bad}; }, "choose 1, which is the calling thread alone, to 256");
}

BOOST_AUTO_TEST_SUITE_END()
