// SPDX-License-Identifier: MIT
// Binary files as tests make them.
#pragma once

#include <zlib.h>

#include <array>
#include <bit>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

namespace reel::test {

template <class T> std::string little(T x) {
  std::string bytes(sizeof(T), '\0');
  for (std::size_t i = 0; i < sizeof(T); ++i) bytes[i] = std::bit_cast<std::array<char, sizeof(T)>>(x)[i];
  return bytes;  // every machine of today is little end first
}

template <class T> std::string big(T x) {
  const std::string bytes = little(x);
  return {bytes.rbegin(), bytes.rend()};
}

inline std::string idx(char type, std::initializer_list<std::uint32_t> sizes, std::string_view numbers) {
  std::string file{0, 0, type, static_cast<char>(sizes.size())};
  for (const std::uint32_t n : sizes) file += big(n);
  return file.append(numbers);
}

// A version 1 header, padded as NumPy pads it.
inline std::string npy(const std::string& dictionary, std::string_view numbers) {
  std::string header = dictionary;
  while ((10 + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  std::string file = "\x93NUMPY";
  file += '\1';
  file += '\0';
  return (file + little(static_cast<std::uint16_t>(header.size())) + header).append(numbers);
}

inline std::string gzip(std::string_view text) {
  z_stream z{};
  if (deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("deflateInit2 failed");
  std::string packed(deflateBound(&z, static_cast<uLong>(text.size())) + 64, '\0');
  std::string copy(text);
  z.next_in = reinterpret_cast<Bytef*>(copy.data());
  z.avail_in = static_cast<uInt>(copy.size());
  z.next_out = reinterpret_cast<Bytef*>(packed.data());
  z.avail_out = static_cast<uInt>(packed.size());
  deflate(&z, Z_FINISH);
  packed.resize(z.total_out);
  deflateEnd(&z);
  return packed;
}

}  // namespace reel::test
