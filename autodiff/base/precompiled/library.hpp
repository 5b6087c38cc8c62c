// SPDX-License-Identifier: MIT
// Compiled once per library instead of once per source. Sources name what they use all the same: a build with
// -Db_pch=false, such as the one with sanitizers, fails where one does not.
#include <fmt/format.h>
#include <reel/autodiff/op.hpp>

#include <algorithm>
#include <cmath>
