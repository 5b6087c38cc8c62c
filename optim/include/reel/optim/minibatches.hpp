// SPDX-License-Identifier: MIT
// Minibatches without replacement. In an epoch every sample occurs exactly once, in an order that is a
// pure function of (seed, epoch), so a run can be resumed at any (epoch, step):
//   for (auto [x, labels] : minibatches(std::tie(x, labels), 128, seed, epoch)) ...
// Data is an array, a tuple of arrays, or a struct, of which the fields that are arrays count; they
// agree in their first size, the number of samples. The last batch is short when the batch size does
// not divide that number.
#pragma once

#include <reel/autodiff/array.hpp>
#include <reel/autodiff/tree.hpp>
#include <reel/optim/rows.hpp>

#include <concepts>
#include <cstdint>
#include <iterator>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace reel::optim {

// A random permutation of 0 … n−1. Throws invalid_argument for negative n, or as random_stream does.
std::vector<index_t> epoch_order(index_t n, std::uint64_t seed, index_t epoch);

namespace detail {

// One epoch's order, cut into batches: what all ranges of batches are made of.
class epoch_batches {
 public:
  index_t samples() const noexcept { return static_cast<index_t>(order_.size()); }
  index_t batches() const noexcept { return batches_; }  // of the whole epoch
  index_t epoch() const noexcept { return epoch_; }

  // Begins another epoch, in the same memory.
  void restart(index_t epoch, index_t step = 0);

  std::default_sentinel_t end() const noexcept { return {}; }

 protected:
  epoch_batches(index_t samples, index_t size, std::uint64_t seed, index_t epoch, index_t step);

  index_t batch_size() const noexcept { return batch_size_; }  // of all but perhaps the last
  index_t first() const noexcept { return first_; }
  std::span<const index_t> batch(index_t step) const;
  // The samples from this batch on to the last.
  std::span<const index_t> rest(index_t step) const;

 private:
  void check_step(index_t step, index_t end) const;

  std::vector<index_t> order_;
  index_t batch_size_, batches_ = 0, epoch_ = 0, first_ = 0;
  std::uint64_t seed_;
};

// The common first size of all arrays. Throws shape_mismatch.
index_t sample_count(std::span<const shape> shapes);

// Refuses data whose array has changed its size since the range was made.
void check_size(std::size_t array_size, std::size_t batch_size, std::size_t rows, index_t samples);

template <class A> inline constexpr bool is_array = false;
template <class T> inline constexpr bool is_array<array<T>> = true;

template <class A>
concept array_like = is_array<std::remove_cvref_t<A>>;

template <class A> auto if_array(const A& a) {
  if constexpr (array_like<A>) return std::tie(a);
  else return std::tie();
}

// The arrays that data consists of, as a tuple of references.
template <class D> auto arrays_of(const D& data) {
  if constexpr (array_like<D>) return std::tie(data);
  else
    return std::apply([](const auto&... part) { return std::tuple_cat(if_array(part)...); },
                      reel::detail::parts(data));
}

// Memory for the arrays of a batch.
template <class Arrays> struct batch_memory;
template <class... A> struct batch_memory<std::tuple<A...>> {
  using type = std::tuple<std::remove_cvref_t<A>...>;
};

// Goes through the batches of a range, from one step to the last.
template <class Range> class batch_iterator {
 public:
  using iterator_concept = std::input_iterator_tag;
  using difference_type = std::ptrdiff_t;
  using value_type = typename Range::batch_type;

  batch_iterator() = default;
  batch_iterator(Range* range, index_t step) : range_(range), step_(step) {}
  value_type operator*() const { return (*range_)[step_]; }
  batch_iterator& operator++() {
    ++step_;
    return *this;
  }
  void operator++(int) { ++step_; }
  index_t step() const noexcept { return step_; }
  friend bool operator==(const batch_iterator& i, std::default_sentinel_t) {
    return i.step_ >= i.range_->batches();
  }

 private:
  Range* range_ = nullptr;
  index_t step_ = 0;
};

}  // namespace detail

// What minibatches over arrays returns: a single-pass range. A batch is a tuple of references to arrays
// that the next batch overwrites: only the construction and the first short batch allocate.
template <class D> class minibatch_range : public detail::epoch_batches {
 public:
  minibatch_range(D&& data, index_t size, std::uint64_t seed, index_t epoch, index_t step)
      : epoch_batches(count(detail::arrays_of(data)), size, seed, epoch, step), data_(std::forward<D>(data)) {
    resize(full_, std::min(size, samples()));
  }

  using arrays_type = decltype(detail::arrays_of(std::declval<const std::remove_cvref_t<D>&>()));
  using batch_type = arrays_type;

  // The batch of this step. Throws invalid_argument outside 0 … batches()−1.
  batch_type operator[](index_t step) {
    const auto chosen = batch(step);
    const auto n = static_cast<index_t>(chosen.size());
    const bool is_full = n == std::min(batch_size(), samples());
    if (!is_full && !has_short_) {
      resize(short_, n);
      has_short_ = true;
    }
    return load(is_full ? full_ : short_, chosen, indices{});
  }

  using iterator = detail::batch_iterator<minibatch_range>;
  iterator begin() { return {this, first()}; }

 private:
  using memory = typename detail::batch_memory<arrays_type>::type;
  using indices = std::make_index_sequence<std::tuple_size_v<memory>>;
  static_assert(std::tuple_size_v<memory> > 0,
                "reel: minibatches takes a reel::array, or a tuple or struct that holds some");

  arrays_type arrays() const { return detail::arrays_of(data_); }

  static index_t count(const arrays_type& arrays) {
    return std::apply(
        [](const auto&... a) {
          return detail::sample_count(std::array<shape, sizeof...(a)>{shape_of(a)...});
        },
        arrays);
  }

  void resize(memory& batch, index_t n) { resize(batch, n, indices{}); }
  template <std::size_t... I> void resize(memory& batch, index_t n, std::index_sequence<I...>) {
    const arrays_type from = arrays();
    ((std::get<I>(batch) = make_array<typename std::tuple_element_t<I, memory>::value_type>(
          shape_of(std::get<I>(from)).with(0, n))),
     ...);
  }

  template <std::size_t... I>
  batch_type load(memory& batch, std::span<const index_t> chosen, std::index_sequence<I...>) {
    const arrays_type from = arrays();
    (detail::check_size(std::get<I>(from).size(), std::get<I>(batch).size(), chosen.size(), samples()), ...);
    (copy_rows(std::get<I>(from), chosen, std::get<I>(batch)), ...);
    return batch_type(std::get<I>(batch)...);
  }

  D data_;
  memory full_, short_;
  bool has_short_ = false;
};

// What minibatches over a number of samples returns: a range of spans of indices.
class minibatch_indices : public detail::epoch_batches {
 public:
  minibatch_indices(index_t samples, index_t size, std::uint64_t seed, index_t epoch, index_t step)
      : epoch_batches(samples, size, seed, epoch, step) {}

  using batch_type = std::span<const index_t>;

  batch_type operator[](index_t step) const { return batch(step); }

  using iterator = detail::batch_iterator<const minibatch_indices>;
  iterator begin() const { return {this, first()}; }
};

// One epoch of minibatches of `size` samples, from `step` on. Data given as an lvalue is referred to,
// data given as an rvalue is kept. Throws invalid_argument for a batch size below 1, no samples, an
// epoch outside 0 … 2^32 − 1 or a step outside 0 … the number of batches; shape_mismatch for arrays that
// disagree in their first size or have none.
template <class D>
requires(!std::integral<std::remove_cvref_t<D>>) auto minibatches(D&& data, index_t size, std::uint64_t seed,
                                                                  index_t epoch = 0, index_t step = 0) {
  return minibatch_range<D>(std::forward<D>(data), size, seed, epoch, step);
}

// The same without data: the indices of each batch's samples.
inline minibatch_indices minibatches(index_t samples, index_t size, std::uint64_t seed, index_t epoch = 0,
                                     index_t step = 0) {
  return minibatch_indices(samples, size, seed, epoch, step);
}

}  // namespace reel::optim
