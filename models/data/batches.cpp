// SPDX-License-Identifier: MIT
#include <reel/models/batches.hpp>

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>

namespace reel::detail {

template <class To> void divide_bytes(const std::uint8_t* x, std::size_t n, To divisor, To* y) {
  for (std::size_t i = 0; i < n; ++i) y[i] = static_cast<To>(x[i]) / divisor;
}

template void divide_bytes(const std::uint8_t*, std::size_t, float, float*);
template void divide_bytes(const std::uint8_t*, std::size_t, double, double*);

template <class T> void check_scaling(const basic_dataset<T>& data, const scaling& s, bool needs_labels) {
  check(data);
  const auto d = static_cast<std::size_t>(data.features());
  if (s.shift.size() != d || s.divisor.size() != d)
    throw error(errc::shape_mismatch,
                fmt::format("a scaling of {} features does not fit the {} there are.", s.shift.size(), d));
  if (needs_labels && !data.has_labels())
    throw error(errc::shape_mismatch, "minibatches of samples and labels, where there are no labels.");
}

template void check_scaling(const basic_dataset<float>&, const scaling&, bool);
template void check_scaling(const dataset&, const scaling&, bool);
template void check_scaling(const byte_dataset&, const scaling&, bool);

}  // namespace reel::detail
