// SPDX-License-Identifier: MIT
// The kernel of matrix products: against sums in double, and whether its bits depend on how it is called.
#include "autodiff/kernels/kernels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace reel;
using reel::kernels::gemm_shape;
using reel::test::for_all_sets;
using reel::test::scattered;

namespace {

template <class T> struct product {
  gemm_shape s;
  std::vector<T> a, b, c;
  product(const gemm_shape& shape, std::uint64_t seed)
      : s(shape),
        a(scattered<T>(s.m * s.k, seed)),
        b(scattered<T>(s.k * s.n, seed + 1)),
        c(scattered<T>(s.m * s.n, seed + 2)) {}
  double a_at(index_t i, index_t p) const {
    return static_cast<double>(a[static_cast<std::size_t>(s.transpose_a ? p * s.m + i : i * s.k + p)]);
  }
  double b_at(index_t p, index_t j) const {
    return static_cast<double>(b[static_cast<std::size_t>(s.transpose_b ? j * s.k + p : p * s.n + j)]);
  }
};

// Within the bound of any order of summation, k u Σ|a||b|.
template <class T>
void check_product(const kernels::dispatch_table<T>& set, const gemm_shape& shape, bool add) {
  const product<T> p(shape, static_cast<std::uint64_t>(shape.m * 31 + shape.n * 7 + shape.k));
  std::vector<T> c = p.c;
  c.push_back(T(77));
  set.gemm(shape, p.a.data(), p.b.data(), c.data(), add);
  const double u = static_cast<double>(std::numeric_limits<T>::epsilon()) / 2;
  bool good = c.back() == T(77);
  for (index_t i = 0; i < shape.m; ++i)
    for (index_t j = 0; j < shape.n; ++j) {
      const auto at = static_cast<std::size_t>(i * shape.n + j);
      double truth = add ? static_cast<double>(p.c[at]) : 0, size = std::fabs(truth);
      for (index_t q = 0; q < shape.k; ++q)
        truth += p.a_at(i, q) * p.b_at(q, j), size += std::fabs(p.a_at(i, q) * p.b_at(q, j));
      good = good && std::fabs(static_cast<double>(c[at]) - truth) <=
                         static_cast<double>(shape.k + 2) * u * size + 1e-300;
    }
  BOOST_TEST(good, fmt::format("{}x{}x{}, transposed {} {}, add {}", shape.m, shape.n, shape.k,
                               shape.transpose_a, shape.transpose_b, add));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(kernel_sets)

BOOST_AUTO_TEST_CASE(products_of_all_sizes_and_orientations) {
  for_all_sets([]<class T>(const kernels::dispatch_table<T>& s) {
    for (const bool ta : {false, true})
      for (const bool tb : {false, true})
        for (const index_t m : {1, 2, 5, 8, 9, 13, 50})
          for (const index_t n : {1, 2, 10, 16, 17, 49, 130})
            for (const index_t k : {0, 1, 3, 16, 37, 300}) {
              check_product(s, {ta, tb, m, n, k}, false);
              if (ta && !tb) check_product(s, {ta, tb, m, n, k}, true);
            }
  });
}

// Where A is wide, its columns are brought together.
BOOST_AUTO_TEST_CASE(products_of_wide_matrices) {
  for_all_sets([]<class T>(const kernels::dispatch_table<T>& s) {
    for (const bool tb : {false, true})
      for (const index_t m : {256, 301})
        for (const index_t n : {128, 145})
          for (const index_t k : {1, 2, 128, 129, 300, 700})
            for (const bool add : {false, true}) check_product(s, {true, tb, m, n, k}, add);
  });
}

// The bits of the product, scaled and added in one rounding or in two, everywhere alike.
BOOST_AUTO_TEST_CASE(a_scaled_product_is_added_with_the_bits_of_the_product) {
  for_all_sets([]<class T>(const kernels::dispatch_table<T>& s) {
    for (const bool ta : {false, true})
      for (const bool tb : {false, true})
        for (const index_t m : {1, 2, 9, 10, 13, 50, 301})
          for (const index_t n : {1, 10, 17, 49, 64, 130, 785})
            for (const auto& [k, old_scale] : {std::pair(1, T(1)), {1, T(0.9)}, {3, T(0.9)}, {128, T(1)}}) {
              const product<T> p({ta, tb, m, n, k}, static_cast<std::uint64_t>(m + n + k));
              if (!kernels::accumulates_scaled(p.s)) continue;
              const T scale = T(-0.37);
              std::vector<T> once(p.c.size()), twice(p.c.size()), got = p.c;
              s.gemm(p.s, p.a.data(), p.b.data(), once.data(), false);
              for (std::size_t i = 0; i < once.size(); ++i) {
                const T kept = old_scale * p.c[i];
                twice[i] = kept + scale * once[i];
                once[i] = std::fma(scale, once[i], kept);
              }
              got.push_back(T(77));
              s.accumulate_scaled_product(p.s, scale, old_scale, p.a.data(), p.b.data(), got.data());
              const T beyond = got.back();
              got.pop_back();
              BOOST_TEST(((got == once || got == twice) && beyond == T(77)),
                         fmt::format("{}x{}x{}, transposed {} {}", m, n, k, ta, tb));
            }
  });
}

BOOST_AUTO_TEST_CASE(a_product_goes_on_where_it_stopped) {
  for_all_sets([]<class T>(const kernels::dispatch_table<T>& s) {
    for (const index_t n : {1, 10, 49, 785}) {
      const index_t m = 10, k = 200;
      const product<T> p({true, false, m, n, k}, 4);
      std::vector<T> whole(static_cast<std::size_t>(m * n)), parts(whole);
      s.gemm(p.s, p.a.data(), p.b.data(), whole.data(), false);
      for (const index_t block : {1, 48, 64, 199}) {
        for (index_t from = 0; from < k; from += block)
          s.gemm({true, false, m, n, std::min(block, k - from)}, p.a.data() + from * m, p.b.data() + from * n,
                 parts.data(), from > 0);
        BOOST_TEST((parts == whole), fmt::format("n {}, block {}", n, block));
      }
    }
  });
}

// As sums begin with +0: by whichever loop, so that the sign of a 0 does not depend on a shape.
BOOST_AUTO_TEST_CASE(a_sum_of_zeros_is_positive) {
  for_all_sets([]<class T>(const kernels::dispatch_table<T>& s) {
    for (const bool ta : {false, true})
      for (const bool tb : {false, true})
        for (const index_t m : {1, 5, 9, 50})
          for (const index_t n : {1, 10, 17, 50})
            for (const index_t k : {1, 2, 20}) {
              const std::vector<T> a(static_cast<std::size_t>(m * k), T(-1)),
                  b(static_cast<std::size_t>(k * n), T(0));
              std::vector<T> c(static_cast<std::size_t>(m * n), T(77));
              s.gemm({ta, tb, m, n, k}, a.data(), b.data(), c.data(), false);
              BOOST_TEST(std::ranges::all_of(c, [](T x) { return x == 0 && !std::signbit(x); }),
                         fmt::format("{}x{}x{}, transposed {} {}", m, n, k, ta, tb));
            }
  });
}

// Rows of A, B and C as parts of longer ones, of which nothing else may be read or written.
BOOST_AUTO_TEST_CASE(gaps_between_rows_change_nothing) {
  for_all_sets([]<class T>(const kernels::dispatch_table<T>& s) {
    constexpr T nan = std::numeric_limits<T>::quiet_NaN();
    const auto spread = [](const std::vector<T>& x, index_t rows, index_t columns, index_t row, T between) {
      std::vector<T> y(static_cast<std::size_t>(rows * row), between);
      for (index_t i = 0; i < rows; ++i) std::copy_n(x.begin() + i * columns, columns, y.begin() + i * row);
      return y;
    };
    for (const bool ta : {false, true})
      for (const bool tb : {false, true})
        for (const index_t m : {1, 4, 11, 50, 300})
          for (const index_t n : {1, 3, 10, 41, 130})
            for (const index_t k : {0, 1, 7, 100}) {
              const product<T> p({ta, tb, m, n, k}, static_cast<std::uint64_t>(m + n + k));
              const gemm_shape rows = kernels::with_rows(p.s);
              gemm_shape gaps = rows;
              gaps.a_row += 3, gaps.b_row += 5, gaps.c_row += 2;
              const auto a = spread(p.a, ta ? k : m, rows.a_row, gaps.a_row, nan);
              const auto b = spread(p.b, tb ? n : k, rows.b_row, gaps.b_row, nan);
              const auto same = [&](const char* what, const std::vector<T>& with,
                                    const std::vector<T>& without) {
                BOOST_TEST((with == spread(without, m, n, gaps.c_row, T(77))),
                           fmt::format("{} {}x{}x{}, transposed {} {}", what, m, n, k, ta, tb));
              };
              for (const bool add : {false, true}) {
                // Sums of lanes where there are no gaps may be sums in order where there are.
                if (!add && kernels::has_lane_sums(rows) != kernels::has_lane_sums(gaps)) continue;
                auto c = spread(p.c, m, n, gaps.c_row, T(77)), whole = p.c;
                s.gemm(p.s, p.a.data(), p.b.data(), whole.data(), add);
                s.gemm(gaps, a.data(), b.data(), c.data(), add);
                same(add ? "added" : "set", c, whole);
              }
              if (!kernels::accumulates_scaled(rows) || !kernels::accumulates_scaled(gaps)) continue;
              auto c = spread(p.c, m, n, gaps.c_row, T(77)), whole = p.c;
              s.accumulate_scaled_product(p.s, T(0.3), T(0.9), p.a.data(), p.b.data(), whole.data());
              s.accumulate_scaled_product(gaps, T(0.3), T(0.9), a.data(), b.data(), c.data());
              same("scaled", c, whole);
            }
  });
}

BOOST_AUTO_TEST_CASE(rows_of_a_product_do_not_depend_on_each_other) {
  for_all_sets([]<class T>(const kernels::dispatch_table<T>& s) {
    for (const bool tb : {false, true})
      for (const index_t n : {1, 10, 40}) {
        const index_t m = 61, k = 100;
        const product<T> p({false, tb, m, n, k}, 6);
        std::vector<T> whole(static_cast<std::size_t>(m * n)), parts(whole);
        s.gemm(p.s, p.a.data(), p.b.data(), whole.data(), false);
        for (const index_t block : {1, 7, 48})
          for (index_t from = 0; from < m; from += block) {
            s.gemm({false, tb, std::min(block, m - from), n, k}, p.a.data() + from * k, p.b.data(),
                   parts.data() + from * n, false);
          }
        BOOST_TEST((parts == whole), fmt::format("n {}, transposed {}", n, tb));
      }
  });
}

BOOST_AUTO_TEST_SUITE_END()
