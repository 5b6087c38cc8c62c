#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""reference.py [--check]: writes docs/reference.md, the functions of the op catalogue with what their headers say.

--check compares instead, and tells how to write it again.
"""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
OPS = os.path.join(ROOT, "ops", "include", "reel", "ops")
TARGET = os.path.join(ROOT, "docs", "reference.md")
LEFT_OUT = ("check_table.hpp", "elementwise.hpp", "table.hpp")  # for authors of ops
HEAD = """# The ops, by header

Every function of the op catalogue, with what its header says of shapes, kinds, kinks and errors. `operand` is a var, a
number, or an array of constants beside a var. Axes may be given from either end. What is proven of each op stands in
[the coverage matrix](coverage.md), and its accuracy in [How accurate](accuracy.md). This page is generated from the
headers; `docs/reference.py` writes it.
"""


def comment_text(lines):
    return " ".join(re.sub(r"^// ?", "", line).strip() for line in lines).strip()


def entries(lines):
    """(comment, declarations) of each group of functions; a group ends at a blank line."""
    comment, declarations, inside = [], [], False
    for line in lines + [""]:
        if line.startswith("//") and not inside:
            if declarations:
                yield comment_text(comment), declarations
                comment, declarations = [], []
            comment.append(line)
        elif inside or re.match(r"(?!struct|class|enum|namespace|template|using|inline|static|friend|#|\}|})[\w:<>]+(?:<var>)? \w+\(", line):
            code, _, remark = line.partition("  // ")
            declarations.append(("" if inside else "\n") + code.strip() + (f"  // {remark.strip()}" if remark else ""))
            inside = not code.rstrip().endswith((";", "}"))
        elif not line.strip():
            if declarations:
                yield comment_text(comment), declarations
            comment, declarations = [], []
        elif not line.startswith(" "):
            comment = []


def joined(declarations):
    return " ".join(declarations).replace(" \n", "\n").strip()


def chapter(path):
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    start = lines.index("#pragma once")
    intro = comment_text([line for line in lines[1:start] if line.startswith("//")])
    name = path.split("/include/", 1)[1]
    text = [f"## `<{name}>`", intro]
    for comment, declarations in entries(lines[start:]):
        text.append(f"```c++\n{joined(declarations)}\n```")
        if comment:
            text.append(comment)
    return "\n\n".join(text) if len(text) > 2 else None


def page():
    headers = [os.path.join(ROOT, "autodiff", "include", "reel", "autodiff", "structural.hpp")]
    headers += sorted(os.path.join(folder, name) for folder, _, names in os.walk(OPS) for name in names
                     if name.endswith(".hpp") and name not in LEFT_OUT)
    return HEAD + "\n" + "\n\n".join(filter(None, map(chapter, headers))) + "\n"


def main():
    if sys.argv[1:] == ["--check"]:
        with open(TARGET, encoding="utf-8") as file:
            if file.read() != page():
                sys.exit("docs/reference.md:1: differs from the headers: run docs/reference.py")
        return
    with open(TARGET, "w", encoding="utf-8") as file:
        file.write(page())


main()
