// SPDX-License-Identifier: MIT
#include "chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace reel::cli {

axis::axis(const std::vector<double>& numbers, bool is_log) : is_log_(is_log) {
  double low = INFINITY, high = -INFINITY;
  for (const double x : numbers)
    if (std::isfinite(x) && (!is_log || x > 0)) {
      low = std::min(low, x);
      high = std::max(high, x);
    }
  if (!(low <= high)) return;
  if (is_log) {
    low = std::log10(low);
    high = std::log10(high);
  }
  const double margin = high > low ? 0.04 * (high - low) : std::max(0.5, 0.05 * std::abs(high));
  low_ = !is_log && low >= 0 ? std::max(0.0, low - margin) : low - margin;
  high_ = high + margin;
}

bool axis::shows(double x) const { return std::isfinite(x) && (!is_log_ || x > 0); }

double axis::at(double x) const { return ((is_log_ ? std::log10(x) : x) - low_) / (high_ - low_); }

std::vector<double> axis::ticks() const {
  std::vector<double> all;
  if (is_log_) {
    const double decades = high_ - low_;
    const std::vector<double> digits = decades > 2.5 ? std::vector<double>{1}
                                       : decades > 1 ? std::vector<double>{1, 2, 5}
                                                     : std::vector<double>{1, 1.5, 2, 3, 5, 7};
    for (double power = std::floor(low_); power <= high_; ++power)
      for (const double digit : digits)
        if (const double x = power + std::log10(digit); x >= low_ && x <= high_)
          all.push_back(digit * std::pow(10, power));
    return all;
  }
  const double rough = (high_ - low_) / 5, power = std::pow(10, std::floor(std::log10(rough)));
  const double step = power * (rough / power < 1.5   ? 1
                               : rough / power < 3.5 ? 2
                               : rough / power < 7.5 ? 5
                                                     : 10);
  for (double i = std::ceil(low_ / step); i * step <= high_; ++i) all.push_back(i * step);
  return all;
}

std::pair<axis, axis> axes_of(const chart& c) {
  std::vector<double> x, y;
  for (const series& s : c.lines)
    for (const auto& [a, b] : s.points) {
      if (c.log_across && !(a > 0)) continue;
      x.push_back(a);
      y.push_back(b);
    }
  return {axis(x, c.log_across), axis(y, c.log_up)};
}

std::string tick_label(double x) { return fmt::format("{:.4g}", std::abs(x) < 1e-12 ? 0.0 : x); }

namespace {

// Four rows and two columns of dots to a character.
class canvas {
 public:
  canvas(std::size_t width, std::size_t height) : width_(width), height_(height), cells_(width * height) {}

  // Coordinates from 0 to 1, upwards.
  void dot(double x, double y) {
    const double columns = static_cast<double>(2 * width_ - 1), rows = static_cast<double>(4 * height_ - 1);
    const auto i = static_cast<std::size_t>(std::lround(std::clamp(x, 0.0, 1.0) * columns));
    const auto j = static_cast<std::size_t>(std::lround((1 - std::clamp(y, 0.0, 1.0)) * rows));
    constexpr std::array<std::array<unsigned, 2>, 4> bits{{{1, 8}, {2, 16}, {4, 32}, {64, 128}}};
    cells_[j / 4 * width_ + i / 2] |= bits[j % 4][i % 2];
  }
  void line(double x0, double y0, double x1, double y1) {
    const double longest = std::max(std::abs(x1 - x0) * static_cast<double>(2 * width_),
                                    std::abs(y1 - y0) * static_cast<double>(4 * height_));
    const int steps = std::max(1, static_cast<int>(std::ceil(longest)));
    for (int i = 0; i <= steps; ++i) {
      const double t = static_cast<double>(i) / steps;
      dot(x0 + t * (x1 - x0), y0 + t * (y1 - y0));
    }
  }
  // A letter in place of the dots there.
  void letter(double x, double y, char c) {
    const double columns = static_cast<double>(width_ - 1), rows = static_cast<double>(height_ - 1);
    const auto i = static_cast<std::size_t>(std::lround(std::clamp(x, 0.0, 1.0) * columns));
    const auto j = static_cast<std::size_t>(std::lround((1 - std::clamp(y, 0.0, 1.0)) * rows));
    cells_[j * width_ + i] = letters | static_cast<unsigned char>(c);
  }
  std::string row(std::size_t j) const {
    std::size_t end = width_;
    while (end > 0 && cells_[j * width_ + end - 1] == 0) --end;
    std::string text;
    for (std::size_t i = 0; i < end; ++i) {
      const unsigned cell = cells_[j * width_ + i];
      if (cell & letters) {
        text += static_cast<char>(cell & 0x7F);
        continue;
      }
      const unsigned code = 0x2800 + cell;  // braille, as UTF-8
      text += {static_cast<char>(0xE0 | (code >> 12)), static_cast<char>(0x80 | ((code >> 6) & 63)),
               static_cast<char>(0x80 | (code & 63))};
    }
    return text;
  }

 private:
  std::size_t width_, height_;
  static constexpr unsigned letters = 256;
  std::vector<unsigned> cells_;  // a bit for each dot, or a letter
};

template <class F> void each_stroke(const series& s, const axis& across, const axis& up, F draw) {
  std::pair<double, double> last{NAN, NAN};
  for (const auto& [x, y] : s.points) {
    if (!across.shows(x) || !up.shows(y)) continue;
    const std::pair here{across.at(x), up.at(y)};
    draw(std::isnan(last.first) ? here : last, here);
    last = here;
  }
}

}  // namespace

std::string to_text(const chart& c, std::size_t width, std::size_t height) {
  const auto axes = axes_of(c);
  const axis &across = axes.first, &up = axes.second;
  canvas dots(width, height);
  std::string names;
  std::vector<std::pair<double, double>> ends(c.lines.size(), {NAN, NAN});
  for (std::size_t i = 0; i < c.lines.size(); ++i)
    each_stroke(c.lines[i], across, up, [&](const auto& from, const auto& to) {
      dots.line(from.first, from.second, to.first, to.second);
      ends[i] = to;
    });
  for (std::size_t i = 0; i < c.lines.size(); ++i) {
    const char letter = static_cast<char>('a' + i % 26);
    names +=
        (i == 0 ? "" : "   ") + (c.lines.size() == 1 ? "" : fmt::format("{} ", letter)) + c.lines[i].name;
    if (c.lines.size() > 1 && !std::isnan(ends[i].first)) dots.letter(ends[i].first, ends[i].second, letter);
  }
  std::vector<std::string> labels(height);
  for (const double y : up.ticks()) {
    const double place = std::clamp(1 - up.at(y), 0.0, 1.0) * static_cast<double>(height - 1);
    labels[static_cast<std::size_t>(std::lround(place))] = tick_label(y);
  }
  std::string text = fmt::format("{}\n{:>12}{}\n", c.title, "", names);
  for (std::size_t j = 0; j < height; ++j)
    text += fmt::format("{:>9} {} {}\n", labels[j], labels[j].empty() ? "│" : "┤", dots.row(j));
  std::string below(width + 12, ' ');
  for (const double x : across.ticks()) {
    const std::string label = tick_label(x);
    const auto place =
        12 + static_cast<std::size_t>(std::lround(across.at(x) * static_cast<double>(width - 1)));
    const std::size_t from = place - std::min(place, label.size() / 2);
    const bool is_free = from + label.size() <= below.size() &&
                         below.substr(from - 1, label.size() + 1).find_first_not_of(' ') == below.npos;
    if (is_free) below.replace(from, label.size(), label);
  }
  return text + below.substr(0, below.find_last_not_of(' ') + 1) + fmt::format("  {}\n", c.across);
}

namespace {

constexpr double left = 70, top = 44, wide = 480, high = 280, legend = 230, below = 64;
constexpr std::array colours{"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                             "#e69f00", "#56b4e9", "#000000", "#8a8a00"};

std::string escaped(const std::string& s) {
  std::string out;
  for (const char c : s)
    out += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : std::string(1, c);
  return out;
}

std::string words(double x, double y, const char* anchor, const std::string& s, const char* more = "") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>\n", x, y, anchor, more,
                     escaped(s));
}

std::string rule(double x0, double y0, double x1, double y1, const char* colour) {
  return fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\"/>\n", x0,
                     y0, x1, y1, colour);
}

std::string frame(const chart& c, const axis& across, const axis& up) {
  std::string svg = words(left + wide / 2, top - 18, "middle", c.title, " font-weight=\"bold\"");
  for (const double x : across.ticks()) {
    const double at = left + across.at(x) * wide;
    svg += rule(at, top, at, top + high, "#e4e4e4") + words(at, top + high + 18, "middle", tick_label(x));
  }
  for (const double y : up.ticks()) {
    const double at = top + (1 - up.at(y)) * high;
    svg += rule(left, at, left + wide, at, "#e4e4e4") + words(left - 8, at + 4, "end", tick_label(y));
  }
  svg +=
      fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"#808080\"/>\n",
                  left, top, wide, high);
  svg += words(left + wide / 2, top + high + 40, "middle", c.across);
  return svg +
         fmt::format("<text transform=\"translate(16,{}) rotate(-90)\" text-anchor=\"middle\">{}</text>\n",
                     top + high / 2, escaped(c.up));
}

std::string diagram(const chart& c) {
  const auto axes = axes_of(c);
  const axis &across = axes.first, &up = axes.second;
  std::string svg = frame(c, across, up);
  for (std::size_t i = 0; i < c.lines.size(); ++i) {
    const series& s = c.lines[i];
    const char* colour =
        colours[static_cast<std::size_t>(s.colour < 0 ? static_cast<int>(i) : s.colour) % colours.size()];
    const char* dashes = s.dashed ? " stroke-dasharray=\"6 4\"" : "";
    std::string points, marks;
    each_stroke(s, across, up, [&](const auto&, const auto& to) {
      const double x = left + to.first * wide, y = top + (1 - to.second) * high;
      points += fmt::format("{:.1f},{:.1f} ", x, y);
      if (s.points.size() <= 12)
        marks += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\" fill=\"{}\"/>\n", x, y, colour);
    });
    svg += fmt::format("<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"{}/>\n{}",
                       points, colour, dashes, marks);
    const double y = top + 10 + 20 * static_cast<double>(i), x = left + wide + 16;
    svg += fmt::format(
        "<line x1=\"{0}\" y1=\"{2}\" x2=\"{1}\" y2=\"{2}\" stroke=\"{3}\" stroke-width=\"2\"{4}/>\n", x,
        x + 24, y, colour, dashes);
    svg += words(x + 30, y + 4, "start", s.name);
  }
  return svg;
}

}  // namespace

std::string to_svg(const std::vector<chart>& charts) {
  const double each = top + high + below;
  const double width = left + wide + legend, height = each * static_cast<double>(charts.size());
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" "
      "font-family=\"sans-serif\" font-size=\"13\">\n<rect width=\"100%\" height=\"100%\" "
      "fill=\"#ffffff\"/>\n",
      width, height);
  for (std::size_t i = 0; i < charts.size(); ++i)
    svg += fmt::format("<g transform=\"translate(0,{})\">\n{}</g>\n", each * static_cast<double>(i),
                       diagram(charts[i]));
  return svg + "</svg>\n";
}

}  // namespace reel::cli
