// SPDX-License-Identifier: MIT
#include "by_libtorch.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

namespace bench {

namespace {

const libtorch_functions* load() {
  const auto path = std::filesystem::read_symlink("/proc/self/exe").replace_filename("bench_libtorch.so");
  if (!std::filesystem::exists(path)) return nullptr;
  void* const module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  void* const entry = module == nullptr ? nullptr : dlsym(module, "reel_bench_libtorch");
  if (entry != nullptr) return reinterpret_cast<decltype(&reel_bench_libtorch)>(entry)();
  fmt::print(stderr, "bench: going on without libtorch: {}\n", dlerror());
  return nullptr;
}

}  // namespace

const libtorch_functions* load_libtorch() {
  static const libtorch_functions* const functions = load();
  return functions;
}

}  // namespace bench
