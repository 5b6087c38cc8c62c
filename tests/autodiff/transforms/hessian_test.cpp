// SPDX-License-Identifier: MIT
// The Hessian of a tree: a block for each pair of leaves.
#include "support.hpp"

#include <reel/ops.hpp>

#include <vector>

using namespace reel;

namespace {

template <class T> struct pair_of { T a, b; };
template <class T> struct layered {
  std::vector<pair_of<T>> layers;
  T scale;
};

// aᵀ M b + Σ b³
const array<double> matrix{{1, 2, 3}, {4, 5, 6}};
const auto bilinear = [](const pair_of<var>& p) {
  return sum(p.a * matmul(matrix, p.b)) + sum(p.b * p.b * p.b);
};
const pair_of<array<double>> at{{1, 2}, {0.5, -1, 3}};

}  // namespace

BOOST_AUTO_TEST_SUITE(hessians)

BOOST_AUTO_TEST_CASE(a_tree_has_a_block_for_each_pair_of_leaves) {
  const auto h = hessian(bilinear)(at);
  BOOST_TEST((h.a.a == array<double>{{0, 0}, {0, 0}}));
  BOOST_TEST((h.a.b == matrix));
  BOOST_TEST((h.b.a == array<double>{{1, 4}, {2, 5}, {3, 6}}));
  BOOST_TEST((h.b.b == array<double>{{3, 0, 0}, {0, -6, 0}, {0, 0, 18}}));
}

BOOST_AUTO_TEST_CASE(blocks_have_the_shapes_of_both_leaves) {
  const auto loss = [](const layered<var>& m) {
    var total = m.scale;
    for (const auto& l : m.layers) total += sum(square(matmul(l.a, l.b))) * m.scale;
    return total;
  };
  const array<double> a{{1, 2, 3}, {0, 1, 0}}, b{1, -1, 2};
  const layered<array<double>> m{{{a, b}, {a * 2.0, b - 1.0}}, array<double>(2.0)};
  const auto h = hessian(loss)(m);
  BOOST_TEST((shape_of(h.layers[0].a.layers[1].b) == shape{2, 3, 3}));
  BOOST_TEST((shape_of(h.scale.layers[1].a) == shape{2, 3}));
  BOOST_TEST((shape_of(h.scale.scale) == shape{}));
  // Row by row it is what hvp gives.
  auto direction = map_tree<array<double>>(m, [](const array<double>& x) { return array<double>(x * 0.0); });
  direction.layers[1].b(2) = 1;
  const auto column = hvp(loss)(m, direction);
  for (std::size_t k = 0; k < 2; ++k)
    for (std::size_t i = 0; i < 2; ++i)
      for (std::size_t j = 0; j < 3; ++j) {
        BOOST_TEST(h.layers[k].a.layers[1].b(i, j, 2) == column.layers[k].a(i, j),
                   boost::test_tools::tolerance(1e-13));
        BOOST_TEST(h.layers[1].b.layers[k].a(2, i, j) == column.layers[k].a(i, j),
                   boost::test_tools::tolerance(1e-13));
      }
  BOOST_TEST(h.scale.layers[1].b(2) == column.scale(), boost::test_tools::tolerance(1e-13));
}

BOOST_AUTO_TEST_CASE(on_a_tape_blocks_are_vars_that_can_be_differentiated) {
  tape t;
  const pair_of<var> p{t.variable(at.a), t.variable(at.b)};
  const auto h = hessian(bilinear)(p);
  BOOST_TEST((h.b.b.value() == array<double>{{3, 0, 0}, {0, -6, 0}, {0, 0, 18}}));
  BOOST_TEST((grad(sum(h.b.b), p.b).value() == array<double>{6, 6, 6}));
}

BOOST_AUTO_TEST_CASE(one_array_has_one_block) {
  const auto cubes = [](const var& x) { return sum(x * x * x); };
  BOOST_TEST((hessian(cubes)(array<double>{1, 2}) == array<double>{{6, 0}, {0, 12}}));
  BOOST_TEST(hessian(cubes)(2.0)() == 12);
  BOOST_TEST((hessian<float>(cubes)(array<double>{1, 2}) == array<float>{{6, 0}, {0, 12}}));
  const auto scaled = [](const var& x, const var& c) { return sum(x * x * c); };
  BOOST_TEST((hessian(scaled)(array<double>{1, 2}, 3.0) == array<double>{{6, 0}, {0, 6}}));
}

BOOST_AUTO_TEST_SUITE_END()
