// SPDX-License-Identifier: MIT
// Weights for classes of which there are few samples, or whose errors cost more.
#pragma once

#include <reel/autodiff/var.hpp>

#include <vector>

namespace reel {

// n / (classes · count of the class), so that all classes weigh the same in sum, and samples 1 on average.
// Throws invalid_label for a label that is no class, invalid_argument for a class without samples.
std::vector<double> balanced_weights(const array<index_t>& labels, index_t classes);

// Σ w_label·ℓ / Σ w_label: the mean of losses [n] of samples with these labels [n]. Throws
// invalid_argument for a weight that is negative or not finite, and where none is positive.
var weighted_mean(const var& losses, const var& labels, const std::vector<double>& weights);

}  // namespace reel
