// SPDX-License-Identifier: MIT
// How much memory there is. A system may promise more and end the process that touches it, so that what
// cannot fit is refused before.
#include <reel/autodiff/array.hpp>
#include <reel/autodiff/error.hpp>

#include <fmt/format.h>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>

namespace reel::detail {

namespace {

constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

std::size_t of_the_machine() {
  const long pages = sysconf(_SC_PHYS_PAGES), bytes = sysconf(_SC_PAGE_SIZE);
  return pages <= 0 || bytes <= 0 ? no_limit
                                  : static_cast<std::size_t>(pages) * static_cast<std::size_t>(bytes);
}

std::size_t of_the_process() {
  rlimit limit{};
  return getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ? no_limit : limit.rlim_cur;
}

// Of the container that the process runs in, where the system keeps it in this file.
std::size_t of_the_container() {
  std::ifstream file("/sys/fs/cgroup/memory.max");
  std::size_t bytes = 0;
  return file >> bytes ? bytes : no_limit;
}

}  // namespace

void check_memory(std::size_t bytes) {
  constexpr std::size_t worth_a_look = std::size_t{1} << 26;
  if (bytes < worth_a_look) return;
  static const std::size_t most = std::min({of_the_machine(), of_the_process(), of_the_container()});
  if (bytes > most)
    throw error(errc::size_overflow,
                fmt::format("{} bytes are needed for one value or arena; there are {} in all. Use smaller "
                            "shapes, or fewer at a time.",
                            bytes, most));
}

}  // namespace reel::detail
