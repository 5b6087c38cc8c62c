// SPDX-License-Identifier: MIT
// Numbers and questions that the tests of frozen programs share.
#pragma once

#include "support.hpp"

#include <reel/ops.hpp>

#include <string>

namespace reel::test {

// Numbers in [-scale, scale] that look like none in particular.
template <class T> array<T> filled(const shape& s, double scale, index_t salt) {
  auto a = make_array<T>(s);
  for (index_t i = 0; i < s.size(); ++i)
    a.data()[i] = static_cast<T>(scale * (static_cast<double>((i * 7919 + salt * 104729) % 2003) / 1001 - 1));
  return a;
}

inline bool explains(const program& p, const std::string& what) {
  return p.explain().find(what) != std::string::npos;
}

}  // namespace reel::test
