// SPDX-License-Identifier: MIT
// Times every workload in all its implementations and prints one table of ratios for each.
#include "agree.hpp"
#include "machine.hpp"
#include "registers.hpp"
#include "report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <optional>
#include <regex>
#include <stdexcept>

namespace {

constexpr const char* usage = R"(usage: bench [OPTION…]
  --filter REGEX   only rows whose WORKLOAD/SIZE contains a match
  --only REGEX     only implementations whose name contains a match, as for a profile
  --list           name the rows and stop
  --check          only check that all implementations compute the same
  --quick          fewer and shorter repetitions
  --json FILE      also write a list of {workload, size, threads, number, implementation, median_us, libm_ratio}
  --svg FILE       also draw time against size
  --plain-malloc   leave malloc as it is; otherwise it is told to keep its memory, which suits
                   implementations that allocate
)";

struct options {
  std::string filter, only, json, svg;
  bool list = false, check = false, quick = false, plain_malloc = false;
};

// Empty when help was asked for.
std::optional<options> parse(int count, char** arguments) {
  options o;
  for (int i = 1; i < count; ++i) {
    const std::string a = arguments[i];
    const auto value = [&] {
      if (++i == count) throw std::invalid_argument(a + " needs a value");
      return std::string(arguments[i]);
    };
    if (a == "--filter") o.filter = value();
    else if (a == "--only") o.only = value();
    else if (a == "--json") o.json = value();
    else if (a == "--svg") o.svg = value();
    else if (a == "--list") o.list = true;
    else if (a == "--check") o.check = true;
    else if (a == "--quick") o.quick = true;
    else if (a == "--plain-malloc") o.plain_malloc = true;
    else if (a == "--help" || a == "-h") return std::nullopt;
    else throw std::invalid_argument("no option '" + a + "'; --help lists them");
  }
  return o;
}

// Opened before anything is measured, so that a wrong name costs nothing.
std::ofstream open(const std::string& path) {
  std::ofstream file;
  if (path.empty()) return file;
  file.open(path);
  if (!file) throw std::runtime_error("cannot write " + path);
  return file;
}

bench::measured measure(const bench::row& row, const bench::contenders& all, const bench::effort& effort) {
  bench::measured m{row.workload, row.size, row.number, {}};
  const std::vector<bench::timing> timings = bench::measure(all, row.units, effort);
  for (std::size_t i = 0; i < all.size(); ++i)
    m.entries.push_back({all[i].name, all[i].by, timings[i],
                         all[i].by == bench::maker::reel ? bench::libm_ratio(all[i].run) : 0});
  return m;
}

int run(const options& o) {
  const std::regex filter(o.filter), only(o.only);
  std::vector<bench::row> rows = bench::table();
  std::erase_if(rows, [&](const bench::row& r) { return !std::regex_search(r.id(), filter); });
  if (o.list) {
    for (const bench::row& r : rows) fmt::print("{}\n", r.id());
    return 0;
  }
  std::ofstream json = open(o.json), svg = open(o.svg);
  const bench::effort effort = o.quick ? bench::effort{9, 0.005} : bench::effort{};
  if (!o.check)
    fmt::print("{}, one thread; medians of {} repetitions\n\n", bench::processor(), effort.repetitions);

  int wrong = 0;
  std::vector<bench::measured> all, table;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bench::contenders contenders =
        rows[i].make([&](const std::string& name) { return std::regex_search(name, only); });
    if (contenders.empty())
      throw std::invalid_argument("nothing in " + rows[i].id() + " is called " + o.only);
    const std::string problem = bench::disagreement(rows[i], contenders);
    if (!problem.empty()) {
      fmt::print(stderr, "bench: {}\n", problem);
      ++wrong;
    }
    if (o.check) continue;
    table.push_back(measure(rows[i], contenders, effort));
    if (i + 1 < rows.size() && rows[i + 1].workload == rows[i].workload) continue;
    fmt::print("{}", bench::to_table(table));
    std::fflush(stdout);
    std::move(table.begin(), table.end(), std::back_inserter(all));
    table.clear();
  }
  if (o.check) fmt::print("{} rows, {} with a disagreement\n", rows.size(), wrong);
  if (json.is_open()) json << bench::to_json(all);
  if (svg.is_open()) svg << bench::to_svg(all);
  return wrong == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    const std::optional<options> o = parse(count, arguments);
    if (!o) {
      fmt::print("{}", usage);
      return 0;
    }
    bench::restart_alone(arguments, o->plain_malloc);
    return run(*o);
  } catch (const std::exception& e) {
    fmt::print(stderr, "bench: {}\n", e.what());
    return 2;
  }
}
