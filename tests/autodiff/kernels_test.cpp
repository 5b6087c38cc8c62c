// SPDX-License-Identifier: MIT
// The kernels, every set that this processor runs, against functions and sums in more digits.
// REEL_KERNEL_STRIDE is the distance between the floats that are tried; the long checks take all of them.
#include "../support.hpp"

#include <reel/autodiff/kernels.hpp>

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <vector>

using namespace reel;
using reel::kernels::gemm_shape;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Numbers that look like none in particular, in [-1, 1).
template <class T> std::vector<T> scattered(index_t n, std::uint64_t seed) {
  std::vector<T> x(static_cast<std::size_t>(n));
  std::uint64_t s = seed * 2 + 1;
  for (T& v : x) {
    s = s * 6364136223846793005u + 1442695040888963407u;
    v = static_cast<T>(static_cast<double>(s >> 11) * 0x1p-52 - 1);
  }
  return x;
}

template <class T, class F> void for_each_set(F f) {
  for (const auto* s : kernels::available<T>())
    BOOST_TEST_CONTEXT(s->name << ", " << name(element_of<T>)) f(*s);
}
template <class F> void for_all_sets(F f) {
  for_each_set<float>(f);
  for_each_set<double>(f);
}
// How far y is from the true result, in units of its last place there.
template <class T, class Wide> double ulps(T y, Wide truth) {
  const T nearest = static_cast<T>(truth);
  if (y == nearest || (std::isnan(y) && std::isnan(truth))) return 0;
  if (!std::isfinite(y) || !std::isfinite(nearest)) return infinity;
  constexpr int digits = std::numeric_limits<T>::digits;
  const int exponent =
      std::max(nearest == 0 ? -100000 : std::ilogb(nearest), std::numeric_limits<T>::min_exponent - 1);
  return static_cast<double>(std::fabs(static_cast<Wide>(y) - truth) /
                             std::ldexp(Wide(1), exponent - digits + 1));
}

std::uint32_t stride() {
  const char* text = std::getenv("REEL_KERNEL_STRIDE");
  return text == nullptr ? 49'999 : static_cast<std::uint32_t>(std::strtoul(text, nullptr, 10));
}

// All floats, `stride()` apart, in blocks.
template <class F> void over_floats(F f) {
  std::vector<float> x;
  const std::uint64_t step = stride();
  for (std::uint64_t b = 0; b < (std::uint64_t{1} << 32);) {
    x.clear();
    for (; b < (std::uint64_t{1} << 32) && x.size() < 65536; b += step)
      x.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(b)));
    f(x);
  }
}

template <class Truth>
void check_floats(const char* what, kernels::set<float>::unary* kernels::set<float>::*f, double bound,
                  Truth truth) {
  struct found {
    double worst = 0;
    float at = 0;
  };
  const auto sets = kernels::available<float>();
  std::vector<found> of(sets.size());
  std::vector<float> y;
  std::vector<double> z;
  over_floats([&](const std::vector<float>& x) {
    y.resize(x.size());
    z.resize(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) z[i] = truth(static_cast<double>(x[i]));
    for (std::size_t k = 0; k < sets.size(); ++k) {
      (sets[k]->*f)(y.data(), x.data(), static_cast<index_t>(x.size()));
      for (std::size_t i = 0; i < x.size(); ++i)
        if (const double e = ulps(y[i], z[i]); e > of[k].worst) of[k] = {e, x[i]};
    }
  });
  for (std::size_t k = 0; k < sets.size(); ++k) {
    BOOST_TEST(of[k].worst <= bound,
               sets[k]->name << ": " << what << " is " << of[k].worst << " ulp off at " << of[k].at);
    BOOST_TEST_MESSAGE(
        fmt::format("{} {}: at most {:.3f} ulp, at {}", sets[k]->name, what, of[k].worst, of[k].at));
  }
}

template <class Truth>
void check_doubles(const char* what, kernels::set<double>::unary* kernels::set<double>::*f, double bound,
                   double scale, bool exponential, Truth truth) {
  for (const auto* s : kernels::available<double>()) {
    double worst = 0, at = 0;
    std::vector<double> x = scattered<double>(20'000, 5), y(x.size());
    for (double& v : x) v = exponential ? std::exp(v * scale) : v * scale;
    (s->*f)(y.data(), x.data(), static_cast<index_t>(x.size()));
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double e = ulps(y[i], truth(static_cast<long double>(x[i])));
      if (e > worst) worst = e, at = x[i];
    }
    BOOST_TEST(worst <= bound, s->name << ": " << what << " is " << worst << " ulp off at " << at);
  }
}

long double sigmoid(long double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace

BOOST_AUTO_TEST_SUITE(kernel_sets)

BOOST_AUTO_TEST_CASE(there_is_always_a_set) {
  BOOST_TEST(!kernels::available<float>().empty());
  BOOST_TEST(std::string(kernels::available<float>().back()->name) == "baseline");
  BOOST_TEST(kernels::best<double>().name == kernels::available<double>().front()->name);
}

BOOST_AUTO_TEST_CASE(functions_of_floats_keep_their_bounds) {
  using set = kernels::set<float>;
  check_floats("exp", &set::exp, 1.1, [](double x) { return std::exp(x); });
  check_floats("log", &set::log, 1.0, [](double x) { return std::log(x); });
  check_floats("tanh", &set::tanh, 1.5, [](double x) { return std::tanh(x); });
  check_floats("sigmoid", &set::sigmoid, 2.5, [](double x) { return static_cast<double>(sigmoid(x)); });
  check_floats("sqrt", &set::sqrt, 0.5, [](double x) { return std::sqrt(x); });
}

BOOST_AUTO_TEST_CASE(log1p_of_floats_from_0_up_keeps_its_bound) {
  for (const auto* s : kernels::available<float>()) {
    double worst = 0;
    std::vector<float> y;
    over_floats([&](std::vector<float> x) {
      std::erase_if(x, [](float v) { return std::signbit(v); });
      y.resize(x.size());
      s->log1p(y.data(), x.data(), static_cast<index_t>(x.size()));
      for (std::size_t i = 0; i < x.size(); ++i)
        worst = std::max(worst, ulps(y[i], std::log1p(static_cast<double>(x[i]))));
    });
    BOOST_TEST(worst <= 1.5, s->name);
  }
}

BOOST_AUTO_TEST_CASE(functions_of_doubles_keep_their_bounds) {
  using set = kernels::set<double>;
  const auto exponential = [](long double x) { return std::exp(x); };
  const auto logarithm = [](long double x) { return std::log(x); };
  const auto tangent = [](long double x) { return std::tanh(x); };
  check_doubles("exp", &set::exp, 1.0, 745, false, exponential);
  check_doubles("exp", &set::exp, 1.0, 1, false, exponential);
  check_doubles("log", &set::log, 1.0, 700, true, logarithm);
  check_doubles("log", &set::log, 1.0, 0.5, true, logarithm);
  check_doubles("tanh", &set::tanh, 2.0, 3, false, tangent);
  check_doubles("tanh", &set::tanh, 2.0, 0.7, false, tangent);
  check_doubles("sigmoid", &set::sigmoid, 2.5, 30, false, sigmoid);
  check_doubles("log1p", &set::log1p, 1.5, 30, true, [](long double x) { return std::log1p(x); });
}

BOOST_AUTO_TEST_CASE(the_ends_of_the_functions) {
  for_all_sets([]<class T>(const kernels::set<T>& s) {
    const T inf = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
    const std::vector<T> x{inf, -inf, nan, T(0), T(-0.0), T(-1), T(2000), T(-2000)};
    const auto of = [&](auto f, std::size_t i) {
      std::vector<T> y(x.size());
      f(y.data(), x.data(), static_cast<index_t>(x.size()));
      return y[i];
    };
    BOOST_TEST(of(s.exp, 0) == inf);
    BOOST_TEST(of(s.exp, 1) == T(0));
    BOOST_TEST(std::isnan(of(s.exp, 2)));
    BOOST_TEST(of(s.exp, 3) == T(1));
    BOOST_TEST(of(s.exp, 6) == inf);
    BOOST_TEST(of(s.exp, 7) == T(0));
    BOOST_TEST(of(s.log, 0) == inf);
    BOOST_TEST(std::isnan(of(s.log, 1)));
    BOOST_TEST(std::isnan(of(s.log, 2)));
    BOOST_TEST(of(s.log, 3) == -inf);
    BOOST_TEST(of(s.log, 4) == -inf);
    BOOST_TEST(std::isnan(of(s.log, 5)));
    BOOST_TEST(of(s.tanh, 0) == T(1));
    BOOST_TEST(of(s.tanh, 1) == T(-1));
    BOOST_TEST(std::isnan(of(s.tanh, 2)));
    BOOST_TEST(std::signbit(of(s.tanh, 4)));
    BOOST_TEST(of(s.sigmoid, 0) == T(1));
    BOOST_TEST(of(s.sigmoid, 1) == T(0));
    BOOST_TEST(of(s.sigmoid, 3) == T(0.5));
    BOOST_TEST(of(s.relu, 1) == T(0));
    BOOST_TEST(std::isnan(of(s.relu, 2)));
    BOOST_TEST(of(s.log1p, 0) == inf);
    BOOST_TEST(of(s.log1p, 3) == T(0));
  });
}

// The last elements of an array go another way than those before them.
BOOST_AUTO_TEST_CASE(the_bits_of_an_element_do_not_depend_on_its_place) {
  for_all_sets([]<class T>(const kernels::set<T>& s) {
    const std::vector<T> x = scattered<T>(67, 1), z = scattered<T>(67, 2);
    const auto same = [](const T* a, const T* b, index_t n) {
      return std::memcmp(a, b, static_cast<std::size_t>(n) * sizeof(T)) == 0;
    };
    for (const auto f : {s.exp, s.log, s.tanh, s.sigmoid, s.log1p, s.sqrt, s.neg, s.square, s.abs, s.relu}) {
      std::vector<T> whole(67), part(67);
      f(whole.data(), x.data(), 67);
      for (index_t from = 0; from < 40; from += 3)
        for (index_t n = 0; n <= 27; n += 9) {
          f(part.data(), x.data() + from, n);
          BOOST_TEST(same(part.data(), whole.data() + from, n));
        }
    }
    for (const auto f : {s.add, s.sub, s.mul, s.div, s.scale, s.scale_either}) {
      std::vector<T> whole(67), part(67);
      f(whole.data(), x.data(), z.data(), 67);
      for (index_t n = 0; n <= 67; ++n) {
        f(part.data(), x.data(), z.data(), n);
        BOOST_TEST(same(part.data(), whole.data(), n));
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(nothing_is_written_beyond_the_end) {
  for_all_sets([]<class T>(const kernels::set<T>& s) {
    for (index_t n = 0; n <= 40; ++n) {
      const std::vector<T> x = scattered<T>(n, 3);
      std::vector<T> y(static_cast<std::size_t>(n) + 1, T(77));
      s.exp(y.data(), x.data(), n);
      BOOST_TEST(y.back() == T(77));
      s.add(y.data(), x.data(), x.data(), n);
      BOOST_TEST(y.back() == T(77));
    }
  });
}

BOOST_AUTO_TEST_CASE(scaling_by_0_is_0_whatever_is_scaled) {
  for_all_sets([]<class T>(const kernels::set<T>& s) {
    const T nan = std::numeric_limits<T>::quiet_NaN();
    const std::vector<T> a{0, 0, nan, 2}, b{nan, 3, 0, 4};
    std::vector<T> y(4);
    s.scale(y.data(), a.data(), b.data(), 4);
    BOOST_TEST((y[0] == 0 && y[1] == 0 && std::isnan(y[2]) && y[3] == 8));
    s.scale_either(y.data(), a.data(), b.data(), 4);
    BOOST_TEST((y[0] == 0 && y[1] == 0 && y[2] == 0 && y[3] == 8));
  });
}

BOOST_AUTO_TEST_CASE(sums_have_small_errors_and_the_same_bits_in_every_set) {
  for (const index_t n : {0, 1, 31, 32, 33, 1024, 1025, 100'003}) {
    const std::vector<float> x = scattered<float>(n, 7);
    double truth = 0, magnitudes = 0;
    for (const float v : x) truth += static_cast<double>(v), magnitudes += std::fabs(static_cast<double>(v));
    const float first = kernels::best<float>().sum(x.data(), n);
    for_each_set<float>([&](const auto& s) {
      const float sum = s.sum(x.data(), n);
      BOOST_TEST(sum == first);
      BOOST_TEST(std::fabs(static_cast<double>(sum) - truth) <= 60 * 0x1p-24 * magnitudes);
    });
  }
}

BOOST_AUTO_TEST_CASE(columns_are_summed_over_rows) {
  for_all_sets([]<class T>(const kernels::set<T>& s) {
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

BOOST_AUTO_TEST_CASE(one_number_that_is_not_finite_is_found_anywhere) {
  for_all_sets([]<class T>(const kernels::set<T>& s) {
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
template <class T> void check_product(const kernels::set<T>& set, const gemm_shape& shape, bool add) {
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

BOOST_AUTO_TEST_CASE(products_of_all_sizes_and_orientations) {
  for_all_sets([]<class T>(const kernels::set<T>& s) {
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

BOOST_AUTO_TEST_CASE(a_product_goes_on_where_it_stopped) {
  for_all_sets([]<class T>(const kernels::set<T>& s) {
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

BOOST_AUTO_TEST_CASE(rows_of_a_product_do_not_depend_on_each_other) {
  for_all_sets([]<class T>(const kernels::set<T>& s) {
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

BOOST_AUTO_TEST_CASE(softmax_along_any_axis_has_the_same_bits_for_short_rows) {
  for_all_sets([]<class T>(const kernels::set<T>& s) {
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

// Blanchard, Higham & Higham (2021), (4.2) and (4.3), with the roundoff of our exp in place of theirs.
BOOST_AUTO_TEST_CASE(softmax_and_logsumexp_keep_their_bounds) {
  for_all_sets([]<class T>(const kernels::set<T>& s) {
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
