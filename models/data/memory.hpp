// SPDX-License-Identifier: MIT
// What a file asks for in memory, and what there is.
#pragma once

#include <reel/autodiff/error.hpp>

#include <cstdint>
#include <new>
#include <string>

namespace reel::detail {

// Throws size_overflow "'name': there is not enough memory for what" for more bytes than the machine has:
// systems promise more than they can give, and end the program that takes it.
void check_memory(std::uint64_t bytes, const std::string& name, const std::string& what);

[[noreturn]] void fail_for_memory(const std::string& name, const std::string& what);

// make(), which may run out of memory, or ask for more than there is.
template <class F> auto with_memory(const std::string& name, const std::string& what, const F& make) {
  try {
    return make();
  } catch (const std::bad_alloc&) {
    fail_for_memory(name, what);
  } catch (const error& e) {
    if (e.code() != errc::size_overflow || e.detail().starts_with('\'' + name + '\'')) throw;
    fail_for_memory(name, what);
  }
}

}  // namespace reel::detail
