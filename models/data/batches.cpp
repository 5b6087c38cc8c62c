// SPDX-License-Identifier: MIT
#include <reel/models/batches.hpp>

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>

namespace reel::detail {

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
