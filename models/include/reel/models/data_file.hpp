// SPDX-License-Identifier: MIT
// Opens a data set of whatever format: CSV, LIBSVM, IDX or NPY, packed with gzip or not.
//   any_dataset d = read_data("train-images-idx3-ubyte.gz");
//   std::visit([](const auto& data) { ... }, d);
#pragma once

#include <reel/models/arrays.hpp>
#include <reel/models/csv.hpp>
#include <reel/models/dataset.hpp>

#include <functional>
#include <string>
#include <variant>

namespace reel {

using any_dataset = std::variant<dataset, byte_dataset>;

enum class data_format { csv, libsvm, idx, npy };

struct data_options {
  // Of these, labels, features, class_names, missing and ignore serve the other formats, too.
  csv_options csv = {};
  std::string labels_file = {};  // the labels of a file of features; see below where empty
  bool zero_based = false;       // whether a LIBSVM file counts its features from 0
  // Called when the format is known, and before anything is read; what it throws passes through.
  std::function<void(data_format)> on_format = {};
};

// The format is known by the first bytes, and text by its ending (.libsvm, .svmlight, .svm) or, failing
// that, by a first line such as "1 3:0.5 7:2".
//
// The first axis of an IDX or NPY array counts samples, the others together features. Its labels are in
// a file of their own of either format, whole numbers from 0 to 65535, one per sample; those of a table of
// features may be, too. The numbers that occur are the classes, and their names, unless
// options.csv.class_names gives them: then a label is a name where all names are whole numbers, and otherwise
// counts the names from 0. Where options.labels_file is empty, the labels of …images-idx3… are in
// …labels-idx1… beside it; any other array has no labels, which is an error if options.csv.labels is
// `required`. With csv_labels::ignored or absent, nobody looks for a file of labels, nor at the labels of a
// LIBSVM file, of which "qid" among options.csv.ignore leaves out the queries.
//
// Throws as the readers of the formats do, and invalid_label for a label outside the classes,
// shape_mismatch where features and labels do not agree, non_finite for a feature that is not finite.
any_dataset read_data(const std::string& path, const data_options& options = {});

}  // namespace reel
