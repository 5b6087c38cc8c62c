// SPDX-License-Identifier: MIT
#include "stored_numbers.hpp"

#include "memory.hpp"

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstring>
#include <vector>

namespace reel::detail {

namespace {

constexpr std::size_t piece = std::size_t{1} << 16;
constexpr std::int64_t largest_whole = std::int64_t{1} << 53;  // beyond, doubles skip whole numbers

std::size_t size_of(stored type) noexcept {
  constexpr std::size_t sizes[] = {1, 1, 2, 2, 4, 4, 8, 8, 4, 8};
  return sizes[static_cast<std::size_t>(type)];
}

template <class T> T ordered(const char* bytes, bool reversed) noexcept {
  std::array<char, sizeof(T)> own;
  std::copy_n(bytes, sizeof(T), own.begin());
  if (reversed) std::reverse(own.begin(), own.end());
  return std::bit_cast<T>(own);
}

template <class T> bool fits_double(T x) noexcept {
  if constexpr (std::same_as<T, std::uint64_t>) return x <= static_cast<std::uint64_t>(largest_whole);
  else if constexpr (std::same_as<T, std::int64_t>) return x >= -largest_whole && x <= largest_whole;
  else return true;
}

std::string numbers_of(const shape& s) { return to_string(s) + " numbers"; }

class number_reader {
 public:
  number_reader(byte_source& source, const stored_numbers& format, std::uint64_t header)
      : source_(source), format_(format), at_(header) {}

  array<std::uint8_t> bytes(const shape& s) {
    auto all = make_array<std::uint8_t>(s);
    fill({reinterpret_cast<char*>(all.data()), all.size()});
    return all;
  }

  template <class T> array<double> numbers(const shape& s) {
    const bool reversed = format_.big_endian != (std::endian::native == std::endian::big);
    auto all = make_array<double>(s);
    std::vector<char> buffer(std::min(all.size(), piece) * sizeof(T));
    for (std::size_t done = 0; done < all.size();) {
      const std::size_t n = std::min(all.size() - done, piece);
      const std::uint64_t begin = at_;
      fill({buffer.data(), n * sizeof(T)});
      for (std::size_t i = 0; i < n; ++i) {
        const T x = ordered<T>(buffer.data() + i * sizeof(T), reversed);
        if (!fits_double(x))
          fail_at_byte(source_.name(), begin + i * sizeof(T),
                       fmt::format("{} is larger than 2^53, and doubles skip whole numbers there: save the "
                                   "array as float64 if the nearest double will do.",
                                   x));
        all.data()[done + i] = static_cast<double>(x);
      }
      done += n;
    }
    return all;
  }

 private:
  void fill(std::span<char> to) {
    const std::size_t got = source_.read(to);
    at_ += got;
    if (got < to.size())
      fail_at_byte(source_.name(), at_, "the file ends in the middle of the numbers: fetch it again.");
  }

  byte_source& source_;
  const stored_numbers& format_;
  std::uint64_t at_;
};

file_array read_as(number_reader& r, stored type, const shape& s) {
  switch (type) {
    case stored::u8:
      return r.bytes(s);
    case stored::i8:
      return r.numbers<std::int8_t>(s);
    case stored::u16:
      return r.numbers<std::uint16_t>(s);
    case stored::i16:
      return r.numbers<std::int16_t>(s);
    case stored::u32:
      return r.numbers<std::uint32_t>(s);
    case stored::i32:
      return r.numbers<std::int32_t>(s);
    case stored::u64:
      return r.numbers<std::uint64_t>(s);
    case stored::i64:
      return r.numbers<std::int64_t>(s);
    case stored::f32:
      return r.numbers<float>(s);
    case stored::f64:
      break;
  }
  return r.numbers<double>(s);
}

// The same array with its axes in the opposite order.
template <class T> array<T> transposed(const array<T>& from) {
  const shape s = shape_of(from);
  std::vector<index_t> sizes(s.begin(), s.end());
  std::reverse(sizes.begin(), sizes.end());
  const shape turned{std::span<const index_t>(sizes)};
  auto to = make_array<T>(turned);
  std::vector<std::size_t> strides(s.rank(), 1), at(s.rank(), 0);  // of `from`, by the axes of `to`
  for (std::size_t a = 1; a < s.rank(); ++a)
    strides[a] = strides[a - 1] * static_cast<std::size_t>(turned[a - 1]);
  std::size_t offset = 0;
  for (std::size_t i = 0; i < to.size(); ++i) {
    to.data()[i] = from.data()[offset];
    for (std::size_t a = s.rank(); a-- > 0;) {
      offset += strides[a];
      if (++at[a] < static_cast<std::size_t>(turned[a])) break;
      offset -= strides[a] * at[a];
      at[a] = 0;
    }
  }
  return to;
}

}  // namespace

std::string read_header(byte_source& source, std::size_t bytes, std::uint64_t at) {
  std::string header(bytes, '\0');
  const std::size_t got = source.read(header);
  if (got < bytes)
    fail_at_byte(source.name(), at + got, "the file ends in the middle of its header: fetch it again.");
  return header;
}

shape checked_shape(std::span<const index_t> sizes, const std::string& name, std::uint64_t at) {
  try {
    return shape(sizes);
  } catch (const error& e) {
    fail_at_byte(name, at, "the header claims too much: " + e.detail());
  }
}

file_array read_numbers(byte_source& source, const shape& s, const stored_numbers& format,
                        std::uint64_t header) {
  const auto count = static_cast<std::uint64_t>(s.size());
  const std::uint64_t width = size_of(format.type), left = source.bytes_left();
  if (count > left / width)
    fail_at_byte(
        source.name(), header,
        fmt::format("the header claims {} numbers of {} bytes each, where at most {} bytes follow: the "
                    "file is cut short or no such file.",
                    to_string(s), width, left));
  number_reader reader(source, format, header);
  shape stored_shape = s;
  if (format.first_axis_innermost) {
    std::vector<index_t> sizes(s.begin(), s.end());
    std::reverse(sizes.begin(), sizes.end());
    stored_shape = shape(std::span<const index_t>(sizes));
  }
  check_memory(count * (format.type == stored::u8 ? 1 : sizeof(double)), source.name(), numbers_of(s));
  file_array all =
      with_memory(source.name(), numbers_of(s), [&] { return read_as(reader, format.type, stored_shape); });
  char more = 0;
  if (source.read({&more, 1}) != 0)
    fail_at_byte(source.name(), header + count * width,
                 fmt::format("there are bytes after the {} numbers that the header tells of.", to_string(s)));
  if (!format.first_axis_innermost) return all;
  return with_memory(source.name(), numbers_of(s), [&] {
    return std::visit([](const auto& a) { return file_array(transposed(a)); }, all);
  });
}

}  // namespace reel::detail

namespace reel {

shape shape_of(const file_array& a) {
  return std::visit([](const auto& numbers) { return shape_of(numbers); }, a);
}

}  // namespace reel
