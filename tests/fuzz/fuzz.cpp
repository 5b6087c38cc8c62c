// SPDX-License-Identifier: MIT
// The door that libFuzzer enters by. The environment variable REEL_FUZZ names the reader.
#include "readers.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {
reel::fuzz::reader chosen = nullptr;
}

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  const char* name = std::getenv("REEL_FUZZ");
  chosen = name == nullptr ? nullptr : reel::fuzz::find_reader(name);
  if (chosen == nullptr) std::exit(2);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t n) {
  chosen({reinterpret_cast<const char*>(bytes), n});
  return 0;
}
