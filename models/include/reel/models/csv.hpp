// SPDX-License-Identifier: MIT
// Comma-separated values (RFC 4180, and what programs write in its name): a row per sample, one column
// with its label or none, the others numbers.
//   dataset d = read_csv("flowers.csv", {.label = "species"});
#pragma once

#include <reel/models/dataset.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace reel {

enum class csv_header { detect, present, absent };

// Whether there is a label column: there must be; where the file has it; where the file has it, but nobody
// looks at it, so that it may hold anything; there is none.
enum class csv_labels { required, optional, ignored, absent };

struct csv_options {
  char separator = '\0';                      // '\0': the one of , ; tab | that line 1 has most of;
                                              // ' ': runs of blanks and tabs
  csv_header header = csv_header::detect;     // whether the first line holds the names of the columns
  std::string label = {};                     // the label column by its name or number, or, where empty,
  index_t label_column = -1;                  // by its index: from 0, or from −1 backwards
  csv_labels labels = csv_labels::required;   // whether there is such a column
  index_t features = 0;                       // how many there must be; 0 where that is not known
  std::vector<std::string> class_names = {};  // the classes, where they are known already
  missing_values missing = missing_values::refuse;  // nothing, ?, NA, N/A, null and nan in any case
  std::vector<std::string> missing_marks = {};      // and these texts, or numbers as the file writes them
  std::vector<std::string> ignore = {};             // columns to leave out, by their names or numbers
  std::vector<std::string> feature_names = {};      // the features, where they are known already
  char decimal = '.';                               // or ',', which then is no separator
  char comment = '\0';                              // skips the rest of a line from it on; '\0': nothing does
};

// A column is meant by its name, where the file has a header, or else by its number from 1: a name that is
// a number comes first.
//
// Labels are names or whole numbers; a label in quotes is a name, whatever stands in them. Classes are
// sorted, numbers by value, unless options.class_names gives them: so a second file gets the numbering of
// the first. In the same way options.feature_names, from a first file that had names, finds the columns of a
// second by their names, wherever they stand; a column that is left is the label, and others are left out. A
// second file without a header is taken in the order of the first.
//
// csv_labels::ignored suits files to predict on, which may hold the labels or not: nothing, a question mark,
// or classes that training has not seen. They hold labels if a column of the first line is called
// options.label; or, if that is empty, if there is one column more than options.features.
// csv_labels::optional finds the column in the same way, and reads it.
//
// Fields may be quoted, "" being a quote inside; blanks around a field and blank lines do not count;
// lines end with \n, \r\n or \r; a UTF-8 byte-order mark is skipped, and so is a line sep=; that names the
// separator; a file packed with gzip is unpacked. True and false, in any case, are 1 and 0 as features. The
// first line is a header if none of its features is a number, or if the lines below it show that its numbers
// are names: by their classes, by texts above numbers, or by numbers that count the columns. A header that
// is a field shorter than all rows has no name for their numbers.
//
// dataset::notes tells what deserves a look: a first line of which nobody can know whether it is a header, a
// column that numbers the rows, columns that were left out.
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
