// SPDX-License-Identifier: MIT
// Labels that are in a file of their own.
#pragma once

#include <reel/models/arrays.hpp>

#include <string>
#include <vector>

namespace reel::detail {

// Labels as numbers of classes. Without classes that are known, the whole numbers that occur are the
// classes, and `classes` becomes their names. Of known ones, a label is the name if all names are whole
// numbers, and otherwise the number from 0. Throws shape_mismatch unless there is one for each sample,
// invalid_label for a label that is no class.
array<index_t> as_labels(const file_array& from, index_t samples, std::vector<std::string>& classes,
                         const std::string& file);

}  // namespace reel::detail
