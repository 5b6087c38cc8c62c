// SPDX-License-Identifier: MIT
#include "text_source.hpp"

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace reel::detail {

namespace {

constexpr std::size_t piece = std::size_t{1} << 18;

[[noreturn]] void fail_file(const std::string& name, const char* what, int code) {
  throw error(errc::bad_file, fmt::format("'{}' {}: {}.", name, what, std::generic_category().message(code)));
}

}  // namespace

text_source::text_source(const std::string& path) : name_(path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    throw error(errc::bad_file, fmt::format("'{}' is a directory: name the file in it.", path));
  errno = 0;
  file_.reset(std::fopen(path.c_str(), "rb"));
  if (!file_) fail_file(name_, "cannot be opened", errno);
}

text_source::text_source(std::string_view text, std::string name)
    : name_(std::move(name)), buffer_(text.begin(), text.end()), end_(text.size()) {}

bool text_source::read_more() {
  if (!file_) return false;
  if (begin_ > 0) {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= std::exchange(begin_, 0);
  }
  if (end_ == buffer_.size()) buffer_.resize(std::max(piece, 2 * buffer_.size()));
  errno = 0;
  const std::size_t got = std::fread(buffer_.data() + end_, 1, buffer_.size() - end_, file_.get());
  if (got == 0 && std::ferror(file_.get()) != 0) fail_file(name_, "cannot be read", errno);
  end_ += got;
  return got > 0;
}

void text_source::begin_text() {
  while (window().size() < 4 && read_more()) {
  }
  const auto first = window();
  const std::string_view start(first.data(), std::min<std::size_t>(first.size(), 4));
  const auto refuse = [&](const char* what) { fail_at(name_, 1, 1, what); };
  if (start.starts_with("\xEF\xBB\xBF")) consume(3);
  else if (start.starts_with("\xFF\xFE") || start.starts_with("\xFE\xFF"))
    refuse("this is UTF-16 text: save it as UTF-8.");
  else if (start.starts_with("\x1F\x8B")) refuse("this is gzip-compressed: unpack it first.");
  else if (start.starts_with("PK\x03\x04"))
    refuse("this is a zip archive or a spreadsheet: export it as CSV first.");
}

void fail_at(const std::string& name, std::size_t line, std::size_t column, const std::string& detail) {
  throw error(errc::parse_error, fmt::format("{}:{}:{}: {}", name, line, column, detail));
}

bool is_utf8(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size();) {
    const auto at = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
    const unsigned lead = at(i);
    const std::size_t length = lead < 0x80         ? 1
                               : lead >> 5 == 0x6  ? 2
                               : lead >> 4 == 0xE  ? 3
                               : lead >> 3 == 0x1E ? 4
                                                   : 0;
    if (length == 0 || i + length > text.size()) return false;
    unsigned code = length == 1 ? lead : lead & (0x7Fu >> length);
    for (std::size_t k = 1; k < length; ++k) {
      if (at(i + k) >> 6 != 2) return false;
      code = code << 6 | (at(i + k) & 0x3F);
    }
    // Over-long forms, halves of surrogate pairs, and what is above the last code point.
    constexpr unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < least[length] || (code >= 0xD800 && code < 0xE000) || code > 0x10FFFF) return false;
    i += length;
  }
  return true;
}

std::string quoted(std::string_view text) {
  constexpr std::size_t longest = 40;
  const bool valid = is_utf8(text);
  std::string shown = "'";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool begins = c >> 6 != 2;
    if (begins && shown.size() > longest) return shown + "…'";
    shown += c < 0x20 || c == 0x7F || (c >= 0x80 && !valid) ? '?' : text[i];
  }
  return shown + "'";
}

}  // namespace reel::detail
