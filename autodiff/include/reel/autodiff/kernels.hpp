// SPDX-License-Identifier: MIT
// The loops under the ops: plain arrays of float or double, no shapes, no allocation, no errors. They
// are compiled once per instruction set, and the processor's best set is chosen when the program
// starts. For reel's own ops; not a stable interface.
//
// Same call, same bits: an element's result depends on its operands alone, not on its place in the
// array or on how the array is cut into calls.
#pragma once

#include <reel/autodiff/shape.hpp>

#include <array>
#include <cstdint>
#include <span>

namespace reel::kernels {

// C = op(A)·op(B) for row-major matrices; op transposes where asked.
struct gemm_shape {
  bool transpose_a, transpose_b;
  index_t m, n, k;                          // C is m×n, the inner size is k
  index_t a_row = 0, b_row = 0, c_row = 0;  // numbers from a row in memory to the next; 0: without gaps
};
constexpr gemm_shape with_rows(gemm_shape s) {
  if (s.a_row == 0) s.a_row = s.transpose_a ? s.m : s.k;
  if (s.b_row == 0) s.b_row = s.transpose_b ? s.k : s.n;
  if (s.c_row == 0) s.c_row = s.n;
  return s;
}
// Rows of so many numbers all begin where a cache line does, if the first one does.
constexpr index_t padded(index_t numbers) { return (numbers + 15) / 16 * 16; }

// Products whose elements are sums of lanes that were summed apart.
constexpr bool has_lane_sums(const gemm_shape& s) {
  return !s.transpose_a && (s.transpose_b || (s.n == 1 && s.b_row <= 1)) && s.n <= 16;
}
// Products that accumulate_scaled_product takes: it holds an element in a register from the first term to the
// last.
inline constexpr index_t most_terms_held = 128;
constexpr bool accumulates_scaled(const gemm_shape& s) {
  return s.k > 0 && s.k <= most_terms_held && !has_lane_sums(s);
}

// An elementwise function in a pipeline: several of them one after the other on the same elements, a few
// registers at a time, which the numbers do not leave between one stage and the next. Some more registers may
// keep an operand of many stages.
struct stage {
  using body = void();  // of a type that its set knows
  // On as many registers as there can be; on half of them, beside what is kept; on a part of one.
  body *wide = nullptr, *half = nullptr, *narrow = nullptr;
  void* const* x = nullptr;  // where operands begin that lie in memory
  void* const* y = nullptr;
};
// What makes a function a stage, by which of its operands the registers hold: the first, the second, the
// third; of two, the last entry is for one that is both. The others are read from memory, in their order; of
// two, the other one may be kept, too: the second, the first.
// Truths (operands and results of kind bool) are masks in registers and bools in memory.
struct stages {
  std::array<const void*, 3> in_register{};
  std::array<const void*, 2> pinned{};
};
struct pipelines {
  const void *load, *store, *load_bools, *store_bools;  // from x; to x
  const void *pin, *restore;                            // x is pinned; what is pinned is restored
  stage (*stage_of)(const void* what, void* const* x, void* const* y);
  stage (*end)();
  // n elements through the stages up to the end, which begin with a load. Where `pins` is false, none of them
  // knows of anything kept.
  void (*run)(const stage* first, index_t n, bool pins);
};

// A function: as a loop over arrays, and as a stage.
template <class Loop> struct function {
  Loop* loop;
  kernels::stages stages;
  template <class... A> void operator()(A... a) const { loop(a...); }
};

// y may be an input; arrays overlap in no other way. Errors are in ulps of the result and hold for all
// arguments with a normal result (tests/autodiff/kernel_functions_test.cpp).
template <class T> struct dispatch_table {
  const char* name;

  using unary = function<void(T* y, const T* x, index_t n)>;
  using binary = function<void(T* y, const T* a, const T* b, index_t n)>;
  using comparison = function<void(bool* y, const T* a, const T* b, index_t n)>;
  binary add, sub, mul, div;
  binary scale, scale_either;  // a·b, but 0 where a is 0 (where either is)
  unary neg, square, sqrt, abs, relu;
  unary exp, log, tanh, sigmoid;
  unary sech_square;  // 1/cosh² x
  unary softplus;     // ln(1 + e^x)
  unary log1p;        // of x ≥ 0
  comparison less, less_equal;
  function<void(T* y, const bool* c, const T* a, const T* b, index_t n)> select;  // c ? a : b
  kernels::pipelines pipelines;

  // x·high + x·low: numbers divided by 1/(high + low), rounded once, where high has so few digits that its
  // products with bytes are exact.
  void (*scale_bytes)(T* y, const std::uint8_t* x, T high, T low, index_t n);

  T (*sum)(const T* x, index_t n);
  // y_j = Σ_i x_ij of a rows×columns matrix
  void (*sum_rows)(T* y, const T* x, index_t rows, index_t columns);
  bool (*finite)(const T* x, index_t n);
  T (*largest)(const T* x, index_t n);  // the largest |x|, a NaN if there is one; 0 of nothing

  // Rows of n > 0 numbers along the middle axis of [outer, n, inner], each shifted by its maximum. NaN
  // throughout where that is infinite, but for a logsumexp, which is then the maximum.
  using rows = void(T* y, const T* x, index_t outer, index_t n, index_t inner);
  rows *softmax, *log_softmax, *logsumexp;
  // The softmax p and the logsumexp y of the same rows, each as it would come out alone.
  void (*softmax_and_logsumexp)(T* p, T* y, const T* x, index_t outer, index_t n, index_t inner);
  // y_i = Σ_{j≠i} x_j within each row. Nothing is subtracted.
  rows* sum_others;
  // Of rows of n numbers −ln softmax(z)_label for labels in [0, n), and its slope in z times l, 0 where l is
  // 0. What is null is not asked for; nothing overlaps.
  void (*cross_entropy)(T* loss, T* dz, const T* z, const index_t* labels, const T* l, index_t rows,
                        index_t n);

  // With add, C += op(A)·op(B). An element is summed over k from first to last, whatever m and n are;
  // calls that go on adding give the bits of one call over all of k. (Not so where has_lane_sums(s), and add
  // is not taken.)
  void (*gemm)(const gemm_shape& s, const T* a, const T* b, T* c, bool add);
  // C = beta·C + alpha·op(A)·op(B) where accumulates_scaled(s), with the bits of gemm for the product, but
  // for the sign of a 0; scaled and added with one rounding where the set has multiply-adds.
  void (*accumulate_scaled_product)(const gemm_shape& s, T alpha, T beta, const T* a, const T* b, T* c);
};

// The processor's best dispatch table, and all that it can run.
template <class T> const dispatch_table<T>& active() noexcept;
template <class T> std::span<const dispatch_table<T>* const> available() noexcept;

extern template const dispatch_table<float>& active<float>() noexcept;
extern template const dispatch_table<double>& active<double>() noexcept;
extern template std::span<const dispatch_table<float>* const> available<float>() noexcept;
extern template std::span<const dispatch_table<double>* const> available<double>() noexcept;

}  // namespace reel::kernels
