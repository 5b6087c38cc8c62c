// SPDX-License-Identifier: MIT
#include "check/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace reel::check {

namespace {

// Two Jacobians are the same if they agree to this, relative to the largest entry.
constexpr double agreement = 1e-25;

double size_of(const real50& v) { return std::abs(static_cast<double>(v)); }

double largest(const jacobian_matrix& m) {
  double size = 0;
  for (const real50& v : m.at) size = std::max(size, size_of(v));
  return size;
}

// Holds candidates against the Jacobian that the rule applies, and keeps the names of those that are it.
class rule_matcher {
 public:
  explicit rule_matcher(const evidence& e) : e_(e), scale_(std::max(largest(e.right), largest(e.rule))) {}

  const evidence& known() const { return e_; }
  bool nothing_to_match() const { return e_.right.at.empty() || scale_ == 0; }
  bool none(const real50& v) const { return size_of(v) <= agreement * scale_; }
  bool zero(const jacobian_matrix& m) const { return largest(m) <= agreement * scale_; }

  // `candidate(k, j)` is ∂y_k/∂x_j.
  template <class F> bool is_rule(const F& candidate) const {
    for (std::size_t k = 0; k < e_.rule.rows; ++k)
      for (std::size_t j = 0; j < e_.rule.columns; ++j)
        if (!none(candidate(k, j) - e_.rule(k, j))) return false;
    return true;
  }
  template <class F> void propose(std::string name, const F& candidate) {
    if (is_rule(candidate)) add(std::move(name));
  }
  void add(std::string name) { found_.push_back(std::move(name)); }
  const std::vector<std::string>& found() const { return found_; }

 private:
  const evidence& e_;
  double scale_;
  std::vector<std::string> found_;
};

// The right Jacobian times a number.
void test_factors(rule_matcher& m) {
  const evidence& e = m.known();
  real50 across = 0, square = 0;
  for (std::size_t i = 0; i < e.right.at.size(); ++i) {
    across += e.rule.at[i] * e.right.at[i];
    square += e.right.at[i] * e.right.at[i];
  }
  if (square == real50(0)) return;
  const real50 c = across / square;
  const auto factor = static_cast<double>(c);
  if (std::abs(factor + 1) < 1e-12)
    return m.propose("SIGN: it is the right one times -1", [&](auto k, auto j) { return -e.right(k, j); });
  const auto beyond = static_cast<double>(c - real50(1));
  std::string name = std::abs(beyond) > 1e-4 ? fmt::format("FACTOR: it is the right one times {:.6g}", factor)
                                             : fmt::format("FACTOR: it is the right one times 1 {} {:.3g}",
                                                           beyond < 0 ? '-' : '+', std::abs(beyond));
  const double inverse = 1 / factor;
  if (std::abs(inverse) > 1.5 && std::abs(inverse - std::round(inverse)) < 1e-9)
    name += fmt::format(" (1/{:.0f}: a mean for a sum?)", inverse);
  else if (factor > 2.5 && std::abs(factor - std::round(factor)) < 1e-9) name += " (a sum for a mean?)";
  m.propose(name, [&](auto k, auto j) { return c * e.right(k, j); });
}

// Where element i of a tensor of shape s goes when its last two axes are transposed, or it is rolled.
std::vector<std::size_t> transposed(const shape& s) {
  std::vector<std::size_t> to(static_cast<std::size_t>(s.size()));
  const auto columns = static_cast<std::size_t>(s.back()), rows = static_cast<std::size_t>(s[s.rank() - 2]);
  for (std::size_t i = 0; i < to.size(); ++i) {
    const std::size_t block = i / (rows * columns) * rows * columns, within = i - block;
    to[i] = block + within % columns * rows + within / columns;
  }
  return to;
}
std::vector<std::size_t> rolled(const shape& s, std::size_t axis, int by) {
  std::size_t inner = 1;
  for (std::size_t a = axis + 1; a < s.rank(); ++a) inner *= static_cast<std::size_t>(s[a]);
  const auto n = static_cast<std::size_t>(s[axis]);
  std::vector<std::size_t> to(static_cast<std::size_t>(s.size()));
  for (std::size_t i = 0; i < to.size(); ++i) {
    const std::size_t at = i / inner % n;
    to[i] = i + ((at + n + static_cast<std::size_t>(by + static_cast<int>(n))) % n) * inner - at * inner;
  }
  return to;
}

// Its rows or columns in another order.
void test_orders(rule_matcher& m) {
  const evidence& e = m.known();
  const auto columns = [&](const std::string& name, const std::vector<std::size_t>& to) {
    m.propose(name, [&](auto k, auto j) { return e.right(k, to[j]); });
  };
  const auto rows = [&](const std::string& name, const std::vector<std::size_t>& to) {
    m.propose(name, [&](auto k, auto j) { return e.right(to[k], j); });
  };
  const bool whole = e.rule.rows == static_cast<std::size_t>(e.output.size());
  if (e.right.rows == e.right.columns)
    m.propose("TRANSPOSED: it applies J where J transposed belongs",
              [&](auto k, auto j) { return e.right(j, k); });
  const auto matrix = [](const shape& s) { return s.rank() > 1 && s.back() > 1 && s[s.rank() - 2] > 1; };
  if (matrix(e.input))
    columns("TRANSPOSED: xbar is the right one with its last two axes exchanged", transposed(e.input));
  if (whole && matrix(e.output))
    rows("TRANSPOSED: it reads ybar with its last two axes exchanged", transposed(e.output));
  for (std::size_t a = 0; a < e.input.rank(); ++a)
    for (const int by : {1, -1})
      if (e.input[a] > 1)
        columns(fmt::format("OFF BY ONE: xbar is the right one shifted by {:+d} along axis {}", -by, a),
                rolled(e.input, a, by));
  for (std::size_t a = 0; whole && a < e.output.rank(); ++a)
    for (const int by : {1, -1})
      if (e.output[a] > 1)
        rows(fmt::format("OFF BY ONE: it reads ybar shifted by {:+d} along axis {}", -by, a),
             rolled(e.output, a, by));
}

// Some of the terms ȳ_k ∂y_k/∂x_j are missing: which?
void test_sums(rule_matcher& m) {
  const evidence& e = m.known();
  std::vector<char> row_used(e.rule.rows, false), column_used(e.rule.columns, false);
  std::vector<std::size_t> first(e.rule.columns, e.rule.rows), last(e.rule.columns, e.rule.rows);
  for (std::size_t k = 0; k < e.rule.rows; ++k)
    for (std::size_t j = 0; j < e.rule.columns; ++j) {
      if (!m.none(e.rule(k, j))) row_used[k] = column_used[j] = true;
      if (m.none(e.right(k, j))) continue;
      if (first[j] == e.rule.rows) first[j] = k;
      last[j] = k;
    }
  const auto suffix = [](const std::vector<char>& used) {
    std::size_t n = used.size();
    while (n > 0 && !used[n - 1]) --n;
    return n;
  };
  const std::size_t rows = suffix(row_used), columns = suffix(column_used);
  if (rows < row_used.size())
    m.propose(fmt::format("TAIL: elements {} to {} of ybar contribute nothing: a loop that stops short?",
                          rows, row_used.size() - 1),
              [&](auto k, auto j) { return k < rows ? e.right(k, j) : real50(0); });
  if (columns < column_used.size())
    m.propose(fmt::format("TAIL: elements {} to {} of xbar are 0: a loop that stops short?", columns,
                          column_used.size() - 1),
              [&](auto k, auto j) { return j < columns ? e.right(k, j) : real50(0); });
  if (first == last) return;
  m.propose(
      "REDUCTION: of the terms that belong into a sum it takes the first alone: a broadcast not reduced?",
      [&](auto k, auto j) { return k == first[j] ? e.right(k, j) : real50(0); });
  m.propose("OVERWRITTEN: of the terms that belong into a sum it keeps the last alone",
            [&](auto k, auto j) { return k == last[j] ? e.right(k, j) : real50(0); });
}

// Whether d is times·u vᵀ wherever it is not 0, and not 0 often enough to mean something.
bool is_product(const rule_matcher& m, const jacobian_matrix& d, const std::vector<real50>& u,
                const std::vector<real50>& v, int times) {
  std::size_t hits = 0;
  for (std::size_t k = 0; k < d.rows; ++k)
    for (std::size_t j = 0; j < d.columns; ++j) {
      if (m.none(d(k, j))) continue;
      if (!m.none(d(k, j) - real50(times) * u[k] * v[j])) return false;
      ++hits;
    }
  return hits >= std::max(d.rows, d.columns);
}

// What is missing, has the wrong sign (then it is off by twice as much), or does not belong there.
void name_term(rule_matcher& m, const jacobian_matrix& d, bool diagonal, std::string_view u,
               std::string_view v, int times) {
  const auto text = !diagonal  ? fmt::format("{} {}^T", u, v)
                    : u == "1" ? fmt::format("diag({})", v)
                               : fmt::format("diag({} {})", u, v);
  const char *minus = times < 0 ? "-" : "", *plus = times < 0 ? "" : "-";
  if (std::abs(times) == 2) return m.add(fmt::format("WRONG SIGN OF THE TERM '{}{}'", minus, text));
  bool foreign = true;  // where it is, the right Jacobian has nothing
  for (std::size_t i = 0; i < d.at.size(); ++i)
    foreign = foreign && (m.none(d.at[i]) || m.none(m.known().right.at[i]));
  m.add(foreign ? fmt::format("EXTRA TERM '{}{}'", plus, text)
                : fmt::format("MISSING TERM '{}{}'", minus, text));
}

// The difference as a product of known vectors, block by block, or as a diagonal.
void test_terms(rule_matcher& m) {
  const evidence& e = m.known();
  jacobian_matrix d{e.rule.rows, e.rule.columns};
  for (std::size_t i = 0; i < e.right.at.size(); ++i) d.at.push_back(e.right.at[i] - e.rule.at[i]);
  const std::vector<real50> ones_rows(d.rows, real50(1)), ones_columns(d.columns, real50(1));
  struct factor {
    const char* name;
    const std::vector<real50>& v;
  };
  std::vector<factor> of_rows{{"1", ones_rows}, {"y", e.y}}, of_columns{{"1", ones_columns}};
  if (e.x.size() == d.rows) of_rows.push_back({"x", e.x});
  if (e.y.size() == d.columns) of_columns.push_back({"y", e.y});
  of_columns.push_back({"x", e.x});
  bool diagonal = d.rows == d.columns;
  for (std::size_t k = 0; k < d.rows && diagonal; ++k)
    for (std::size_t j = 0; j < d.columns; ++j) diagonal = diagonal && (k == j || m.none(d(k, j)));
  for (const factor& u : of_rows)
    for (const factor& v : of_columns)
      for (const int times : {1, -1, 2, -2})
        if (is_product(m, d, u.v, v.v, times)) return name_term(m, d, diagonal, u.name, v.name, times);
  if (m.is_rule([&](auto k, auto j) { return k == j ? e.right(k, j) : real50(0); }))
    m.add("MISSING TERM: the rule is the diagonal of the right Jacobian");
}

}  // namespace

std::vector<std::string> hypotheses(const evidence& e) {
  rule_matcher m(e);
  if (m.nothing_to_match()) return {};
  if (m.zero(e.rule)) return {"DROPPED: its cotangent is 0"};
  for (const auto test : {test_factors, test_orders, test_sums}) test(m);
  if (m.found().empty()) test_terms(m);
  return m.found();
}

}  // namespace reel::check
