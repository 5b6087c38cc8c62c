// SPDX-License-Identifier: MIT
// Numbers of any kind with their shape, and the parts and transposes of them that freeze may make.
#pragma once

#include "tape/recording.hpp"

#include <vector>

namespace reel::check {

struct buffer {
  shape dims;
  std::vector<std::byte> bytes;
  std::size_t each;  // bytes of one number

  buffer(shape s, std::size_t size);
  detail::operand_view view() const { return {const_cast<std::byte*>(bytes.data()), &dims}; }
  bool operator==(const buffer& other) const { return bytes == other.bytes; }
  // `count` numbers of another, from its number `at` on.
  void copy(std::size_t to, const buffer& from, std::size_t at, std::size_t count);
};

// first ≤ i < last: of the rows, of a matrix's columns, of all elements.
buffer rows_of(const buffer& x, index_t first, index_t last);
buffer columns_of(const buffer& x, index_t first, index_t last);
buffer elements_of(const buffer& x, index_t first, index_t last);

// Rows and columns of x exchanged, in rows of at least `row` numbers, the last of which are zeros.
buffer transposed(const buffer& x, index_t row = 0);

}  // namespace reel::check
