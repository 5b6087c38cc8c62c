// SPDX-License-Identifier: MIT
#include <reel/models/mlp.hpp>
#include <reel/optim/random.hpp>

#include <fmt/format.h>

#include <cmath>

namespace reel {

mlp<array<double>> make_mlp(index_t inputs, index_t hidden, index_t outputs, std::uint64_t seed) {
  if (inputs < 1 || hidden < 1 || outputs < 1)
    throw error(
        errc::invalid_argument,
        fmt::format("a perceptron of {} inputs, {} hidden units and {} outputs; all must be 1 or more.",
                    inputs, hidden, outputs));
  optim::random_stream random(seed, optim::purpose::initial);
  const auto normal = [&](const shape& s) {
    auto w = make_array<double>(s);
    const double deviation = std::sqrt(2.0 / static_cast<double>(s[0]));
    for (double& x : w) x = deviation * random.normal();
    return w;
  };
  const auto zeros = [](index_t n) {
    auto b = make_array<double>({n});
    b.fill(0.0);
    return b;
  };
  return {normal({inputs, hidden}), zeros(hidden), normal({hidden, outputs}), zeros(outputs)};
}

}  // namespace reel
