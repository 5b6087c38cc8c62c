// SPDX-License-Identifier: MIT
// The kernels that take many elements to one, and softmax, against sums in more digits.
#include "autodiff/kernels/kernels.hpp"

#include <cmath>
#include <limits>

using namespace reel;
using reel::test::for_all_sets;
using reel::test::for_each_set;
using reel::test::scattered;

BOOST_AUTO_TEST_SUITE(kernel_sets)

BOOST_AUTO_TEST_CASE(sums_have_small_errors_and_the_same_bits_in_every_set) {
  for (const index_t n : {0, 1, 31, 32, 33, 1024, 1025, 100'003}) {
    const std::vector<float> x = scattered<float>(n, 7);
    double truth = 0, magnitudes = 0;
    for (const float v : x) truth += static_cast<double>(v), magnitudes += std::fabs(static_cast<double>(v));
    const float first = kernels::active<float>().sum(x.data(), n);
    for_each_set<float>([&](const auto& s) {
      const float sum = s.sum(x.data(), n);
      BOOST_TEST(sum == first);
      BOOST_TEST(std::fabs(static_cast<double>(sum) - truth) <= 60 * 0x1p-24 * magnitudes);
    });
  }
}

BOOST_AUTO_TEST_CASE(columns_are_summed_over_rows) {
  for_all_sets([]<class T>(const kernels::dispatch_table<T>& s) {
    for (const index_t rows : {1, 2, 17, 100})
      for (const index_t columns : {1, 3, 16, 70, 130}) {
        const std::vector<T> x = scattered<T>(rows * columns, 9);
        std::vector<T> y(static_cast<std::size_t>(columns) + 1, T(77));
        s.sum_rows(y.data(), x.data(), rows, columns);
        for (index_t j = 0; j < columns; ++j) {
          double truth = 0;
          for (index_t i = 0; i < rows; ++i)
            truth += static_cast<double>(x[static_cast<std::size_t>(i * columns + j)]);
          BOOST_TEST(std::fabs(static_cast<double>(y[static_cast<std::size_t>(j)]) - truth) <=
                     40 * static_cast<double>(std::numeric_limits<T>::epsilon()) * static_cast<double>(rows));
        }
        BOOST_TEST(y.back() == T(77));
      }
  });
}

BOOST_AUTO_TEST_CASE(the_largest_magnitude_is_found_anywhere) {
  for_all_sets([]<class T>(const kernels::dispatch_table<T>& s) {
    BOOST_TEST(s.largest(nullptr, 0) == T(0));
    for (const index_t n : {1, 15, 16, 17, 64, 65, 200}) {
      for (index_t at = 0; at < n; ++at) {
        std::vector<T> x = scattered<T>(n, 5);
        x[static_cast<std::size_t>(at)] = T(-2);
        BOOST_TEST(s.largest(x.data(), n) == T(2));
        x[static_cast<std::size_t>(at)] = std::numeric_limits<T>::infinity();
        BOOST_TEST(s.largest(x.data(), n) == std::numeric_limits<T>::infinity());
        x[static_cast<std::size_t>(at)] = -std::numeric_limits<T>::quiet_NaN();
        x[0] = n > 1 && at > 0 ? std::numeric_limits<T>::infinity() : x[0];
        BOOST_TEST(std::isnan(s.largest(x.data(), n)));
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(one_number_that_is_not_finite_is_found_anywhere) {
  for_all_sets([]<class T>(const kernels::dispatch_table<T>& s) {
    for (index_t n = 0; n < 40; ++n) {
      std::vector<T> x(static_cast<std::size_t>(n), std::numeric_limits<T>::max());
      BOOST_TEST(s.finite(x.data(), n));
      for (T& v : x)
        for (const T bad : {std::numeric_limits<T>::infinity(), -std::numeric_limits<T>::infinity(),
                            std::numeric_limits<T>::quiet_NaN()}) {
          v = bad;
          BOOST_TEST(!s.finite(x.data(), n));
          v = 0;
        }
    }
  });
}

BOOST_AUTO_TEST_CASE(softmax_along_any_axis_has_the_same_bits_for_short_rows) {
  for_all_sets([]<class T>(const kernels::dispatch_table<T>& s) {
    const index_t rows = 37, n = 10;
    const std::vector<T> x = scattered<T>(rows * n, 8);
    std::vector<T> turned(x.size()), y(x.size()), z(x.size());
    for (index_t i = 0; i < rows; ++i)
      for (index_t k = 0; k < n; ++k)
        turned[static_cast<std::size_t>(k * rows + i)] = x[static_cast<std::size_t>(i * n + k)];
    s.softmax(y.data(), x.data(), rows, n, 1);
    s.softmax(z.data(), turned.data(), 1, n, rows);
    bool same = true;
    for (index_t i = 0; i < rows; ++i)
      for (index_t k = 0; k < n; ++k)
        same = same && y[static_cast<std::size_t>(i * n + k)] == z[static_cast<std::size_t>(k * rows + i)];
    BOOST_TEST(same);
  });
}

BOOST_AUTO_TEST_CASE(short_rows_have_the_same_bits_however_many_there_are) {
  for_all_sets([]<class T>(const kernels::dispatch_table<T>& s) {
    constexpr T infinity = std::numeric_limits<T>::infinity();
    for (const index_t n : {1, 2, 10, 16, 17, 32, 33}) {
      const index_t rows = 19;
      std::vector<T> z = scattered<T>(rows * n, 8), l = scattered<T>(rows, 3);
      z[static_cast<std::size_t>(3 * n)] = infinity;
      z[static_cast<std::size_t>(4 * n)] = std::numeric_limits<T>::quiet_NaN();
      z[static_cast<std::size_t>(5 * n)] = -infinity;
      l[6] = 0;
      std::vector<index_t> labels;
      for (index_t i = 0; i < rows; ++i) labels.push_back(i % n);
      std::vector<T> loss(l.size()), dz(z.size()), one_loss(1), one_dz(static_cast<std::size_t>(n)),
          p(z.size()), one_p(one_dz.size());
      s.cross_entropy(loss.data(), dz.data(), z.data(), labels.data(), l.data(), rows, n);
      s.softmax(p.data(), z.data(), rows, n, 1);
      const auto same = [](T a, T b) { return a == b || (a != a && b != b); };
      for (index_t i = 0; i < rows; ++i) {
        const auto at = static_cast<std::size_t>(i);
        s.cross_entropy(one_loss.data(), nullptr, &z[at * one_dz.size()], &labels[at], nullptr, 1, n);
        s.cross_entropy(nullptr, one_dz.data(), &z[at * one_dz.size()], &labels[at], &l[at], 1, n);
        s.softmax(one_p.data(), &z[at * one_dz.size()], 1, n, 1);
        BOOST_TEST(same(one_loss[0], loss[at]));
        BOOST_TEST(std::equal(one_dz.begin(), one_dz.end(), dz.begin() + i * n, same));
        BOOST_TEST(std::equal(one_p.begin(), one_p.end(), p.begin() + i * n, same));
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(sums_of_others_along_any_axis) {
  for_all_sets([]<class T>(const kernels::dispatch_table<T>& s) {
    for (const index_t n : {1, 2, 3, 10, 16, 31, 32, 33, 64, 100, 777})
      for (const auto& [outer, inner] : {std::array<index_t, 2>{1, 1}, {2, 1}, {19, 1}, {2, 5}, {1, 37}}) {
        std::vector<T> x = scattered<T>(outer * n * inner, 4), y(x.size() + 1, T(77));
        x[static_cast<std::size_t>(n / 2 * inner)] = T(1e6);  // the others' sum keeps its digits beside it
        s.sum_others(y.data(), x.data(), outer, n, inner);
        BOOST_TEST(y.back() == T(77));
        double worst = 0;
        for (index_t o = 0; o < outer; ++o)
          for (index_t q = 0; q < inner; ++q)
            for (index_t k = 0; k < n; ++k) {
              const auto at = [&](index_t j) { return static_cast<std::size_t>((o * n + j) * inner + q); };
              long double sum = 0, magnitudes = 0;
              for (index_t j = 0; j < n; ++j)
                if (j != k) sum += x[at(j)], magnitudes += std::fabs(static_cast<long double>(x[at(j)]));
              const long double error = std::fabs(static_cast<long double>(y[at(k)]) - sum);
              if (error > 0) worst = std::max(worst, static_cast<double>(error / magnitudes));
            }
        BOOST_TEST(
            worst <= static_cast<double>(n) * static_cast<double>(std::numeric_limits<T>::epsilon()) / 2,
            "n = " << n << ", " << outer << " by " << inner << ": " << worst);
      }
  });
}

BOOST_AUTO_TEST_CASE(sums_of_others_have_the_same_bits_however_many_rows_there_are) {
  for_all_sets([]<class T>(const kernels::dispatch_table<T>& s) {
    for (const index_t n : {1, 2, 10, 16, 17, 32, 33, 100}) {
      const index_t rows = 19;
      const std::vector<T> x = scattered<T>(rows * n, 6);
      std::vector<T> y(x.size()), one(static_cast<std::size_t>(n));
      s.sum_others(y.data(), x.data(), rows, n, 1);
      for (index_t i = 0; i < rows; ++i) {
        s.sum_others(one.data(), x.data() + i * n, 1, n, 1);
        BOOST_TEST(std::equal(one.begin(), one.end(), y.begin() + i * n));
      }
    }
  });
}

// At a label with the largest logit the slope p − 1 is −Σ of the others, to the last places of itself.
BOOST_AUTO_TEST_CASE(the_slope_at_a_certain_label_keeps_its_digits) {
  for_all_sets([]<class T>(const kernels::dispatch_table<T>& s) {
    const double u = static_cast<double>(std::numeric_limits<T>::epsilon()) / 2;
    for (const index_t n : {2, 3, 10, 32, 33, 200})
      for (const index_t rows : {1, 2, 21})
        for (const double gap : {0.0, 1.0, 12.0, 30.0, 45.0, 80.0}) {
          std::vector<T> z = scattered<T>(rows * n, 2), l(static_cast<std::size_t>(rows), T(1)), dz(z.size());
          std::vector<index_t> labels;
          for (index_t i = 0; i < rows; ++i) {
            labels.push_back(i * 7 % n);
            z[static_cast<std::size_t>(i * n + labels.back())] = static_cast<T>(1 + gap);
          }
          s.cross_entropy(nullptr, dz.data(), z.data(), labels.data(), l.data(), rows, n);
          for (index_t i = 0; i < rows; ++i) {
            long double others = 0;
            const auto at = [&](index_t k) { return static_cast<std::size_t>(i * n + k); };
            const auto label = labels[static_cast<std::size_t>(i)];
            for (index_t k = 0; k < n; ++k)
              if (k != label)
                others +=
                    std::exp(static_cast<long double>(z[at(k)]) - static_cast<long double>(z[at(label)]));
            const auto right = static_cast<double>(-others / (1 + others));
            const double bound = (2 * static_cast<double>(n) + 6 + 2 * (gap + 2)) * u;
            BOOST_TEST(std::fabs(static_cast<double>(dz[at(label)]) - right) <= bound * std::fabs(right),
                       dz[at(label)] << " for " << right << ", n = " << n << ", gap " << gap);
          }
        }
  });
}

BOOST_AUTO_TEST_CASE(softmax_and_logsumexp_together_have_the_bits_of_each) {
  for_all_sets([]<class T>(const kernels::dispatch_table<T>& s) {
    constexpr T infinity = std::numeric_limits<T>::infinity();
    for (const auto& [rows, n, inner] : {std::array<index_t, 3>{21, 10, 1}, {3, 777, 1}, {2, 10, 19}}) {
      std::vector<T> x = scattered<T>(rows * n * inner, 9);
      x[3] = infinity;
      x[static_cast<std::size_t>(n * inner) + 1] = std::numeric_limits<T>::quiet_NaN();
      std::vector<T> p(x.size()), q(x.size()), y(static_cast<std::size_t>(rows * inner)), z(y.size());
      s.softmax(p.data(), x.data(), rows, n, inner);
      s.logsumexp(y.data(), x.data(), rows, n, inner);
      s.softmax_and_logsumexp(q.data(), z.data(), x.data(), rows, n, inner);
      const auto same = [](T a, T b) { return a == b || (a != a && b != b); };
      BOOST_TEST(std::equal(p.begin(), p.end(), q.begin(), same));
      BOOST_TEST(std::equal(y.begin(), y.end(), z.begin(), same));
    }
  });
}

// Blanchard, Higham & Higham (2021), (4.2) and (4.3), with the roundoff of our exp in place of theirs.
BOOST_AUTO_TEST_CASE(softmax_and_logsumexp_keep_their_bounds) {
  for_all_sets([]<class T>(const kernels::dispatch_table<T>& s) {
    const double u = static_cast<double>(std::numeric_limits<T>::epsilon()) / 2;
    for (const index_t n : {1, 2, 10, 33, 1000, 100'000})
      for (const double range : {0.1, 20.0, sizeof(T) == 4 ? 80.0 : 700.0}) {
        std::vector<T> x = scattered<T>(n, 11), p(x.size());
        for (T& v : x) v = static_cast<T>(static_cast<double>(v) * range / 2);
        long double top = x[0], least = x[0], sum = 0;
        for (const T v : x) top = std::max<long double>(top, v), least = std::min<long double>(least, v);
        for (const T v : x) sum += std::exp(static_cast<long double>(v) - top);
        T y;
        s.logsumexp(&y, x.data(), 1, n, 1);
        s.softmax(p.data(), x.data(), 1, n, 1);
        const long double truth = top + std::log(sum);
        BOOST_TEST(std::fabs(static_cast<double>(y - truth)) <=
                   u * std::fabs(static_cast<double>(truth + static_cast<long double>(n) - least)) +
                       2 * u * std::fabs(static_cast<double>(truth)));
        double worst = 0, largest = 0;
        for (std::size_t i = 0; i < x.size(); ++i) {
          const long double q = std::exp(static_cast<long double>(x[i]) - top) / sum;
          worst = std::max(worst, static_cast<double>(std::fabs(p[i] - q)));
          largest = std::max(largest, static_cast<double>(q));
        }
        BOOST_TEST(worst <=
                   u * (static_cast<double>(n) + 3 + 2 * static_cast<double>(top - least)) * largest);
      }
  });
}

BOOST_AUTO_TEST_SUITE_END()
