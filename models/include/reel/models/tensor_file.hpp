// SPDX-License-Identifier: MIT
// Files of named arrays, in the safetensors format: the length of a header in 8 bytes, the header, which is
// JSON, and the numbers. Other safetensors readers open them. Trees of arrays, models and checkpoints are
// saved and loaded by <reel/models/io.hpp>, which stands on this.
#pragma once

#include <reel/autodiff/array.hpp>

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace reel {

// Texts by their names, both UTF-8. Names that begin with "reel." are reel's own.
using metadata = std::map<std::string, std::string>;

using any_array = std::variant<array<float>, array<double>, array<index_t>, array<bool>, array<std::uint8_t>>;

struct tensor_file {
  std::map<std::string, any_array> tensors;
  metadata about;
  std::string not_verified = {};  // what nobody vouches for; empty if the checksum was right
};

// Whether a file must have the checksum that reel gives its own; may be without, if another program wrote it;
// or may have one that is not right, as after another program saved it again. With a checksum, any change of
// a single bit is found, and all but one in 2^32 of others.
enum class checksum { required, if_present, ignored };

// Replaces the file at once or not at all: writes a temporary file beside it, PATH.saving, waits until the
// disk has it, gives it the name and waits for that, too. What was there before stays whole if this is
// interrupted anywhere, and is gone when this returns. Throws bad_file where the file cannot be written, or
// another process is saving it; invalid_argument for a name or text that is not UTF-8, or a name of reel's.
void write_tensors(const std::string& path, const tensor_file& file);

// Throws bad_file for a file that cannot be read; parse_error, as file: byte N, for one that is damaged, cut
// short, or hostile: everything a header claims is checked before memory is allocated. F16 and BF16
// become floats; I8, I16, I32, U16, U32 and U64 become index_t. Throws size_overflow for more than there is
// memory for.
tensor_file read_tensors(const std::string& path, checksum sum = checksum::required);

// The same of bytes in memory; `name` stands for the file in messages.
tensor_file parse_tensors(std::string_view bytes, checksum sum = checksum::required,
                          const std::string& name = "tensors");

namespace detail {

// What is to be written, where it lies.
struct tensor_view {
  std::string name;
  reel::shape shape;
  std::string_view type;  // "F32"
  std::span<const std::byte> bytes;
};

template <class T> tensor_view view_of(std::string name, const array<T>& a);
extern template tensor_view view_of(std::string, const array<float>&);
extern template tensor_view view_of(std::string, const array<double>&);
extern template tensor_view view_of(std::string, const array<index_t>&);
extern template tensor_view view_of(std::string, const array<bool>&);
extern template tensor_view view_of(std::string, const array<std::uint8_t>&);

// `about` may hold names of reel's own.
void write_tensors(const std::string& path, std::span<const tensor_view> tensors, const metadata& about);
// `about` keeps reel's own names but the checksum.
tensor_file read_own_tensors(const std::string& path, checksum sum = checksum::required);

}  // namespace detail

}  // namespace reel
