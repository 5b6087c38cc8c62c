// SPDX-License-Identifier: MIT
#include "check/attempt.hpp"

#include <fmt/format.h>

#include <cmath>
#include <new>

namespace reel::check {

void refuse(const char* op, const source_location& where) {
  try {
    throw;
  } catch (const refusal&) {
    throw;
  } catch (const out_of_work&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const error& e) {
    if (e.code() == errc::no_value) throw;  // an input without an example: what the caller has left out
    if (e.has_context()) throw refusal(e);
    throw refusal(error(e.code(), op, where, e.detail()));
  } catch (const std::exception& e) {
    throw refusal(error(errc::invalid_argument, op, where, e.what()));
  }
}

std::string attempt(double seconds, const std::function<void()>& check) {
  const work_limit limit(seconds);
  try {
    check();
    return {};
  } catch (const refusal& e) {
    return fmt::format("it was refused: {}", e.what());
  } catch (const out_of_work& e) {
    const auto given = fmt::format("`seconds` is {:.3g}", seconds);
    if (e.needed <= seconds) return fmt::format("the work it may take is used up: {}. Give it more.", given);
    return fmt::format(
        "it would take about {:.2g} seconds of work and was not begun: {}. Give it "
        "`seconds = {:.0f}`.",
        e.needed, given, std::ceil(1.25 * e.needed));
  }
}

}  // namespace reel::check
