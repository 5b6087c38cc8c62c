// SPDX-License-Identifier: MIT
// Compiled once per test program instead of once per source. Sources name what they use all the same: a build
// with -Db_pch=false, such as the one with sanitizers, fails where one does not.
#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <reel/ops.hpp>

#include <algorithm>
#include <cmath>
