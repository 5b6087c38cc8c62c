// SPDX-License-Identifier: MIT
// Comma-separated values (RFC 4180, and what programs write in its name): a row per sample, one column
// with its label or none, the others numbers.
//   dataset d = read_csv("flowers.csv", {.label = "species"});
#pragma once

#include <reel/models/data.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace reel {

enum class csv_header { detect, present, absent };

// Whether there is a label column: there must be; where the file has it; where the file has it, but nobody
// looks at it, so that it may hold anything; there is none.
enum class csv_labels { required, optional, ignored, absent };

struct csv_options {
  char separator = '\0';                            // '\0': the one of , ; tab | that line 1 has most of
  csv_header header = csv_header::detect;           // whether the first line holds the names of the columns
  std::string label = {};                           // the label column by its name, or, where empty,
  index_t label_column = -1;                        // by its index: from 0, or from −1 backwards
  csv_labels labels = csv_labels::required;         // whether there is such a column
  index_t features = 0;                             // how many there must be; 0 where that is not known
  std::vector<std::string> class_names = {};        // the classes, where they are known already
  missing_values missing = missing_values::refuse;  // nothing, ?, NA, N/A, null and nan in any case
};

// Labels are names or whole numbers. Classes are sorted, numbers by value, unless options.class_names
// gives them: so a second file gets the numbering of the first.
//
// csv_labels::ignored suits files to predict on, which may hold the labels or not: nothing, a question mark,
// or classes that training has not seen. They hold labels if a column of the first line is called
// options.label; or, if that is empty, if there is one column more than options.features.
// csv_labels::optional finds the column in the same way, and reads it.
//
// Fields may be quoted, "" being a quote inside; blanks around a field and blank lines do not count;
// lines end with \n, \r\n or \r; a UTF-8 byte-order mark is skipped; a file packed with gzip is unpacked.
// The first line is taken for a header if none of its features is a number, or if its label is text
// above a number.
//
// Throws bad_file for a file that cannot be read. Throws parse_error, as file:line:column, the column
// counted in bytes, for rows of different lengths, a feature that is no finite number, a missing value
// unless options.missing says otherwise, a missing label unless rows with missing values are dropped, a
// label such as 1.5, a class unknown to options.class_names, quotes that do not match, text that is not
// UTF-8, no rows. Throws invalid_argument for options that make no sense or do not suit the file.
dataset read_csv(const std::string& path, const csv_options& options = {});

// The same of text in memory; `name` stands for the file in messages.
dataset parse_csv(std::string_view text, const csv_options& options = {}, const std::string& name = "csv");

}  // namespace reel
