# SPDX-License-Identifier: MIT
"""The project's files, and how a lint reports what it found."""
import os
import sys

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
ROOMS = ("autodiff", "ops", "optim", "models")  # each may include those before it
CPP = (".cpp", ".hpp")


def files(*endings, root=ROOT):
    """Paths below root, relative to it, of the files with one of these endings; builds and wraps are left out."""
    found = []
    for folder, folders, names in os.walk(root):
        top = folder == root
        folders[:] = sorted(
            f for f in folders
            if f not in (".git", "__pycache__") and not (top and (f.startswith("build") or f == "subprojects")))
        found += (os.path.relpath(os.path.join(folder, n), root) for n in sorted(names) if n.endswith(endings))
    return found


def read(path, root=ROOT):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return file.read()


def close(findings):
    """Prints the findings, each 'file:line: what is wrong and what to do', and ends the program."""
    for finding in findings:
        print(finding, file=sys.stderr)
    sys.exit(1 if findings else 0)
