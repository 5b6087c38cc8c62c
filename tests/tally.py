#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tally.py STATUS LOG…: adds up Meson's test logs into one closing line, 'N passed, M failed'.

A Boost.Test program counts its test cases, everything else counts one. One failure more is a program that
fails although each of its cases passed (a crash, a leak found at exit), and a STATUS of the test runs
that is not 0 although no test failed (a run cut short). Exits with 1 if anything failed or nothing passed.
"""
import json
import re
import sys

CASES = re.compile(r"^\s*(\d+) test cases? out of \d+ (passed|failed|aborted|skipped|timed out)", re.MULTILINE)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
COUNTED_AS = {"passed": "passed", "skipped": "skipped"}  # whatever else happened to a case: it failed


def count(test):
    """What one line of a log adds: {'passed': …, 'failed': …, 'skipped': …}."""
    numbers = {"passed": 0, "failed": 0, "skipped": 0}
    fine = test["result"] in ("OK", "EXPECTEDFAIL", "SKIP")
    output = test.get("stdout", "") + test.get("stderr", "")
    for number, word in CASES.findall(COLOUR.sub("", output)):
        numbers[COUNTED_AS.get(word, "failed")] += int(number)
    if not any(numbers.values()):
        numbers["skipped" if test["result"] == "SKIP" else "passed" if fine else "failed"] = 1
    elif not fine and not numbers["failed"]:
        numbers["failed"] = 1
    return numbers


def tally(status, tests):
    """(the closing line, the exit status)"""
    total = {"passed": 0, "failed": 0, "skipped": 0}
    for test in tests:
        for word, number in count(test).items():
            total[word] += number
    if status and not total["failed"]:
        total["failed"] = 1
    skipped = f", {total['skipped']} skipped" if total["skipped"] else ""
    return f"{total['passed']} passed, {total['failed']} failed{skipped}", int(bool(total["failed"]) or not total["passed"])


def main(status, *logs):
    tests = []
    for log in logs:
        with open(log, encoding="utf-8") as lines:
            tests += map(json.loads, lines)
    line, result = tally(int(status), tests)
    print(line, flush=True)
    sys.exit(result)


if __name__ == "__main__":
    main(*sys.argv[1:])
