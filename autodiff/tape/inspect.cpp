// SPDX-License-Identifier: MIT
#include "tape/inspect.hpp"

#include <reel/autodiff/kernels.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

namespace reel::detail {

namespace {

template <class T> std::size_t first_not_finite(const void* data, std::size_t n) {
  const T* x = static_cast<const T*>(data);
  if constexpr (std::floating_point<T>)
    if (kernels::active<T>().finite(x, static_cast<index_t>(n))) return n;
  for (std::size_t i = 0; i < n; ++i)
    if (!num::isfinite(x[i])) return i;
  return n;
}

template <class T> non_finite worst_non_finite(const void* data, std::size_t n) {
  const T* x = static_cast<const T*>(data);
  non_finite b;
  for (std::size_t i = 0; i < n; ++i) {
    if (num::isnan(x[i])) return {non_finite::nan, i};
    if (b.degree == non_finite::none && !num::isfinite(x[i])) b = {non_finite::infinite, i};
  }
  return b;
}

}  // namespace

std::size_t first_not_finite(dtype type, const void* data, std::size_t n) {
  switch (type) {
    case dtype::f32:
      return first_not_finite<float>(data, n);
    case dtype::f64:
      return first_not_finite<double>(data, n);
    case dtype::real50:
      return first_not_finite<real50>(data, n);
    case dtype::complex:
      return first_not_finite<complex>(data, n);
    default:
      return n;
  }
}

bool stays_finite(dtype type, const void* before, const void* after, std::size_t n) {
  const auto stays = [&]<class T>(T) {
    const T *x = static_cast<const T*>(before), *y = static_cast<const T*>(after);
    for (std::size_t i = 0; i < n; ++i)
      if (num::isfinite(x[i]) && !num::isfinite(y[i])) return false;
    return true;
  };
  switch (type) {
    case dtype::f32:
      return stays(float{});
    case dtype::f64:
      return stays(double{});
    case dtype::real50:
      return stays(real50{});
    case dtype::complex:
      return stays(complex{});
    default:
      return true;
  }
}

non_finite worst_non_finite(dtype type, const void* data, std::size_t n) {
  switch (type) {
    case dtype::f32:
      return worst_non_finite<float>(data, n);
    case dtype::f64:
      return worst_non_finite<double>(data, n);
    case dtype::real50:
      return worst_non_finite<real50>(data, n);
    case dtype::complex:
      return worst_non_finite<complex>(data, n);
    default:
      return {};
  }
}

std::string number_at(dtype type, const void* data, std::size_t i) {
  switch (type) {
    case dtype::f32:
      return fmt::format("{}", static_cast<const float*>(data)[i]);
    case dtype::f64:
      return fmt::format("{}", static_cast<const double*>(data)[i]);
    case dtype::real50:
      return static_cast<const real50*>(data)[i].str(6);
    case dtype::complex: {
      const auto& z = static_cast<const complex*>(data)[i];
      return fmt::format("{}+{}i", z.real(), z.imag());
    }
    default:
      return "?";
  }
}

std::string position(const shape& s, std::size_t i) {
  std::vector<std::size_t> at(s.rank());
  for (std::size_t a = s.rank(); a-- > 0; i /= static_cast<std::size_t>(s[a]))
    at[a] = i % static_cast<std::size_t>(s[a]);
  return fmt::format("[{}]", fmt::join(at, ","));
}

}  // namespace reel::detail
