// SPDX-License-Identifier: MIT
// One dispatch table per instruction set and number type. Those of avx2 and avx512 exist where the build made
// them.
#pragma once

#include <reel/autodiff/kernels.hpp>

namespace reel::kernels {

namespace baseline {
extern const dispatch_table<float> of_float;
extern const dispatch_table<double> of_double;
}  // namespace baseline

namespace avx2 {
extern const dispatch_table<float> of_float;
extern const dispatch_table<double> of_double;
}  // namespace avx2
namespace avx512 {
extern const dispatch_table<float> of_float;
extern const dispatch_table<double> of_double;
}  // namespace avx512

}  // namespace reel::kernels
