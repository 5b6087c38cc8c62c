#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""headers.py BUILD: every public header compiles alone, with the include folders of its room and those below."""
import re
import sys

from compiler import Compiler, in_parallel
from tree import ROOMS, close, files


def main(build):
    compiler = Compiler(build)

    def check(path):
        room, name = re.fullmatch(r"(\w+)/include/(.*)", path).groups()
        text = f"#include <{name}>\n#include <{name}>\n"
        if compiler.unchanged(text):
            return None
        accepted, output, read = compiler.compile(text, room=room)
        if accepted:
            compiler.remember(text, read)
            return None
        return f"{path}:1: does not compile by itself: include what it uses\n{output}"

    headers = [p for p in files(".hpp") if re.match(rf"({'|'.join(ROOMS)})/include/", p)]
    close([finding for finding in in_parallel(check, headers) if finding])


main(*sys.argv[1:])
