// SPDX-License-Identifier: MIT
// One set of kernels: compiled once per instruction set, each time under its name.
#include "pipelines.hpp"
#include "elementwise.hpp"
#include "gemm.hpp"
#include "rows.hpp"
#include "dispatch_tables.hpp"

#define REEL_TEXT_OF(x) #x
#define REEL_TEXT(x) REEL_TEXT_OF(x)

namespace reel::kernels::REEL_KERNEL_SET {

template <class T, vec<T> f(vec<T>)> constexpr typename dispatch_table<T>::unary function_of() {
  return {elementwise<T>::template loop<f>, pipelines_of<T>::template stages_of<f>()};
}
template <class T, vec<T> f(vec<T>, vec<T>)> constexpr typename dispatch_table<T>::binary function_of() {
  return {elementwise<T>::template loop<f>, pipelines_of<T>::template stages_of<f>()};
}

template <class T> constexpr dispatch_table<T> make() {
  using e = elementwise<T>;
  using f = lanewise<T>;
  using c = pipelines_of<T>;
  using r = rows_of<T>;
  using s = summing<T>;
  return {.name = REEL_TEXT(REEL_KERNEL_SET),
          .add = function_of<T, f::add>(),
          .sub = function_of<T, f::sub>(),
          .mul = function_of<T, f::mul>(),
          .div = function_of<T, f::div>(),
          .scale = function_of<T, f::scale>(),
          .scale_either = function_of<T, f::scale_either>(),
          .neg = function_of<T, f::neg>(),
          .square = function_of<T, f::square>(),
          .sqrt = function_of<T, f::sqrt>(),
          .abs = function_of<T, f::abs>(),
          .relu = function_of<T, f::relu>(),
          .exp = function_of<T, f::exp>(),
          .log = function_of<T, f::log>(),
          .tanh = function_of<T, f::tanh>(),
          .sigmoid = function_of<T, f::sigmoid>(),
          .sech_square = function_of<T, f::sech_square>(),
          .softplus = function_of<T, f::softplus>(),
          .log1p = function_of<T, f::log1p>(),
          .less = {e::less, c::template stages_of<f::less>()},
          .less_equal = {e::less_equal, c::template stages_of<f::less_equal>()},
          .select = {e::select, c::stages_of_select()},
          .pipelines = c::make(),
          .scale_bytes = e::scale_bytes,
          .sum = s::sum,
          .sum_rows = s::sum_rows,
          .finite = e::finite,
          .largest = e::largest,
          .softmax = r::softmax,
          .log_softmax = r::log_softmax,
          .logsumexp = r::logsumexp,
          .softmax_and_logsumexp = r::softmax_and_logsumexp,
          .sum_others = r::sum_others,
          .cross_entropy = r::cross_entropy,
          .gemm = gemm_of<T>::gemm,
          .accumulate_scaled_product = gemm_of<T>::accumulate_scaled_product};
}

extern const dispatch_table<float> of_float = make<float>();
extern const dispatch_table<double> of_double = make<double>();

}  // namespace reel::kernels::REEL_KERNEL_SET
