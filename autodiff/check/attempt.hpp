// SPDX-License-Identifier: MIT
// A check as a whole: within its budget, and with refusals of the checked op as results. What an op refuses
// says something about the op; it never leaves the kit as an exception. What the caller of a check gets
// wrong does.
#pragma once

#include "check/work.hpp"

#include <reel/autodiff/check.hpp>

#include <functional>
#include <string>

namespace reel::check {

// An op refused numbers or shapes: its body, or the recording of its rule.
class refusal : public error {
 public:
  explicit refusal(const error& e) : error(e) {}
};

// Within a handler: what was thrown, as a refusal of an op recorded at `where`. Lack of memory stays.
[[noreturn]] void refuse(const char* op, const source_location& where);

// Runs an op's body or the recording of its rule.
template <class F> decltype(auto) as_refusal(const char* op, const source_location& where, const F& run) {
  try {
    return run();
  } catch (...) {
    refuse(op, where);
  }
}

// Runs a check with `seconds` of work: why it could not be finished, or nothing.
std::string attempt(double seconds, const std::function<void()>& check);

}  // namespace reel::check
