// SPDX-License-Identifier: MIT
// The main program of every test executable; header-only Boost.Test is compiled here alone.
#define BOOST_TEST_MODULE reel
#include <boost/test/included/unit_test.hpp>
