// SPDX-License-Identifier: MIT
// The sets that were compiled.
#pragma once

#include <reel/autodiff/kernels.hpp>

namespace reel::kernels {

namespace baseline {
extern const dispatch_table<float> of_float;
extern const dispatch_table<double> of_double;
}  // namespace baseline

#ifdef REEL_X86_KERNELS
namespace avx2 {
extern const dispatch_table<float> of_float;
extern const dispatch_table<double> of_double;
}  // namespace avx2
namespace avx512 {
extern const dispatch_table<float> of_float;
extern const dispatch_table<double> of_double;
}  // namespace avx512
#endif

}  // namespace reel::kernels
