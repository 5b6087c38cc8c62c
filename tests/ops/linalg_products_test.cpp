// SPDX-License-Identifier: MIT
// Products of tensors against loops over their elements, and what they refuse.
#include "rows.hpp"

#include <reel/ops/rearrange.hpp>

#include <random>

using namespace reel;
using namespace reel::test;

namespace {

array<double> scattered(const shape& s, std::uint64_t seed) { return random_numbers(seed).generic(s); }

// Multiples of 1/128 whose sums of products are exact: the same numbers, whatever the order.
void check_equal(const var& got, const std::vector<double>& want) {
  BOOST_TEST(elements<double>(got) == want, boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(linalg_products)

BOOST_AUTO_TEST_CASE(batches_broadcast_as_loops_say) {
  tape t;
  const auto a = scattered({2, 1, 3, 4}, 1), b = scattered({5, 4, 2}, 2);
  const var x = t.variable(a), y = t.variable(b), product = matmul(x, y);
  BOOST_TEST((product.shape() == shape{2, 5, 3, 2}));
  std::vector<double> want;
  for (std::size_t g = 0; g < 2; ++g)
    for (std::size_t h = 0; h < 5; ++h)
      for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 2; ++j) {
          double sum = 0;
          for (std::size_t k = 0; k < 4; ++k) sum += a(g, 0, i, k) * b(h, k, j);
          want.push_back(sum);
        }
  check_equal(product, want);
  // Cotangents of 1: sums of the other factor over its columns, or rows, and over the batch.
  std::vector<double> abar;
  for (std::size_t g = 0; g < 2; ++g)
    for (std::size_t i = 0; i < 3; ++i)
      for (std::size_t k = 0; k < 4; ++k) {
        double sum = 0;
        for (std::size_t h = 0; h < 5; ++h) sum += b(h, k, 0) + b(h, k, 1);
        abar.push_back(sum);
      }
  check_equal(grad(sum(product), x), abar);
  std::vector<double> bbar;
  for (std::size_t h = 0; h < 5; ++h)
    for (std::size_t k = 0; k < 4; ++k)
      for (std::size_t j = 0; j < 2; ++j) {
        double sum = 0;
        for (std::size_t g = 0; g < 2; ++g)
          for (std::size_t i = 0; i < 3; ++i) sum += a(g, 0, i, k);
        bbar.push_back(sum);
      }
  check_equal(grad(sum(product), y), bbar);
}

BOOST_AUTO_TEST_CASE(a_batch_times_one_matrix_is_one_product) {
  tape t;
  const var x = t.variable(scattered({3, 2, 4}, 1)), w = t.variable(scattered({4, 5}, 2));
  const var y = matmul(x, w);
  BOOST_TEST((y.shape() == shape{3, 2, 5}));
  check_equal(y, elements<double>(matmul(reshape(x, {6, 4}), w)));
  check_equal(matmul(x, slice(reshape(w, {20}), 0, 0, 4)),
              elements<double>(matmul(reshape(x, {6, 4}), slice(reshape(w, {20}), 0, 0, 4))));
  BOOST_TEST((matmul(slice(reshape(w, {20}), 0, 0, 2), x).shape() == shape{3, 4}));
}

BOOST_AUTO_TEST_CASE(einsum_says_what_other_functions_say) {
  tape t;
  const var a = t.variable(scattered({3, 4}, 1)), b = t.variable(scattered({4, 2}, 2)),
            s = t.variable(scattered({3, 3}, 3)), v = t.variable(scattered({3}, 4)),
            batch = t.variable(scattered({2, 3, 4}, 5)), other = t.variable(scattered({2, 4, 2}, 6));
  const auto same = [&](const var& got, const var& want) {
    BOOST_TEST((got.shape() == want.shape()));
    check_equal(got, elements<double>(want));
  };
  same(einsum("ij,jk->ik", {a, b}), matmul(a, b));
  same(einsum("ij,jk", {a, b}), matmul(a, b));
  same(einsum(" i j , j k -> k i ", {a, b}), transpose(matmul(a, b)));
  same(einsum("ii", {s}), trace(s));
  same(einsum("ii->i", {s}), diagonal(s));
  same(einsum("ij->", {a}), sum(a));
  same(einsum("ij->j", {a}), sum(a, 0));
  same(einsum("ba", {a}), transpose(a));  // alphabetical
  same(einsum("i,i", {v, v}), dot(v, v));
  same(einsum("i,j->ij", {v, v}), outer(v, v));
  same(einsum("bij,bjk->bik", {batch, other}), matmul(batch, other));
  same(einsum("...ij,...jk->...ik", {batch, other}), matmul(batch, other));
  same(einsum("...ij,jk", {batch, b}), matmul(batch, b));
  same(einsum("...ij->...ji", {batch}), matrix_transpose(batch));
  same(einsum("bij->b", {batch}), sum(batch, {1, 2}));
  same(einsum("i,ij,jk,k->", {v, a, b, slice(v, 0, 0, 2)}), dot(v, matmul(a, matmul(b, slice(v, 0, 0, 2)))));
  same(einsum("ij,kl->ikjl", {a, b}), reshape(kron(a, b), {3, 4, 4, 2}));
}

// Left to right, "ab,bc,cd" of 100x2, 2x100, 100x2 would multiply 20000 + 20000 times; from the right it is
// 400 + 400.
BOOST_AUTO_TEST_CASE(einsum_multiplies_in_the_cheap_order) {
  tape t;
  const var a = t.variable(scattered({100, 2}, 1)), b = t.variable(scattered({2, 100}, 2)),
            c = t.variable(scattered({100, 2}, 3));
  const std::size_t before = t.size();
  static_cast<void>(einsum("ab,bc,cd->ad", {a, b, c}));
  const std::string text = freeze({.outputs = {einsum("ab,bc,cd->ad", {a, b, c})}}).explain();
  BOOST_TEST((text.find("[100x100]") == std::string::npos), text);
  BOOST_TEST(t.size() > before);
}

BOOST_AUTO_TEST_CASE(refusals) {
  tape t;
  const var a = t.variable(scattered({3, 4}, 1)), v = t.variable(scattered({3}, 2)), s = t.variable(1.0);
  const auto refuses = [&](errc code, const char* op, const char* text, auto f) {
    const std::size_t size = t.size();
    check_error(code, f, std::string(" in ") + op + " (linalg_products_test.cpp:", text);
    BOOST_TEST(t.size() == size);
  };
  const auto sum_of = [&](errc code, const char* formula, const char* text) {
    refuses(code, "einsum", text, [&] { einsum(formula, {a, v}); });
  };
  sum_of(errc::invalid_argument, "ij->i", "1 operands named, 2 given");
  sum_of(errc::invalid_argument, "ij,k,l->i", "3 operands named, 2 given");
  sum_of(errc::shape_mismatch, "ij,j->i", "'j' is 4 long, and in [3] it is 3");
  sum_of(errc::shape_mismatch, "ijk,i->i", "3 axes named for [3x4]");
  sum_of(errc::invalid_argument, "ij,i->k", "no operand has 'k'");
  sum_of(errc::invalid_argument, "ij,i->ii", "the result names 'i' twice");
  sum_of(errc::invalid_argument, "i1,i->i", "'1' is no axis");
  sum_of(errc::invalid_argument, "...,i->i", "the result needs the axes of");
  sum_of(errc::invalid_argument, "i.j,i->i", "'.' is no axis");
  refuses(errc::shape_mismatch, "dot", "vectors of 4 and of 3", [&] { dot(a, v); });
  refuses(errc::shape_mismatch, "dot", "[] is no vector", [&] { dot(a, s); });
  refuses(errc::shape_mismatch, "trace", "[3] has no matrices", [&] { trace(v); });
  refuses(errc::shape_mismatch, "kron", "[3] has no matrices", [&] { kron(a, v); });
  refuses(errc::empty_variable, "trace", "Use tape.constant(number)", [&] { trace(1.0); });
  const var three = reshape(a, {3, 2, 2}), two = reshape(a, {2, 2, 3});
  refuses(errc::shape_mismatch, "matmul", "do not broadcast", [&] { matmul(three, two); });
}

BOOST_AUTO_TEST_SUITE_END()
