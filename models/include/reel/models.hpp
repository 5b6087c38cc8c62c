// SPDX-License-Identifier: MIT
// Models that come with reel, and metrics.
#pragma once

#include <reel/models/metrics.hpp>
#include <reel/models/mlp.hpp>
#include <reel/models/softmax_regression.hpp>
