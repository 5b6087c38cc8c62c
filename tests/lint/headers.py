#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""headers.py BUILD: every public header compiles alone, with the include folders of its room and those below; and all
of them compile in one program, in order and in reverse."""
import re
import sys

from compiler import Compiler, in_parallel
from tree import ROOMS, close, files


def main(build):
    compiler = Compiler(build)
    headers = [p for p in files(".hpp") if re.match(rf"({'|'.join(ROOMS)})/include/", p)]

    def refusal(paths, room):
        """What the compiler says of a program that includes these headers, each twice; nothing if it takes it."""
        names = [p.split("/include/", 1)[1] for p in paths for _ in range(2)]
        text = "".join(f"#include <{name}>\n" for name in names)
        if compiler.unchanged(text):
            return None
        accepted, output, read = compiler.compile(text, room=room)
        if accepted:
            compiler.remember(text, read)
        return None if accepted else output

    def alone(path):
        output = refusal([path], path.split("/", 1)[0])
        return output and f"{path}:1: does not compile by itself: include what it uses\n{output}"

    def together(order):
        output = refusal(order, ROOMS[-1])
        return output and f"{order[0]}:1: the public headers do not compile in one program, in this order: a name means " \
                          f"two things, or a header relies on one before it\n{output}"

    close([finding for finding in (*in_parallel(together, [headers, headers[::-1]]), *in_parallel(alone, headers))
           if finding])


main(*sys.argv[1:])
