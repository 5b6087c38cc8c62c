#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""sizes.py: how large the house is: lines by folder, and the files, classes and functions that are long.

It reads the layout that clang-format gives: what begins at an indentation ends at the first brace at the same one.
"""
import os
import re

from tree import CPP, ROOMS, ROOT, files, read

LONG_FILE, LONG_CLASS, LONG_FUNCTION = 400, 200, 60
CLASS = re.compile(r"^ *(?:template <.*> )?(?:class|struct) (\w+)[^;]*\{$")
FUNCTION = re.compile(r"^.*\)[^;=]*\{$")
NO_FUNCTION = re.compile(r"^ *([:{}]|\w+_\(|(namespace|class|struct|enum|union|if|for|while|switch|else|do|try|catch)\b)")


def blocks(lines, pattern):
    """(first line, number of lines, text) of each block whose first line matches."""
    for first, line in enumerate(lines):
        if not pattern.match(line) or (pattern is FUNCTION and NO_FUNCTION.match(line)):
            continue
        indent = re.match(" *", line).group()
        for last in range(first + 1, len(lines)):
            if lines[last].startswith(indent + "}"):
                yield first + 1, last - first + 1, line.strip()
                break


def main():
    by_folder, long_files, long_blocks = {}, [], []
    for path in files(*CPP, root=ROOT):
        if path.split(os.sep)[0] not in (*ROOMS, "tests"):
            continue
        lines = read(path, ROOT).split("\n")[:-1]
        folder = os.path.dirname(path)
        count, total = by_folder.get(folder, (0, 0))
        by_folder[folder] = count + 1, total + len(lines)
        if len(lines) > LONG_FILE:
            long_files.append((len(lines), path))
        if os.path.basename(path).startswith("table_"):  # of data
            continue
        for kind, pattern, most in (("class", CLASS, LONG_CLASS), ("function", FUNCTION, LONG_FUNCTION)):
            long_blocks += [(size, f"{path}:{at}: {kind}: {text}") for at, size, text in blocks(lines, pattern) if size > most]
    print(f"{'files':>6}{'lines':>8}  folder")
    for folder, (count, total) in sorted(by_folder.items()):
        print(f"{count:>6}{total:>8}  {folder}")
    for title, found in ((f"files over {LONG_FILE} lines", long_files),
                         (f"classes over {LONG_CLASS} and functions over {LONG_FUNCTION} lines", long_blocks)):
        print(f"{len(found)} {title}")
        for size, what in sorted(found, reverse=True):
            print(f"{size:>6}  {what}")


main()
