// SPDX-License-Identifier: MIT
// resumable CHECKPOINT STEPS RESULT: a training run that goes on from CHECKPOINT if it is there, stops when
// STEPS steps are taken in all, and then leaves the step's bytes in RESULT. After every step it saves
// CHECKPOINT, and then says so: a line with the number of steps that are safe. To be killed by its test.
#include <reel/models/data_sets.hpp>
#include <reel/models/io.hpp>
#include <reel/models/mlp.hpp>
#include <reel/optim.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>

using namespace reel;

namespace {

void run(const std::string& path, index_t steps, const std::string& result) {
  const dataset d = load_data("iris");
  auto step =
      optim::freeze_step<float>([](const mlp<var>& m, var x, var labels) { return mlp_loss(m, x, labels); },
                                optim::adamw{.lr = 0.01}, make_mlp({4, 8, 3}, 1));
  using run_checkpoint = checkpoint<decltype(step.save())>;
  optim::fit_options options;
  options.epochs = 1'000'000;
  options.batch = 32;  // 4 full batches and a short one
  options.seed = 7;
  options.rate = optim::cosine_rate(0.01);
  if (std::filesystem::exists(path)) {
    const auto before = load<run_checkpoint>(path);
    step.restore(before.step);
    options.from = before.at;
    options.seed = before.seed;
  }
  std::printf("%lld\n", static_cast<long long>(options.from.steps));
  std::fflush(stdout);
  options.on_step = [&](const optim::fit_state& at) {
    save(path, checkpoint{step.save(), at, options.seed});
    std::printf("%lld\n", static_cast<long long>(at.steps));
    std::fflush(stdout);
    return at.steps < steps;
  };
  if (options.from.steps < steps) optim::fit(step, std::tie(d.x, d.labels), options);
  save(result, step.save());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  try {
    run(argv[1], std::atoll(argv[2]), argv[3]);
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "resumable: %s\n", e.what());
    return 1;
  }
}
