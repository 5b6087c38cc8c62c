// SPDX-License-Identifier: MIT
#include <reel/models/batches.hpp>

#include <reel/autodiff/error.hpp>
#include <reel/autodiff/kernels.hpp>

#include <fmt/format.h>

#include <cmath>

namespace reel::detail {

namespace {

// r in its leading digits, eight bits short of all: their products with bytes are exact (Veltkamp's
// splitting).
template <class To> To without_last_byte(To r) {
  const To c = r * To(257);
  return c - (c - r);
}

// Whether x·high + x·low is x/divisor for every byte, be its sum fused with a multiplication or not.
template <class To> bool divides_all(To divisor, To high, To low) {
  for (int i = 0; i < 256; ++i) {
    const To x = static_cast<To>(i), quotient = x / divisor;
    if (x * high + x * low != quotient || std::fma(x, low, x * high) != quotient) return false;
  }
  return true;
}

}  // namespace

// Two multiplications take less time than a division. They are used where they give its bits, which is tried
// for every byte there is; not for negative numbers, where 0 / divisor is −0 and their sum may be +0.
template <class To>
byte_divider<To>::byte_divider(To divisor)
    : divisor_(divisor),
      high_(without_last_byte(1 / divisor)),
      low_(std::fma(-high_, divisor, To(1)) / divisor),
      multiplies_(divisor > 0 && divides_all(divisor, high_, low_)) {}

template <class To> void byte_divider<To>::operator()(const std::uint8_t* x, std::size_t n, To* y) const {
  if (multiplies_) return kernels::active<To>().scale_bytes(y, x, high_, low_, static_cast<index_t>(n));
  for (std::size_t i = 0; i < n; ++i) y[i] = static_cast<To>(x[i]) / divisor_;
}

template class byte_divider<float>;
template class byte_divider<double>;

template <class T> void check_scaling(const basic_dataset<T>& data, const scaling& s, bool needs_labels) {
  validate(data);
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
