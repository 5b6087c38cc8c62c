// SPDX-License-Identifier: MIT
#pragma once

#include <reel/autodiff/structural.hpp>

#include "table_rows.hpp"

namespace reel::table {

// A sample made of several functions, as one: all of them are recorded or none.
template <class F> var whole(vars x, F record, source_location where = here()) {
  return composed("sample", x, where, record);
}

}  // namespace reel::table
