#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fallback.py PROGRAM DEV: where Fashion-MNIST is not and cannot be had, the program and `./dev train` take digits and say so."""
import os
import shutil
import subprocess
import sys
import tempfile

from program import close, run, write

# A machine that has every package but the data set, which apt-get does not find either; the program is built.
COMMANDS = {
    "dpkg-query": 'for package; do [ "$package" = dataset-fashion-mnist ] || echo "installed $package"; done',
    "apt-get": 'echo "E: Unable to locate package" >&2; exit 100',
    "sudo": 'exec "$@"',
    "ninja": "exit 0",
}
SAYS = "Fashion-MNIST is not installed (Debian: dataset-fashion-mnist): the data are digits"


def fake_machine(folder, program, dev):
    """A checkout with a build in it, and the folder of its commands."""
    build, commands = os.path.join(folder, "build"), os.path.join(folder, "commands")
    os.makedirs(os.path.join(build, "models", "cli"))
    os.makedirs(commands)
    write(build, "build.ninja", "")
    os.symlink(os.path.abspath(program), os.path.join(build, "models", "cli", "reel"))
    shutil.copy(dev, folder)
    for name, body in COMMANDS.items():
        write(commands, name, f"#!/bin/sh\n{body}\n")
        os.chmod(os.path.join(commands, name), 0o755)
    return commands


def findings(program, dev, folder):
    nowhere = {k: v for k, v in os.environ.items() if k != "REEL_DATA"} | {"XDG_DATA_DIRS": os.path.join(folder, "none")}
    status, out, err = run(program, "graph", folder=folder, env=nowhere)
    if status != 0 or SAYS not in err:
        yield f"reel graph: exit status {status}\n{out}{err}"
    status, out, err = run(program, "train", "--epochs", "1", "--quiet", folder=folder, env=nowhere)
    if status != 0 or SAYS not in err or os.path.join("reel-digits", "model.safetensors") not in out:
        yield f"reel train: exit status {status}\n{out}{err}"
    status, _, err = run(program, "train", "fashion-mnist", folder=folder, env=nowhere)
    if status != 1 or "Fashion-MNIST is not in" not in err or os.path.join(folder, "none", "datasets") not in err:
        yield f"reel train fashion-mnist: exit status {status}\n{err}"

    commands = fake_machine(folder, program, dev)
    done = subprocess.run([os.path.join(folder, "dev"), "train", "--epochs", "1", "--out", "by-dev"], cwd=folder, encoding="utf-8",
                          env=nowhere | {"PATH": commands + os.pathsep + nowhere["PATH"]}, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=100)
    said = done.stderr
    for text in ("dev: installing dataset-fashion-mnist", "Unable to locate package", "dev: going on without Fashion-MNIST", SAYS):
        if text not in said:
            yield f"./dev train: no '{text}' in:\n{said}"
    if done.returncode != 0 or not os.path.exists(os.path.join(folder, "by-dev", "model.safetensors")):
        yield f"./dev train: exit status {done.returncode}\n{done.stdout}{said}"


with tempfile.TemporaryDirectory() as temporary:
    close(list(findings(sys.argv[1], sys.argv[2], temporary)))
print("on digits, saying so")
