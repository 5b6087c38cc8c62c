// SPDX-License-Identifier: MIT
// A row of a table: one workload at one size, and those who contend in it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace bench {

// What a contender computed, in parts of like magnitude: {{loss}, {changes of the parameters}}.
using numbers = std::vector<std::vector<double>>;

enum class maker { reel, hand, other };

struct contender {
  std::string name;
  maker by;
  std::function<void()> run;         // the work, once
  std::function<numbers()> results;  // of the runs so far; empty where there is nothing to compare
};
using contenders = std::vector<contender>;

// A problem is made once and shared, unchanged, by all who contend in it.
template <class P> using shared = std::shared_ptr<const P>;

// Whether an implementation of this name is asked for.
using choice = std::function<bool(const std::string& name)>;

struct row {
  std::string workload;
  std::size_t size;
  const char* number;  // "float" or "double"
  double units;        // what a run consists of; times are given per unit
  std::function<contenders(const choice&)> make;

  std::string id() const { return workload + "/" + std::to_string(size); }
};

// Every row that can be measured. A new workload is a problem, its contenders, and a line here.
std::vector<row> table();

}  // namespace bench
