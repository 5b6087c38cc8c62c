// SPDX-License-Identifier: MIT
#include <reel/optim/minibatches.hpp>

#include <reel/autodiff/error.hpp>
#include <reel/optim/random.hpp>

#include <fmt/format.h>

#include <numeric>

namespace reel::optim {

void check_rows(std::span<const index_t> indices, index_t n) {
  for (std::size_t i = 0; i < indices.size(); ++i)
    if (indices[i] < 0 || indices[i] >= n)
      throw error(
          errc::invalid_argument,
          fmt::format("rows: index {} at position {} is outside the {} rows there are.", indices[i], i, n));
}

namespace {

// Fisher–Yates: every permutation equally likely.
void shuffle(std::vector<index_t>& order, std::uint64_t seed, index_t epoch) {
  random_stream random(seed, purpose::order, epoch);
  std::iota(order.begin(), order.end(), index_t{0});
  for (std::size_t i = order.size(); i-- > 1;)
    std::swap(order[i], order[static_cast<std::size_t>(random.below(static_cast<index_t>(i) + 1))]);
}

}  // namespace

std::vector<index_t> epoch_order(index_t n, std::uint64_t seed, index_t epoch) {
  if (n < 0) throw error(errc::invalid_argument, fmt::format("epoch_order: {} samples.", n));
  if (n > shape::max_size) throw error(errc::size_overflow, fmt::format("epoch_order: {} samples.", n));
  std::vector<index_t> order(static_cast<std::size_t>(n));
  shuffle(order, seed, epoch);
  return order;
}

namespace detail {

epoch_batches::epoch_batches(index_t samples, index_t size, std::uint64_t seed, index_t epoch, index_t step)
    : batch_size_(size), seed_(seed) {
  if (samples <= 0) throw error(errc::invalid_argument, "minibatches: no samples.");
  if (size <= 0)
    throw error(errc::invalid_argument, fmt::format("minibatches: empty batch: the batch size is {}.", size));
  batches_ = (samples - 1) / size + 1;
  check_step(step, batches_ + 1);
  order_ = epoch_order(samples, seed, epoch);
  epoch_ = epoch;
  first_ = step;
}

void epoch_batches::restart(index_t epoch, index_t step) {
  check_step(step, batches_ + 1);
  shuffle(order_, seed_, epoch);
  epoch_ = epoch;
  first_ = step;
}

void epoch_batches::check_step(index_t step, index_t end) const {
  if (step < 0 || step >= end)
    throw error(errc::invalid_argument,
                fmt::format("minibatches: step {} is outside the {} batches of an epoch.", step, batches_));
}

std::span<const index_t> epoch_batches::rest(index_t step) const {
  check_step(step, batches_);
  return std::span(order_).subspan(static_cast<std::size_t>(step * batch_size_));
}

std::span<const index_t> epoch_batches::batch(index_t step) const {
  const auto from_here = rest(step);
  return from_here.first(std::min(static_cast<std::size_t>(batch_size_), from_here.size()));
}

index_t sample_count(std::span<const shape> shapes) {
  for (const shape& s : shapes) {
    if (s.is_scalar())
      throw error(errc::shape_mismatch,
                  "minibatches: an array of shape [] has no first axis to take samples from.");
    if (s[0] != shapes[0][0])
      throw error(errc::shape_mismatch,
                  fmt::format("minibatches: arrays of shapes {} and {}: {} and {} samples.",
                              to_string(shapes[0]), to_string(s), shapes[0][0], s[0]));
  }
  return shapes[0][0];
}

void check_size(std::size_t array_size, std::size_t batch_size, std::size_t rows, index_t samples) {
  if (array_size != batch_size / rows * static_cast<std::size_t>(samples))
    throw error(errc::shape_mismatch,
                "minibatches: an array has changed its size since the batches were made.");
}

}  // namespace detail

}  // namespace reel::optim
