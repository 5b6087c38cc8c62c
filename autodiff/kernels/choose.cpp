// SPDX-License-Identifier: MIT
// Which kernels run: the best that were compiled and that the processor has. The build defines
// REEL_AVX2_KERNELS and REEL_AVX512_KERNELS where it compiles these sets.
#include "dispatch_tables.hpp"

#include <array>
#include <concepts>

namespace reel::kernels {

namespace {

// The best comes first.
template <class T> struct usable {
  std::array<const dispatch_table<T>*, 3> sets{};
  std::size_t count = 0;

  void add(const dispatch_table<float>& floats, const dispatch_table<double>& doubles) {
    if constexpr (std::same_as<T, float>) sets[count++] = &floats;
    else sets[count++] = &doubles;
  }
};

// What the processor and the operating system can do.
template <class T> usable<T> find_usable() {
  usable<T> u;
#ifdef REEL_AVX512_KERNELS
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
    u.add(avx512::of_float, avx512::of_double);
#endif
#ifdef REEL_AVX2_KERNELS
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) u.add(avx2::of_float, avx2::of_double);
#endif
  u.add(baseline::of_float, baseline::of_double);
  return u;
}

template <class T> const usable<T>& usable_sets() {
  static const usable<T> u = find_usable<T>();
  return u;
}

}  // namespace

template <class T> const dispatch_table<T>& active() noexcept { return *usable_sets<T>().sets[0]; }
template <class T> std::span<const dispatch_table<T>* const> available() noexcept {
  return {usable_sets<T>().sets.data(), usable_sets<T>().count};
}

template const dispatch_table<float>& active<float>() noexcept;
template const dispatch_table<double>& active<double>() noexcept;
template std::span<const dispatch_table<float>* const> available<float>() noexcept;
template std::span<const dispatch_table<double>* const> available<double>() noexcept;

}  // namespace reel::kernels
