// SPDX-License-Identifier: MIT
// The data sets that come with reel: "iris" and "digits".
#pragma once

#include <reel/models/data.hpp>

#include <string>

namespace reel {

// The path of NAME.csv: in the directory that the environment variable REEL_DATA names, or else where
// reel's data are installed, or else in the source tree reel was built from. Throws bad_file with the
// places searched and the names found there.
std::string find_data(const std::string& name);

// read_csv(find_data(name)).
dataset load_data(const std::string& name);

}  // namespace reel
