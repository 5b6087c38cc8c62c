#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fuzz.py PROGRAM RUNS CORPUS [--grow]: lets libFuzzer try a reader RUNS times, beginning with the inputs of a corpus.

CORPUS is corpus/NAME.txt; its form is told in replay.cpp. --grow adds the inputs found that reach code none before did.
"""
import os
import re
import subprocess
import sys
import tempfile

ESCAPES = {0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t", 0x5C: "\\\\"}
LONGEST = 400  # bytes of an input worth keeping


def escaped(data):
    return "".join(ESCAPES.get(b) or (chr(b) if 0x20 <= b < 0x7F else f"\\x{b:02x}") for b in data)


def unescaped(line):
    letters = {"n": b"\n", "r": b"\r", "t": b"\t", "\\": b"\\"}
    parts = re.findall(r"\\x([0-9a-f]{2})|\\(.)|([^\\])", line)
    return b"".join(bytes([int(code, 16)]) if code else letters[letter] if letter else plain.encode() for code, letter, plain in parts)


def write(folder, inputs):
    os.makedirs(folder)
    for number, data in enumerate(inputs):
        with open(os.path.join(folder, f"{number:04}"), "wb") as file:
            file.write(data)
    return folder


def main(program, runs, corpus, grow=None):
    environment = {**os.environ, "REEL_FUZZ": os.path.basename(corpus).removesuffix(".txt")}
    with open(corpus, encoding="ascii") as file:
        inputs = [unescaped(line) for line in file.read().splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        known, found = write(os.path.join(folder, "known"), inputs), write(os.path.join(folder, "found"), [])
        done = subprocess.run([program, f"-runs={runs}", "-max_len=2000", "-timeout=20", "-rss_limit_mb=3000", "-print_final_stats=1",
                               f"-artifact_prefix={folder}/bad-", found, known],
                              env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
        if done.returncode:
            print(done.stdout[-6000:])
            for name in sorted(os.listdir(folder)):
                if name.startswith("bad-"):
                    with open(os.path.join(folder, name), "rb") as file:
                        print(f"the input, as a line of {os.path.basename(corpus)}:\n{escaped(file.read())}")
            sys.exit("the fuzzer found an input that the reader cannot take")
        print(*re.findall(r"stat::(?:number_of_executed_units|average_exec_per_sec|peak_rss_mb).*|.*DONE.*", done.stdout), sep="\n")
        if grow:
            merged = write(os.path.join(folder, "merged"), inputs)
            subprocess.run([program, "-merge=1", merged, found], env=environment, stderr=subprocess.DEVNULL, check=True)
            contents = {open(os.path.join(merged, name), "rb").read() for name in os.listdir(merged)}
            new = sorted((c for c in contents if len(c) <= LONGEST and c not in inputs), key=lambda c: (len(c), c))
            with open(corpus, "a", encoding="ascii") as file:
                file.writelines(escaped(data) + "\n" for data in new)
            print(f"{len(new)} inputs added")


main(*sys.argv[1:])
