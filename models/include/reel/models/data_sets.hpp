// SPDX-License-Identifier: MIT
// The data sets that come with reel, "iris" and "digits", and Fashion-MNIST where it is installed.
#pragma once

#include <reel/models/dataset.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace reel {

// The path of NAME.csv: in the directory that the environment variable REEL_DATA names, or else where
// reel's data are installed, or else in the source tree reel was built from. Throws bad_file with the
// places searched and the names found there.
std::string find_data(const std::string& name);

// read_csv(find_data(name)).
dataset load_data(const std::string& name);

// Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017): 60,000 training and 10,000 test images of 28 x 28 pixels
// 0 … 255, in ten classes of clothes; Debian packs it as dataset-fashion-mnist. Its four files are looked
// for in the folder fashion-mnist of the directory that REEL_DATA names and of reel's installed data, and in
// datasets/fashion-mnist of the directories of XDG_DATA_DIRS, by default /usr/local/share and /usr/share.
// Throws bad_file, with the places searched, where they are not; and as read_data.
train_and_test<std::uint8_t> load_fashion_mnist();

// The folder of these files, or nothing.
std::optional<std::string> find_fashion_mnist();

}  // namespace reel
