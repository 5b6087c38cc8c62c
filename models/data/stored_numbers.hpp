// SPDX-License-Identifier: MIT
// Numbers as binary files store them: read in pieces, the bytes put in order, checked.
#pragma once

#include "byte_source.hpp"

#include <reel/models/arrays.hpp>

namespace reel::detail {

enum class stored : std::uint8_t { u8, i8, u16, i16, u32, i32, u64, i64, f32, f64 };

struct stored_numbers {
  stored type;
  bool big_endian;
  bool first_axis_innermost = false;
};

// The rest of the source as an array of this shape, whose header was `header` bytes long. Throws
// parse_error where it cannot be that many numbers, before memory is allocated.
file_array read_numbers(byte_source& source, const shape& s, const stored_numbers& format,
                        std::uint64_t header);

// The next `bytes` bytes of a header, which stand at `at`. Throws parse_error where the file ends before.
std::string read_header(byte_source& source, std::size_t bytes, std::uint64_t at);

// The shape that a header claims. Throws parse_error where no memory could hold it.
shape checked_shape(std::span<const index_t> sizes, const std::string& name, std::uint64_t at);

}  // namespace reel::detail
