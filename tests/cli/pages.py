#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""pages.py [--write] PROGRAM PAGE.md…: runs what the pages show of the program.

A ```console block is a session: `$ command` and below it what that prints, on stdout and stderr; an ellipsis (…) there stands
for any text, also of several lines. The blocks of a page run in order in one folder, where `reel` on its own is the program
and the folder `reel` the source tree. The first page shows the --help of every verb. --write puts what a --help printed
into the page.
"""
import os
import re
import subprocess
import sys
import tempfile

from program import close, fine

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def sessions(block):
    """(command, what it should print) for every command of a block."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, printed = part.partition("\n")
        while command.endswith("\\"):
            more, _, printed = printed.partition("\n")
            command = command[:-1] + more.strip()
        if end := re.search(r"<<'(\w+)'", command):  # what follows, up to that word, is what the command reads
            text, _, printed = printed.partition(f"\n{end[1]}\n")
            command += f"\n{text}\n{end[1]}\n"
        yield command, printed


def tidy(text):
    return "\n".join(line.rstrip() for line in text.strip("\n").split("\n"))


def matches(expected, got):
    pattern = ".*?".join(re.escape(part) for part in tidy(expected).split("…"))
    return re.fullmatch(pattern, tidy(got), re.DOTALL) is not None


def execute(command, program, folder):
    path = os.path.dirname(os.path.abspath(program)) + os.pathsep + os.environ["PATH"]
    done = subprocess.run(command, shell=True, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, encoding="utf-8", timeout=300, env=os.environ | {"PATH": path})
    return done.stdout


def findings(page, program):
    with open(page, encoding="utf-8") as file:
        text = file.read()
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(ROOT, os.path.join(folder, "reel"))
        for block in BLOCK.finditer(text):
            for command, expected in sessions(block[1]):
                got = execute(command, program, folder)
                if not matches(expected, got):
                    line = text.count("\n", 0, block.start()) + 1
                    yield f"{os.path.relpath(page, ROOT)}:{line}: '{command}' prints:\n{got}\nand the page says:\n{expected}"


def undescribed(page, program):
    """Verbs whose --help the page does not show."""
    with open(page, encoding="utf-8") as file:
        text = file.read()
    verbs = re.findall(r"^  (\w+)  ", fine(program, "--help", folder=".").partition("Subcommands:")[2], re.MULTILINE)
    for verb in verbs:
        if f"$ reel {verb} --help\n" not in text:
            yield f"{os.path.relpath(page, ROOT)}: nothing on reel {verb}: add a section with a console block of its --help"


def write(page, program):
    with open(page, encoding="utf-8") as file:
        text = file.read()

    def renewed(block):
        command, _ = next(sessions(block[1]))
        if not command.endswith("--help"):
            return block[0]
        return f"```console\n$ {command}\n{tidy(execute(command, program, '.'))}\n```"
    with open(page, "w", encoding="utf-8") as file:
        file.write(BLOCK.sub(renewed, text))


def main(arguments):
    if arguments[0] == "--write":
        _, program, *pages = arguments
        for page in pages:
            write(page, program)
        return
    program, *pages = arguments
    wrong = list(undescribed(pages[0], program))
    for page in pages:
        wrong += findings(page, program)
    close(wrong)
    print(f"{len(pages)} pages")


main(sys.argv[1:])
