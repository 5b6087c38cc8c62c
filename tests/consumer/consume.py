#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""consume.py subproject|pkg-config|cmake SOURCE BUILD COMPILER…: uses reel as another project would.

subproject: parent/ is configured with reel among its subprojects, in a folder of another name, and builds
nothing of reel but the library; what it needs, but zlib, comes by reel's wrap files. pkg-config, cmake: BUILD is
installed into a folder, and parent/ compiled by what pkg-config says, or by its CMakeLists.txt. All compile
with every warning an error, and run the program.
"""
import configparser
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile

PARENT = os.path.join(os.path.dirname(os.path.realpath(__file__)), "parent")
ODD_NAME = "Reel (copy) 1"
# Where a download keeps headers, and the system.
WRAPS = {"boost": ("boost", "boost"), "eigen": ("Eigen", "eigen3/Eigen"), "fmt": ("include/fmt", "fmt"),
         "xtensor": ("include/xtensor", "xtensor"), "xtl": ("include/xtl", "xtl")}
# The source that fmt's download compiles, which the system has compiled already: what its headers leave out.
FMT_SOURCE = """#include <fmt/format-inl.h>
template auto fmt::detail::thousands_sep_impl<char>(locale_ref) -> thousands_sep_result<char>;
template auto fmt::detail::decimal_point_impl<char>(locale_ref) -> char;
"""


def run(*command, **environment):
    """Runs a command; shows what it said and ends the program if it fails; returns its standard output."""
    done = subprocess.run(command, env={**os.environ, **environment}, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        sys.exit(f"{shlex.join(command)}\n{done.stdout}\nfailed with status {done.returncode}")
    return done.stdout


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def place_file(path, text):
    """Writes a file where there is none: one that stays as it is need not be compiled again."""
    if not os.path.exists(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        write(path, text)


def unpack_wraps(source, subprojects):
    """Lays the headers of the system out as a download would be, so that the wrap files need no network."""
    wraps = os.path.join(source, "subprojects")
    system = run("pkg-config", "--variable=includedir", "xtensor").strip()
    for name, (place, installed) in WRAPS.items():
        wrap = configparser.ConfigParser()
        wrap.read(os.path.join(wraps, f"{name}.wrap"))
        folder = os.path.join(subprojects, wrap["wrap-file"]["directory"])
        headers = os.path.join(folder, place)
        if not os.path.exists(headers):
            os.makedirs(os.path.dirname(headers), exist_ok=True)
            os.symlink(os.path.join(system, installed), headers)
        if name == "fmt":
            place_file(os.path.join(folder, "src", "format.cc"), FMT_SOURCE)
        shutil.copytree(os.path.join(wraps, "packagefiles", wrap["wrap-file"]["patch_directory"]), folder, dirs_exist_ok=True)


def subproject(folder, source, compiler):
    parent, build = os.path.join(folder, "parent"), os.path.join(folder, "build")
    shutil.copytree(PARENT, parent, dirs_exist_ok=True)  # with the times of the files, so that ninja knows what is new
    os.makedirs(os.path.join(parent, "subprojects"), exist_ok=True)
    reel = os.path.join(parent, "subprojects", ODD_NAME)
    if not os.path.islink(reel):
        os.symlink(source, reel)
        write(os.path.join(parent, "subprojects", "reel.wrap"),
              f"[wrap-file]\ndirectory = {ODD_NAME}\n\n[provide]\ndependency_names = reel\n")
    unpack_wraps(source, os.path.join(parent, "subprojects"))
    if not os.path.exists(os.path.join(build, "build.ninja")):
        run("meson", "setup", build, parent, "--buildtype=plain", "-Ddefault_library=static", "-Dreel:instruction_sets=avx2",
            "--force-fallback-for=" + ",".join(["reel", *WRAPS]), CXX=shlex.join(compiler))
    log = run("ninja", "-C", build)
    if "warning:" in log:
        sys.exit(f"reel warns in a parent's build:\n{log}")
    targets = {t["name"] for t in json.loads(run("meson", "introspect", "--targets", build))}
    targets = {name for name in targets - {"fmt"} if not name.startswith("kernels_")}  # parts of the library
    if targets != {"main", "reel"}:
        sys.exit(f"as a subproject reel builds {sorted(targets - {'main', 'reel'})} besides the library")
    run(os.path.join(build, "main"))


def install(folder, build):
    """Installs BUILD below a folder; returns the folder and that of the file for pkg-config."""
    root = os.path.join(folder, "root")
    run("meson", "install", "-C", build, "--no-rebuild", "--destdir", root, "--tags", "runtime,devel")
    return root, next(p for p, _, names in os.walk(root) if "reel.pc" in names)


def pkg_config(folder, source, build, compiler):
    root, libraries = install(folder, build)
    flags = run("pkg-config", "--cflags", "--libs", "reel", PKG_CONFIG_PATH=libraries, PKG_CONFIG_SYSROOT_DIR=root)
    program = os.path.join(folder, "main")
    run(*compiler, "-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror",
        os.path.join(PARENT, "main.cpp"), *shlex.split(flags), "-o", program)
    run(program, LD_LIBRARY_PATH=os.path.dirname(libraries))
    check_checked_containers(folder, shlex.split(flags), compiler)
    check_static_flags(folder, source, compiler)


def check_checked_containers(folder, flags, compiler):
    """libstdc++'s checked containers lie in memory differently: mixing them with a library without is refused."""
    source = write(os.path.join(folder, "checked.cpp"), "#include <reel/autodiff.hpp>\nint main() { reel::tape t; }\n")
    done = subprocess.run([*compiler, "-std=c++20", "-D_GLIBCXX_DEBUG", source, *flags, "-o", source + ".out"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode == 0 or "reel_is_built_with_GLIBCXX_DEBUG" not in done.stdout:
        sys.exit(f"a program with checked containers is linked with a library without:\n{done.stdout}")


def check_static_flags(folder, source, compiler):
    """A static library asks of its users no more than the shared one: the flags it was compiled with are its own."""
    build = os.path.join(folder, "static")
    run("meson", "setup", build, source, "-Ddefault_library=static", "-Dprogram=disabled", "-Dtests=disabled",
        "-Ddocs=disabled", CXX=shlex.join(compiler))
    flags = run("pkg-config", "--cflags", os.path.join(build, "meson-private", "reel.pc")).split()
    strange = [flag for flag in flags if not flag.startswith("-I")]
    if strange:
        sys.exit(f"pkg-config gives who uses a static reel the flags {shlex.join(strange)}")


def cmake(folder, _, build, compiler):
    _, libraries = install(folder, build)
    config = os.path.join(os.path.dirname(libraries), "cmake", "reel")
    made = os.path.join(folder, "made")
    run("cmake", "-G", "Ninja", "-S", PARENT, "-B", made, f"-Dreel_DIR={config}", CXX=shlex.join(compiler))
    run("cmake", "--build", made)
    run(os.path.join(made, "main"))
    for version, suits in (("0.1.0", True), ("0.1", True), ("0.2", False), ("0.0.9", False), ("0.1.99", False), ("1.1", False)):
        major, minor = version.split(".")[:2]
        said = run("cmake", f"-DPACKAGE_FIND_VERSION={version}", f"-DPACKAGE_FIND_VERSION_MAJOR={major}",
                   f"-DPACKAGE_FIND_VERSION_MINOR={minor}", "-P", write(os.path.join(folder, "ask.cmake"),
                   f'include("{config}/reelConfigVersion.cmake")\nmessage("suits=${{PACKAGE_VERSION_COMPATIBLE}}")\n'))
        if f"suits={str(suits).upper()}" not in said:
            sys.exit(f"who asks CMake for version {version} of reel {'does not get it' if suits else 'gets it'}:\n{said}")


def main(how, source, build, *compiler):
    if how == "subproject":  # stays, to be built again only where something is new
        subproject(os.path.join(build, "consumer"), source, compiler)
        return
    with tempfile.TemporaryDirectory() as folder:
        {"pkg-config": pkg_config, "cmake": cmake}[how](folder, source, build, compiler)


main(*sys.argv[1:])
