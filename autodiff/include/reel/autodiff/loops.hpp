// SPDX-License-Identifier: MIT
// Loops over strided tensors that bodies of ops share. None of them allocates.
#pragma once

#include <reel/autodiff/op.hpp>

#include <algorithm>
#include <array>

namespace reel::loops {

using strides = std::array<index_t, shape::max_rank>;

inline strides row_major(const shape& s) {
  strides st{};
  index_t step = 1;
  for (std::size_t i = s.rank(); i-- > 0; step *= s[i]) st[i] = step;
  return st;
}

// Axes with a size and one stride, outermost first; neighbours that form one longer axis are merged
// and axes of size 1 dropped.
struct axes {
  std::array<index_t, shape::max_rank> size{};
  strides stride{};
  std::size_t rank = 0;

  void add(index_t n, index_t step) {
    if (n == 1) return;
    if (rank > 0 && stride[rank - 1] == n * step) {
      size[rank - 1] *= n;
      stride[rank - 1] = step;
      return;
    }
    size[rank] = n;
    stride[rank++] = step;
  }
  index_t count() const {
    index_t n = 1;
    for (std::size_t i = 0; i < rank; ++i) n *= size[i];
    return n;
  }
};

// Steps through all index tuples of `a` in order, keeping the strided offset.
class odometer {
 public:
  explicit odometer(const axes& a) : axes_(a) {}
  index_t offset() const { return offset_; }
  void next() {
    for (std::size_t i = axes_.rank; i-- > 0;) {
      offset_ += axes_.stride[i];
      if (++at_[i] < axes_.size[i]) return;
      offset_ -= axes_.size[i] * axes_.stride[i];
      at_[i] = 0;
    }
  }

 private:
  const axes& axes_;
  std::array<index_t, shape::max_rank> at_{};
  index_t offset_ = 0;
};

// Calls row(linear, strided, n, step) for runs along the innermost axis that cover a tensor of shape
// `s` once, in order: element i of the run is linear + i there and strided + i·step here.
template <class Row> void walk(const shape& s, const strides& st, Row row) {
  if (s.size() == 0) return;
  axes a;
  for (std::size_t i = 0; i < s.rank(); ++i) a.add(s[i], st[i]);
  if (a.rank == 0) return row(index_t{0}, index_t{0}, index_t{1}, index_t{1});
  const index_t n = a.size[a.rank - 1], step = a.stride[a.rank - 1];
  --a.rank;
  odometer at(a);
  for (index_t linear = 0; linear < s.size(); linear += n, at.next()) row(linear, at.offset(), n, step);
}

// y = x seen through strides.
template <class T> void gather_strided(out<T> y, const T* x, const strides& st) {
  walk(y.shape(), st, [&](index_t to, index_t from, index_t n, index_t step) {
    if (step == 1) std::copy_n(x + from, n, y.data + to);
    else if (step == 0) std::fill_n(y.data + to, n, x[from]);
    else
      for (index_t i = 0; i < n; ++i) y[to + i] = x[from + i * step];
  });
}

// Sums in a fixed binary tree over blocks of equal length, fed front to back: the rounding error
// grows with the logarithm of the number of blocks, and the tree depends on that number alone.
// N sums advance side by side.
template <class T, std::size_t N> class pairwise {
 public:
  explicit pairwise(std::size_t width) : width_(width) {}

  void add(const T* block) {
    T* into = partial_[level_].data();
    std::copy_n(block, width_, into);
    ++level_;
    for (std::uint64_t n = ++blocks_; n % 2 == 0; n /= 2) merge();
  }
  void finish(T* sum) {
    if (blocks_ == 0) return void(std::fill_n(sum, width_, T(0)));
    while (level_ > 1) merge();
    std::copy_n(partial_[0].data(), width_, sum);
  }

 private:
  void merge() {
    T* left = partial_[level_ - 2].data();
    const T* right = partial_[level_ - 1].data();
    for (std::size_t i = 0; i < width_; ++i) left[i] = left[i] + right[i];
    --level_;
  }
  std::array<std::array<T, N>, 56> partial_;
  std::size_t level_ = 0, width_;
  std::uint64_t blocks_ = 0;
};

// Sum of n neighbours: 16 lanes side by side in blocks of 8 rows, the lanes folded in a tree.
template <class T> T sum_run(const T* x, index_t n) {
  constexpr index_t lanes = 16, block = 8 * lanes;
  const auto sum_block = [](const T* p, index_t m) {
    std::array<T, lanes> sums{};
    T* const lane = sums.data();
    index_t i = 0;
    for (; i + lanes <= m; i += lanes)
      for (index_t j = 0; j < lanes; ++j) lane[j] = lane[j] + p[i + j];
    for (index_t j = 0; i + j < m; ++j) lane[j] = lane[j] + p[i + j];
    for (index_t half = lanes / 2; half > 0; half /= 2)
      for (index_t j = 0; j < half; ++j) lane[j] = lane[j] + lane[j + half];
    return lane[0];
  };
  if (n <= block) return sum_block(x, n);
  pairwise<T, 1> total(1);
  for (index_t i = 0; i < n; i += block) {
    const T part = sum_block(x + i, std::min(block, n - i));
    total.add(&part);
  }
  T sum;
  total.finish(&sum);
  return sum;
}

// The axes of a reduction from `from` to `to` (aligned at the last axis, summed where `to` has 1 or
// nothing), split into those that stay and those that are summed.
struct reduction {
  axes kept, summed;
  reduction(const shape& from, const shape& to) {
    const strides st = row_major(from);
    const std::size_t lead = from.rank() - to.rank();
    for (std::size_t i = 0; i < from.rank(); ++i)
      (i >= lead && to[i - lead] == from[i] ? kept : summed).add(from[i], st[i]);
  }
};

template <class T> void sum_axes(out<T> y, in<T> x) {
  if (y.size() == 0) return;
  if (x.size() == 0) return void(std::fill_n(y.data, y.size(), T(0)));
  reduction r(x.shape(), y.shape());
  const auto contiguous = [](const axes& a) { return a.rank > 0 && a.stride[a.rank - 1] == 1; };
  if (contiguous(r.summed)) {  // each sum runs along memory
    const index_t run = r.summed.size[--r.summed.rank];
    const index_t runs = r.summed.count();
    odometer at(r.kept);
    for (index_t i = 0; i < y.size(); ++i, at.next()) {
      if (runs == 1) {
        y[i] = sum_run(x.data + at.offset(), run);
        continue;
      }
      pairwise<T, 1> total(1);
      odometer row(r.summed);
      for (index_t k = 0; k < runs; ++k, row.next()) {
        const T part = sum_run(x.data + at.offset() + row.offset(), run);
        total.add(&part);
      }
      total.finish(&y[i]);
    }
    return;
  }
  // Sums run across memory: neighbours advance side by side.
  constexpr std::size_t width = std::max<std::size_t>(4, 256 / sizeof(T));
  constexpr index_t block = 16;
  const index_t run = contiguous(r.kept) ? r.kept.size[--r.kept.rank] : 1;
  const index_t rows = r.summed.count();
  odometer at(r.kept);
  for (index_t i = 0; i < y.size(); i += run, at.next())
    for (index_t j = 0; j < run; j += static_cast<index_t>(width)) {
      const auto w = static_cast<std::size_t>(std::min<index_t>(static_cast<index_t>(width), run - j));
      pairwise<T, width> total(w);
      std::array<T, width> acc;
      odometer row(r.summed);
      for (index_t k = 0; k < rows;) {
        std::fill_n(acc.data(), w, T(0));
        for (const index_t end = std::min(k + block, rows); k < end; ++k, row.next()) {
          const T* p = x.data + at.offset() + row.offset() + j;
          for (std::size_t l = 0; l < w; ++l) acc[l] = acc[l] + p[l];
        }
        total.add(acc.data());
      }
      total.finish(&y[i + j]);
    }
}

}  // namespace reel::loops
