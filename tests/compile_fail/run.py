#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""run.py BUILD FILE: a file with misuses, each of which the compiler must refuse with the right words.

The file compiles as it is, with CASE 0. Each `CASE == N` in it is compiled by itself and must be
refused with every text that the `// expect: TEXT` lines below it give.
"""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lint"))

from compiler import Compiler, in_parallel  # noqa: E402
from tree import close, read  # noqa: E402


def cases(text):
    """{case: [expected texts]}"""
    found, case = {}, None
    for line in text.split("\n"):
        start = re.match(r"\s*#\s*(?:el)?if CASE == (\d+)$", line)
        expected = re.match(r"\s*// expect: (.*)$", line)
        if start:
            case = int(start.group(1))
            found[case] = []
        elif expected:
            found[case].append(expected.group(1))
    return found


def check(compiler, path):
    text = read(path)
    expected = cases(text)
    if not expected or not all(expected.values()):
        return [f"{path}:1: a case without a line '// expect: TEXT' checks nothing: add what the compiler should say"]
    accepted, output, dependencies = compiler.compile(text, ["-DCASE=0"])
    if not accepted:
        return [f"{path}:1: does not compile as it is, so a refusal proves nothing:\n{output}"]

    def check_case(case):
        taken, said, _ = compiler.compile(text, [f"-DCASE={case}"])
        if taken:
            return f"{path}:1: case {case} compiles, and should be refused"
        missing = [t for t in expected[case] if t not in said]
        return f"{path}:1: case {case} is refused without saying {missing}:\n{said}" if missing else None

    findings = [f for f in in_parallel(check_case, expected) if f]
    if not findings:
        compiler.remember(text, dependencies)
    return findings


def main(build, path):
    compiler = Compiler(build)
    close([] if compiler.unchanged(read(path)) else check(compiler, path))


main(*sys.argv[1:])
