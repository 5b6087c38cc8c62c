// SPDX-License-Identifier: MIT
#include "memory.hpp"

#include <fmt/format.h>

#include <unistd.h>

namespace reel::detail {

void fail_for_memory(const std::string& name, const std::string& what) {
  throw error(errc::size_overflow, fmt::format("'{}': there is not enough memory for {}.", name, what));
}

void check_memory(std::uint64_t bytes, const std::string& name, const std::string& what) {
  const long pages = ::sysconf(_SC_PHYS_PAGES), page = ::sysconf(_SC_PAGESIZE);
  if (pages > 0 && page > 0 && bytes / static_cast<std::uint64_t>(page) > static_cast<std::uint64_t>(pages))
    fail_for_memory(name, what);
}

}  // namespace reel::detail
