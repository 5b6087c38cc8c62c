#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""format.py [--in-place]: checks, or sets, the layout of every C++ source by .clang-format.

Layout differs between versions of clang-format, so one is fixed: 14, Debian 12's.
"""
import os
import shutil
import subprocess
import sys

import tree


def main(arguments):
    tool = shutil.which("clang-format-14")
    if not tool:
        tree.close(["clang-format-14 is missing; ./dev lint installs it"])
    mode = ["-i"] if arguments == ["--in-place"] else ["--dry-run", "-Werror"]
    paths = [os.path.join(tree.ROOT, path) for path in tree.files(*tree.CPP)]
    if subprocess.run([tool, *mode, *paths], check=False).returncode:
        tree.close(["the lines above are laid out differently by .clang-format: run ./dev format"])


main(sys.argv[1:])
