#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tally.py LOG…: adds up Meson's test logs into one closing line, 'N passed, M failed'.

A Boost.Test program counts its test cases, everything else counts one. A program that fails although
each of its cases passed (a leak found at exit, a crash) is one failure more. Exits with 1 if anything
failed or nothing passed.
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


def main(logs):
    total = {"passed": 0, "failed": 0, "skipped": 0}
    for log in logs:
        with open(log, encoding="utf-8") as lines:
            for line in lines:
                for word, number in count(json.loads(line)).items():
                    total[word] += number
    skipped = f", {total['skipped']} skipped" if total["skipped"] else ""
    print(f"{total['passed']} passed, {total['failed']} failed{skipped}", flush=True)
    return 1 if total["failed"] or not total["passed"] else 0


sys.exit(main(sys.argv[1:]))
