// SPDX-License-Identifier: MIT
#include "machine.hpp"

#include <sched.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <vector>

namespace bench {

namespace {

constexpr const char* marker = "REEL_BENCH_ALONE";

// The last processor of those allowed; interrupts tend to go to the first.
void pin() {
  cpu_set_t allowed, one;
  CPU_ZERO(&one);
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
  for (int i = CPU_SETSIZE - 1; i >= 0; --i)
    if (CPU_ISSET(i, &allowed)) {
      CPU_SET(i, &one);
      break;
    }
  if (sched_setaffinity(0, sizeof one, &one) != 0) std::perror("bench: cannot pin to one processor");
}

void forget_openblas_settings() {
  std::vector<std::string> names;
  for (char** v = environ; *v != nullptr; ++v)
    if (std::strncmp(*v, "OPENBLAS_", 9) == 0) names.emplace_back(*v, std::strcspn(*v, "="));
  for (const std::string& name : names) unsetenv(name.c_str());
}

}  // namespace

void restart_alone(char** arguments, bool plain_malloc) {
  if (std::getenv(marker) != nullptr) return;
  pin();
  forget_openblas_settings();
  setenv(marker, "1", 1);
  if (!plain_malloc)
    for (const char* limit : {"MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"})
      setenv(limit, "4294967296", 1);
  execv("/proc/self/exe", arguments);
  std::perror("bench: cannot restart");
  std::exit(1);
}

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown processor";
}

}  // namespace bench
