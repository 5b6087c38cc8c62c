// SPDX-License-Identifier: MIT
// The program: parses arguments and hands over to a verb. Results go to stdout, progress and errors to
// stderr; wrong usage exits with status 2, any other failure with 1.
#include "verbs.hpp"

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
  using namespace reel::cli;
  CLI::App program{"reel: train classifiers and inspect what was trained"};
  program.set_version_flag("--version", REEL_VERSION);
  program.require_subcommand(1);
  action chosen;
  for (const auto add : {add_train}) add(program, chosen);
  try {
    program.parse(argc, argv);
    return chosen();
  } catch (const CLI::ParseError& e) {
    return program.exit(e) == 0 ? 0 : 2;
  } catch (const reel::error& e) {
    fmt::print(stderr, "reel: {}\n", e.what());
    return e.code() == reel::errc::usage ? 2 : 1;
  } catch (const std::exception& e) {
    fmt::print(stderr, "reel: {}\n", e.what());
    return 1;
  }
}
