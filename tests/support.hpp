// SPDX-License-Identifier: MIT
// What tests share.
#pragma once

#include <reel/autodiff.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

namespace reel::test {

// Runs f and checks that it is refused with this kind of error and a message that holds every text.
template <class F, class... Text> void check_error(errc code, F f, const Text&... texts) {
  try {
    f();
  } catch (const error& e) {
    BOOST_TEST(std::string(name(e.code())) == std::string(name(code)), e.what());
    const std::string message = e.what();
    for (const std::string& text : {std::string(texts)...})
      BOOST_TEST((message.find(text) != std::string::npos), "'" << text << "' is missing in: " << message);
    return;
  }
  BOOST_ERROR("no error of kind " << name(code));
}

}  // namespace reel::test
