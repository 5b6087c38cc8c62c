// SPDX-License-Identifier: MIT
// A frozen step allocates nothing, by operator new or by malloc: this program counts every call.
#include "support.hpp"

#include <reel/ops.hpp>
#include <reel/optim.hpp>

#include <atomic>
#include <cerrno>
#include <cstdlib>

namespace {
std::atomic<std::size_t> allocations{0};
}

#ifdef REEL_COUNTS_ALLOCATIONS  // not beside a sanitizer, which has its own
// glibc's own functions, behind ones that count; operator new ends here, too.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t n) noexcept {
  ++allocations;
  return __libc_malloc(n);
}
void* calloc(std::size_t n, std::size_t size) noexcept {
  ++allocations;
  return __libc_calloc(n, size);
}
void* realloc(void* p, std::size_t n) noexcept {
  ++allocations;
  return __libc_realloc(p, n);
}
void* aligned_alloc(std::size_t align, std::size_t n) noexcept {
  ++allocations;
  return __libc_memalign(align, n);
}
int posix_memalign(void** p, std::size_t align, std::size_t n) noexcept {
  ++allocations;
  *p = __libc_memalign(align, n);
  return *p == nullptr ? ENOMEM : 0;
}
}
#endif

using namespace reel;

namespace {

// Allocations while f runs.
template <class F> std::size_t count(F f) {
  const std::size_t before = allocations;
  f();
  return allocations - before;
}

array<float> ramp(const shape& s) {
  auto a = make_array<float>(s);
  for (std::size_t i = 0; i < a.size(); ++i) a.data()[i] = static_cast<float>(i % 17) / 17;
  return a;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(allocation)

#ifdef REEL_COUNTS_ALLOCATIONS
BOOST_AUTO_TEST_CASE(the_counter_counts) {
  BOOST_TEST(count([] { delete new volatile int(1); }) == 1u);
  BOOST_TEST(count([] { std::free(std::malloc(7)); }) <= 1u);
  BOOST_TEST(count([] { make_array<float>({100}); }) >= 1u);
}
#endif

BOOST_AUTO_TEST_CASE(a_training_step_allocates_nothing) {
  const auto loss = [](const var& w, var x, var labels) {
    return mean(softmax_cross_entropy(matmul(x, w), labels)) + 1e-4 * sum(square(w));
  };
  for (const index_t batch : {1, 8, 128}) {
    auto w = make_array<double>({785, 10});
    w.fill(0.0);
    auto step = optim::freeze_step<float>(loss, optim::sgd{.lr = 0.1, .momentum = 0.9}, w);
    const auto x = ramp({batch, 785});
    auto labels = make_array<index_t>({batch});
    for (index_t i = 0; i < batch; ++i) labels(static_cast<std::size_t>(i)) = i % 10;
    step(x, labels);
    BOOST_TEST(count([&] {
                 for (int i = 0; i < 20; ++i) step(x, labels);
               }) == 0u);
  }
}

// Arrays as people have them: doubles and ints, for a program in float.
BOOST_AUTO_TEST_CASE(a_step_that_converts_its_batch_allocates_nothing_once_the_shape_is_known) {
  const auto loss = [](const var& w, const var& x, const var& labels, const var& weights) {
    return mean(softmax_cross_entropy(matmul(x, w), labels) * weights);
  };
  auto w = make_array<double>({20, 3});
  w.fill(0.1);
  const auto try_out = [&](auto step, const auto&... batch) {
    step(batch...);
    BOOST_TEST(count([&] {
                 for (int i = 0; i < 20; ++i) step(batch...);
               }) == 0u);
  };
  const array<double> x = ramp({6, 20}), weights{1, 2, 1, 2, 1, 2};
  const array<int> labels{0, 1, 2, 2, 1, 0};
  const array<std::uint8_t> bytes = labels;
  const array<float> same = x;
  try_out(optim::freeze_step<float>(loss, optim::sgd{}, w), x, labels, weights);
  try_out(optim::freeze_step<float>(loss, optim::adam{}, w), x, bytes, weights);
  try_out(optim::freeze_step<double>(loss, optim::adam{}, w), same, labels, array<float>(weights));
  // Batches of two shapes in turn.
  auto step = optim::freeze_step<float>(loss, optim::sgd{.momentum = 0.9}, w);
  const array<double> x2 = ramp({2, 20}), weights2{1, 3};
  const array<int> labels2{2, 1};
  const auto both = [&] {
    step(x, labels, weights);
    step(x2, labels2, weights2);
  };
  for (int i = 0; i < 2; ++i) both();
  const std::size_t a_pair = count(both);
  BOOST_TEST(count([&] {
               for (int i = 0; i < 10; ++i) both();
             }) == 10 * a_pair);
}

namespace {

// Rosenbrock's function in n variables, and a chain of n scalar ops.
const auto rosenbrock = [](const var& x) {
  const index_t n = x.size();
  const var a = slice(x, 0, 0, n - 1), b = slice(x, 0, 1, n);
  return sum(100.0 * square(b - square(a)) + square(1.0 - a));
};
const auto chain_of = [](index_t n) {
  return [n](const var& x) {
    var y = x;
    for (index_t i = 0; i < n; ++i) y = y * 0.5 + x;
    return sum(y);
  };
};

// Calls of f after the first few, and what they allocate each.
template <class F> std::size_t each(F f) {
  for (int i = 0; i < 3; ++i) f();
  const std::size_t ten = count([&] {
    for (int i = 0; i < 10; ++i) f();
  });
  BOOST_TEST(ten % 10 == 0u);
  return ten / 10;
}

}  // namespace

// A transform that is called again and again records in the memory of the call before: what it allocates
// depends on how many different ops there are, not on how many ops or numbers.
BOOST_AUTO_TEST_CASE(what_is_recorded_afresh_takes_the_memory_of_the_time_before) {
  const array<double> small = ramp({10}), large = ramp({1000});
  const auto same_for_both = [&](auto f) { BOOST_TEST(each([&] { f(small); }) == each([&] { f(large); })); };
  same_for_both([](const array<double>& x) { value_and_grad(rosenbrock)(x); });
  same_for_both([](const array<double>& x) { grad(rosenbrock)(x); });
  same_for_both([](const array<double>& x) { hvp(rosenbrock)(x, x); });
  same_for_both([](const array<double>& x) { jvp(rosenbrock)(x, x); });
  same_for_both([](const array<double>& x) {
    tape t;
    const var v = t.variable(x);
    return rosenbrock(v).item();
  });
  for (const bool derive : {false, true}) {
    const auto run = [&](index_t n) {
      return each([&] {
        if (derive) grad(chain_of(n))(0.5);
        else jvp(chain_of(n))(0.5, 1.0);
      });
    };
    BOOST_TEST(run(50) == run(5000));
  }
  const std::size_t calls = each([&] { value_and_grad(rosenbrock)(large); });
  BOOST_TEST_MESSAGE("Rosenbrock's value and gradient, recorded afresh: " << calls << " allocations");
  BOOST_TEST(calls < 150u);
}

BOOST_AUTO_TEST_CASE(a_run_allocates_nothing_in_any_number_type) {
  tape t;
  const var x = t.input(shape{40, 30}), s = t.state(array<double>(ramp({30})));
  const var y = softmax(exp(x) * s + tanh(x)), z = matmul(transpose(y), relu(x));
  const auto p = freeze({.outputs = {sum(z)},
                         .updates = {{s, s + sum(y, 0)}},
                         .inputs = {},
                         .check_finite = {sum(z)},
                         .disabled_passes = {}});
  instance<float> f(p);
  instance<double> d(p);
  const auto small = ramp({40, 30});
  const array<double> large = small;
  f.run(small);
  d.run(large);
  BOOST_TEST(count([&] {
               for (int i = 0; i < 20; ++i) f.run(small), d.run(large);
             }) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
