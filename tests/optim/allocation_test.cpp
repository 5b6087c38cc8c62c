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

BOOST_AUTO_TEST_CASE(a_run_allocates_nothing_in_any_number_type) {
  tape t;
  const var x = t.input(shape{40, 30}), s = t.state(array<double>(ramp({30})));
  const var y = softmax(exp(x) * s + tanh(x)), z = matmul(transpose(y), relu(x));
  const auto p = freeze(
      {.outputs = {sum(z)}, .updates = {{s, s + sum(y, 0)}}, .inputs = {}, .finite = {sum(z)}, .off = {}});
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
