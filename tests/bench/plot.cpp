// SPDX-License-Identifier: MIT
// Diagrams of time against size, both axes logarithmic, drawn one below the other.
#include "report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace bench {

namespace {

constexpr double left = 70, top = 40, wide = 480, high = 300, legend = 220, below = 60;
constexpr std::array colours{"#c03030", "#e09040", "#909090", "#2060c0", "#20a0a0", "#308030",
                             "#8040a0", "#604020", "#d060a0", "#707000", "#000000", "#60a0e0"};

using palette = std::vector<std::string>;  // whose place gives the colour: the same in all diagrams

palette names_in(std::span<const measured> rows) {
  palette names;
  for (const measured& row : rows)
    for (const entry_time& e : row.entries)
      if (std::find(names.begin(), names.end(), e.name) == names.end()) names.push_back(e.name);
  return names;
}

// A range of powers of ten, on a line of `length`.
struct axis {
  double low, high, length;
  double at(double x) const { return (std::log10(x) - low) / (high - low) * length; }
};

std::string escaped(const std::string& s) {
  std::string out;
  for (const char c : s) out += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
  return out;
}

axis decades(double smallest, double largest, double length) {
  const double low = std::floor(std::log10(smallest));
  return {low, std::max(low + 1, std::ceil(std::log10(largest))), length};
}

std::string text(double x, double y, const char* anchor, const std::string& s) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor,
                     escaped(s));
}

std::string diagram(std::span<const measured> rows, const palette& all) {
  double fast = INFINITY, slow = 0;
  for (const measured& row : rows)
    for (const entry_time& e : row.entries) {
      fast = std::min(fast, e.time.median_us);
      slow = std::max(slow, e.time.median_us);
    }
  const auto [least, most] = std::minmax_element(
      rows.begin(), rows.end(), [](const measured& a, const measured& b) { return a.size < b.size; });
  const axis across = decades(static_cast<double>(least->size), static_cast<double>(most->size), wide);
  const axis up = decades(fast, slow, high);

  std::string out = text(0, -16, "start", rows.front().workload + ": µs against size");
  for (double d = up.low; d <= up.high; ++d) {
    const double y = high - up.at(std::pow(10, d));
    out += fmt::format("<path class=\"grid\" d=\"M0 {:.1f}H{}\"/>\n", y, wide);
    out += text(-8, y + 4, "end", fmt::format("{:g}", std::pow(10, d)));
  }
  for (const measured& row : rows) {
    const double x = across.at(static_cast<double>(row.size));
    out += fmt::format("<path class=\"grid\" d=\"M{:.1f} 0V{}\"/>\n", x, high);
    out += text(x, high + 18, "middle", std::to_string(row.size));
  }
  const palette names = names_in(rows);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto place = static_cast<std::size_t>(std::find(all.begin(), all.end(), names[i]) - all.begin());
    const char* colour = colours[place % colours.size()];
    std::string path, dots;
    for (const measured& row : rows)
      for (const entry_time& e : row.entries) {
        if (e.name != names[i]) continue;
        const double x = across.at(static_cast<double>(row.size)), y = high - up.at(e.time.median_us);
        path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? 'M' : 'L', x, y);
        dots += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\" fill=\"{}\"/>\n", x, y, colour);
      }
    out += fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"/>\n{}", path, colour,
                       dots);
    const double y = 12 + 20 * static_cast<double>(i);
    out +=
        fmt::format("<path d=\"M{} {}h24\" stroke=\"{}\" stroke-width=\"2\"/>\n", wide + 20, y - 4, colour);
    out += text(wide + 50, y, "start", names[i]);
  }
  return out;
}

}  // namespace

std::string to_svg(std::span<const measured> rows) {
  const palette all = names_in(rows);
  std::string body;
  double y = top;
  for (auto first = rows.begin(); first != rows.end();) {
    const auto last =
        std::find_if(first, rows.end(), [&](const measured& r) { return r.workload != first->workload; });
    if (last - first > 1) {
      body +=
          fmt::format("<g transform=\"translate({} {})\">\n{}</g>\n", left, y, diagram({first, last}, all));
      y += high + top + below;
    }
    first = last;
  }
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
      "font-family=\"sans-serif\" font-size=\"12\">\n<style>.grid {{ stroke: #ddd; fill: none }}</style>\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n{2}</svg>\n",
      left + wide + legend, y, body);
}

}  // namespace bench
