// SPDX-License-Identifier: MIT
// xtensor's output of arrays. (Beside array.hpp the one header of reel that includes xtensor.)
#pragma once

#if __has_include(<xtensor/io/xio.hpp>)
#include <xtensor/io/xio.hpp>
#else
#include <xtensor/xio.hpp>
#endif
