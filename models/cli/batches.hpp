// SPDX-License-Identifier: MIT
// The batches that settings ask for.
#pragma once

#include "training_settings.hpp"

#include <reel/models/batches.hpp>

#include <numeric>

namespace reel::cli {

// All samples as one batch, in their own order, made once.
class one_batch {
 public:
  using batch_type = std::tuple<const array<float>&, const array<index_t>&>;

  template <class T> one_batch(const basic_dataset<T>& data, const scaling& s) : labels_(data.labels) {
    std::vector<index_t> all(static_cast<std::size_t>(data.samples()));
    std::iota(all.begin(), all.end(), index_t{0});
    x_ = scaled_rows<float>(data, s, all);
  }
  index_t batches() const { return 1; }
  void restart(index_t, index_t step) { first_ = step; }
  batch_type operator[](index_t) const { return {x_, labels_}; }

  using iterator = optim::detail::batch_iterator<const one_batch>;
  iterator begin() const { return {this, first_}; }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  array<float> x_;
  const array<index_t>& labels_;
  index_t first_ = 0;
};

// f(batches): minibatches, or all samples at once where the batch size is 0.
template <class T, class F>
auto with_batches(const basic_dataset<T>& data, const scaling& scale, const training_arguments& a, F f) {
  if (a.batch == 0) {
    one_batch all(data, scale);
    return f(all);
  }
  auto batches = scaled_minibatches<float>(data, scale, a.batch, a.seed);
  return f(batches);
}

}  // namespace reel::cli
