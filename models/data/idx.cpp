// SPDX-License-Identifier: MIT
// IDX: two zero bytes, a byte that tells the type of the numbers, a byte with the number of axes, the
// sizes as 32-bit numbers, and the numbers, all big end first.
#include "formats.hpp"
#include "stored_numbers.hpp"

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>

#include <array>
#include <utility>

namespace reel {

namespace {

detail::stored type_of(unsigned char code, const std::string& name) {
  using detail::stored;
  constexpr std::pair<unsigned char, stored> types[] = {{0x08, stored::u8},  {0x09, stored::i8},
                                                        {0x0B, stored::i16}, {0x0C, stored::i32},
                                                        {0x0D, stored::f32}, {0x0E, stored::f64}};
  for (const auto& [known, type] : types)
    if (known == code) return type;
  detail::fail_at_byte(name, 2, fmt::format("{:#04x} is no type of numbers: this is not an IDX file.", code));
}

}  // namespace

file_array detail::read_idx(byte_source source) {
  constexpr std::size_t start = 4, size_bytes = 4;
  const std::string& name = source.name();
  const std::string magic = read_header(source, start, 0);
  if (magic[0] != 0 || magic[1] != 0)
    fail_at_byte(name, 0, "this is not an IDX file, which begins with two zero bytes.");
  const stored type = type_of(static_cast<unsigned char>(magic[2]), name);
  const auto rank = static_cast<unsigned char>(magic[3]);
  if (rank < 1 || rank > shape::max_rank)
    fail_at_byte(name, 3, fmt::format("{} axes, where 1 to {} are possible.", rank, shape::max_rank));
  const std::string sizes = read_header(source, rank * size_bytes, start);
  std::array<index_t, shape::max_rank> axes{};
  for (std::size_t i = 0; i < sizes.size(); ++i)
    axes[i / size_bytes] = axes[i / size_bytes] << 8 | static_cast<unsigned char>(sizes[i]);
  return read_numbers(source, checked_shape({axes.data(), rank}, name, start), {type, true},
                      start + sizes.size());
}

file_array read_idx(const std::string& path) { return detail::read_idx(detail::byte_source(path)); }

file_array parse_idx(std::string_view bytes, const std::string& name) {
  return detail::read_idx(detail::byte_source(bytes, name));
}

}  // namespace reel
