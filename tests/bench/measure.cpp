// SPDX-License-Identifier: MIT
#include "measure.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <map>

namespace bench {

namespace {

// Collects what Google Benchmark would print.
class collector : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& r : runs)
      if (r.run_type == Run::RT_Iteration)
        nanoseconds[r.run_name.function_name].push_back(r.GetAdjustedCPUTime());
  }
  std::map<std::string, std::vector<double>> nanoseconds;
};

// Between the neighbours of fraction · (n − 1).
double quantile(const std::vector<double>& sorted, double fraction) {
  const double at = fraction * static_cast<double>(sorted.size() - 1);
  const auto low = static_cast<std::size_t>(at);
  const std::size_t high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (at - static_cast<double>(low)) * (sorted[high] - sorted[low]);
}

void initialize_once() {
  static const bool done = [] {
    char program[] = "bench", interleave[] = "--benchmark_enable_random_interleaving=true";
    char* arguments[] = {program, interleave, nullptr};
    int count = 2;
    benchmark::Initialize(&count, arguments);
    return true;
  }();
  static_cast<void>(done);
}

}  // namespace

std::vector<timing> measure(const contenders& all, double units, const effort& e) {
  initialize_once();
  for (const contender& c : all)
    benchmark::RegisterBenchmark(c.name.c_str(),
                                 [&run = c.run](benchmark::State& state) {
                                   for ([[maybe_unused]] auto one : state) {
                                     run();
                                     benchmark::ClobberMemory();
                                   }
                                 })
        ->MinTime(e.seconds)
        ->Repetitions(e.repetitions)
        ->MeasureProcessCPUTime()
        ->Unit(benchmark::kNanosecond);
  collector seen;
  benchmark::RunSpecifiedBenchmarks(&seen, ".*");
  benchmark::ClearRegisteredBenchmarks();

  std::vector<timing> timings;
  for (const contender& c : all) {
    std::vector<double>& ns = seen.nanoseconds.at(c.name);
    std::sort(ns.begin(), ns.end());
    const double median = quantile(ns, 0.5);
    timings.push_back({median / 1000 / units, (quantile(ns, 0.75) - quantile(ns, 0.25)) / median});
  }
  return timings;
}

}  // namespace bench
