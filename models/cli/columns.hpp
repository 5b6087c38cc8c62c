// SPDX-License-Identifier: MIT
// Columns of two files that are to mean the same.
#pragma once

#include <reel/models/dataset.hpp>

#include <string>
#include <vector>

namespace reel::cli {

// Calls the features what they were called in training, once the reader has put those that have names into
// their order. Throws reel::error for another number of features. `path` is what messages say of.
template <class T>
void name_columns(basic_dataset<T>& data, const std::vector<std::string>& names, const std::string& path);

extern template void name_columns(dataset&, const std::vector<std::string>&, const std::string&);
extern template void name_columns(byte_dataset&, const std::vector<std::string>&, const std::string&);

// Whether these are names, as a model of an earlier version remembers them, or "column 1", "column 2", …
bool are_names(const std::vector<std::string>& names);

}  // namespace reel::cli
