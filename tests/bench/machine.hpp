// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace bench {

// Starts the program again on one processor, so that every library sees one and makes no threads, with
// no OPENBLAS_* variable, and with an allocator that keeps what it got: page faults would decide
// comparisons with libraries that allocate at each step. `plain_malloc` leaves the allocator as a user
// has it. Returns at once in the program started so.
void restart_alone(char** arguments, bool plain_malloc);

// The processor, for the head of a report.
std::string processor();

}  // namespace bench
