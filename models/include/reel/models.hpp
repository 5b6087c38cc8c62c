// SPDX-License-Identifier: MIT
// Models, data and how well one fits the other.
#pragma once

#include <reel/models/metrics.hpp>
