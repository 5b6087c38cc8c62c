// SPDX-License-Identifier: MIT
// Nothing recurses over a graph: a chain of many nodes is recorded, differentiated, evaluated and
// destroyed on a stack of 8 MiB. REEL_CHAIN_NODES says how many; the long checks take ten million.
#include "support.hpp"

#include <reel/ops.hpp>

#include <fmt/format.h>
#include <pthread.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <memory>

using namespace reel;

namespace {

// Runs f on a thread whose stack is that of a main program under Linux's default limit.
template <class F> void on_small_stack(F f) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, std::size_t{8} << 20);
  pthread_t thread;
  const auto start = [](void* p) -> void* {
    (*static_cast<F*>(p))();
    return nullptr;
  };
  BOOST_REQUIRE(pthread_create(&thread, &attributes, start, &f) == 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

std::size_t chain_length() {
  const char* text = std::getenv("REEL_CHAIN_NODES");
  return text == nullptr ? 200'000 : std::strtoull(text, nullptr, 10);
}

class stopwatch {
 public:
  // Nanoseconds per item since the last call.
  double lap(std::size_t items) {
    const auto now = std::chrono::steady_clock::now();
    const std::chrono::duration<double, std::nano> passed = now - last_;
    last_ = now;
    return passed.count() / static_cast<double>(items);
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace

BOOST_AUTO_TEST_SUITE(chain)

BOOST_AUTO_TEST_CASE(a_long_chain_needs_no_deep_stack) {
  const std::size_t n = chain_length();
  double slope = 0;
  std::string figures;
  on_small_stack([&] {
    stopwatch watch;
    auto t = std::make_unique<tape>("chain");
    const var x = t->variable(1.0);
    var y = x;
    for (std::size_t i = 0; i < n; ++i) y = y * 0.9999999;
    const double record = watch.lap(n),
                 bytes = static_cast<double>(t->bytes()) / static_cast<double>(t->size());
    const var g = grad(y, x);
    const double backward = watch.lap(n);
    const std::size_t nodes = t->size();
    slope = g.item();
    const double evaluate = watch.lap(nodes);
    t.reset();
    figures = fmt::format(
        "{} nodes: recorded in {:.0f} ns and {:.0f} bytes each, differentiated in {:.0f} ns each; all {} "
        "nodes "
        "evaluated in {:.0f} ns and destroyed in {:.1f} ns each",
        n, record, bytes, backward, nodes, evaluate, watch.lap(nodes));
  });
  BOOST_TEST_MESSAGE(figures);
  BOOST_TEST(slope == std::pow(0.9999999, static_cast<double>(n)), boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_SUITE_END()
