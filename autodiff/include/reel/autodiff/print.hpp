// SPDX-License-Identifier: MIT
// Printing: os << array shows its numbers, as xtensor does; os << x says what a var is, of which shape and
// kind, and where it was written. (Its numbers are those of x.value().)
#pragma once

#include <reel/autodiff/array_io.hpp>
#include <reel/autodiff/var.hpp>

#include <iosfwd>

namespace reel {

// "mul 'force' [3x2] real, train.cpp:48". Of an empty or stale var it says that. Does not throw of itself.
std::ostream& operator<<(std::ostream& to, const var& x);

}  // namespace reel
