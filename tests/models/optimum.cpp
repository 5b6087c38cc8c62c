// SPDX-License-Identifier: MIT
// optimum DATA L2: the optimum of softmax regression on the training rows of iris, digits or fashion-mnist,
// as JSON: the loss there, the largest entry of its gradient, and the classes predicted for the test rows.
// Found by L-BFGS (Nocedal & Wright, Numerical Optimization, algorithm 7.5) on the gradients of a frozen
// program.
#include <reel/autodiff.hpp>
#include <reel/models.hpp>
#include <reel/ops.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <exception>
#include <numeric>
#include <string>
#include <vector>

using namespace reel;

namespace {

using numbers = std::vector<double>;

double dot(const numbers& a, const numbers& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}
double largest(const numbers& a) {
  return std::accumulate(a.begin(), a.end(), 0.0,
                         [](double m, double x) { return std::max(m, std::abs(x)); });
}
// a + factor·b
numbers plus(numbers a, double factor, const numbers& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] += factor * b[i];
  return a;
}

// f(x, gradient) returns the value at x and fills in the gradient there.
template <class F> numbers minimize(const F& f, numbers x, double gradient_below) {
  constexpr std::size_t memory = 20;
  struct pair {
    numbers s, y;
  };
  std::deque<pair> pairs;
  numbers g(x.size());
  double value = f(x, g);
  for (int step = 0; step < 5000 && largest(g) > gradient_below; ++step) {
    numbers direction = g;
    numbers alpha(pairs.size());
    for (std::size_t k = pairs.size(); k-- > 0;) {
      alpha[k] = dot(pairs[k].s, direction) / dot(pairs[k].y, pairs[k].s);
      direction = plus(std::move(direction), -alpha[k], pairs[k].y);
    }
    if (!pairs.empty()) {
      const pair& last = pairs.back();
      const double scale = dot(last.s, last.y) / dot(last.y, last.y);
      for (double& d : direction) d *= scale;
    }
    for (std::size_t k = 0; k < pairs.size(); ++k)
      direction = plus(std::move(direction),
                       alpha[k] - dot(pairs[k].y, direction) / dot(pairs[k].y, pairs[k].s), pairs[k].s);
    // Halve the step until the value falls as the slope promises.
    const double slope = dot(g, direction);
    numbers next, next_g(x.size());
    double next_value = value, length = pairs.empty() ? 1 / std::max(1.0, std::sqrt(dot(g, g))) : 1;
    for (int tries = 0; tries < 40; ++tries, length /= 2) {
      next = plus(x, -length, direction);
      next_value = f(next, next_g);
      if (next_value <= value - 1e-4 * length * slope) break;
    }
    if (!(next_value < value)) return x;  // as far as rounding lets one go
    pair p{plus(next, -1, x), plus(next_g, -1, g)};
    if (dot(p.s, p.y) > 0) pairs.push_back(std::move(p));
    if (pairs.size() > memory) pairs.pop_front();
    x = std::move(next);
    g = std::move(next_g);
    value = next_value;
  }
  return x;
}

struct problem {
  array<double> train, test;  // with a column of ones
  array<index_t> train_labels, test_labels;
  index_t classes;
};

template <class T> problem prepared(const train_and_test<T>& parts, double divisor) {
  const scaling s = divide_by(divisor, parts.train.features());
  const auto x = [&](const auto& part) {
    std::vector<index_t> all(static_cast<std::size_t>(part.samples()));
    std::iota(all.begin(), all.end(), index_t{0});
    return scaled_rows<double>(part, s, all, bias_column::yes);
  };
  return {x(parts.train), x(parts.test), parts.train.labels, parts.test.labels, parts.train.classes()};
}

problem load_problem(const std::string& name) {
  if (name == "fashion-mnist") return prepared(load_fashion_mnist(), 255);
  const dataset all = load_data(name);
  return prepared(split(all, split_fifths(all.samples())), name == "digits" ? 16 : 1);
}

void run(const std::string& name, double l2) {
  const problem p = load_problem(name);
  const auto loss = [l2](var w, var x, var labels) { return softmax_regression_loss(w, x, labels, l2); };
  auto w = make_array<double>({static_cast<index_t>(p.train.shape()[1]), p.classes});
  w.fill(0.0);
  auto frozen = freeze<double>(
      [&](var weights, var x, var labels) {
        const auto [value, gradient] = value_and_grad(loss)(weights, x, labels);
        return std::tuple<var, var>(value, gradient);
      },
      w, p.train, p.train_labels);
  const auto f = [&](const numbers& at, numbers& gradient) {
    std::copy(at.begin(), at.end(), w.data());
    const auto [value, g] = frozen(w, p.train, p.train_labels);
    std::copy(g.begin(), g.end(), gradient.begin());
    return value();
  };
  const numbers best = minimize(f, numbers(w.size(), 0.0), 1e-8);
  numbers gradient(best.size());
  const double value = f(best, gradient);
  tape t("predict");
  const array<index_t> predicted = argmax(matmul(t.constant(p.test), t.constant(w))).value<index_t>();
  std::printf("{\"loss\": %.15g, \"gradient\": %.3g, \"test_accuracy\": %.17g, \"predicted\": [", value,
              largest(gradient), accuracy(predicted, p.test_labels));
  for (std::size_t i = 0; i < predicted.size(); ++i)
    std::printf("%s%lld", i == 0 ? "" : ",", static_cast<long long>(predicted(i)));
  std::printf("]}\n");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  try {
    run(argv[1], std::atof(argv[2]));
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "optimum: %s\n", e.what());
    return 1;
  }
}
