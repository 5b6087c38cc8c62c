// SPDX-License-Identifier: MIT
// One set of kernels: compiled once per instruction set, each time under its name.
#include "elementwise.hpp"
#include "gemm.hpp"
#include "rows.hpp"
#include "sets.hpp"

#define REEL_TEXT_OF(x) #x
#define REEL_TEXT(x) REEL_TEXT_OF(x)

namespace reel::kernels::REEL_KERNEL_SET {

template <class T> constexpr set<T> make() {
  using e = elementwise<T>;
  using r = rows_of<T>;
  using s = summing<T>;
  return {.name = REEL_TEXT(REEL_KERNEL_SET),
          .add = e::add,
          .sub = e::sub,
          .mul = e::mul,
          .div = e::div,
          .scale = e::scale,
          .scale_either = e::scale_either,
          .neg = e::neg,
          .square = e::square,
          .sqrt = e::sqrt,
          .abs = e::abs,
          .relu = e::relu,
          .exp = e::exp,
          .log = e::log,
          .tanh = e::tanh,
          .sigmoid = e::sigmoid,
          .log1p = e::log1p,
          .select = e::select,
          .scale_bytes = e::scale_bytes,
          .less = e::less,
          .less_equal = e::less_equal,
          .sum = s::sum,
          .sum_rows = s::sum_rows,
          .finite = e::finite,
          .largest = e::largest,
          .softmax = r::softmax,
          .log_softmax = r::log_softmax,
          .logsumexp = r::logsumexp,
          .softmax_and_logsumexp = r::softmax_and_logsumexp,
          .cross_entropy = r::cross_entropy,
          .gemm = gemm_of<T>::gemm,
          .add_scaled_product = gemm_of<T>::add_scaled_product};
}

extern const set<float> of_float = make<float>();
extern const set<double> of_double = make<double>();

}  // namespace reel::kernels::REEL_KERNEL_SET
