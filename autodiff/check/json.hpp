// SPDX-License-Identifier: MIT
// JSON objects, written and never read.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <concepts>
#include <string>
#include <string_view>
#include <vector>

namespace reel::check {

class json {
 public:
  template <class V> json& add(std::string_view key, const V& value) {
    text_ += fmt::format("{}{}: {}", text_.empty() ? "" : ", ", quoted(key), written(value));
    return *this;
  }
  json& add_json(std::string_view key, std::string_view text) {  // that is JSON already
    text_ += fmt::format("{}{}: {}", text_.empty() ? "" : ", ", quoted(key), text);
    return *this;
  }
  std::string text() const { return "{" + text_ + "}"; }

 private:
  static std::string quoted(std::string_view s) {
    std::string q = "\"";
    for (const char c : s) {
      if (c == '"' || c == '\\') q += '\\', q += c;
      else if (static_cast<unsigned char>(c) < 0x20) q += fmt::format("\\u{:04x}", static_cast<int>(c));
      else q += c;
    }
    return q + '"';
  }
  template <class V> static std::string written(const V& value) {
    if constexpr (std::same_as<V, json>) return value.text();
    else if constexpr (std::same_as<V, bool>) return value ? "true" : "false";
    else if constexpr (std::floating_point<V>)
      return std::isfinite(value) ? fmt::format("{}", value) : "null";
    else if constexpr (std::integral<V>) return fmt::format("{}", value);
    else if constexpr (std::convertible_to<V, std::string_view>) return quoted(value);
    else {
      std::string list;
      for (const auto& v : value) list += (list.empty() ? "" : ", ") + written(v);
      return "[" + list + "]";
    }
  }
  std::string text_;
};

}  // namespace reel::check
