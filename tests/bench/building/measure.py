#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""measure.py SOURCE [COMPILER…]: what reel costs to build.

Builds the static library from nothing, without a compiler cache; compiles main.cpp beside this file, a user's
program, optimised; and links it with the library, strips it, and runs it.
"""
import os
import subprocess
import sys
import tempfile
import time

PROGRAM = os.path.join(os.path.dirname(os.path.realpath(__file__)), "main.cpp")


def run(*command):
    """Runs a command; returns what it printed and the seconds it took; ends the program if it fails."""
    began = time.monotonic()
    done = subprocess.run(command, env={**os.environ, "CCACHE_DISABLE": "1"}, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}\nfailed with status {done.returncode}")
    return done.stdout, time.monotonic() - began


def build_library(folder, source):
    """Where the library is installed, and the seconds that building it took."""
    build, prefix = os.path.join(folder, "build"), os.path.join(folder, "installed")
    run("meson", "setup", "--buildtype=release", "-Ddefault_library=static", f"--prefix={prefix}", build, source)
    seconds = run("ninja", "-C", build, "libreel.a")[1]
    run("meson", "install", "-C", build, "--no-rebuild", "--tags", "devel")
    return prefix, seconds


def flags_of(prefix, *which):
    os.environ["PKG_CONFIG_PATH"] = next(place for place, _, names in os.walk(prefix) if "reel.pc" in names)
    return run("pkg-config", *which, "reel")[0].split()


def compile_program(folder, flags, compiler):
    """The object file, and the seconds of the fastest of three tries."""
    made = os.path.join(folder, "main.o")
    return made, min(run(*compiler, "-std=c++20", "-O2", *flags, "-c", PROGRAM, "-o", made)[1] for _ in range(3))


def main(source, *compiler):
    compiler = compiler or [os.environ.get("CXX", "g++")]
    with tempfile.TemporaryDirectory() as folder:
        prefix, library = build_library(folder, source)
        made, program = compile_program(folder, flags_of(prefix, "--cflags"), compiler)
        linked = os.path.join(folder, "main")
        run(*compiler, made, "-o", linked, *flags_of(prefix, "--static", "--libs"))
        run("strip", linked)
        run(linked)
        print(f"the static library from nothing   {library:6.1f} s on {os.cpu_count()} processors")
        print(f"a user's program, -O2             {program:6.2f} s")
        print(f"the program, linked and stripped  {os.path.getsize(linked) / 2**20:6.2f} MiB")


main(*sys.argv[1:])
