// SPDX-License-Identifier: MIT
// Features as the numbers a model is trained on, batch by batch: so images stay bytes in memory.
//   for (auto [x, labels] : scaled_minibatches<float>(data, scaling, 128, seed, epoch)) step(x, labels);
#pragma once

#include <reel/models/dataset.hpp>
#include <reel/optim/minibatches.hpp>

#include <algorithm>
#include <concepts>
#include <optional>
#include <type_traits>
#include <vector>

namespace reel {

namespace detail {

// Bytes divided by a number, with the bits of dividing in double and rounding to To: the double has more than
// twice a float's digits, so that its own rounding does not show.
template <class To> class byte_divider {
 public:
  explicit byte_divider(To divisor);
  // y = x / divisor, n times.
  void operator()(const std::uint8_t* x, std::size_t n, To* y) const;

 private:
  To divisor_, high_, low_;
  bool multiplies_;
};
extern template class byte_divider<float>;
extern template class byte_divider<double>;

// The number that all features are divided by, where this is all that is done to them and To has that number;
// otherwise 0.
template <class To> To common_divisor(const scaling& s) {
  if (s.divisor.empty()) return 0;
  const double d = s.divisor.front();
  const bool is_common = std::ranges::all_of(s.shift, [](double x) { return x == 0; }) &&
                         std::ranges::all_of(s.divisor, [d](double x) { return x == d; });
  return is_common && static_cast<double>(static_cast<To>(d)) == d ? static_cast<To>(d) : To(0);
}

}  // namespace detail

// (x − shift) / divisor, in double and then rounded to To.
template <class To, class From> class scaler {
 public:
  explicit scaler(scaling s) : scaling_(std::move(s)) {
    if (const To divisor = detail::common_divisor<To>(scaling_); divisor != 0) divider_.emplace(divisor);
  }
  std::size_t features() const { return scaling_.shift.size(); }

  // One sample: features() numbers.
  void operator()(const From* x, To* y) const {
    const std::size_t d = features();
    if constexpr (std::same_as<From, std::uint8_t>) {
      if (divider_) return (*divider_)(x, d, y);
    }
    if (scaling_.fills_missing) {
      for (std::size_t j = 0; j < d; ++j) y[j] = static_cast<To>(scaling_(static_cast<double>(x[j]), j));
    } else {
      const double *shift = scaling_.shift.data(), *divisor = scaling_.divisor.data();
      for (std::size_t j = 0; j < d; ++j)
        y[j] = static_cast<To>((static_cast<double>(x[j]) - shift[j]) / divisor[j]);
    }
  }

 private:
  scaling scaling_;
  std::optional<detail::byte_divider<To>> divider_;
};

// Whether a column of ones is appended to the features, for models that hold the bias among the weights.
enum class bias_column { no, yes };

namespace detail {

// Throws shape_mismatch where a scaling does not fit the data, or there are no labels but must be.
template <class T> void check_scaling(const basic_dataset<T>& data, const scaling& s, bool needs_labels);

extern template void check_scaling(const basic_dataset<float>&, const scaling&, bool);
extern template void check_scaling(const dataset&, const scaling&, bool);
extern template void check_scaling(const byte_dataset&, const scaling&, bool);

// Scales the samples of the first `count` of these indices into the rows of y: [count x features (+ 1)]. Rows
// are drawn from all over x, which the processor does not foresee: it is told of each one a little ahead, the
// first of the next batch included.
template <class To, class From>
void scale_rows(const array<From>& x, std::span<const index_t> indices, std::size_t count,
                const scaler<To, From>& scale, bias_column bias, array<To>& y) {
  constexpr std::size_t ahead = 8, cache_line = 64;
  const std::size_t d = scale.features();
  const auto row = [&](std::size_t k) { return x.data() + static_cast<std::size_t>(indices[k]) * d; };
  To* next = y.data();
  for (std::size_t k = 0; k < count; ++k) {
    if (k + ahead < indices.size())
      for (std::size_t j = 0; j < d; j += cache_line / sizeof(From)) __builtin_prefetch(row(k + ahead) + j);
    scale(row(k), next);
    next += d;
    if (bias == bias_column::yes) *next++ = To(1);
  }
}

}  // namespace detail

// The features of the samples at these indices, scaled: [indices x features], and a last column of ones
// if asked for. Throws invalid_argument for an index outside, shape_mismatch for a scaling of another
// number of features.
template <class To, class From>
array<To> scaled_rows(const basic_dataset<From>& data, const scaling& s, std::span<const index_t> indices,
                      bias_column bias = bias_column::no) {
  detail::check_scaling(data, s, false);
  optim::check_rows(indices, data.samples());
  auto y = make_array<To>(
      {static_cast<index_t>(indices.size()), data.features() + (bias == bias_column::yes ? 1 : 0)});
  detail::scale_rows(data.x, indices, indices.size(), scaler<To, From>(s), bias, y);
  return y;
}

// What scaled_minibatches returns: a single-pass range like optim::minibatches, of tuples of references
// to features [batch x features (+ 1)] and labels [batch], which the next batch overwrites.
template <class To, class From> class scaled_minibatch_range : public optim::detail::epoch_batches {
 public:
  scaled_minibatch_range(const basic_dataset<From>& data, const scaling& s, index_t size, std::uint64_t seed,
                         index_t epoch, index_t step, bias_column bias)
      : epoch_batches(checked(data, s).samples(), size, seed, epoch, step),
        data_(data),
        scale_(s),
        bias_(bias) {}

  using batch_type = std::tuple<const array<To>&, const array<index_t>&>;

  // The batch of this step. Throws invalid_argument outside 0 … batches()−1.
  batch_type operator[](index_t step) {
    const auto chosen = batch(step);
    memory& m = static_cast<index_t>(chosen.size()) == batch_size() ? full_ : short_;
    resize(m, static_cast<index_t>(chosen.size()));
    detail::scale_rows(data_.x, rest(step), chosen.size(), scale_, bias_, m.x);
    optim::copy_rows(data_.labels, chosen, m.labels);
    return {m.x, m.labels};
  }

  using iterator = optim::detail::batch_iterator<scaled_minibatch_range>;
  iterator begin() { return {this, first()}; }

 private:
  struct memory {
    array<To> x;
    array<index_t> labels;
  };

  static const basic_dataset<From>& checked(const basic_dataset<From>& data, const scaling& s) {
    detail::check_scaling(data, s, true);
    return data;
  }
  void resize(memory& m, index_t n) {
    if (m.labels.dimension() == 1 && static_cast<index_t>(m.labels.size()) == n) return;
    m.x = make_array<To>({n, data_.features() + (bias_ == bias_column::yes ? 1 : 0)});
    m.labels = make_array<index_t>({n});
  }

  const basic_dataset<From>& data_;
  scaler<To, From> scale_;
  memory full_, short_;
  bias_column bias_;
};

// One epoch of minibatches of `size` samples, scaled and in number type To, from `step` on; the order is
// that of optim::minibatches. Refers to the data. Throws as optim::minibatches, and shape_mismatch for a
// scaling of another number of features or data without labels.
template <class To, class From>
scaled_minibatch_range<To, From> scaled_minibatches(const basic_dataset<From>& data, const scaling& s,
                                                    index_t size, std::uint64_t seed, index_t epoch = 0,
                                                    index_t step = 0, bias_column bias = bias_column::no) {
  return {data, s, size, seed, epoch, step, bias};
}

}  // namespace reel
