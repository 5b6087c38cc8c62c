// SPDX-License-Identifier: MIT
#include "tensor_types.hpp"

#include "../data/memory.hpp"
#include "../data/text_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

namespace reel::detail {

namespace {

using watcher = std::function<void(std::span<const std::byte>)>;

void fill(byte_source& source, std::span<char> to, std::uint64_t at) {
  if (source.read(to) < to.size())
    fail_at_byte(source.name(), at, "the file became shorter while it was read.");
}

template <class T> array<T> array_of(byte_source& source, const shape& s) {
  const std::string what = to_string(s) + " numbers";
  check_memory(static_cast<std::uint64_t>(s.size()) * sizeof(T), source.name(), what);
  return with_memory(source.name(), what, [&] { return make_array<T>(s); });
}

// Numbers that lie in the file as they do in memory. Bytes are looked at before they are bools.
template <class T>
any_array read_same(byte_source& source, const std::string& tensor, const shape& s, std::uint64_t at,
                    const watcher& seen) {
  auto all = array_of<T>(source, s);
  const std::span<char> bytes(reinterpret_cast<char*>(all.data()), all.size() * sizeof(T));
  fill(source, bytes, at);
  seen(std::as_bytes(bytes));
  if constexpr (std::is_same_v<T, bool>)
    for (std::size_t i = 0; i < bytes.size(); ++i)
      if (static_cast<unsigned char>(bytes[i]) > 1)
        fail_at_byte(source.name(), at + i,
                     fmt::format("{} in array {} is no truth value.", static_cast<unsigned char>(bytes[i]),
                                 quoted(tensor)));
  return all;
}

// Numbers of type From, as T.
template <class From, class T, T (*convert)(From)>
any_array read_as(byte_source& source, const std::string& tensor, const shape& s, std::uint64_t at,
                  const watcher& seen) {
  constexpr std::size_t piece = std::size_t{1} << 14;
  auto all = array_of<T>(source, s);
  std::vector<From> buffer(std::min(all.size(), piece));
  for (std::size_t done = 0; done < all.size();) {
    const std::size_t n = std::min(all.size() - done, piece);
    fill(source, {reinterpret_cast<char*>(buffer.data()), n * sizeof(From)}, at);
    seen(std::as_bytes(std::span(buffer.data(), n)));
    for (std::size_t i = 0; i < n; ++i) {
      if constexpr (std::is_same_v<From, std::uint64_t>)
        if (buffer[i] > static_cast<std::uint64_t>(std::numeric_limits<index_t>::max()))
          fail_at_byte(source.name(), at + i * sizeof(From),
                       fmt::format("{} in array {} is beyond 2^63.", buffer[i], quoted(tensor)));
      all.data()[done + i] = convert(buffer[i]);
    }
    done += n;
    at += n * sizeof(From);
  }
  return all;
}

template <class From> index_t to_index(From x) { return static_cast<index_t>(x); }
template <class From> constexpr auto read_whole = read_as<From, index_t, to_index<From>>;

constexpr tensor_type types[] = {
    {"F32", 4, read_same<float>},
    {"F64", 8, read_same<double>},
    {"I64", 8, read_same<index_t>},
    {"BOOL", 1, read_same<bool>},
    {"U8", 1, read_same<std::uint8_t>},
    {"F16", 2, read_as<std::uint16_t, float, from_half>},
    {"BF16", 2, read_as<std::uint16_t, float, from_bfloat>},
    {"I8", 1, read_whole<std::int8_t>},
    {"I16", 2, read_whole<std::int16_t>},
    {"I32", 4, read_whole<std::int32_t>},
    {"U16", 2, read_whole<std::uint16_t>},
    {"U32", 4, read_whole<std::uint32_t>},
    {"U64", 8, read_whole<std::uint64_t>},
};

}  // namespace

const tensor_type* find_tensor_type(std::string_view name) noexcept {
  for (const tensor_type& t : types)
    if (t.name == name) return &t;
  return nullptr;
}

std::string tensor_type_names() {
  std::string all;
  for (const tensor_type& t : types) all.append(all.empty() ? "" : ", ").append(t.name);
  return all;
}

// A sign, 5 bits of an exponent whose bias is 15, 10 bits of a fraction.
float from_half(std::uint16_t bits) noexcept {
  const int exponent = bits >> 10 & 31, fraction = bits & 1023;
  float x = 0;
  if (exponent == 0) x = std::ldexp(static_cast<float>(fraction), -24);
  else if (exponent < 31) x = std::ldexp(static_cast<float>(fraction + 1024), exponent - 25);
  else x = fraction == 0 ? std::numeric_limits<float>::infinity() : std::numeric_limits<float>::quiet_NaN();
  return (bits & 0x8000) != 0 ? -x : x;
}

float from_bfloat(std::uint16_t bits) noexcept {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

}  // namespace reel::detail
