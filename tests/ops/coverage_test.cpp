// SPDX-License-Identifier: MIT
// Every op of the table through the whole check kit, and docs/coverage.md, which says what came out.
#include "rows.hpp"

#include <reel/ops/check_table.hpp>

#include <fstream>
#include <set>
#include <sstream>

using namespace reel;
using namespace reel::test;
using check::verdict;

namespace {

std::string first_of(const std::vector<std::string>& failures) { return failures.empty() ? "" : failures[0]; }

// The cells of the lines of a Markdown text that begin with "| `".
std::vector<std::vector<std::string>> cells_of(std::istream& text) {
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(text, line);) {
    if (!line.starts_with("| `")) continue;
    rows.emplace_back();
    std::istringstream cells(line.substr(2));
    for (std::string cell; std::getline(cells, cell, '|');)
      if (!cell.empty()) rows.back().push_back(cell.substr(0, cell.find_last_not_of(' ') + 1));
    for (std::string& cell : rows.back()) cell.erase(0, cell.find_first_not_of(' '));
  }
  return rows;
}

std::vector<std::vector<std::string>> documented() {
  std::ifstream file(REEL_COVERAGE);
  BOOST_TEST_REQUIRE(file.good(), REEL_COVERAGE << " is missing: run `reel check --matrix`");
  return cells_of(file);
}

// That docs/coverage.md says what came out just now: all but the figures that depend on the processor.
void check_documented(const op_coverage& c) {
  std::istringstream text(to_markdown({&c, 1}));
  const auto now = cells_of(text)[0];
  for (const auto& cells : documented()) {
    if (cells[0] != now[0]) continue;
    BOOST_TEST_REQUIRE(cells.size() == now.size());
    for (std::size_t i = 1; i < now.size(); ++i) {
      const bool varies = i >= 8 && i <= 11;  // in double, in complex numbers, float and double error
      if (!varies)
        BOOST_TEST(cells[i] == now[i], "docs/coverage.md says " << cells[i] << " where it is " << now[i]
                                                                << " now: run `reel check --matrix`");
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(coverage)

BOOST_AUTO_TEST_CASE(every_op_is_proven_and_every_wrong_variant_of_it_noticed) {
  for (const op_row& row : op_table()) BOOST_TEST_CONTEXT(row.name << " (" << row.variant << ")") {
      if (!has_derivative(row)) continue;
      const op_coverage c = cover(row);
      BOOST_TEST(c.failures.empty(), first_of(c.failures));
      BOOST_TEST((c.vjp == verdict::pass && c.jvp == verdict::pass && c.second == verdict::pass));
      BOOST_TEST((c.frozen == verdict::pass));
      BOOST_TEST(c.limit_digits <= 1e-30);
      BOOST_TEST(c.limit_double <= 1e-6);
      BOOST_TEST(c.limit_complex <= 1e-12);
      if (!row.analytic) BOOST_TEST(c.limit_complex == 0);
      BOOST_TEST(c.float_share <= 1);
      BOOST_TEST(c.double_share <= 1);
      if (c.taylor_high != 0) {
        BOOST_TEST(c.taylor_low >= 1.95);
        BOOST_TEST(c.taylor_high <= 2.05);
      }
      BOOST_TEST(c.made >= 10U);
      BOOST_TEST(c.killed + c.equivalent == c.made);
      // Of a flat function, like sign, every multiple of the rule is the rule.
      BOOST_TEST((c.killed <= 1 ? c.smallest == 0 : c.smallest >= 30), c.smallest);
      check_documented(c);
    }
}

// Kinks are declared at the edges of these.
BOOST_AUTO_TEST_CASE(conventions_at_kinks_are_checked) {
  for (const op_row& row : op_table()) BOOST_TEST_CONTEXT(row.name) {
      if (!row.variant.empty()) continue;
      for (const char* name : {"relu", "abs", "maximum", "minimum", "max", "floor", "remainder", "fmod"})
        if (row.name == name) BOOST_TEST(cover(row).kinks > 0U);
    }
}

BOOST_AUTO_TEST_CASE(what_is_declared_constant_has_derivative_0) {
  for_each_sample([](const op_row& row, const sample& x, std::uint64_t seed) {
    recorded r(row, x);
    if (row.differentiable || r.real.empty() || r.y.kind() != kind::real) return;
    for (const var& g : r.vjp(r.t.constant(random_numbers(seed).generic(r.y.shape()))))
      for (const double v : elements<double>(g)) BOOST_TEST(v == 0.0);
  });
}

BOOST_AUTO_TEST_CASE(the_documented_matrix_is_complete) {
  std::vector<op_coverage> all;
  for (const op_row& row : op_table())
    if (has_derivative(row)) all.push_back({.row = &row});
  std::istringstream text(to_markdown(all));
  std::set<std::string> names;
  for (const auto& cells : documented()) {
    BOOST_TEST_REQUIRE(cells.size() == 17U);
    BOOST_TEST(names.insert(cells[0]).second, cells[0] << " stands twice in docs/coverage.md");
    for (const int verdict : {1, 2, 3, 4}) BOOST_TEST(cells[static_cast<std::size_t>(verdict)] == "✓");
    BOOST_TEST(std::stoi(cells[13]) == std::stoi(cells[14]) + std::stoi(cells[15]));
  }
  for (const auto& cells : cells_of(text))
    BOOST_TEST(names.erase(cells[0]) == 1U,
               cells[0] << " is missing in docs/coverage.md: write what `reel check --matrix` prints there");
  BOOST_TEST(names.empty(), *names.begin() << " in docs/coverage.md is no op: run `reel check --matrix`");
}

BOOST_AUTO_TEST_SUITE_END()
