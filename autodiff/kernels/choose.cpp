// SPDX-License-Identifier: MIT
#include "dispatch_tables.hpp"

#include <array>

namespace reel::kernels {

namespace {

// What the processor and the operating system can do; the best comes first.
template <class T> struct usable {
  std::array<const dispatch_table<T>*, 3> sets{};
  std::size_t count = 0;
  void add(const dispatch_table<T>& s) { sets[count++] = &s; }
};

template <class T>
usable<T> find([[maybe_unused]] const dispatch_table<T>& avx512,
               [[maybe_unused]] const dispatch_table<T>& avx2, const dispatch_table<T>& baseline) {
  usable<T> u;
#ifdef REEL_X86_KERNELS
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
    u.add(avx512);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) u.add(avx2);
#endif
  u.add(baseline);
  return u;
}

template <class T> const usable<T>& usable_sets();
#ifdef REEL_X86_KERNELS
template <> const usable<float>& usable_sets<float>() {
  static const usable<float> u = find(avx512::of_float, avx2::of_float, baseline::of_float);
  return u;
}
template <> const usable<double>& usable_sets<double>() {
  static const usable<double> u = find(avx512::of_double, avx2::of_double, baseline::of_double);
  return u;
}
#else
template <> const usable<float>& usable_sets<float>() {
  static const usable<float> u = find(baseline::of_float, baseline::of_float, baseline::of_float);
  return u;
}
template <> const usable<double>& usable_sets<double>() {
  static const usable<double> u = find(baseline::of_double, baseline::of_double, baseline::of_double);
  return u;
}
#endif

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
