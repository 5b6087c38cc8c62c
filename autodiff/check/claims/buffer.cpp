// SPDX-License-Identifier: MIT
#include "check/claims/buffer.hpp"

#include <algorithm>
#include <cstring>

namespace reel::check {

namespace {

std::size_t count_of(index_t n) { return static_cast<std::size_t>(n); }

}  // namespace

buffer::buffer(shape s, std::size_t size) : dims(s), bytes(count_of(s.size()) * size), each(size) {}

void buffer::copy(std::size_t to, const buffer& from, std::size_t at, std::size_t count) {
  if (count > 0) std::memcpy(bytes.data() + to * each, from.bytes.data() + at * each, count * each);
}

buffer rows_of(const buffer& x, index_t first, index_t last) {
  buffer part(x.dims.with(0, last - first), x.each);
  const std::size_t row = count_of(x.dims.size() / x.dims[0]);
  part.copy(0, x, count_of(first) * row, count_of(last - first) * row);
  return part;
}

buffer columns_of(const buffer& x, index_t first, index_t last) {
  buffer part(x.dims.with(1, last - first), x.each);
  for (index_t i = 0; i < x.dims[0]; ++i)
    part.copy(count_of(i * (last - first)), x, count_of(i * x.dims[1] + first), count_of(last - first));
  return part;
}

buffer elements_of(const buffer& x, index_t first, index_t last) {
  buffer part(shape{last - first}, x.each);
  part.copy(0, x, count_of(first), count_of(last - first));
  return part;
}

buffer transposed(const buffer& x, index_t row) {
  row = std::max(row, x.dims[0]);
  buffer t({x.dims[1], row}, x.each);
  for (index_t i = 0; i < x.dims[0]; ++i)
    for (index_t j = 0; j < x.dims[1]; ++j) t.copy(count_of(j * row + i), x, count_of(i * x.dims[1] + j), 1);
  return t;
}

}  // namespace reel::check
