// SPDX-License-Identifier: MIT
// The whole op catalogue.
#pragma once

#include <reel/ops/activations.hpp>
#include <reel/ops/arithmetic.hpp>
#include <reel/ops/cross_entropy.hpp>
#include <reel/ops/cumulative.hpp>
#include <reel/ops/dist.hpp>
#include <reel/ops/elementary.hpp>
#include <reel/ops/functions.hpp>
#include <reel/ops/linalg.hpp>
#include <reel/ops/lookup.hpp>
#include <reel/ops/matmul.hpp>
#include <reel/ops/movement.hpp>
#include <reel/ops/ordering.hpp>
#include <reel/ops/rearrange.hpp>
#include <reel/ops/neural.hpp>
#include <reel/ops/reduce.hpp>
#include <reel/ops/reductions.hpp>
#include <reel/ops/rounding.hpp>
#include <reel/ops/select.hpp>
#include <reel/ops/softmax.hpp>
#include <reel/ops/special.hpp>
