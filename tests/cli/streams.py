#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""streams.py PROGRAM: what does not reach stdout is an error of every verb; what does not reach stderr is of none."""
import os
import subprocess
import sys
import tempfile

from program import close, content, fine, write

FLOWERS = "length,width,kind\n" + "".join(f"{i % 3}.{i % 7},{i % 5}.5,{'rose tulip iris'.split()[i % 3]}\n" for i in range(30))
MODEL = os.path.join("good", "model.safetensors")
SHORT = ["--rates", "0.1", "--seconds", "0.01", "--out", "picture.svg"]

COMMANDS = [
    ["--help"], ["--version"], ["train", "--help"],
    ["train", "flowers.csv", "--epochs", "2", "--out", "run"],
    ["train", "flowers.csv", "--epochs", "2", "--out", "run", "--json", "--quiet"],
    ["train", "flowers.csv", "--stop-after", "2", "--out", "run", "--json"],
    ["eval", MODEL, "flowers.csv"], ["eval", MODEL, "flowers.csv", "--json"],
    ["predict", MODEL, "flowers.csv"], ["predict", MODEL, "flowers.csv", "--proba"],
    ["graph", "flowers.csv"], ["graph", "flowers.csv", "--explain"],
    ["sweep", "flowers.csv", "--batches", "8", *SHORT], ["sweep", "flowers.csv", "--batches", "8", "--json", *SHORT],
    ["compare", "flowers.csv", *SHORT], ["compare", "flowers.csv", "--json", *SHORT],
    ["check", "--op", "exp"], ["check", "--op", "exp", "--json"], ["check", "--op", "exp", "--mutate"],
    ["check", "--op", "exp", "--matrix"], ["check", "--op", "exp", "--vcurve", "-"],
]


def run(program, arguments, folder, **streams):
    return subprocess.run([os.path.abspath(program), *arguments], cwd=folder, encoding="utf-8", stdin=subprocess.DEVNULL,
                          timeout=300, **streams)


def with_full_disk(program, arguments, folder):
    with open("/dev/full", "w", encoding="utf-8") as full:
        return run(program, arguments, folder, stdout=full, stderr=subprocess.PIPE)


def with_broken_pipe(program, arguments, folder):
    reader, writer = os.pipe()
    os.close(reader)
    try:
        return run(program, arguments, folder, stdout=writer, stderr=subprocess.PIPE)
    finally:
        os.close(writer)


def closed(program, arguments, folder, stream):
    """A stream that is not open at all."""
    line = f'exec "$0" "$@" {stream}>&-'
    return subprocess.run(["sh", "-c", line, os.path.abspath(program), *arguments], cwd=folder, encoding="utf-8", timeout=300,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def findings(program, folder):
    write(folder, "flowers.csv", FLOWERS)
    fine(program, "train", "flowers.csv", "--out", "good", "--quiet", folder=folder)
    ways = {"a pipe that nobody reads": with_broken_pipe, "no stdout": lambda *a: closed(*a, 1)}
    if os.path.exists("/dev/full"):
        ways["a full disk"] = with_full_disk
    for arguments in COMMANDS:
        line = "reel " + " ".join(arguments)
        for way, start in ways.items():
            done = start(program, arguments, folder)
            last = done.stderr.rstrip("\n").rpartition("\n")[2]
            if done.returncode != 1 or not last.startswith("reel: BadFile: standard output cannot be written: "):
                yield f"{line}: {way}: exit status {done.returncode}: {done.stderr}"
    before = content(folder, "run", "model.safetensors")
    for arguments in COMMANDS[3], COMMANDS[4], ["eval", MODEL, "flowers.csv"]:
        line = "reel " + " ".join(arguments)
        unheard = closed(program, arguments, folder, 2)
        if unheard.returncode != 0 or not unheard.stdout:
            yield f"{line}: without stderr: exit status {unheard.returncode}"
        reader, writer = os.pipe()
        os.close(reader)
        done = run(program, arguments, folder, stdout=subprocess.PIPE, stderr=writer)
        os.close(writer)
        if done.returncode != 0 or not done.stdout:
            yield f"{line}: with a pipe for stderr that nobody reads: exit status {done.returncode}"
    if content(folder, "run", "model.safetensors") != before:
        yield "a run without stdout writes another model"
    with open(os.path.join(folder, "run", "history.jsonl"), encoding="utf-8") as file:
        if any(not line.startswith("{") for line in file):
            yield "the history holds what was meant for a stream"
    print(f"{len(COMMANDS)} commands, {len(ways)} ways")


with tempfile.TemporaryDirectory() as temporary:
    close(list(findings(sys.argv[1], temporary)))
