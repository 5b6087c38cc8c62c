// SPDX-License-Identifier: MIT
// NPY: "\x93NUMPY", a version, the length of a header, and the header, which is a Python dictionary:
//   {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }
#include "formats.hpp"
#include "stored_numbers.hpp"

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <utility>
#include <vector>

namespace reel {

namespace {

using detail::quoted;
using detail::stored;

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t longest_header = std::size_t{1} << 16;

// Reads the dictionary from left to right.
class header_reader {
 public:
  header_reader(std::string_view text, std::string name, std::uint64_t at)
      : text_(text), name_(std::move(name)), begin_(at) {}

  struct contents {
    std::optional<std::string> descr;
    std::optional<bool> fortran_order;
    std::optional<std::vector<index_t>> sizes;
  };
  contents read() {
    contents c;
    expect('{');
    while (!accept('}')) {
      const std::string key = text();
      expect(':');
      if (key == "descr" && !c.descr) c.descr = descr();
      else if (key == "fortran_order" && !c.fortran_order) c.fortran_order = boolean();
      else if (key == "shape" && !c.sizes) c.sizes = sizes();
      else fail(fmt::format("{} is no entry of a NumPy header, or there twice.", quoted(key)));
      if (!accept(',') && peek() != '}') fail("a comma or } is missing.");
    }
    if (peek() != '\0') fail("there is text after the dictionary.");
    if (!c.descr || !c.fortran_order || !c.sizes) fail("one of descr, fortran_order and shape is missing.");
    return c;
  }

 private:
  [[noreturn]] void fail(const std::string& detail) const {
    detail::fail_at_byte(name_, begin_ + at_, "in the NumPy header: " + detail);
  }
  char peek() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool accept(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!accept(c)) fail(fmt::format("expected {}.", c));
  }
  std::string text() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') fail("expected a quoted word.");
    const auto end = text_.find(quote, at_ + 1);
    if (end == text_.npos) fail("this quote is never closed.");
    const std::string word(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return word;
  }
  std::string descr() {
    if (peek() == '[') fail("this is a table of records: save its columns as numbers.");
    return text();
  }
  bool boolean() {
    peek();
    for (const auto& [word, value] : {std::pair<std::string_view, bool>{"True", true}, {"False", false}})
      if (text_.substr(at_).starts_with(word)) {
        at_ += word.size();
        return value;
      }
    fail("expected True or False.");
  }
  std::vector<index_t> sizes() {
    std::vector<index_t> all;
    expect('(');
    while (!accept(')')) {
      peek();
      index_t n = 0;
      const char* const begin = text_.data() + at_;
      const auto [end, code] = std::from_chars(begin, text_.data() + text_.size(), n);
      if (code != std::errc{} || n < 0) fail("expected a size: 0 or more, below 2^63.");
      at_ += static_cast<std::size_t>(end - begin);
      if (at_ < text_.size() && text_[at_] == 'L') ++at_;  // as Python 2 writes long integers
      if (all.size() == shape::max_rank) fail(fmt::format("more than {} axes.", shape::max_rank));
      all.push_back(n);
      if (!accept(',') && peek() != ')') fail("a comma or ) is missing.");
    }
    return all;
  }

  std::string_view text_;
  std::string name_;
  std::uint64_t begin_;
  std::size_t at_ = 0;
};

const char* advice_on(const std::string& descr) {
  switch (descr.size() > 1 ? descr[1] : '\0') {
    case 'O':
      return "Python objects are not read, for they may run code: save the array as float64";
    case 'U':
    case 'S':
      return "texts are no numbers: features are saved as float64, and labels as the numbers of their "
             "classes";
    case 'c':
      return "complex numbers are no features: save their real and imaginary parts as two columns";
    case 'M':
    case 'm':
      return "times are no numbers: save them as float64 in a unit of your choice";
    default:
      return "save the array as float64 or as whole numbers";
  }
}

// '<f8': the order of bytes, a letter for the type, the bytes of one number.
detail::stored_numbers format_of(const std::string& descr, const std::string& name) {
  constexpr std::pair<std::string_view, stored> types[] = {
      {"b1", stored::u8},  {"u1", stored::u8},  {"i1", stored::i8},  {"u2", stored::u16},
      {"i2", stored::i16}, {"u4", stored::u32}, {"i4", stored::i32}, {"u8", stored::u64},
      {"i8", stored::i64}, {"f4", stored::f32}, {"f8", stored::f64}};
  const auto is_order = [](char c) { return c == '<' || c == '>' || c == '|' || c == '='; };
  if (!descr.empty() && is_order(descr[0]))
    for (const auto& [letters, type] : types)
      if (descr.substr(1) == letters) return {type, descr[0] == '>'};
  detail::fail_at_byte(name, magic.size(),
                       fmt::format("elements of type {}: {}.", quoted(descr), advice_on(descr)));
}

}  // namespace

file_array detail::read_npy(byte_source source) {
  const std::string& name = source.name();
  const std::string start = read_header(source, magic.size() + 2, 0);
  if (!start.starts_with(magic))
    fail_at_byte(name, 0, "this is not an NPY file, which begins with \\x93NUMPY.");
  const char version = start[magic.size()];
  if (version < 1 || version > 3)
    fail_at_byte(name, magic.size(), fmt::format("version {} is unknown; there are 1 to 3.", int{version}));
  const std::string length = read_header(source, version == 1 ? 2 : 4, start.size());
  std::size_t bytes = 0;
  for (std::size_t i = length.size(); i-- > 0;) bytes = bytes << 8 | static_cast<unsigned char>(length[i]);
  if (bytes > longest_header)
    fail_at_byte(name, start.size(),
                 fmt::format("a header of {} bytes, where {} are plenty.", bytes, longest_header));
  const std::uint64_t begin = start.size() + length.size();
  const std::string text = read_header(source, bytes, begin);
  const auto header = header_reader(text, name, begin).read();
  auto format = format_of(*header.descr, name);
  format.first_axis_innermost = *header.fortran_order && header.sizes->size() > 1;
  return read_numbers(source, checked_shape(*header.sizes, name, begin), format, begin + bytes);
}

file_array read_npy(const std::string& path) { return detail::read_npy(detail::byte_source(path)); }

file_array parse_npy(std::string_view bytes, const std::string& name) {
  return detail::read_npy(detail::byte_source(bytes, name));
}

}  // namespace reel
