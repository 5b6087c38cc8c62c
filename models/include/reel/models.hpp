// SPDX-License-Identifier: MIT
// Models that come with reel, data readers, model files, and metrics.
#pragma once

#include <reel/models/arrays.hpp>
#include <reel/models/batches.hpp>
#include <reel/models/class_weights.hpp>
#include <reel/models/classifier.hpp>
#include <reel/models/csv.hpp>
#include <reel/models/dataset.hpp>
#include <reel/models/data_sets.hpp>
#include <reel/models/fingerprint.hpp>
#include <reel/models/io.hpp>
#include <reel/models/libsvm.hpp>
#include <reel/models/metrics.hpp>
#include <reel/models/mlp.hpp>
#include <reel/models/data_file.hpp>
#include <reel/models/softmax_regression.hpp>
#include <reel/models/tensor_file.hpp>
