#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a set of kernels defines, it defines under its own name. The linker keeps one copy of a function that
several objects define; were that one compiled for AVX-512, it would end programs on processors without.

usage: kernels.py NAME=LIBRARY…"""
import subprocess
import sys


def main():
    for argument in sys.argv[1:]:
        name, library = argument.split("=", 1)
        listing = subprocess.run(["nm", "-C", "--defined-only", library], capture_output=True, text=True, check=True)
        symbols = [line.split(" ", 2)[2] for line in listing.stdout.splitlines() if line.count(" ") >= 2]
        untagged = [s for s in symbols if f"reel::kernels::{name}::" not in s and not s.startswith((".L", "DW.ref"))]
        if not symbols:
            sys.exit(f"{library}: no symbols")
        if untagged:
            sys.exit(f"{library}: defined outside reel::kernels::{name}, so the linker may share them: " + ", ".join(untagged))


main()
