// SPDX-License-Identifier: MIT
#include "agree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace bench {

namespace {

constexpr int runs = 8;

// Mean difference relative to the mean size of a's numbers; infinite if they cannot be compared. (Not
// the largest difference: a relu whose argument is within rounding of 0 may be on in one
// implementation and off in another, which moves one column of many.)
double difference(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return INFINITY;
  double size = 0, apart = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!std::isfinite(a[i]) || !std::isfinite(b[i])) return INFINITY;
    size += std::abs(a[i]);
    apart += std::abs(a[i] - b[i]);
  }
  return apart == 0 ? 0 : apart / size;
}

}  // namespace

std::string disagreement(const row& r, const contenders& all) {
  const double tolerance = std::string_view(r.number) == "float" ? 1e-4 : 1e-9;
  numbers reference;
  std::string referee;
  for (const contender& c : all) {
    for (int i = 0; i < runs; ++i) c.run();
    if (!c.results) continue;
    const numbers results = c.results();
    if (referee.empty()) {
      reference = results;
      referee = c.name;
    }
    for (std::size_t part = 0; part < results.size(); ++part) {
      if (part >= reference.size())
        return fmt::format("{}: {} has more results than {}", r.id(), c.name, referee);
      const double apart = difference(reference[part], results[part]);
      if (apart > tolerance)
        return fmt::format("{}: '{}' and '{}' differ by {:.2g} in part {}", r.id(), c.name, referee, apart,
                           part);
    }
  }
  return {};
}

}  // namespace bench
