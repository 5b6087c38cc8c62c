// SPDX-License-Identifier: MIT
// Linear algebra: matrices are the last two axes of a tensor, the axes before them are a batch.
#pragma once

#include <reel/ops/linalg/cholesky.hpp>
#include <reel/ops/linalg/decompositions.hpp>
#include <reel/ops/linalg/functions.hpp>
#include <reel/ops/linalg/products.hpp>
#include <reel/ops/linalg/solve.hpp>
