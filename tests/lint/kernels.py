#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Two promises that a set of kernels keeps to the rest of a program.

Names: what a set defines, it defines under its own name. The linker keeps one copy of a function that several
objects define; were that one compiled for AVX-512, it would end programs on processors without.

Registers: a kernel returns with the upper halves of the vector registers cleared (vzeroupper). Where they are not,
many processors take ten times as long for every scalar operation that the caller does next. The stages of a chain
hand numbers over in these registers, so no stage may clear them.

usage: kernels.py NAME=LIBRARY…"""
import re
import subprocess
import sys


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def foreign_names(name, library):
    listing = output_of("nm", "-C", "--defined-only", library)
    symbols = [line.split(" ", 2)[2] for line in listing.splitlines() if line.count(" ") >= 2]
    if not symbols:
        sys.exit(f"{library}: no symbols")
    return [s for s in symbols if f"reel::kernels::{name}::" not in s and not s.startswith((".L", "DW.ref"))]


class function:
    """Instructions as (address, mnemonic, operands, the symbol that a relocation names or None)."""

    def __init__(self, name):
        self.name, self.code = name, []
        bare = name.replace("->", "")
        while (shorter := re.sub(r"<[^<>]*>", "", bare)) != bare:
            bare = shorter
        self.stage = re.search(r"::(wide|narrow)\(", bare) is not None
        self.calls_stages = re.search(r"\bchains_of::run\(", bare) is not None
        self.takes_vectors = "__vector(" in bare  # as arguments or as the result

    def exit_state(self, dirty, exit_of):
        """Whether some way through the function returns with upper halves in use."""
        at = {address: k for k, (address, *_) in enumerate(self.code)}
        seen, result, todo = set(), False, [(0, dirty)]
        while todo:
            k, dirty = todo.pop()
            while k < len(self.code) and (k, dirty) not in seen:
                seen.add((k, dirty))
                _, what, operands, symbol = self.code[k]
                inside = re.match(r"([0-9a-f]+) <", operands)
                target = at.get(int(inside.group(1), 16)) if inside and symbol is None else None
                k += 1
                if what == "vzeroupper":
                    dirty = False
                elif re.search(r"%[yz]mm", operands):
                    dirty = True
                elif what.startswith("call") and operands.startswith("*"):  # of what this check looks at, or of stages
                    dirty |= self.calls_stages
                elif what.startswith("call"):
                    dirty = exit_of(symbol, dirty)
                elif what.startswith("ret"):
                    result |= dirty
                    break
                elif what.startswith("jmp") and operands.startswith("*"):  # by a table, to anywhere
                    todo += [(j + 1, dirty) for j, c in enumerate(self.code) if c[1].startswith(("jmp", "ret"))]
                    break
                elif what.startswith("jmp") and target is None:  # the other function returns in its place
                    result |= exit_of(symbol, dirty)
                    break
                elif what.startswith("jmp"):
                    k = target
                elif what.startswith("j") and target is not None:
                    todo.append((target, dirty))
        return result


def parsed(listing):
    """The functions of a listing that objdump made, by symbol."""
    functions, current = {}, None
    for line in listing.splitlines():
        if begin := re.match(r"[0-9a-f]+ <(.+)>:$", line):
            current = functions.setdefault(begin.group(1), [])
        elif relocation := re.match(r"\s+[0-9a-f]+: R_X86_64_\w+\s+(.+?)([-+]0x[0-9a-f]+)?$", line):
            if current and current[-1][1].startswith(("call", "j")):
                current[-1][3] = relocation.group(1)
        elif current is not None and (code := re.match(r"\s+([0-9a-f]+):\t(?:notrack |bnd )?(\S+)\s*(.*)$", line)):
            current.append([int(code.group(1), 16), code.group(2), code.group(3), None])
    names = subprocess.run(["c++filt"], input="\n".join(functions), capture_output=True, text=True, check=True)
    result = {}
    for symbol, name in zip(functions, names.stdout.splitlines()):
        result[symbol] = function(name)
        result[symbol].code = functions[symbol]
    return result


def unclean(functions):
    """Names of functions that return with upper halves in use, and of stages that clear them."""
    exits = {}  # (symbol, state on entry) -> state on return, growing from clean until nothing changes

    def exit_of(symbol, dirty):
        if symbol is not None:
            symbol = re.sub(r"^\.text\.(unlikely\.)?", "", symbol)
        if symbol not in functions:
            return dirty  # memcpy and its like
        return exits.setdefault((symbol, dirty), False)

    for symbol in functions:
        exit_of(symbol, False)
    changed = True
    while changed:
        changed = False
        for symbol, dirty in list(exits):
            now = functions[symbol].exit_state(dirty, exit_of)
            changed |= now != exits[symbol, dirty]
            exits[symbol, dirty] = now
    returns = [f.name for s, f in functions.items() if not f.takes_vectors and exits[s, False]]
    stages = [f.name for f in functions.values() if f.stage and any(c[1] == "vzeroupper" for c in f.code)]
    return returns, stages


def main():
    for argument in sys.argv[1:]:
        name, library = argument.split("=", 1)
        if untagged := foreign_names(name, library):
            sys.exit(f"{library}: defined outside reel::kernels::{name}, so the linker may share them: " + ", ".join(untagged))
        if not name.startswith("avx"):
            continue
        functions = parsed(output_of("objdump", "-dr", "--no-show-raw-insn", library))
        if not any(f.stage for f in functions.values()):
            sys.exit(f"{library}: no stages found; this check knows them by the names wide and narrow")
        returns, stages = unclean(functions)
        if returns:
            sys.exit(f"{library}: returns with upper halves in use; end with clear_upper_halves(): " + ", ".join(returns))
        if stages:
            sys.exit(f"{library}: a stage clears the registers it hands over: " + ", ".join(stages))


if __name__ == "__main__":
    main()
