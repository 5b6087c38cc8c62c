// SPDX-License-Identifier: MIT
// What neurons do beside tanh, sigmoid and relu (functions.hpp), element by element.
#pragma once

#include <reel/ops/elementwise.hpp>

namespace reel {

var softplus(operand x);     // ln(1 + e^x), without a threshold beyond which its slope would be constant
var log_sigmoid(operand x);  // ln σ(x) = −ln(1 + e^−x)
var silu(operand x);         // x σ(x)
var mish(operand x);         // x tanh(ln(1 + e^x))
var gelu(operand x);         // x Φ(x) with the distribution function Φ of the normal distribution, exactly
var gelu_tanh(operand x);    // ½x (1 + tanh(√(2/π) (x + 0.044715 x³))), close to it

// The slope at 0 is that from below: of leaky_relu `slope`, of elu alpha, of selu their product.
var leaky_relu(operand x, double slope = 0.01);  // x, and slope·x below 0
var elu(operand x, double alpha = 1);            // x, and alpha (e^x − 1) below 0
var selu(operand x);      // 1.0507 times elu with 1.6733, which keeps mean 0 and variance 1
var hardtanh(operand x);  // x in [−1, 1]; slope 1 at both ends

}  // namespace reel
