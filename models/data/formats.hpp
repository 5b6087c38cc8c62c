// SPDX-License-Identifier: MIT
// The readers as `read_data` calls them, once a file is open and its format known.
#pragma once

#include "text_source.hpp"

#include <reel/models/arrays.hpp>
#include <reel/models/csv.hpp>
#include <reel/models/libsvm.hpp>

namespace reel::detail {

dataset read_csv(text_source source, const csv_options& options);
dataset read_libsvm(text_source source, const libsvm_options& options);
file_array read_idx(byte_source source);
file_array read_npy(byte_source source);

}  // namespace reel::detail
