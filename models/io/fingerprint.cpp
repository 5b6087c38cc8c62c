// SPDX-License-Identifier: MIT
#include <reel/models/fingerprint.hpp>

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>
#include <zlib.h>

namespace reel {

namespace {

[[noreturn]] void refuse(const std::string& difference) {
  throw error(
      errc::binding_mismatch,
      fmt::format("the run was on other data: {}. Resume it with the data it began with, or begin anew.",
                  difference));
}

}  // namespace

array_fingerprint detail::fingerprint_of_bytes(std::string name, const shape& s,
                                               std::span<const std::byte> numbers) {
  const uLong sum = crc32_z(0, reinterpret_cast<const Bytef*>(numbers.data()), numbers.size());
  return {std::move(name), to_string(s), static_cast<std::uint32_t>(sum)};
}

void check_same_data(const data_fingerprint& of_run, const data_fingerprint& now) {
  const auto &was = of_run.arrays, &is = now.arrays;
  if (was.empty()) return;
  if (was.size() != is.size())
    refuse(fmt::format("{} arrays, where there are {} now", was.size(), is.size()));
  for (std::size_t i = 0; i < was.size(); ++i) {
    if (was[i].shape != is[i].shape)
      refuse(fmt::format("{} of shape {}, which is {} now", was[i].name, was[i].shape, is[i].shape));
    if (was[i].checksum != is[i].checksum)
      refuse(fmt::format("{} of shape {} as now, but with other numbers (checksum {:08x}, now {:08x})",
                         was[i].name, was[i].shape, was[i].checksum, is[i].checksum));
  }
}

}  // namespace reel
