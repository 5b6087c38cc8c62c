// SPDX-License-Identifier: MIT
// What verbs say about a model, and the files they write.
#pragma once

#include "chart.hpp"

#include <reel/models/classifier.hpp>
#include <reel/optim/history.hpp>

#include <string>

namespace reel::cli {

// The rows of a table as text, columns as wide as they must be, the first one to the left.
std::string table(const std::vector<std::vector<std::string>>& rows);

// Of all classes where they fit on a screen, or else of those that are confused most.
std::string confusion_text(const array<index_t>& confusion, const std::vector<std::string>& names);

// Four digits after the point; of what is larger than any loss should be, four digits in all.
std::string loss_text(double loss);

std::string evaluation_line(const char* part, const evaluation& e, index_t samples);

// Training and validation loss after each epoch.
chart loss_chart(const std::string& name, const std::vector<optim::epoch_record>& epochs);

}  // namespace reel::cli
