// SPDX-License-Identifier: MIT
// What arguments must be, and arguments that come from a file.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace reel::cli {

// For CLI::Option::check: each returns what is wrong with a text, or nothing. Numbers are what a step
// computes with: 0, or of a size that a float holds.
std::string at_least_zero(const std::string& text);
std::string more_than_zero(const std::string& text);
std::string below_one(const std::string& text);  // 0 ≤ x < 1
std::string a_share(const std::string& text);    // 0 < x < 1
// Whole numbers in plain digits.
std::string count_from_zero(const std::string& text);
std::string count_from_one(const std::string& text);
std::string one_to_256(const std::string& text);
std::string a_seed(const std::string& text);  // 0 … 2⁶⁴ − 1

// Has every option of a verb refuse an empty text: it comes from a shell variable that is not set.
void refuse_empty_values(CLI::App& verb);

// The one of these words that is most like this one, if it is like it; otherwise nothing.
std::string similar(const std::string& word, const std::vector<std::string>& words);
std::vector<std::string> option_names(const CLI::App& verb);

// An option by its long name without dashes, or "data", its value as text, and where that was written.
struct setting {
  std::string name, value, where;
};

// From the lines of a file: name = value, quotes around the value or not, # begins a comment. Throws
// reel::error of code usage, as file:line, for other lines and for a file that cannot be read.
std::vector<setting> read_settings(const std::string& path);

// Gives a verb's options their values, except those that were given on the command line. Throws
// reel::error of code usage for a name that is no option of the verb, or a value that it does not take.
void apply_settings(CLI::App& verb, const std::vector<setting>& all);

// What was given for the options of these groups, by whatever way; flags are "true".
std::vector<setting> given_settings(const CLI::App& verb, const std::vector<std::string>& groups);

// Adds the option --config, whose settings are applied before the verb's own callback runs.
void add_config(CLI::App& verb);

}  // namespace reel::cli
