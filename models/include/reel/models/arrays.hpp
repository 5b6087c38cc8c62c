// SPDX-License-Identifier: MIT
// Arrays from binary files, packed with gzip or not: IDX, the format of MNIST and its relatives, and NPY,
// NumPy's own.
#pragma once

#include <reel/autodiff/array.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace reel {

// Bytes stay bytes (bool counts as them), all other numbers become doubles.
using file_array = std::variant<array<double>, array<std::uint8_t>>;

shape shape_of(const file_array& a);

// All throw bad_file for a file that cannot be read; and parse_error, as file: byte N, for a header that
// is damaged, or claims more than the file can hold (found before memory is allocated), for numbers that
// are cut short or followed by something else, for whole numbers beyond 2^53, which no double holds. NPY
// files of complex numbers, texts or Python objects are refused. They throw size_overflow for a packed file
// that may hold more than there is memory for. The order of axes is the file's, also
// where NumPy wrote the first one innermost. `name` stands for the file in messages.
file_array read_idx(const std::string& path);
file_array parse_idx(std::string_view bytes, const std::string& name = "idx");
file_array read_npy(const std::string& path);
file_array parse_npy(std::string_view bytes, const std::string& name = "npy");

}  // namespace reel
