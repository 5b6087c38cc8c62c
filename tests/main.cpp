// SPDX-License-Identifier: MIT
// The main program of every test executable; header-only Boost.Test is compiled here alone. Every program
// that a test freezes is verified after each pass.
#define BOOST_TEST_MODULE reel
#include "program/verify.hpp"

#include <boost/test/included/unit_test.hpp>

namespace {
struct verified_passes {
  verified_passes() { reel::detail::verifies_passes = true; }
};
}  // namespace
BOOST_TEST_GLOBAL_FIXTURE(verified_passes);
