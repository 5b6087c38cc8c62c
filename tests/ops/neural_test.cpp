// SPDX-License-Identifier: MIT
// Layers and losses against plain loops over the definitions, gradients against differences, and refusals.
#include "rows.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

using namespace reel;
using namespace reel::test;

namespace {

array<double> scattered(const shape& s, std::uint64_t seed) { return random_numbers(seed).generic(s); }

void check_near(const array<double>& got, const array<double>& want, double tolerance = 1e-13) {
  BOOST_TEST_REQUIRE(got.size() == want.size());
  BOOST_TEST_REQUIRE(
      std::equal(got.shape().begin(), got.shape().end(), want.shape().begin(), want.shape().end()));
  for (std::size_t i = 0; i < got.size(); ++i)
    BOOST_TEST(std::abs(got.data()[i] - want.data()[i]) <= tolerance * (1 + std::abs(want.data()[i])),
               got.data()[i] << " where " << want.data()[i] << " is right, at " << i);
}

// The convolution of two axes by its definition.
struct plain_conv {
  index_t stride = 1, padding = 0, dilation = 1, groups = 1;
  array<double> operator()(const array<double>& x, const array<double>& w) const {
    const auto size = [](const array<double>& a, std::size_t i) {
      return static_cast<index_t>(a.shape()[i]);
    };
    const index_t n = size(x, 0), out = size(w, 0), in = size(w, 1), kh = size(w, 2), kw = size(w, 3);
    const index_t H = size(x, 2), W = size(x, 3);
    const index_t oh = (H + 2 * padding - dilation * (kh - 1) - 1) / stride + 1;
    const index_t ow = (W + 2 * padding - dilation * (kw - 1) - 1) / stride + 1;
    auto y = make_array<double>({n, out, oh, ow});
    for (index_t b = 0; b < n; ++b)
      for (index_t o = 0; o < out; ++o)
        for (index_t i = 0; i < oh; ++i)
          for (index_t j = 0; j < ow; ++j) {
            double sum = 0;
            for (index_t c = 0; c < in; ++c)
              for (index_t p = 0; p < kh; ++p)
                for (index_t q = 0; q < kw; ++q) {
                  const index_t row = i * stride + p * dilation - padding,
                                column = j * stride + q * dilation - padding;
                  if (row < 0 || row >= H || column < 0 || column >= W) continue;
                  sum += x(b, o / (out / groups) * in + c, row, column) * w(o, c, p, q);
                }
            y(b, o, i, j) = sum;
          }
    return y;
  }
};

double inner(const array<double>& a, const array<double>& b) {
  double s = 0;
  for (std::size_t i = 0; i < a.size(); ++i) s += a.data()[i] * b.data()[i];
  return s;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(neural)

BOOST_AUTO_TEST_CASE(convolutions_are_their_definition) {
  struct variant {
    shape x, w;
    plain_conv by;
  };
  const std::vector<variant> variants{
      {{2, 3, 5, 6}, {4, 3, 3, 2}, {}},
      {{1, 4, 6, 5}, {6, 2, 2, 3}, {.stride = 2, .padding = 1, .dilation = 1, .groups = 2}},
      {{2, 2, 7, 7}, {2, 1, 3, 3}, {.stride = 1, .padding = 2, .dilation = 2, .groups = 2}},
      {{1, 1, 1, 1}, {1, 1, 1, 1}, {}},
  };
  for (const variant& v : variants) {
    const array<double> x = scattered(v.x, 1), w = scattered(v.w, 2), want = v.by(x, w);
    const conv_options o{.stride = {v.by.stride},
                         .padding = {v.by.padding},
                         .dilation = {v.by.dilation},
                         .groups = v.by.groups};
    tape t;
    const var a = t.variable(x), b = t.variable(w), y = conv2d(a, b, o);
    check_near(y.value(), want);
    // The transpose: <conv(x), ȳ> = <x, convᵀ(ȳ)>, and convᵀ is what the rule of conv gives.
    const array<double> ybar = scattered(y.shape(), 3);
    const var seed = t.constant(ybar), loss = sum(y * seed);
    const array<double> xbar = grad(loss, a).value(), wbar = grad(loss, b).value();
    BOOST_TEST(std::abs(inner(xbar, x) - inner(ybar, want)) <= 1e-12);
    BOOST_TEST(std::abs(inner(wbar, w) - inner(ybar, want)) <= 1e-12);
    std::vector<index_t> extra;
    for (std::size_t i = 0; i < 2; ++i) {
      const index_t least =
          (y.shape()[2 + i] - 1) * v.by.stride - 2 * v.by.padding + v.by.dilation * (v.w[2 + i] - 1) + 1;
      extra.push_back(v.x[2 + i] - least);
    }
    check_near(conv2d_transpose(seed, b, o, extra).value(), xbar);
  }
}

BOOST_AUTO_TEST_CASE(convolutions_of_one_and_three_axes_are_those_of_two) {
  const array<double> x = scattered({2, 2, 7}, 1), w = scattered({3, 2, 3}, 2);
  tape t;
  const var a = t.constant(x), b = t.constant(w);
  const conv_options o{.stride = {2}, .padding = {1}};
  const var flat =
      conv2d(reshape(a, {2, 2, 1, 7}), reshape(b, {3, 2, 1, 3}), {.stride = {1, 2}, .padding = {0, 1}});
  check_near(conv1d(a, b, o).value(), reshape(flat, {2, 3, 4}).value());
  const var deep = conv3d(reshape(a, {2, 2, 1, 7, 1}), reshape(b, {3, 2, 1, 3, 1}),
                          {.stride = {1, 2, 1}, .padding = {0, 1, 0}});
  check_near(reshape(deep, {2, 3, 4}).value(), conv1d(a, b, o).value());
}

// lax's SAME: ⌈n/stride⌉ positions, the odd zero at the end.
BOOST_AUTO_TEST_CASE(same_padding_also_for_even_kernels_and_strides) {
  tape t;
  const var x = t.constant(array<double>{{{1, 2, 3, 4, 5}}}), two = t.constant(array<double>{{{10, 1}}});
  check_near(conv1d(x, two, {.same = true}).value(), array<double>{{{12, 23, 34, 45, 50}}});
  check_near(conv1d(x, two, {.stride = {2}, .same = true}).value(), array<double>{{{12, 34, 50}}});
  const var three = t.constant(array<double>{{{100, 10, 1}}});
  check_near(conv1d(x, three, {.stride = {2}, .same = true}).value(), array<double>{{{12, 234, 450}}});
  for (index_t n = 1; n < 9; ++n)
    for (index_t k = 1; k < 5; ++k)
      for (index_t s = 1; s < 4; ++s) {
        const var y = conv1d(t.constant(scattered({1, 1, n}, 1)), t.constant(scattered({1, 1, k}, 2)),
                             {.stride = {s}, .same = true});
        BOOST_TEST(y.shape()[2] == (n + s - 1) / s);
      }
}

BOOST_AUTO_TEST_CASE(pooling_by_its_definition) {
  const array<double> x = scattered({2, 3, 7}, 4);
  tape t;
  const var a = t.constant(x);
  const array<double> most = max_pool(a, {3}, {.stride = {2}, .padding = {1}}).value();
  const array<double> all = avg_pool(a, {3}, {.stride = {2}, .padding = {1}}).value();
  const array<double> real =
      avg_pool(a, {3}, {.stride = {2}, .padding = {1}, .count_padding = false}).value();
  for (index_t n = 0; n < 2; ++n)
    for (index_t c = 0; c < 3; ++c)
      for (index_t i = 0; i < 4; ++i) {
        double top = -INFINITY, sum = 0, count = 0;
        for (index_t k = 2 * i - 1; k < 2 * i + 2; ++k) {
          if (k < 0 || k >= 7) continue;
          top = std::max(top, x(n, c, k)), sum += x(n, c, k), ++count;
        }
        BOOST_TEST(most(n, c, i) == top);
        BOOST_TEST(std::abs(all(n, c, i) - sum / 3) <= 1e-15);
        BOOST_TEST(std::abs(real(n, c, i) - sum / count) <= 1e-15);
      }
  const array<double> means = global_avg_pool(a).value(), tops = global_max_pool(a).value();
  BOOST_TEST(means.shape()[1] == 3U);
  double top = -1, sum = 0;
  for (index_t k = 0; k < 7; ++k) top = std::max(top, x(1, 2, k)), sum += x(1, 2, k);
  BOOST_TEST(tops(1, 2) == top);
  BOOST_TEST(std::abs(means(1, 2) - sum / 7) <= 1e-15);
}

BOOST_AUTO_TEST_CASE(fold_is_the_transpose_of_windows) {
  const window_options o{.stride = {2, 1}, .dilation = {1, 2}};
  const array<double> x = scattered({2, 6, 5}, 1);
  tape t;
  const var a = t.constant(x), w = windows(a, {3, 2}, o);
  BOOST_TEST((w.shape() == shape{2, 3, 2, 2, 3}));
  const array<double> v = scattered(w.shape(), 2), seen = w.value();
  BOOST_TEST(seen(1, 2, 1, 1, 2) == x(1, 1 * 2 + 2, 2 + 1 * 2));
  const array<double> back = fold(t.constant(v), {6, 5}, o).value();
  BOOST_TEST(std::abs(inner(seen, v) - inner(x, back)) <= 1e-12);
}

BOOST_AUTO_TEST_CASE(normalization_by_its_definition) {
  const array<double> x = scattered({4, 3, 2}, 1), scale = scattered({3}, 2), shift = scattered({3}, 3);
  tape t;
  const var a = t.constant(x), g = t.constant(scale), b = t.constant(shift);
  const batch_statistics running{t.constant(array<double>{1, 2, 3}), t.constant(array<double>{4, 5, 6})};
  const batch_normalized r = batch_norm(a, g, b, running, {.momentum = 0.25});
  const array<double> y = r.y.value(), mean = r.running.mean.value(), variance = r.running.variance.value();
  for (index_t c = 0; c < 3; ++c) {
    double m = 0, v = 0;
    for (index_t n = 0; n < 4; ++n)
      for (index_t i = 0; i < 2; ++i) m += x(n, c, i) / 8;
    for (index_t n = 0; n < 4; ++n)
      for (index_t i = 0; i < 2; ++i) v += (x(n, c, i) - m) * (x(n, c, i) - m);
    const auto at = static_cast<double>(c);
    BOOST_TEST(std::abs(mean(c) - (0.75 * (1 + at) + 0.25 * m)) <= 1e-14);
    BOOST_TEST(std::abs(variance(c) - (0.75 * (4 + at) + 0.25 * v / 7)) <= 1e-14);  // with n − 1
    for (index_t n = 0; n < 4; ++n)
      BOOST_TEST(std::abs(y(n, c, 1) - ((x(n, c, 1) - m) / std::sqrt(v / 8 + 1e-5) * scale(c) + shift(c))) <=
                 1e-13);
  }
  const array<double> inference = batch_norm_by(a, g, b, running).value();
  BOOST_TEST(std::abs(inference(2, 1, 0) - ((x(2, 1, 0) - 2) / std::sqrt(5 + 1e-5) * scale(1) + shift(1))) <=
             1e-14);

  // One group of all channels is a layer norm over the last two axes; as many groups as channels normalize
  // each.
  const var one = t.constant(array<double>{1, 1, 1}), zero = t.constant(array<double>{0, 0, 0});
  check_near(group_norm(a, 1, one, zero).value(), layer_norm(a, 1, 0, {1, 2}).value());
  check_near(group_norm(a, 3, one, zero).value(), layer_norm(a, 1, 0).value());
  const array<double> rms = rms_norm(a, 2, -1, 0).value();
  const double size = std::sqrt((x(0, 0, 0) * x(0, 0, 0) + x(0, 0, 1) * x(0, 0, 1)) / 2);
  BOOST_TEST(std::abs(rms(0, 0, 1) - 2 * x(0, 0, 1) / size) <= 1e-14);
}

BOOST_AUTO_TEST_CASE(dropout_repeats_itself_by_key_and_step) {
  tape t;
  auto threes = make_array<double>({100, 100});
  std::fill(threes.begin(), threes.end(), 3.0);
  const var x = t.variable(threes);
  const auto dropped = [&](double key, double step) { return dropout(x, key, step, 0.25).value(); };
  const array<double> a = dropped(1, 1);
  BOOST_TEST((a == dropped(1, 1)));
  BOOST_TEST((a != dropped(1, 2)));
  BOOST_TEST((a != dropped(2, 1)));
  const double kept = static_cast<double>(std::count(a.begin(), a.end(), 4.0));
  BOOST_TEST(static_cast<double>(std::count(a.begin(), a.end(), 0.0)) == 10000 - kept);
  BOOST_TEST(std::abs(kept - 7500) <= 5 * std::sqrt(10000 * 0.25 * 0.75));  // five standard deviations
  const var y = dropout(x, 1, 1, 0.25);
  const array<double> slope = grad(sum(y), x).value();
  for (std::size_t i = 0; i < a.size(); ++i) BOOST_TEST(slope.data()[i] == a.data()[i] / 3);
  BOOST_TEST((dropout(x, 1, 1, 0).value() == x.value()));
  // The same elements in every number type, and with key and step as inputs of a program.
  const array<float> single = y.value<float>();
  for (std::size_t i = 0; i < a.size(); ++i) BOOST_TEST((single.data()[i] == 0) == (a.data()[i] == 0));
  const var key = t.input(array<index_t>{1}), step = t.input(array<index_t>{1});
  BOOST_TEST((dropout(x, reshape(key, shape{}), reshape(step, shape{}), 0.25).value() == a));
}

BOOST_AUTO_TEST_CASE(attention_by_its_definition) {
  const index_t n = 3, m = 4, d = 2;
  const array<double> q = scattered({n, d}, 1), k = scattered({m, d}, 2), v = scattered({m, 2}, 3);
  tape t;
  const var a = t.constant(q), b = t.constant(k), c = t.constant(v);
  const auto plain = [&](const std::function<bool(index_t, index_t)>& reads) {
    auto y = make_array<double>({n, 2});
    for (index_t i = 0; i < n; ++i) {
      double total = 0;
      y(i, 0) = y(i, 1) = 0;
      for (index_t j = 0; j < m; ++j) {
        if (!reads(i, j)) continue;
        const double w = std::exp((q(i, 0) * k(j, 0) + q(i, 1) * k(j, 1)) / std::sqrt(2.0));
        total += w, y(i, 0) += w * v(j, 0), y(i, 1) += w * v(j, 1);
      }
      if (total > 0) y(i, 0) /= total, y(i, 1) /= total;
    }
    return y;
  };
  check_near(attention(a, b, c).value(), plain([](index_t, index_t) { return true; }));
  check_near(causal_attention(a, b, c).value(), plain([&](index_t i, index_t j) { return j <= i + m - n; }));
  const array<bool> mask{{true, false, true, false}, {false, false, false, false}, {false, true, true, true}};
  check_near(attention(a, b, c, t.constant(mask)).value(),
             plain([&](index_t i, index_t j) { return mask(i, j); }));
  // Batches broadcast: two heads that read the same keys.
  const var heads = t.constant(scattered({2, n, d}, 5));
  const array<double> both = attention(heads, reshape(b, {1, m, d}), reshape(c, {1, m, 2})).value();
  check_near(reshape(slice(t.constant(both), 0, 1, 2), {n, 2}).value(),
             attention(reshape(slice(heads, 0, 1, 2), {n, d}), b, c).value());
}

// A rotation keeps lengths, and products of queries and keys depend on the distance of their positions alone.
BOOST_AUTO_TEST_CASE(rotary_turns_by_the_position) {
  tape t;
  const var q = t.constant(scattered({1, 4}, 1)), k = t.constant(scattered({1, 4}, 2));
  const auto product = [&](index_t i, index_t j) {
    return sum(rotary(q, 100, i) * rotary(k, 100, j)).item<double>();
  };
  BOOST_TEST(std::abs(product(3, 5) - product(10, 12)) <= 1e-14);
  BOOST_TEST(std::abs(product(0, 0) - sum(q * k).item<double>()) <= 1e-15);
  BOOST_TEST(std::abs(sum(square(rotary(q, 100, 7))).item<double>() - sum(square(q)).item<double>()) <=
             1e-14);
}

BOOST_AUTO_TEST_CASE(recurrent_cells_by_their_definition) {
  const auto sigma = [](double v) { return 1 / (1 + std::exp(-v)); };
  const array<double> x = scattered({1, 1}, 1), h = scattered({1, 1}, 2), c = scattered({1, 1}, 3);
  tape t;
  const auto at = [&](const array<double>& a) { return t.constant(a); };
  {
    const array<double> w = scattered({1, 4}, 4), u = scattered({1, 4}, 5), b = scattered({4}, 6);
    const lstm_state next = lstm_cell(at(x), {at(h), at(c)}, at(w), at(u), at(b));
    const auto gate = [&](index_t i) { return x(0, 0) * w(0, i) + h(0, 0) * u(0, i) + b(i); };
    const double cell = sigma(gate(1)) * c(0, 0) + sigma(gate(0)) * std::tanh(gate(2));
    BOOST_TEST(std::abs(next.c.item<double>() - cell) <= 1e-15);
    BOOST_TEST(std::abs(next.h.item<double>() - sigma(gate(3)) * std::tanh(cell)) <= 1e-15);
  }
  const array<double> w = scattered({1, 3}, 4), u = scattered({1, 3}, 5), b = scattered({3}, 6),
                      bu = scattered({3}, 7);
  const auto by_x = [&](index_t i) { return x(0, 0) * w(0, i) + b(i); };
  const auto by_h = [&](index_t i) { return h(0, 0) * u(0, i) + bu(i); };
  const double r = sigma(by_x(0) + by_h(0)), z = sigma(by_x(1) + by_h(1)),
               fresh = std::tanh(by_x(2) + r * by_h(2));
  const double want = (1 - z) * fresh + z * h(0, 0);
  BOOST_TEST(std::abs(gru_cell(at(x), at(h), at(w), at(u), at(b), at(bu)).item<double>() - want) <= 1e-15);
}

BOOST_AUTO_TEST_CASE(cross_entropy_with_smoothing_weights_and_an_ignored_label) {
  const array<double> z = scattered({4, 3}, 1);
  const array<index_t> labels{2, -7, 0, 1};
  const std::vector<double> weights{1, 2, 0.5};
  const double smoothing = 0.1;
  double sum = 0, total = 0;
  for (index_t i = 0; i < 4; ++i) {
    if (labels(i) == -7) continue;
    double e = 0;
    for (index_t k = 0; k < 3; ++k) e += std::exp(z(i, k));
    double loss = 0;
    for (index_t k = 0; k < 3; ++k)
      loss -= ((k == labels(i) ? 1 - smoothing : 0) + smoothing / 3) * (z(i, k) - std::log(e));
    const double w = weights[static_cast<std::size_t>(labels(i))];
    sum += w * loss, total += w;
  }
  tape t;
  const var x = t.variable(z), y = t.constant(labels);
  const cross_entropy_options o{.smoothing = smoothing, .class_weights = weights, .ignored = -7};
  const var loss = cross_entropy_loss(x, y, o);
  BOOST_TEST(std::abs(loss.item<double>() - sum / total) <= 1e-14);
  const array<double> slope = grad(loss, x).value();
  for (index_t k = 0; k < 3; ++k) BOOST_TEST(slope(1, k) == 0.0);
  // A label that is not ignored is still refused.
  check_error(
      errc::invalid_label, [&] { static_cast<void>(cross_entropy_loss(x, y).value()); }, "-7");
}

BOOST_AUTO_TEST_CASE(losses_by_their_definition) {
  tape t;
  const var x = t.variable(array<double>{0.5, -2, 3}), y = t.constant(array<double>{1, 1, -1});
  BOOST_TEST(std::abs(mse_loss(x, y).item<double>() - (0.25 + 9 + 16) / 3) <= 1e-14);
  BOOST_TEST(std::abs(mae_loss(x, y).item<double>() - (0.5 + 3 + 4) / 3) <= 1e-14);
  BOOST_TEST(std::abs(huber_loss(x, y).item<double>() - (0.125 + 2.5 + 3.5) / 3) <= 1e-14);
  BOOST_TEST(std::abs(hinge_loss(x, y).item<double>() - (0.5 + 3 + 4) / 3) <= 1e-14);
  const var p = t.constant(array<double>{1, 0, 0.25});
  const auto log_sigma = [](double v) { return -std::log1p(std::exp(-v)); };
  const double want = -(log_sigma(0.5) + log_sigma(2) + 0.25 * log_sigma(3) + 0.75 * log_sigma(-3)) / 3;
  BOOST_TEST(std::abs(binary_cross_entropy_with_logits(x, p).item<double>() - want) <= 1e-14);
}

BOOST_AUTO_TEST_CASE(refusals) {
  tape t;
  const auto zeros_of = [&](const shape& s) { return t.constant(s, 0.0); };
  const var image = zeros_of({1, 4, 5, 5}), kernel = zeros_of({2, 4, 3, 3}), series = zeros_of({2, 3});
  check_error(
      errc::shape_mismatch,
      [&] {
        conv2d(image, zeros_of({2, 3, 3, 3}));
      },
      "conv2d", "4 channels");
  check_error(
      errc::shape_mismatch, [&] { conv1d(image, kernel); }, "conv1d", "3 axes");
  check_error(
      errc::shape_mismatch,
      [&] {
        conv2d(image, zeros_of({2, 4, 6, 1}));
      },
      "does not fit");
  check_error(
      errc::invalid_argument, [&] { conv2d(image, kernel, {.groups = 3}); }, "3 groups");
  check_error(
      errc::invalid_argument, [&] { conv2d(image, kernel, {.stride = {0}}); }, "stride of 0");
  check_error(
      errc::invalid_argument,
      [&] {
        conv2d(image, kernel, {.stride = {1, 1, 1}});
      },
      "3 numbers of stride");
  check_error(
      errc::invalid_argument, [&] { conv2d(image, kernel, {.padding = {-1}}); }, "padding of -1");
  check_error(
      errc::invalid_argument, [&] { conv2d(image, kernel, {.padding = {1}, .same = true}); }, "one of them");
  check_error(
      errc::shape_mismatch, [&] { conv2d_transpose(image, kernel); }, "conv2d_transpose", "differ");
  check_error(
      errc::invalid_argument,
      [&] {
        conv2d_transpose(zeros_of({1, 2, 3, 3}), kernel, {}, {1});
      },
      "extra 1");
  check_error(
      errc::shape_mismatch, [&] { max_pool(image, {2}, {.padding = {2}}); }, "3 axes");
  check_error(
      errc::invalid_argument,
      [&] {
        max_pool(image, {2, 2}, {.padding = {2}});
      },
      "more than half");
  check_error(
      errc::invalid_argument, [&] { windows(series, {}); }, "0 axes");
  check_error(
      errc::invalid_argument, [&] { windows(series, {0}); }, "size of 0");
  check_error(
      errc::shape_mismatch,
      [&] {
        fold(zeros_of({2, 4}), {6});
      },
      "has windows");
  check_error(
      errc::invalid_argument, [&] { dropout(series, 1, 1, 1); }, "[0, 1)");
  check_error(
      errc::invalid_argument, [&] { dropout(series, 0.5, 1, 0.5); }, "no key");
  check_error(
      errc::invalid_argument,
      [&] {
        group_norm(zeros_of({1, 4, 2}), 3, zeros_of({4}), zeros_of({4}));
      },
      "3 groups");
  const batch_statistics running{zeros_of({3}), zeros_of({3})};
  check_error(
      errc::invalid_argument,
      [&] {
        batch_norm(zeros_of({1, 3}), zeros_of({3}), zeros_of({3}), running);
      },
      "a variance needs two");
  check_error(
      errc::shape_mismatch, [&] { batch_norm(series, zeros_of({2}), zeros_of({3}), running); }, "3 channels");
  check_error(
      errc::shape_mismatch,
      [&] {
        rotary(zeros_of({2, 3}));
      },
      "even");
  check_error(
      errc::shape_mismatch, [&] { attention(zeros_of({3}), series, series); }, "no matrix");
  check_error(
      errc::invalid_argument, [&] { huber_loss(series, series, 0); }, "positive");
  check_error(
      errc::shape_mismatch,
      [&] {
        cross_entropy_loss(series, t.constant(array<index_t>{0, 1}), {.class_weights = {1}});
      },
      "1 class weights");
  check_error(
      errc::kind_mismatch, [&] { cross_entropy_loss(series, series); }, "kind index");
  check_error(
      errc::shape_mismatch,
      [&] {
        lstm_cell(series, {zeros_of({2, 2}), zeros_of({2, 2})}, zeros_of({3, 6}), zeros_of({2, 6}),
                  zeros_of({6}));
      },
      "4 gates of 2");
}

BOOST_AUTO_TEST_SUITE_END()
