// SPDX-License-Identifier: MIT
// What the library says, in the words of the program: its options by their names on the command line.
#pragma once

#include <string>

namespace reel::cli {

// "option ignore = 1" becomes "--ignore 1", and the options are named for what is asked for most often.
// `labels` is the option for a file of labels.
std::string with_options(std::string message, bool has_label, const char* labels = "--labels");

}  // namespace reel::cli
