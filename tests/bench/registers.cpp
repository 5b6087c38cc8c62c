// SPDX-License-Identifier: MIT
#include "registers.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace bench {

namespace {

#if defined(__x86_64__)
[[gnu::target("avx")]] void clear() { __builtin_ia32_vzeroupper(); }
// A ratio counts from clean registers, whatever ran before.
void clear_upper_halves() {
  if (__builtin_cpu_supports("avx")) clear();
}
#else
void clear_upper_halves() {}
#endif

// Nanoseconds of a thousand calls, the least of seven times.
double time_of_calls() {
  using clock = std::chrono::steady_clock;
  double least = INFINITY;
  volatile double x = 1.5, s = 0;
  for (int k = 0; k < 7; ++k) {
    const clock::time_point begin = clock::now();
    for (int i = 0; i < 1000; ++i) s = s + std::log(x) + std::sin(x);
    least = std::min(least, std::chrono::duration<double, std::nano>(clock::now() - begin).count());
  }
  return least;
}

}  // namespace

double libm_ratio(const std::function<void()>& run) {
  clear_upper_halves();
  const double before = time_of_calls();
  run();
  const double after = time_of_calls();
  clear_upper_halves();
  return after / before;
}

}  // namespace bench
