// SPDX-License-Identifier: MIT
#include "check/explain.hpp"

#include "check/mutation_operators.hpp"
#include "check/vjp_comparison.hpp"

namespace reel::check {

namespace {

constexpr std::size_t most_entries = 1 << 14;  // of a Jacobian that is formed

class explanation {
 public:
  // Of what has been compared element by element.
  explanation(const rule& r, vjp_comparison<real50>& compared) : r_(r), compared_(compared) {}

  std::vector<std::string> run() {
    if (in_one_type_only()) return {};
    if (ignores_seed()) {
      found_.push_back("SEED IGNORED: the rule does not depend on ybar; it is right for ybar = 1");
      return found_;
    }
    if (r_.input_size() * compared_.jacobian().size() <= most_entries && one_output()) by_matrix();
    if (found_.empty()) by_repair();
    if (found_.empty())
      found_.push_back(
          "none of sign, factor, transpose, shift, missing term, missing reduction, wrong saved "
          "number reproduces it");
    return found_;
  }

 private:
  bool one_output() const { return r_.y.size() == 1; }

  // In 50 digits the rule is right: then it is a body for one number type that is wrong.
  bool in_one_type_only() const {
    return std::all_of(compared_.expectations().begin(), compared_.expectations().end(), [&](const auto& e) {
      return std::abs(static_cast<double>(compared_.cotangents()[e.input][e.at] - e.value)) <= e.margin;
    });
  }

  bool ignores_seed() {
    point ones, zero;
    for (const reals& y : compared_.seed())
      ones.emplace_back(y.size(), 1.0), zero.emplace_back(y.size(), 0.0);
    const auto at_zero = compared_.run()(r_.at, zero), at_one = compared_.run()(r_.at, ones);
    double size = 0;
    for (std::size_t i = 0; i < at_zero.size(); ++i)
      for (std::size_t k = 0; k < at_zero[i].size(); ++k) {
        size = std::max(size, std::abs(static_cast<double>(at_one[i][k])));
        if (!(at_zero[i][k] == at_one[i][k])) return false;
      }
    return size > 0;
  }

  jacobian_matrix right_of(std::size_t input) const {
    std::size_t first = 0;
    for (std::size_t i = 0; i < input; ++i) first += r_.at[i].size();
    jacobian_matrix m{compared_.jacobian()[0].size(), r_.at[input].size()};
    m.at.resize(m.rows * m.columns);
    for (std::size_t j = 0; j < m.columns; ++j)
      for (std::size_t k = 0; k < m.rows; ++k) m(k, j) = compared_.jacobian()[first + j][k];
    return m;
  }

  std::vector<jacobian_matrix> of_rule() {
    std::vector<jacobian_matrix> all;
    const std::size_t rows = compared_.seed()[0].size();
    for (const reals& x : r_.at) all.push_back({rows, x.size()});
    for (jacobian_matrix& m : all) m.at.resize(m.rows * m.columns);
    point unit{reals(rows, 0.0)};
    for (std::size_t k = 0; k < rows; ++k) {
      unit[0][k] = 1;
      const auto xbar = compared_.run()(r_.at, unit);
      unit[0][k] = 0;
      for (std::size_t i = 0; i < all.size(); ++i)
        for (std::size_t j = 0; j < all[i].columns; ++j) all[i](k, j) = xbar[i][j];
    }
    return all;
  }

  void by_matrix() {
    if (r_.input_size() == 0 || compared_.jacobian().empty()) return;
    const auto rules = of_rule();
    replay<real50> values(r_.y, r_.x);
    std::vector<std::vector<real50>> x;
    for (std::size_t i = 0; i < r_.at.size(); ++i) {
      x.emplace_back(r_.at[i].begin(), r_.at[i].end());
      std::copy(x[i].begin(), x[i].end(), values.given(i).begin());
    }
    values.run();
    const std::vector<real50> y(values.result(0).begin(), values.result(0).end());
    std::vector<jacobian_matrix> rights;
    for (std::size_t i = 0; i < rules.size(); ++i) rights.push_back(right_of(i));
    for (std::size_t i = 0; i < rules.size(); ++i) {
      if (same(rights[i], rules[i])) continue;
      const std::string who = rules.size() == 1 ? "" : fmt::format("input {}: ", i);
      for (std::size_t k = 0; k < rules.size(); ++k)
        if (k != i && rights[k].columns == rules[i].columns && same(rights[k], rules[i]))
          found_.push_back(fmt::format("{}SWAPPED: it has the cotangent of input {}", who, k));
      for (const std::string& h :
           hypotheses({rights[i], rules[i], r_.x[i].shape(), r_.y[0].shape(), x[i], y}))
        found_.push_back(who + h);
    }
  }

  static bool same(const jacobian_matrix& a, const jacobian_matrix& b) {
    double size = 0, most = 0;
    for (std::size_t i = 0; i < a.at.size(); ++i) {
      size = std::max(size, std::abs(static_cast<double>(a.at[i])));
      most = std::max(most, std::abs(static_cast<double>(a.at[i] - b.at[i])));
    }
    return most <= 1e-25 * size;
  }

  // A change of the recorded rule that makes it right names the fault the other way round.
  void by_repair() {
    for (const mutation& p : mutations_of(r_)) {
      if (!repairs(p)) continue;
      found_.push_back(fmt::format("REPAIRED by: {} ({})", p.what, p.family));
      if (found_.size() == 3) return;
    }
  }

  bool repairs(const mutation& p) {
    try {
      return right(compared_.run()(r_.at, compared_.seed(), p.edits));
    } catch (const refusal&) {
      return false;
    }
  }

  bool right(const std::vector<std::vector<real50>>& a) const {
    return std::all_of(compared_.expectations().begin(), compared_.expectations().end(), [&](const auto& e) {
      return std::abs(static_cast<double>(a[e.input][e.at] - e.value)) <= e.margin;
    });
  }

  const rule& r_;
  vjp_comparison<real50>& compared_;
  std::vector<std::string> found_;
};

}  // namespace

void explain(const rule& r, const options& o, vjp_comparison<real50>& compared, report& failed) {
  const auto add = [&](const std::string& unfinished) {
    if (!unfinished.empty()) failed.explanation.push_back("not all was tried: " + unfinished);
  };
  add(attempt(o.seconds, [&] {
    for (std::string& e : explanation(r, compared).run()) failed.explanation.push_back(std::move(e));
  }));
  add(attempt(o.seconds, [&] { failed.numbers = rungs_of(r, o); }));
  add(attempt(o.seconds, [&] { failed.taylor_rate = taylor_rate_of(r, o); }));
}

}  // namespace reel::check
