// SPDX-License-Identifier: MIT
#include "text_source.hpp"

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace reel::detail {

namespace {

constexpr std::size_t piece = std::size_t{1} << 16;

}  // namespace

bool text_source::read_more() {
  if (begin_ > 0) {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= std::exchange(begin_, 0);
  }
  if (end_ == buffer_.size()) buffer_.resize(std::max(piece, 2 * buffer_.size()));
  const std::size_t got = bytes_.read({buffer_.data() + end_, buffer_.size() - end_});
  end_ += got;
  return got > 0;
}

void text_source::begin_text() {
  while (window().size() < 4 && read_more()) {
  }
  const auto first = window();
  const std::string_view start(first.data(), std::min<std::size_t>(first.size(), 4));
  const auto refuse = [&](const char* what) { fail_at(name(), 1, 1, what); };
  if (start.starts_with("\xEF\xBB\xBF")) consume(3);
  else if (start.starts_with("\xFF\xFE") || start.starts_with("\xFE\xFF"))
    refuse("this is UTF-16 text: save it as UTF-8.");
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
