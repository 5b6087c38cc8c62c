// SPDX-License-Identifier: MIT
// Columns of two files that are to mean the same.
#pragma once

#include <reel/models/data.hpp>

#include <string>
#include <vector>

namespace reel::cli {

// Puts the features into the order of `names`, those of training, by their names; in files without a header
// they are taken as they stand. Throws reel::error for another number of features, or for other names. `path`
// is what messages say of.
template <class T>
void match_columns(basic_dataset<T>& data, const std::vector<std::string>& names, const std::string& path);

extern template void match_columns(dataset&, const std::vector<std::string>&, const std::string&);
extern template void match_columns(byte_dataset&, const std::vector<std::string>&, const std::string&);

}  // namespace reel::cli
