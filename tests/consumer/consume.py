#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""consume.py subproject|installed SOURCE BUILD COMPILER…: uses reel as another project would.

subproject: parent/ is configured with reel among its subprojects, in a folder of another name, and builds
nothing of reel but the library. installed: BUILD is installed into a folder, and parent/main.cpp compiled
by what pkg-config says. Both compile with every warning an error, and run the program.
"""
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile

PARENT = os.path.join(os.path.dirname(os.path.realpath(__file__)), "parent")
ODD_NAME = "Reel (copy) 1"


def run(*command, **environment):
    """Runs a command; shows what it said and ends the program if it fails; returns its standard output."""
    done = subprocess.run(command, env={**os.environ, **environment}, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        sys.exit(f"{shlex.join(command)}\n{done.stdout}\nfailed with status {done.returncode}")
    return done.stdout


def subproject(folder, source, compiler):
    parent, build = os.path.join(folder, "parent"), os.path.join(folder, "build")
    shutil.copytree(PARENT, parent, dirs_exist_ok=True)  # with the times of the files, so that ninja knows what is new
    os.makedirs(os.path.join(parent, "subprojects"), exist_ok=True)
    reel = os.path.join(parent, "subprojects", ODD_NAME)
    if not os.path.islink(reel):
        os.symlink(source, reel)
        with open(os.path.join(parent, "subprojects", "reel.wrap"), "w", encoding="utf-8") as wrap:
            wrap.write(f"[wrap-file]\ndirectory = {ODD_NAME}\n\n[provide]\ndependency_names = reel\n")
    if not os.path.exists(os.path.join(build, "build.ninja")):
        run("meson", "setup", build, parent, "--buildtype=plain", "-Ddefault_library=static", "--force-fallback-for=reel",
            CXX=shlex.join(compiler))
    log = run("ninja", "-C", build)
    if "warning:" in log:
        sys.exit(f"reel warns in a parent's build:\n{log}")
    targets = {t["name"] for t in json.loads(run("meson", "introspect", "--targets", build))}
    if targets != {"main", "reel"}:
        sys.exit(f"as a subproject reel builds {sorted(targets - {'main', 'reel'})} besides the library")
    run(os.path.join(build, "main"))


def installed(folder, build, compiler):
    root = os.path.join(folder, "root")
    run("meson", "install", "-C", build, "--no-rebuild", "--destdir", root, "--tags", "runtime,devel")
    libraries = next(p for p, _, names in os.walk(root) if "reel.pc" in names)
    flags = run("pkg-config", "--cflags", "--libs", "reel", PKG_CONFIG_PATH=libraries, PKG_CONFIG_SYSROOT_DIR=root)
    program = os.path.join(folder, "main")
    run(*compiler, "-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror",
        os.path.join(PARENT, "main.cpp"), *shlex.split(flags), "-o", program)
    run(program, LD_LIBRARY_PATH=os.path.dirname(libraries))


def main(how, source, build, *compiler):
    if how == "subproject":  # stays, to be built again only where something is new
        subproject(os.path.join(build, "consumer"), source, compiler)
    else:
        with tempfile.TemporaryDirectory() as folder:
            installed(folder, build, compiler)


main(*sys.argv[1:])
