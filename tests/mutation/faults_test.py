#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each kind of fault is found where it is possible, and nowhere in comments, texts and declarations."""
import unittest

from faults import FAULTS, faults_of

# a line of C++, and lines that it must be able to become
LINES = (
    ("  y[i] = a + b[i];", ["  y[i] = a - b[i];", "  y[i] = a;"]),
    ("  return x - y;", ["  return x + y;", "  return x;", "  return y - x;"]),
    ("  return s * x;", ["  return s;"]),
    ("  sum += x;", ["  sum -= x;"]),
    ("  sum -= x;", ["  sum += x;"]),
    ("  while (i < n) ++i;", ["  while (i <= n) ++i;"]),
    ("  while (i <= n) ++i;", ["  while (i < n) ++i;"]),
    ("  while (i > n) --i;", ["  while (i >= n) --i;"]),
    ("  while (i >= n) --i;", ["  while (i > n) --i;"]),
    ("  for (index_t i = 0; i != n; ++i) f(i + 1);", ["  for (index_t i = 1; i != n; ++i) f(i + 1);", "  for (index_t i = 0; i != n; ++i) f(i);"]),
    ("  for (std::size_t i = 0, k; false;) g();", ["  for (std::size_t i = 1, k; false;) g();"]),
    ("  return x / y;", ["  return y / x;"]),
    ("  h(a, b);", ["  h(b, a);"]),
    ("  if (x < 0 || y) throw error(x);", ["  if (false && (x < 0 || y)) throw error(x);", "  if (x < 0 && y) throw error(x);"]),
    ("    throw error(x);", ["    if (false) throw error(x);"]),
    ("  return a && b;", ["  return a || b;"]),
    ("  return a == b;", ["  return a != b;"]),
    ("  return a != b;", ["  return a == b;"]),
    ("  x = true;", ["  x = false;"]),
    ("  x = false;", ["  x = true;"]),
    ("  x = std::min(a, b);", ["  x = std::max(a, b);"]),
    ("  x = std::max(a, b);", ["  x = std::min(a, b);"]),
    ("  g(rows);", ["  g(columns);"]),
    ("  g(columns);", ["  g(rows);"]),
    ("  sum(x, axis);", ["  sum(x, axis + 1);"]),
    ("  return v.front();", ["  return v.back();"]),
    ("  return v.back();", ["  return v.front();"]),
    ("  return v[0];", ["  return v[1];"]),
    ("  return v[1];", ["  return v[0];"]),
    ("  x = 0.5 * y;", ["  x = 0.25 * y;"]),
    ("  x = 2 * y;", ["  x = 3 * y;"]),
)
NOTHING = ("// a + b == c", "/* x < y\n x > y */", '  f("a + b == c");', "#if A == 1", "static_assert(a == b);", "template <class T, class U>",
           "using f = void(int a, int b);")


class Faults(unittest.TestCase):
    def test_each_line_has_its_faults(self):
        for line, wanted in LINES:
            with self.subTest(line=line):
                found = [changed for _, _, changed in faults_of(line)]
                for fault in wanted:
                    self.assertIn(fault, found)
                self.assertNotIn(line, found)

    def test_every_fault_is_of_use(self):
        kinds = {kind for line, _ in LINES for _, kind, _ in faults_of(line)}
        self.assertEqual(kinds, {kind for kind, _, _ in FAULTS})

    def test_texts_and_declarations_are_left_alone(self):
        for text in NOTHING:
            with self.subTest(text=text):
                self.assertEqual(list(faults_of(text)), [])

    def test_lines_are_counted_from_one(self):
        self.assertEqual([number for number, _, _ in faults_of("\n\n  x = true;\n")], [3])


if __name__ == "__main__":
    unittest.main()
