// SPDX-License-Identifier: MIT
// Where each option has an effect. One that was given where it has none is refused: it was meant to have one.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace reel {
enum class data_format;
}

namespace reel::cli {

// Of what was given to a verb. Throws reel::error of code usage.
void refuse_without_effect(const CLI::App& verb);

// Of what was given, on a file of this format; `path` is what the option says of.
void refuse_without_effect(const CLI::App& verb, const std::string& path, data_format format);

// The same of the file of test samples.
void refuse_without_effect_on_test(const CLI::App& verb, const std::string& path, data_format format);

}  // namespace reel::cli
