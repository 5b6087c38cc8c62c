// SPDX-License-Identifier: MIT
// LIBSVM's sparse text: a line per sample, its label and then index:value for the features that are not 0,
// indices from 1 and ascending; what follows a # is a comment.
//   +1 3:0.5 17:1
#pragma once

#include <reel/models/dataset.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace reel {

struct libsvm_options {
  index_t features = 0;                       // how many there are; 0: as many as the largest index
  std::vector<std::string> class_names = {};  // the classes, where they are known already
  bool reads_labels = true;                   // if not, labels are not looked at, and there are none
  bool zero_based = false;    // whether indices count from 0, as scikit-learn writes them, or from 1
  bool skip_queries = false;  // leaves out qid:…, which tells the queries of a ranking apart
};

// A dense data set: the features that a line does not name are 0. Labels are names or whole numbers, as in
// <reel/models/csv.hpp>. A file packed with gzip is unpacked.
//
// Throws bad_file for a file that cannot be read. Throws parse_error, as file:line:column, for a label or
// value as read_csv does, an index that is not a whole number from 1 or 0, is not above the one before it, or
// is above options.features (2^20 where that is 0), for more than 2^30 numbers in all, for no lines.
// Throws invalid_argument for options that make no sense.
dataset read_libsvm(const std::string& path, const libsvm_options& options = {});

// The same of text in memory; `name` stands for the file in messages.
dataset parse_libsvm(std::string_view text, const libsvm_options& options = {},
                     const std::string& name = "libsvm");

}  // namespace reel
