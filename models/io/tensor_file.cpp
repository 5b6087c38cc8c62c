// SPDX-License-Identifier: MIT
// The header of a file is one JSON object: for every array
// {"dtype":…,"shape":[…],"data_offsets":[begin,end]}, offsets counted from the end of the header, and
// "__metadata__", texts by their names. The arrays follow one another without gaps. Ours hold a checksum
// among the metadata: the CRC-32 of the whole file, taken as if its eight digits were 0.
#include <reel/models/tensor_file.hpp>

#include "../data/byte_source.hpp"
#include "../data/stored_numbers.hpp"
#include "../data/text_source.hpp"
#include "atomic_file.hpp"
#include "json_text.hpp"
#include "tensor_types.hpp"

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>
#include <vector>

namespace reel {

namespace {

using detail::json_cursor;
using detail::quoted;
using detail::tensor_view;

static_assert(std::endian::native == std::endian::little, "reel: model files are little end first");

constexpr std::size_t length_bytes = 8;
constexpr std::uint64_t longest_header = 100'000'000;  // that of the format's own reader
constexpr std::string_view metadata_name = "__metadata__";
constexpr std::string_view own_names = "reel.";
constexpr std::string_view checksum_name = "reel.checksum";
constexpr std::string_view checksum_start = R"("reel.checksum":"crc32:)";
constexpr std::string_view no_digits = "00000000";

using detail::tensor_type;

uLong crc(uLong so_far, std::span<const std::byte> bytes) {
  return crc32_z(so_far, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
}
uLong crc(uLong so_far, std::string_view text) {
  return crc(so_far, std::as_bytes(std::span(text.data(), text.size())));
}

// --- Writing ---------------------------------------------------------------------------------------------

std::string sizes_text(const shape& s) { return fmt::format("[{}]", fmt::join(s.begin(), s.end(), ",")); }

// The length and the header, with zeros for a checksum.
std::string make_header(std::span<const tensor_view> tensors, const metadata& about) {
  std::string text = "{\"__metadata__\":{";
  for (const auto& [name, value] : about)
    text += detail::json_string(name) + ':' + detail::json_string(value) + ',';
  text.append(checksum_start).append(no_digits).append("\"}");
  std::uint64_t begin = 0;
  for (const tensor_view& t : tensors) {
    if (t.name == metadata_name)
      throw error(errc::invalid_argument, fmt::format("an array cannot be called {}.", quoted(t.name)));
    text +=
        fmt::format(R"(,{}:{{"dtype":"{}","shape":{},"data_offsets":[{},{}]}})", detail::json_string(t.name),
                    t.type, sizes_text(t.shape), begin, begin + t.bytes.size());
    begin += t.bytes.size();
  }
  text += '}';
  while ((length_bytes + text.size()) % 8 != 0) text += ' ';  // so that the numbers lie on multiples of 8
  if (text.size() > longest_header)
    throw error(errc::size_overflow,
                "names and texts of a model file that take more than 100 million bytes.");
  std::string length(length_bytes, '\0');
  const std::uint64_t n = text.size();
  std::memcpy(length.data(), &n, length_bytes);
  return length + text;
}

// --- Reading ---------------------------------------------------------------------------------------------

struct entry {
  std::string name;
  const tensor_type* type = nullptr;
  reel::shape shape;
  std::uint64_t begin = 0, end = 0;
};

struct header {
  std::vector<entry> entries;  // in the order of their numbers
  metadata about;
};

class header_reader {
 public:
  header_reader(std::string_view text, std::string file)
      : file_(std::move(file)), json_(text, file_, length_bytes) {}

  // `data` is how many bytes follow the header.
  header read(std::uint64_t data) {
    header h;
    json_.items('{', '}', [&] {
      std::string name = json_.string();
      json_.expect(':');
      if (name == metadata_name) read_metadata(h.about);
      else h.entries.push_back(read_entry(std::move(name)));
    });
    json_.end();
    check_order(h.entries, data);
    return h;
  }

 private:
  void read_metadata(metadata& about) {
    if (has_metadata_) json_.fail("there is __metadata__ twice.");
    has_metadata_ = true;
    if (json_.accept_word("null")) return;  // as some programs write that there are none
    json_.items('{', '}', [&] {
      std::string name = json_.string();
      json_.expect(':');
      if (json_.accept_word("null")) return;
      if (!about.emplace(name, json_.string()).second)
        json_.fail(fmt::format("there is {} twice.", quoted(name)));
    });
  }

  entry read_entry(std::string name) {
    entry e{std::move(name), nullptr, {}, 0, 0};
    bool has_shape = false, has_offsets = false;
    json_.items('{', '}', [&] {
      const std::string what = json_.string();
      json_.expect(':');
      if (what == "dtype" && e.type == nullptr) e.type = read_type(e.name);
      else if (what == "shape" && !std::exchange(has_shape, true)) e.shape = read_shape(e.name);
      else if (what == "data_offsets" && !std::exchange(has_offsets, true)) read_offsets(e);
      else
        json_.fail(fmt::format("{} of array {} is unknown, or there twice.", quoted(what), quoted(e.name)));
    });
    if (e.type == nullptr || !has_shape || !has_offsets)
      json_.fail(fmt::format("array {} lacks one of dtype, shape and data_offsets.", quoted(e.name)));
    // A shape has at most 2^56 elements, so that no product overflows here.
    const std::uint64_t bytes = static_cast<std::uint64_t>(e.shape.size()) * e.type->bytes;
    if (e.end < e.begin || e.end - e.begin != bytes)
      json_.fail(fmt::format("array {} of shape {} takes {} bytes, not those from {} to {}.", quoted(e.name),
                             to_string(e.shape), bytes, e.begin, e.end));
    return e;
  }

  const tensor_type* read_type(const std::string& array) {
    const std::string name = json_.string();
    if (const tensor_type* t = detail::find_tensor_type(name); t != nullptr) return t;
    json_.fail(fmt::format("array {} is of type {}; those read are {}.", quoted(array), quoted(name),
                           detail::tensor_type_names()));
  }

  shape read_shape(const std::string& array) {
    std::vector<index_t> sizes;
    json_.items('[', ']', [&] {
      const std::uint64_t n = json_.whole_number();
      if (sizes.size() == shape::max_rank || n > static_cast<std::uint64_t>(shape::max_size))
        json_.fail(fmt::format("array {} has more than {} axes, or one of more than 2^56.", quoted(array),
                               shape::max_rank));
      sizes.push_back(static_cast<index_t>(n));
    });
    return detail::checked_shape(sizes, file_, length_bytes);
  }

  void read_offsets(entry& e) {
    json_.expect('[');
    e.begin = json_.whole_number();
    json_.expect(',');
    e.end = json_.whole_number();
    json_.expect(']');
  }

  // One after the other, without gaps, to the end of the file.
  void check_order(std::vector<entry>& entries, std::uint64_t data) const {
    const auto fail = [&](const std::string& detail) { detail::fail_at_byte(file_, length_bytes, detail); };
    std::vector<const std::string*> names;
    for (const entry& e : entries) names.push_back(&e.name);
    std::sort(names.begin(), names.end(), [](const auto* a, const auto* b) { return *a < *b; });
    for (std::size_t i = 1; i < names.size(); ++i)
      if (*names[i - 1] == *names[i]) fail(fmt::format("there are two arrays called {}.", quoted(*names[i])));
    std::sort(entries.begin(), entries.end(), [](const entry& a, const entry& b) {
      return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
    });
    std::uint64_t at = 0;
    for (const entry& e : entries) {
      if (e.begin != at)
        fail(fmt::format("array {} begins at {}, {}.", quoted(e.name), e.begin,
                         e.begin < at ? "where another one lies" : "after a gap"));
      at = e.end;
    }
    if (at != data)
      fail(fmt::format("the header tells of {} bytes of numbers, and {} follow: the file is {}.", at, data,
                       at > data ? "cut short" : "too long"));
  }

  std::string file_;
  json_cursor json_;
  bool has_metadata_ = false;
};

// Where the digits of the checksum are in a header, if it has one.
std::optional<std::size_t> find_checksum(std::string_view text) {
  const auto at = text.find(checksum_start);
  if (at == text.npos || text.size() < at + checksum_start.size() + no_digits.size()) return std::nullopt;
  return at + checksum_start.size();
}

tensor_file read(detail::byte_source source, checksum wanted) {
  const std::string& name = source.name();
  const std::string length_text = detail::read_header(source, length_bytes, 0);
  std::uint64_t length = 0;
  std::memcpy(&length, length_text.data(), length_bytes);
  const std::uint64_t left = source.bytes_left();
  if (length > std::min(left, longest_header))
    detail::fail_at_byte(
        name, 0,
        fmt::format("a header of {} bytes, where {} follow: this is no safetensors file, or cut short.",
                    length, left));
  const std::string text = detail::read_header(source, length, length_bytes);
  if (!text.starts_with('{'))
    detail::fail_at_byte(name, length_bytes, "this is not a safetensors file: its header begins with {.");
  header h = header_reader(text, name).read(left - length);

  const bool has_sum = h.about.contains(std::string(checksum_name));
  if (!has_sum && wanted == checksum::required)
    detail::fail_at_byte(name, length_bytes,
                         "there is no checksum: the file is damaged, was saved again by another program, or "
                         "is not one that reel wrote: read it unverified if you trust it.");
  const auto digits = find_checksum(text);
  std::string unsummed = text;
  if (digits) unsummed.replace(*digits, no_digits.size(), no_digits);
  uLong sum = crc(crc(crc32_z(0, nullptr, 0), length_text), unsummed);

  tensor_file file;
  for (const entry& e : h.entries)
    file.tensors.emplace(e.name, e.type->read(source, e.name, e.shape, length_bytes + length + e.begin,
                                              [&](auto bytes) { sum = crc(sum, bytes); }));
  const bool is_right = digits && text.substr(*digits, no_digits.size()) == fmt::format("{:08x}", sum);
  if (has_sum && !is_right && wanted != checksum::ignored)
    detail::fail_at_byte(name, length_bytes + digits.value_or(0),
                         "the checksum is another one: the file is damaged, or was saved again by another "
                         "program: read it unverified if you trust it.");
  if (!has_sum)
    file.not_verified = "there is no checksum: nobody vouches that its numbers and texts are whole";
  else if (!is_right)
    file.not_verified =
        "the checksum is that of another file: its numbers or texts are not those that reel wrote";
  file.about = std::move(h.about);
  file.about.erase(std::string(checksum_name));
  return file;
}

}  // namespace

namespace detail {

template <class T> constexpr std::string_view type_name = "";
template <> constexpr std::string_view type_name<float> = "F32";
template <> constexpr std::string_view type_name<double> = "F64";
template <> constexpr std::string_view type_name<index_t> = "I64";
template <> constexpr std::string_view type_name<bool> = "BOOL";
template <> constexpr std::string_view type_name<std::uint8_t> = "U8";

template <class T> tensor_view view_of(std::string name, const array<T>& a) {
  return {std::move(name), shape_of(a), type_name<T>, std::as_bytes(std::span(a.data(), a.size()))};
}
template tensor_view view_of(std::string, const array<float>&);
template tensor_view view_of(std::string, const array<double>&);
template tensor_view view_of(std::string, const array<index_t>&);
template tensor_view view_of(std::string, const array<bool>&);
template tensor_view view_of(std::string, const array<std::uint8_t>&);

void write_tensors(const std::string& path, std::span<const tensor_view> tensors, const metadata& about) {
  // Bytes and bools come last, so that all others lie on multiples of their size.
  std::vector<tensor_view> ordered(tensors.begin(), tensors.end());
  const auto width = [](const tensor_view& t) { return detail::find_tensor_type(t.type)->bytes; };
  std::stable_sort(ordered.begin(), ordered.end(),
                   [&](const auto& a, const auto& b) { return width(a) > width(b); });
  std::string header = make_header(ordered, about);
  uLong sum = crc(crc32_z(0, nullptr, 0), header);
  for (const tensor_view& t : ordered) sum = crc(sum, t.bytes);
  header.replace(*find_checksum(header), no_digits.size(), fmt::format("{:08x}", sum));

  atomic_file file(path);
  file.write(std::as_bytes(std::span(header)));
  for (const tensor_view& t : ordered) file.write(t.bytes);
  file.commit();
}

tensor_file read_own_tensors(const std::string& path, checksum sum) {
  return read(byte_source(path, packed::as_is), sum);
}

}  // namespace detail

namespace {

tensor_file without_own_names(tensor_file file) {
  std::erase_if(file.about, [](const auto& item) { return item.first.starts_with(own_names); });
  return file;
}

}  // namespace

void write_tensors(const std::string& path, const tensor_file& file) {
  for (const auto& [name, text] : file.about)
    if (name.starts_with(own_names))
      throw error(errc::invalid_argument,
                  fmt::format("the name {} among metadata: names that begin with '{}' are reel's own.",
                              quoted(name), own_names));
  std::vector<tensor_view> views;
  for (const auto& tensor : file.tensors)
    views.push_back(
        std::visit([&](const auto& a) { return detail::view_of(tensor.first, a); }, tensor.second));
  detail::write_tensors(path, views, file.about);
}

tensor_file read_tensors(const std::string& path, checksum sum) {
  return without_own_names(read(detail::byte_source(path, detail::packed::as_is), sum));
}

tensor_file parse_tensors(std::string_view bytes, checksum sum, const std::string& name) {
  return without_own_names(read(detail::byte_source(bytes, name, detail::packed::as_is), sum));
}

}  // namespace reel
