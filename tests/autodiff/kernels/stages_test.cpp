// SPDX-License-Identifier: MIT
// Functions as stages of a pipeline have the bits of the same functions as loops, in every set.
#include "autodiff/kernels/kernels.hpp"

#include <array>
#include <cstring>
#include <limits>
#include <utility>

using namespace reel;
using reel::test::for_all_sets;
using reel::test::scattered;

namespace {

// Stages that read and write arrays; the places of the arrays stay where they are.
template <class T> class staged {
 public:
  explicit staged(const kernels::dispatch_table<T>& s) : kit_(s.pipelines) {}

  staged& load(const T* x) { return add(kit_.load, x); }
  staged& load(const bool* x) { return add(kit_.load_bools, x); }
  staged& pin(const T* x) {
    pins_ = true;
    return add(kit_.pin, x);
  }
  staged& restore() { return add(kit_.restore); }
  staged& store(T* x) { return add(kit_.store, x); }
  staged& store(bool* x) { return add(kit_.store_bools, x); }
  staged& add(const void* what, const void* x = nullptr, const void* y = nullptr) {
    void** const at = places_[stages_.size()].data();
    at[0] = const_cast<void*>(x), at[1] = const_cast<void*>(y);
    stages_.push_back(kit_.stage_of(what, at, at + 1));
    return *this;
  }
  void run(index_t n) {
    stages_.push_back(kit_.end());
    kit_.run(stages_.data(), n, pins_);
    stages_.pop_back();
  }

 private:
  const kernels::pipelines& kit_;
  std::array<std::array<void*, 2>, 16> places_{};
  std::vector<kernels::stage> stages_;
  bool pins_ = false;
};

// Lengths that end in a part of a register, in a part of a tile, and neither.
constexpr index_t lengths[] = {0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 64, 127, 128, 129, 200, 256, 300};
constexpr index_t longest = 300;

template <class T> std::vector<T> special(std::uint64_t seed) {
  std::vector<T> x = scattered<T>(longest + 1, seed);
  constexpr T infinity = std::numeric_limits<T>::infinity();
  const T edges[] = {0,
                     T(-0.0),
                     infinity,
                     -infinity,
                     std::numeric_limits<T>::quiet_NaN(),
                     std::numeric_limits<T>::denorm_min(),
                     std::numeric_limits<T>::max()};
  for (std::size_t i = 0; i < x.size(); i += 1 + seed % 3) x[i] = i % 2 == 0 ? edges[(i / 2) % 7] : x[i] * 50;
  return x;
}

// Elements of vectors, for std::vector<bool> has no array.
struct bools {
  bool all[longest + 1] = {};
};

template <class T> bool same(const T* a, const T* b, index_t n) {
  return std::memcmp(a, b, static_cast<std::size_t>(n) * sizeof(T)) == 0;
}

// A pipeline of one function, and what the function gives as a loop, for all lengths. `pipeline` adds the
// stage and stores to where it is told to, `loop` writes there.
template <class T, class Pipeline, class Loop>
void check_alike(const kernels::dispatch_table<T>& s, const Pipeline& pipeline, const Loop& loop) {
  for (const index_t n : lengths) {
    std::vector<T> y(longest + 1, T(77)), expected = y;
    staged<T> stages(s);
    pipeline(stages, y.data());
    stages.run(n);
    loop(expected.data(), n);
    BOOST_TEST(same(y.data(), expected.data(), longest + 1), "of " << n << " elements");  // none beyond n
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(kernel_pipelines)

BOOST_AUTO_TEST_CASE(functions_of_one) {
  for_all_sets([]<class T>(const kernels::dispatch_table<T>& s) {
    const std::vector<T> x = special<T>(1);
    for (const auto& f : {s.neg, s.square, s.sqrt, s.abs, s.relu, s.exp, s.log, s.tanh, s.sech_square,
                          s.softplus, s.sigmoid, s.log1p})
      check_alike(
          s, [&](auto& pipeline, T* y) { pipeline.load(x.data()).add(f.stages.in_register[0]).store(y); },
          [&](T* y, index_t n) { f(y, x.data(), n); });
  });
}

BOOST_AUTO_TEST_CASE(functions_of_two_with_either_or_both_in_registers) {
  for_all_sets([]<class T>(const kernels::dispatch_table<T>& s) {
    const std::vector<T> a = special<T>(1), b = special<T>(2);
    for (const auto& f : {s.add, s.sub, s.mul, s.div, s.scale, s.scale_either}) {
      const auto loop = [&](T* y, index_t n) { f(y, a.data(), b.data(), n); };
      check_alike(
          s,
          [&](auto& pipeline, T* y) {
            pipeline.load(a.data()).add(f.stages.in_register[0], b.data()).store(y);
          },
          loop);
      check_alike(
          s,
          [&](auto& pipeline, T* y) {
            pipeline.load(b.data()).add(f.stages.in_register[1], a.data()).store(y);
          },
          loop);
      check_alike(
          s, [&](auto& pipeline, T* y) { pipeline.load(a.data()).add(f.stages.in_register[2]).store(y); },
          [&](T* y, index_t n) { f(y, a.data(), a.data(), n); });
    }
  });
}

// Beside a kept operand, in every way to come by the other one, and where nothing of what is pinned is used.
BOOST_AUTO_TEST_CASE(functions_beside_what_is_kept) {
  for_all_sets([]<class T>(const kernels::dispatch_table<T>& s) {
    const std::vector<T> a = special<T>(1), b = special<T>(2);
    for (const auto& f : {s.add, s.sub, s.mul, s.div, s.scale, s.scale_either}) {
      const auto& in_register = f.stages.in_register;
      const auto& pinned = f.stages.pinned;
      const auto loop = [&](T* y, index_t n) { f(y, a.data(), b.data(), n); };
      const auto check = [&](const auto& pipeline) { check_alike(s, pipeline, loop); };
      check([&](auto& pipeline, T* y) { pipeline.pin(b.data()).load(a.data()).add(pinned[0]).store(y); });
      check([&](auto& pipeline, T* y) { pipeline.pin(a.data()).load(b.data()).add(pinned[1]).store(y); });
      check([&](auto& pipeline, T* y) {
        pipeline.pin(a.data()).restore().add(in_register[0], b.data()).store(y);
      });
      check([&](auto& pipeline, T* y) {
        pipeline.pin(b.data()).load(b.data()).add(in_register[1], a.data()).store(y);
      });
      check([&](auto& pipeline, T* y) {
        pipeline.pin(b.data())
            .restore()
            .add(s.exp.stages.in_register[0])
            .load(a.data())
            .add(pinned[0])
            .store(y);
      });
    }
  });
}

BOOST_AUTO_TEST_CASE(truths_are_masks_in_registers_and_bools_in_memory) {
  for_all_sets([]<class T>(const kernels::dispatch_table<T>& s) {
    const std::vector<T> a = special<T>(1), b = special<T>(3);
    for (const auto& f : {s.less, s.less_equal})
      for (const index_t n : lengths) {
        bools y, expected;
        f(expected.all, a.data(), b.data(), n);
        staged<T>(s).load(a.data()).add(f.stages.in_register[0], b.data()).store(y.all).run(n);
        BOOST_TEST(same(y.all, expected.all, longest + 1));
        y = {};
        staged<T>(s).load(b.data()).add(f.stages.in_register[1], a.data()).store(y.all).run(n);
        BOOST_TEST(same(y.all, expected.all, longest + 1));
      }
    bools c;
    s.less(c.all, a.data(), b.data(), longest);
    const auto& select = s.select.stages.in_register;
    const auto loop = [&](T* y, index_t n) { s.select(y, c.all, a.data(), b.data(), n); };
    check_alike(
        s, [&](auto& pipeline, T* y) { pipeline.load(c.all).add(select[0], a.data(), b.data()).store(y); },
        loop);
    check_alike(
        s, [&](auto& pipeline, T* y) { pipeline.load(a.data()).add(select[1], c.all, b.data()).store(y); },
        loop);
    check_alike(
        s, [&](auto& pipeline, T* y) { pipeline.load(b.data()).add(select[2], c.all, a.data()).store(y); },
        loop);
  });
}

// What a multiply-add would round once is rounded twice, as two loops do.
BOOST_AUTO_TEST_CASE(links_one_after_the_other_are_loops_one_after_the_other) {
  for_all_sets([]<class T>(const kernels::dispatch_table<T>& s) {
    const std::vector<T> a = scattered<T>(longest, 1), b = scattered<T>(longest, 2);
    std::vector<T> middle(longest);
    check_alike(
        s,
        [&](auto& pipeline, T* y) {
          pipeline.load(a.data()).add(s.mul.stages.in_register[0], b.data()).store(middle.data());
          pipeline.add(s.add.stages.in_register[1], a.data()).add(s.less.stages.in_register[0], b.data());
          pipeline.add(s.select.stages.in_register[0], middle.data(), b.data())
              .add(s.exp.stages.in_register[0])
              .store(y);
        },
        [&](T* y, index_t n) {
          std::vector<T> product(longest), sum(longest);
          bools c;
          s.mul(product.data(), a.data(), b.data(), n);
          s.add(sum.data(), a.data(), product.data(), n);
          s.less(c.all, sum.data(), b.data(), n);
          s.select(y, c.all, product.data(), b.data(), n);
          s.exp(y, y, n);
        });
  });
}

BOOST_AUTO_TEST_SUITE_END()
