# SPDX-License-Identifier: MIT
"""What the tests of the program share."""
import os
import subprocess
import sys


def run(program, *arguments, folder, **more):
    """Runs `reel ARGUMENT…` in a folder; returns its exit status, stdout and stderr."""
    more = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, "timeout": 300} | more
    done = subprocess.run([os.path.abspath(program), *arguments], cwd=folder, encoding="utf-8", **more)
    return done.returncode, done.stdout, done.stderr


def fine(program, *arguments, folder, **more):
    """The same of a run that must succeed; returns its stdout."""
    status, out, err = run(program, *arguments, folder=folder, **more)
    if status != 0:
        sys.exit(f"reel {' '.join(arguments)}: exit status {status}\n{out}{err}")
    return out


def content(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def write(folder, name, text):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)


def close(findings):
    """Ends a test: fails it if anything was found."""
    if findings:
        sys.exit("\n".join(findings))
