#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""extract.py CHAPTER.md: prints the chapter's C++ as one program that runs it and checks what it shows.

The rules are those a reader would guess:
* The ```cpp blocks of a chapter are compiled together and run in order; they assert what the text claims.
* A block that begins with #include, namespace, struct or template stands at file scope. Every other block is
  statements: those before the first ## heading are visible in the whole chapter, those of a ## section in
  that section.
* A ```text block is what the statements since the one before have printed to std::cout, to the letter; an
  ellipsis (…) in it stands for any text.
* A chapter whose file-scope blocks define main is that program as it stands, and has no statements.
Blocks of any other language, or none, are not looked at.
"""
import os
import re
import sys

FENCE = re.compile(r"^\s*(`{3,}|~{3,})\s*(\S*)")
FILE_SCOPE = re.compile(r"\s*(//[^\n]*\n\s*)*(#include|namespace|struct|template)\b")
DEFINES_MAIN = re.compile(r"^int main\(", re.MULTILINE)


def parts(path):
    """Yields ('##' | language, first line, text) for the headings and blocks of a chapter, in order."""
    fence = language = None
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            mark = FENCE.match(line)
            if fence is None and mark:
                fence, language, first, block = mark[1], mark[2], number, []
            elif fence is None and line.startswith("## "):
                yield "##", number, line[3:].strip()
            elif fence is not None and mark and mark[1].startswith(fence) and not mark[2]:
                yield language, first + 1, "".join(block)
                fence = None
            elif fence is not None:
                block.append(line)
    if fence is not None:
        sys.exit(f"{path}:{first}: this block has no end")


def program(path, name):
    """The chapter as a program; `name` is what the compiler and assert call it."""
    declarations, statements, in_section = [], [], False
    for what, line, text in parts(path):
        here = f'#line {line} "{name}"\n'
        if what == "##":
            statements.append(f'printed.is("", "{name}", {line});\n' + ("} {\n" if in_section else "{\n"))
            in_section = True
        elif what == "text":
            statements.append(f'{here}printed.is(R"text({text})text", "{name}", {line});\n')
        elif what == "cpp":
            (declarations if FILE_SCOPE.match(text) else statements).append(here + text)
    if DEFINES_MAIN.search("".join(declarations)):
        if any(s.startswith("#line") for s in statements):
            sys.exit(f"{name}: a chapter that defines main is one program; it has no statements or output blocks")
        return "".join(declarations)
    return (f'#include "printed.hpp"\n{"".join(declarations)}\nint main() {{\ndocs::printed printed;\n'
            f'{"".join(statements)}printed.is("", "{name}", {line});\n{"}" if in_section else ""}\n}}\n')


def main(path):
    root = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    sys.stdout.reconfigure(encoding="utf-8")
    print(program(path, os.path.relpath(os.path.realpath(path), root)), end="")


main(*sys.argv[1:])
