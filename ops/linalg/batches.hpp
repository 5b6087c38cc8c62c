// SPDX-License-Identifier: MIT
// Matrices are the last two axes of a tensor; the axes before them are a batch. Batches of two operands
// broadcast like NumPy's.
#pragma once

#include <reel/autodiff/loops.hpp>

#include <string>

namespace reel::linalg {

// Rows and columns of the matrices of a tensor of rank 2 or more.
inline index_t rows_of(const shape& s) { return s[s.rank() - 2]; }
inline index_t columns_of(const shape& s) { return s.back(); }
inline shape batch_of(const shape& s) { return shape(s.sizes().first(s.rank() - 2)); }
// Matrices of so many rows and columns in a batch.
shape matrices(const shape& batch, index_t rows, index_t columns);
inline index_t count_of(const shape& batch) { return batch.size(); }

// Throws shape_mismatch unless x holds matrices, or square ones. The result is x.
const shape& check_matrices(const shape& x);
const shape& check_square(const shape& x);

// " 3 of 5" for matrix 2 of a batch of 5; nothing where there is one alone.
std::string in_batch(index_t i, index_t count);

// Steps through the batch of two operands, each by its own matrices.
class batch_pair {
 public:
  batch_pair(const shape& a, const shape& b) : all_(broadcast_shape(batch_of(a), batch_of(b))) {
    a_ = steps(batch_of(a), rows_of(a) * columns_of(a));
    b_ = steps(batch_of(b), rows_of(b) * columns_of(b));
  }
  const shape& all() const { return all_; }
  // f(i, offset in a, offset in b) for matrix i of the result.
  template <class F> void each(F f) const {
    loops::odometer a(a_), b(b_);
    for (index_t i = 0, n = all_.size(); i < n; ++i, a.next(), b.next()) f(i, a.offset(), b.offset());
  }

 private:
  loops::axes steps(const shape& own, index_t matrix) const {
    loops::axes axes;
    const auto st = loops::row_major(own);
    const std::size_t lead = all_.rank() - own.rank();
    for (std::size_t i = 0; i < all_.rank(); ++i)
      axes.add(all_[i], i < lead || own[i - lead] != all_[i] ? 0 : st[i - lead] * matrix);
    return axes;
  }
  shape all_;
  loops::axes a_, b_;
};

}  // namespace reel::linalg
