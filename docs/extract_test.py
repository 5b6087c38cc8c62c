#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""extract_test.py COMPILER…: chapters that hold what they show pass, those that do not fail, and say where."""
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))

# What a chapter is, and a part of what its program says; nothing for one that passes.
CHAPTERS = [
    ("shows what it prints",
     "```cpp\nint a = 2;\n```\n## S\n```cpp\nint b = a;\nstd::cout << b << '\\n';\n```\n```text\n2\n```\n", ""),
    ("a gap stands for any text",
     "```cpp\nstd::cout << \"one two three\\n\";\n```\n```text\none … three\n```\n", ""),
    ("a gap does not stand for all text",
     "```cpp\nstd::cout << \"one two four\\n\";\n```\n```text\none … three\n```\n", "chapter.md:5"),
    ("shows something else", "\n```cpp\nstd::cout << 1;\n```\n```text\n2\n```\n", "chapter.md:6"),
    ("prints what it does not show", "```cpp\nstd::cout << 1;\n```\n## S\n", "chapter.md:4"),
    ("an assertion fails", "```cpp\n#include <cassert>\n```\n\n```cpp\nassert(1 == 2);\n```\n", "chapter.md:6"),
    ("sections do not see each other", "## A\n```cpp\nint a = 0;\n```\n## B\n```cpp\na = 1;\n```\n", "chapter.md:7"),
    ("a block without an end", "text\n```cpp\nint a;\n", "chapter.md:2: this block has no end"),
    ("statements beside a main", "```cpp\n#include <cstdio>\nint main() {}\n```\n```cpp\nint a;\n```\n", "has no statements"),
]


def outcome(folder, compiler, text):
    """What extracting, compiling and running the chapter says; empty if all goes well."""
    chapter, source, program = (os.path.join(folder, name) for name in ("chapter.md", "chapter.cpp", "chapter"))
    with open(chapter, "w", encoding="utf-8") as file:
        file.write(text)
    with open(source, "w", encoding="utf-8") as file:
        done = subprocess.run([sys.executable, os.path.join(HERE, "extract.py"), chapter], stdout=file,
                              stderr=subprocess.PIPE, text=True, check=False)
    for command in ([*compiler, "-std=c++20", f"-I{HERE}", source, "-o", program], [program]):
        if done.returncode:
            return done.stderr
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stderr if done.returncode else ""


def main(*compiler):
    wrong = 0
    for name, text, said in CHAPTERS:
        with tempfile.TemporaryDirectory() as folder:
            got = outcome(folder, compiler, text)
        if said not in got or bool(said) != bool(got):
            wrong += 1
            print(f"{name}: expected {said or 'success'!r}, got: {got}", file=sys.stderr)
    sys.exit(wrong != 0)


main(*sys.argv[1:])
