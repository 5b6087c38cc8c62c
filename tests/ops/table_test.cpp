// SPDX-License-Identifier: MIT
// What the rows of the op table say of their ops is so.
#include "rows.hpp"

#include <fmt/format.h>

#include <set>

using namespace reel;
using namespace reel::test;

namespace {

// Where the name of an op stands in the instructions that compute a var.
bool is_recorded(const recorded& r, std::string_view op) {
  freeze_request request{.outputs = {r.y}, .disabled_passes = pass_names()};
  return freeze(request).explain().find(fmt::format(" = {}(", op)) != std::string::npos;
}

// Of the elements of y in a row: there are no shapes with the axes of both.
std::vector<double> jacobian_of(const var& y, const var& x) {
  return elements<double>(jacobian(reshape(y, {-1}), x));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(table)

BOOST_AUTO_TEST_CASE(every_row_records_its_op) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const op_row& row : op_table()) BOOST_TEST_CONTEXT(row.name << " (" << row.variant << ")") {
      BOOST_TEST(seen.insert({row.name, row.variant}).second, "two rows of one name");
      BOOST_TEST(!row.family.empty());
      BOOST_TEST((!row.samples.empty() || !row.edges.empty()));
      if (row.composite) continue;
      for (const sample& x : row.samples) BOOST_TEST(is_recorded(recorded(row, x), row.name));
    }
}

BOOST_AUTO_TEST_CASE(elementwise_ops_have_diagonal_jacobians) {
  for_each_sample([](const op_row& row, const sample& x, std::uint64_t) {
    if (!row.elementwise) return;
    const recorded r(row, x);
    if (r.y.kind() != kind::real) return;  // no derivative
    for (const var& in : r.real) {
      if (in.shape() != r.y.shape()) continue;
      const auto J = jacobian_of(r.y, in);
      const auto n = static_cast<std::size_t>(in.size());
      for (std::size_t i = 0; i < J.size(); ++i)
        if (i / n != i % n) BOOST_TEST(J[i] == 0.0);
    }
  });
}

BOOST_AUTO_TEST_CASE(linear_ops_double_with_their_input) {
  for_each_sample([](const op_row& row, const sample& x, std::uint64_t) {
    for (const std::size_t k : row.linear_in) {
      sample doubled = x;
      for (double& v : doubled[k].numbers) v *= 2;
      const auto once = elements<double>(recorded(row, x).y),
                 twice = elements<double>(recorded(row, doubled).y);
      for (std::size_t i = 0; i < once.size(); ++i) BOOST_TEST(twice[i] == 2 * once[i]);
      recorded r(row, x);
      const auto g = r.vjp(ones_like(r.y));
      const auto linear = r.real[k];
      for (const double h : jacobian_of(g[k], linear)) BOOST_TEST(h == 0.0);
    }
  });
}

BOOST_AUTO_TEST_CASE(analytic_ops_are_evaluated_in_complex_numbers) {
  for_each_sample([](const op_row& row, const sample& x, std::uint64_t seed) {
    recorded r(row, x);
    if (r.y.kind() != kind::real) return;
    if (!row.analytic) {
      check_error(
          errc::unsupported_number, [&] { static_cast<void>(r.y.value<complex>()); }, "complex numbers",
          "Only analytic ops");
      return;
    }
    std::vector<var> results{r.y};
    if (!r.real.empty())
      for (const var& g : r.vjp(r.t.constant(random_numbers(seed).generic(r.y.shape()))))
        results.push_back(g);
    for (const var& v : results) {
      const auto plain = elements<double>(v);
      const auto lifted = elements<complex>(v);
      for (std::size_t i = 0; i < plain.size(); ++i) {
        BOOST_TEST(std::abs(lifted[i].real() - plain[i]) <= 0x1p-48 * (1 + std::abs(plain[i])));
        BOOST_TEST(std::abs(lifted[i].imag()) <= 0x1p-48 * (1 + std::abs(plain[i])));
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(frozen_with_exact_passes_every_op_gives_the_bits_of_evaluation) {
  for_each_sample([](const op_row& row, const sample& x, std::uint64_t seed) {
    recorded r(row, x);
    std::vector<var> outputs{r.y};
    if (has_derivative(row, r))
      for (const var& g : r.vjp(r.t.constant(random_numbers(seed).generic(r.y.shape()))))
        outputs.push_back(g);
    const auto check = [&]<class T>(T) {
      instance<T> run(freeze({.outputs = outputs}));
      run.run();
      for (std::size_t i = 0; i < outputs.size(); ++i) {
        if (outputs[i].kind() != kind::real) continue;
        const auto frozen = run.output(i), evaluated = outputs[i].template value<T>();
        BOOST_TEST(std::equal(frozen.data(), frozen.data() + frozen.size(), evaluated.data()));
      }
    };
    check(float{});
    check(double{});
  });
}

BOOST_AUTO_TEST_SUITE_END()
