#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The check of the kernels' registers finds what it forbids and lets pass what it allows."""
import unittest

from kernels import parsed, unclean

LINE = "   {:x}:\t{}"
VECTOR = "Dv8_f"  # float __vector(8), as symbols spell it


def listing(*functions):
    """Of (symbol, lines of code; a line that begins with @ is a relocation)."""
    text = []
    for symbol, code in functions:
        text.append(f"0000000000000000 <{symbol}>:")
        at = 0
        for line in code:
            if line.startswith("@"):
                text.append(f"\t\t\t{at:x}: R_X86_64_PLT32\t{line[1:]}-0x4")
            else:
                text.append(LINE.format(at, line))
                at += 1
    return "\n".join(text)


LOOP, HELPER, OTHER = "_Z4loopPfl", f"_Z6helper{VECTOR}", "_Z5otherPfl"
RUN, STAGE = "_ZN9chains_ofIfE3runEl", f"_ZN9chains_ofIfE4wideIiLi8EEEvl{VECTOR}"

# what it shows, functions, how many return unclean, how many stages clear
CASES = (
    ("scalar code is clean", [(LOOP, ["mov %rdi,%rax", "ret"])], 0, 0),
    ("registers of 16 bytes are clean", [(LOOP, ["vmovaps %xmm0,(%rdi)", "ret"])], 0, 0),
    ("upper halves in use", [(LOOP, ["vmovaps %ymm0,(%rdi)", "ret"])], 1, 0),
    ("cleared in time", [(LOOP, ["vmovaps %zmm0,(%rdi)", "vzeroupper", "ret"])], 0, 0),
    ("used again", [(LOOP, ["vzeroupper", "vmovaps %zmm0,(%rdi)", "ret"])], 1, 0),
    ("a way around the use", [(LOOP, ["je 3 <_Z4loopPfl+0x3>", "vmovaps %ymm0,(%rdi)", "vzeroupper", "ret"])], 0, 0),
    ("a way around the clearing", [(LOOP, ["vmovaps %ymm0,(%rdi)", "je 3 <_Z4loopPfl+0x3>", "vzeroupper", "ret"])], 1, 0),
    ("a jump back", [(LOOP, ["jmp 2 <_Z4loopPfl+0x2>", "ret", "vmovaps %ymm0,(%rdi)", "jmp 1 <_Z4loopPfl+0x1>"])], 1, 0),
    ("a table of jumps", [(LOOP, ["vmovaps %ymm0,(%rdi)", "jmp *%rax", "ret"])], 1, 0),
    ("a helper hands over a register", [(LOOP, ["call 1 <x>", "@" + HELPER, "ret"]), (HELPER, ["vaddps %ymm0,%ymm0,%ymm0", "ret"])], 1, 0),
    ("and is cleared up after", [(LOOP, ["call 1 <x>", "@" + HELPER, "vzeroupper", "ret"]), (HELPER, ["vaddps %ymm0,%ymm0,%ymm0", "ret"])], 0, 0),
    ("another returns in its place", [(LOOP, ["jmp 1 <x>", "@" + OTHER]), (OTHER, ["vmovaps %ymm0,(%rdi)", "ret"])], 2, 0),
    ("stages leave their numbers", [(RUN, ["vxorps %xmm0,%xmm0,%xmm0", "call *%rax", "ret"])], 1, 0),
    ("run clears up", [(RUN, ["call *%rax", "vzeroupper", "ret"])], 0, 0),
    ("a stage", [(STAGE, ["vaddps %ymm0,%ymm0,%ymm0", "jmp *%rax"])], 0, 0),
    ("a stage that clears", [(STAGE, ["vaddps %ymm0,%ymm0,%ymm0", "vzeroupper", "jmp *%rax"])], 0, 1),
)


class Registers(unittest.TestCase):
    def test_cases(self):
        for what, functions, returns, stages in CASES:
            with self.subTest(what):
                found = unclean(parsed(listing(*functions)))
                self.assertEqual((len(found[0]), len(found[1])), (returns, stages), found)


if __name__ == "__main__":
    unittest.main()
