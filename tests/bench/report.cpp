// SPDX-License-Identifier: MIT
#include "report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bench {

namespace {

// Three digits that count.
std::string microseconds(double us) {
  const int before = us > 0 ? static_cast<int>(std::floor(std::log10(us))) + 1 : 1;
  return fmt::format("{:.{}f}", us, std::clamp(3 - before, 0, 5));
}

std::string with_ratio(double us, double first) {
  return fmt::format("{} ({:.2f})", microseconds(us), first / us);
}

const entry_time* find(const measured& row, const std::string& name) {
  const auto it = std::find_if(row.entries.begin(), row.entries.end(),
                               [&](const entry_time& e) { return e.name == name; });
  return it == row.entries.end() ? nullptr : &*it;
}

const entry_time* best_by_hand(const measured& row) {
  const entry_time* best = nullptr;
  for (const entry_time& e : row.entries)
    if (e.by == maker::hand && (best == nullptr || e.time.median_us < best->time.median_us)) best = &e;
  return best;
}

// Display width: a UTF-8 continuation byte takes no room.
std::size_t width(const std::string& s) {
  return static_cast<std::size_t>(std::count_if(
      s.begin(), s.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

using line = std::vector<std::string>;

std::string aligned(const std::vector<line>& lines) {
  std::vector<std::size_t> widths(lines.front().size());
  for (const line& l : lines)
    for (std::size_t i = 0; i < l.size(); ++i) widths[i] = std::max(widths[i], width(l[i]));
  std::string out;
  for (std::size_t n = 0; n < lines.size(); ++n) {
    out += '|';
    for (std::size_t i = 0; i < widths.size(); ++i)
      out += fmt::format(" {}{} |", std::string(widths[i] - width(lines[n][i]), ' '), lines[n][i]);
    out += '\n';
    if (n > 0) continue;
    out += '|';
    for (const std::size_t w : widths) out += std::string(w + 1, '-') + ":|";
    out += '\n';
  }
  return out;
}

}  // namespace

std::string to_table(std::span<const measured> rows) {
  std::vector<std::string> names;
  std::size_t by_hand = 0, hand_end = 0;
  for (const measured& row : rows)
    for (const entry_time& e : row.entries)
      if (std::find(names.begin(), names.end(), e.name) == names.end()) {
        names.push_back(e.name);
        if (e.by != maker::hand) continue;
        ++by_hand;
        hand_end = names.size();
      }
  if (by_hand > 1) names.insert(names.begin() + static_cast<std::ptrdiff_t>(hand_end), "best by hand");

  std::vector<line> lines{{"size"}};
  lines[0].insert(lines[0].end(), names.begin(), names.end());
  lines[0].push_back("spread");
  lines[0].push_back("libm after");
  for (const measured& row : rows) {
    const double first = row.entries.front().time.median_us;
    line l{std::to_string(row.size)};
    for (std::size_t i = 0; i < names.size(); ++i) {
      const entry_time* e = by_hand > 1 && i == hand_end ? best_by_hand(row) : find(row, names[i]);
      l.push_back(e == nullptr ? "" : i == 0 ? microseconds(first) : with_ratio(e->time.median_us, first));
    }
    double spread = 0, libm = 0;
    for (const entry_time& e : row.entries)
      spread = std::max(spread, e.time.spread), libm = std::max(libm, e.libm);
    l.push_back(fmt::format("{:.0f} %", 100 * spread));
    l.push_back(libm > 0 ? fmt::format("{:.2f}", libm) : "");
    lines.push_back(std::move(l));
  }
  return fmt::format("{} ({}): µs, and the ratio of {} to it\n\n{}\n", rows.front().workload,
                     rows.front().number, names.front(), aligned(lines));
}

std::string to_json(std::span<const measured> rows) {
  const auto quoted = [](const std::string& s) {
    std::string out;
    for (const char c : s) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    return '"' + out + '"';
  };
  std::string out;
  for (const measured& row : rows)
    for (const entry_time& e : row.entries)
      out += fmt::format(
          R"({} {{"workload": {}, "size": {}, "threads": 1, "number": {}, "implementation": {}, "median_us": {:.6g}{}}})",
          out.empty() ? "[\n" : ",\n", quoted(row.workload), row.size, quoted(row.number), quoted(e.name),
          e.time.median_us, e.libm > 0 ? fmt::format(R"(, "libm_ratio": {:.3g})", e.libm) : "");
  return out.empty() ? "[]\n" : out + "\n]\n";
}

}  // namespace bench
