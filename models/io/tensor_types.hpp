// SPDX-License-Identifier: MIT
// The types of numbers that safetensors files hold, and the arrays they become.
#pragma once

#include "../data/byte_source.hpp"

#include <reel/models/tensor_file.hpp>

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace reel::detail {

struct tensor_type {
  std::string_view name;  // "F32"
  std::size_t bytes;      // of one number
  // The array of the next numbers of the source, which begin at `at`; `seen` is given their bytes. Throws
  // parse_error where they end too early, or a number is none of its type or has no place in the array.
  any_array (*read)(byte_source& source, const std::string& tensor, const shape& s, std::uint64_t at,
                    const std::function<void(std::span<const std::byte>)>& seen);
};

// Null for an unknown one.
const tensor_type* find_tensor_type(std::string_view name) noexcept;

// "F32, F64, …".
std::string tensor_type_names();

// Half precision (IEEE 754 binary16), and the upper half of a float.
float from_half(std::uint16_t bits) noexcept;
float from_bfloat(std::uint16_t bits) noexcept;

}  // namespace reel::detail
