// SPDX-License-Identifier: MIT
// Lines in a diagram, as SVG and as text for the terminal.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace reel::cli {

struct series {
  std::string name;
  std::vector<std::pair<double, double>> points;  // those that cannot be drawn are left out
  bool dashed = false;
  int colour = -1;  // by its number among all; by default its own
};

struct chart {
  std::string title, across, up;
  std::vector<series> lines;
  bool log_across = false, log_up = false;  // logarithmic: only positive numbers can be drawn
};

std::string to_svg(const std::vector<chart>& charts);  // one below the other
// Several lines end with their letters.
std::string to_text(const chart& c, std::size_t width = 64, std::size_t height = 14);

// What both draw on: an axis maps numbers to 0 … 1.
class axis {
 public:
  // From the smallest number to the largest that can be drawn; no numbers give an axis from 0 to 1.
  axis(const std::vector<double>& numbers, bool is_log);
  bool shows(double x) const;
  double at(double x) const;
  std::vector<double> ticks() const;  // about five round numbers

 private:
  bool is_log_;
  double low_ = 0, high_ = 1;
};
std::pair<axis, axis> axes_of(const chart& c);
std::string tick_label(double x);

}  // namespace reel::cli
