// SPDX-License-Identifier: MIT
// Times the contenders of one row with Google Benchmark.
#pragma once

#include "row.hpp"

namespace bench {

struct effort {
  int repetitions = 21;
  double seconds = 0.02;  // per repetition
};

struct timing {
  double median_us = 0;  // of the repetitions, per unit
  double spread = 0;     // between their quartiles, relative to the median
};

// Repetitions of all contenders are interleaved in random order, so that drift of the machine hurts
// all alike. What counts is the processor time of the process: on a machine that does other work it is
// the time the process was let run.
std::vector<timing> measure(const contenders& all, double units, const effort& e);

}  // namespace bench
