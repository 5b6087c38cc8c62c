// SPDX-License-Identifier: MIT
// How far training steps scale: a step by one thread, by several workers, and as many independent copies of
// the step at once, which no sharing of work can beat. Times are by the clock on the wall; the three take
// turns of a few milliseconds, and medians are taken of the ratios within a turn, as a machine that has other
// work to do is slower and faster from one moment to the next.
#include "machine.hpp"
#include "reel/by_reel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <thread>
#include <vector>

namespace {

using step = std::function<void()>;
using sizes = std::vector<std::size_t>;

double microseconds(const step& run, int times) {
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < times; ++i) run();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count() / times;
}

// Every copy in a thread of its own, all at the same time: what the slowest takes.
double at_once(const std::vector<step>& copies, int times) {
  std::vector<double> took(copies.size());
  std::barrier together(static_cast<std::ptrdiff_t>(copies.size()));
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < copies.size(); ++i)
    threads.emplace_back([&, i] {
      together.arrive_and_wait();
      took[i] = microseconds(copies[i], times);
    });
  for (auto& t : threads) t.join();
  return *std::ranges::max_element(took);
}

double median(std::vector<double> x) {
  std::ranges::sort(x);
  return x[x.size() / 2];
}

template <class Problem> void print_row(const char* workload, std::size_t rows, int threads) {
  const auto make = [&](const reel::workers& team) { return bench::step_of(Problem(rows), team).run; };
  const step one = make({}), shared = make(reel::workers(threads));
  std::vector<step> copies;
  for (int i = 0; i < threads; ++i) copies.push_back(make({}));
  one();
  const int times = std::max(3, static_cast<int>(4'000 / microseconds(one, 3)));
  std::vector<double> alone, together, gain, ceiling, reached;
  for (int turn = 0; turn < 101; ++turn) {
    const double a = microseconds(one, times), t = microseconds(shared, times), c = at_once(copies, times);
    alone.push_back(a);
    together.push_back(t);
    gain.push_back(a / t);
    ceiling.push_back(threads * a / c);
    reached.push_back(c / threads / t);
  }
  fmt::print("| {:<18} | {:>4} | {:>8.1f} | {:>8.1f} | {:>6.2f} | {:>7.2f} | {:>14.2f} |\n", workload, rows,
             median(alone), median(together), median(gain), median(ceiling), median(reached));
}

}  // namespace

int main(int count, char** arguments) {
  const int threads = count > 1 ? std::max(2, std::atoi(arguments[1])) : 2;
  fmt::print("{}, {} threads; microseconds of a training step (float)\n\n", bench::processor(), threads);
  fmt::print("| {:<18} | {:>4} | {:>8} | {:>8} | {:>6} | {:>7} | {:>14} |\n", "workload", "rows", "one",
             "shared", "faster", "ceiling", "of the ceiling");
  fmt::print("|:-------------------|-----:|---------:|---------:|-------:|--------:|---------------:|\n");
  for (const std::size_t rows : sizes{1, 8, 32, 128, 512, 4096})
    print_row<bench::softmax_regression>("regression 785x10", rows, threads);
  for (const std::size_t rows : sizes{1, 32, 128, 512})
    print_row<bench::perceptron>("MLP 784-512-10", rows, threads);
}
