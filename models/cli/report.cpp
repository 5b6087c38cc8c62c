// SPDX-License-Identifier: MIT
#include "report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace reel::cli {

namespace {

constexpr std::size_t most_classes = 12, longest_name = 12;

std::size_t letters(const std::string& utf8) {
  return static_cast<std::size_t>(std::count_if(
      utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string shortened(const std::string& name) {
  if (letters(name) <= longest_name) return name;
  std::size_t end = 0;
  for (std::size_t count = 0; count < longest_name;) {
    ++end;
    count += end == name.size() || (static_cast<unsigned char>(name[end]) & 0xC0) != 0x80;
  }
  return name.substr(0, end) + "…";
}

// The pairs of classes confused most often.
std::string worst_pairs(const array<index_t>& confusion, const std::vector<std::string>& names) {
  struct pair {
    index_t count;
    std::size_t truth, predicted;
  };
  std::vector<pair> pairs;
  for (std::size_t i = 0; i < names.size(); ++i)
    for (std::size_t j = 0; j < names.size(); ++j)
      if (i != j && confusion(i, j) > 0) pairs.push_back({confusion(i, j), i, j});
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const pair& a, const pair& b) { return a.count > b.count; });
  std::vector<std::vector<std::string>> rows{{"true", "predicted", "samples"}};
  for (std::size_t k = 0; k < std::min(most_classes, pairs.size()); ++k)
    rows.push_back({names[pairs[k].truth], names[pairs[k].predicted], std::to_string(pairs[k].count)});
  return "confused most often\n" + table(rows);
}

}  // namespace

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows)
    for (std::size_t j = 0; j < row.size(); ++j) {
      if (j == widths.size()) widths.push_back(0);
      widths[j] = std::max(widths[j], letters(row[j]));
    }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t j = 0; j < row.size(); ++j) {
      const std::string blanks(widths[j] - letters(row[j]), ' ');
      text += j == 0 ? row[j] + blanks : "  " + blanks + row[j];
    }
    text += '\n';
  }
  return text;
}

std::string confusion_text(const array<index_t>& confusion, const std::vector<std::string>& names) {
  if (names.size() > most_classes) return worst_pairs(confusion, names);
  std::vector<std::vector<std::string>> rows{{"true \\ predicted"}};
  for (const std::string& name : names) rows[0].push_back(shortened(name));
  for (std::size_t i = 0; i < names.size(); ++i) {
    rows.push_back({shortened(names[i])});
    for (std::size_t j = 0; j < names.size(); ++j) rows.back().push_back(std::to_string(confusion(i, j)));
  }
  return table(rows);
}

std::string loss_text(double loss) {
  return std::abs(loss) < 1e6 ? fmt::format("{:.4f}", loss) : fmt::format("{:.4g}", loss);
}

std::string evaluation_line(const char* part, const evaluation& e, index_t samples) {
  return fmt::format(
      "{:<5}  loss {}   accuracy {:.4f}   macro-F1 {:.4f}   calibration error {:.4f}   ({} samples)\n", part,
      loss_text(e.loss), e.accuracy, e.macro_f1, e.calibration_error, samples);
}

chart loss_chart(const std::string& name, const std::vector<optim::epoch_record>& epochs) {
  chart c{"loss on " + name, "epoch", "loss", {{"training", {}}}};
  series validation{"validation", {}};
  for (const optim::epoch_record& e : epochs) {
    c.lines[0].points.emplace_back(e.epoch, e.loss);
    if (e.validation_loss) validation.points.emplace_back(e.epoch, *e.validation_loss);
  }
  if (!validation.points.empty()) c.lines.push_back(std::move(validation));
  return c;
}

}  // namespace reel::cli
