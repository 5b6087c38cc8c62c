#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What ./dev test closes with, for runs that go well and runs that do not."""
import unittest

from tally import tally

GOOD = {"result": "OK", "stdout": "", "stderr": "\n  1 test case out of 1 passed\n  9 assertions out of 9 passed\n"}
BAD = {"result": "FAIL", "stderr": "\x1b[31m  3 test cases out of 6 passed\n  1 test case out of 6 failed\n"
       "  1 test case out of 6 aborted\n  1 test case out of 6 skipped\n  7 assertions out of 8 passed\n"}
LEAK = {"result": "FAIL", "stderr": "  4 test cases out of 4 passed\n"}
SCRIPT = {"result": "OK", "stdout": "all is well\n"}


class Tally(unittest.TestCase):
    def test_cases_are_counted(self):
        self.assertEqual(tally(0, [GOOD, SCRIPT]), ("2 passed, 0 failed", 0))
        self.assertEqual(tally(1, [BAD, SCRIPT]), ("4 passed, 2 failed, 1 skipped", 1))

    def test_a_program_may_fail_although_its_cases_pass(self):
        self.assertEqual(tally(1, [LEAK]), ("4 passed, 1 failed", 1))
        self.assertEqual(tally(1, [{"result": "TIMEOUT"}, GOOD]), ("1 passed, 1 failed", 1))

    def test_a_run_cut_short_fails(self):
        self.assertEqual(tally(137, [GOOD]), ("1 passed, 1 failed", 1))

    def test_nothing_run_is_no_success(self):
        self.assertEqual(tally(0, []), ("0 passed, 0 failed", 1))
        self.assertEqual(tally(0, [{"result": "SKIP"}]), ("0 passed, 0 failed, 1 skipped", 1))


if __name__ == "__main__":
    unittest.main()
