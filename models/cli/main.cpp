// SPDX-License-Identifier: MIT
// The program: parses arguments and hands over to a verb. Results go to stdout, progress and errors to
// stderr; wrong usage exits with status 2, any other failure with 1.
#include "arguments.hpp"
#include "output.hpp"
#include "verbs.hpp"

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <exception>
#include <new>
#include <sstream>
#include <string>
#include <vector>

namespace {

constexpr const char* help = "Run with --help for more information.\n";

// Refuses no verb, and one there is not, by name.
void check_verb(const CLI::App& program, const char* given) {
  using reel::cli::option_names;
  const std::string word = given == nullptr ? "" : given;
  std::vector<std::string> verbs, options = option_names(program);
  for (const CLI::App* verb : program.get_subcommands({})) verbs.push_back(verb->get_name());
  const auto is_one_of = [&](const auto& words) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  if (is_one_of(verbs) || is_one_of(options) || word == "-h") return;
  const std::string all = fmt::format("{}", fmt::join(verbs, ", ")), meant = reel::cli::similar(word, verbs);
  const auto refusal = [&] {
    if (given == nullptr) return fmt::format("say what to do: {}.", all);
    if (word.starts_with('-'))
      return fmt::format("reel itself has no option '{}': begin with what to do: {}.", word, all);
    if (!word.empty() && !meant.empty()) return fmt::format("there is no verb '{}'; is it {}?", word, meant);
    return fmt::format("there is no verb '{}': there are {}.", word, all);
  };
  throw reel::error(reel::errc::usage, refusal());
}

// What was given to the verb and is none of its arguments.
std::string unexpected(const CLI::App& program) {
  const CLI::App& verb = *program.get_subcommands().front();
  const std::vector<std::string> rest = verb.remaining();
  const auto option =
      std::find_if(rest.begin(), rest.end(), [](const auto& r) { return r.starts_with('-'); });
  if (option == rest.end()) return fmt::format("not expected: {}", fmt::join(rest, " "));
  const std::string name = option->substr(0, option->find('=')),
                    meant = reel::cli::similar(name, reel::cli::option_names(verb));
  return fmt::format("reel {} has no option '{}'{}", verb.get_name(), name,
                     meant.empty() ? "." : fmt::format("; is it {}?", meant));
}

// The exit status; what is wrong is thrown.
int run(int argc, char** argv) {
  using namespace reel::cli;
  CLI::App program{"reel: train classifiers, inspect what was trained, and prove derivative rules", "reel"};
  program.set_version_flag("--version", REEL_VERSION);
  program.require_subcommand(1);
  action chosen;
  for (const auto add : {add_train, add_eval, add_predict, add_graph, add_sweep, add_compare, add_check})
    add(program, chosen);
  for (CLI::App* verb : program.get_subcommands({})) refuse_empty_values(*verb);
  check_verb(program, argc > 1 ? argv[1] : nullptr);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ExtrasError&) {
    throw reel::error(reel::errc::usage, unexpected(program));
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() != 0) throw reel::error(reel::errc::usage, e.what());
    std::ostringstream help_or_version;
    const int status = program.exit(e, help_or_version);
    write_result(help_or_version.str());
    return status;
  }
  return chosen();
}

}  // namespace

int main(int argc, char** argv) {
  using namespace reel::cli;
  prepare_streams();
  try {
    const int status = run(argc, argv);
    flush_results();
    return status;
  } catch (const reel::error& e) {
    const bool is_usage = e.code() == reel::errc::usage;
    note("reel: {}\n{}", is_usage ? e.detail() : e.what(), is_usage ? help : "");
    return is_usage ? 2 : 1;
  } catch (const std::bad_alloc&) {
    note("reel: there is not enough memory for this.\n");
    return 1;
  } catch (const std::exception& e) {
    note("reel: {}\n", e.what());
    return 1;
  }
}
