// SPDX-License-Identifier: MIT
// A verb of the program is a file with one function: it adds a subcommand with its arguments, whose
// callback, called once they are parsed, sets what is to be done. To add a verb, write its file, declare
// its function here, and name it in main.cpp and meson.build.
#pragma once

#include <reel/ops/table.hpp>

#include <CLI/CLI.hpp>

#include <functional>
#include <span>

namespace reel::cli {

// Does what was asked for and returns the exit status. Results go to stdout, progress to stderr. Throws
// reel::error, of code usage where the arguments are to blame.
using action = std::function<int()>;

void add_train(CLI::App& program, action& chosen);
void add_eval(CLI::App& program, action& chosen);
void add_predict(CLI::App& program, action& chosen);
void add_graph(CLI::App& program, action& chosen);
void add_sweep(CLI::App& program, action& chosen);
void add_compare(CLI::App& program, action& chosen);
void add_check(CLI::App& program, action& chosen);
void add_check_of(std::span<const op_row> table, CLI::App& program, action& chosen);

}  // namespace reel::cli
