// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

namespace bench {

// now − before, in double: what a contender's steps did to a parameter.
template <class Now, class Before> std::vector<double> change(const Now& now, const Before& before) {
  std::vector<double> d(before.size());
  for (std::size_t i = 0; i < d.size(); ++i)
    d[i] = static_cast<double>(now[i]) - static_cast<double>(before[i]);
  return d;
}

template <class Numbers> std::vector<double> in_double(const Numbers& x) {
  return std::vector<double>(x.begin(), x.end());
}

}  // namespace bench
