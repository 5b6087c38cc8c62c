# SPDX-License-Identifier: MIT
"""The faults that are planted: small changes of a line of C++ such as a slip of the hand makes."""
import re

OPERAND = r"[A-Za-z_][\w.:]*(?:\[[^\[\]]*\]|\([^()]*\))?"
# name, pattern, replacement. A pattern is tried at each place of a line where it matches.
FAULTS = (
    ("negated term", r"(?<=[\w)\]]) \+ (?=[\w(])", " - "),
    ("negated term", r"(?<=[\w)\]]) - (?=[\w(])", " + "),
    ("negated term", r"(?<=[\w)\]]) \+= ", " -= "),
    ("negated term", r"(?<=[\w)\]]) -= ", " += "),
    ("dropped term", rf"(?<=[\w)\]]) [+-] {OPERAND}(?=[;,)\]])", ""),
    ("dropped factor", rf"(?<=[\w)\]]) \* {OPERAND}(?=[;,)\]])", ""),
    ("off by one", r"(?<=\w) < (?=\w)", " <= "),
    ("off by one", r"(?<=\w) <= (?=\w)", " < "),
    ("off by one", r"(?<=\w) > (?=\w)", " >= "),
    ("off by one", r"(?<=\w) >= (?=\w)", " > "),
    ("off by one", r"(?<=[\w)\]]) [+-] 1\b(?!\.)", ""),
    ("off by one", r"(?<=index_t )(\w+) = 0(?=[,;])", r"\1 = 1"),
    ("off by one", r"(?<=size_t )(\w+) = 0(?=[,;])", r"\1 = 1"),
    ("swapped operands", rf"\b({OPERAND}) - ({OPERAND})(?=[;,)\]])", r"\2 - \1"),
    ("swapped operands", rf"\b({OPERAND}) / ({OPERAND})(?=[;,)\]])", r"\2 / \1"),
    ("swapped operands", r"(?<=[\w>])\((\w+), (\w+)\)", r"(\2, \1)"),
    ("skipped check", r"\bif \((?=.*\)\s*(throw|return|continue|break|refuse|fail)\b)", "if (false && "),
    ("skipped check", r"^(\s*)(throw|refuse|fail|check)(?=[\s(_])", r"\1if (false) \2"),
    ("wrong choice", r" && ", " || "),
    ("wrong choice", r" \|\| ", " && "),
    ("wrong choice", r" == ", " != "),
    ("wrong choice", r" != ", " == "),
    ("wrong choice", r"\btrue\b", "false"),
    ("wrong choice", r"\bfalse\b", "true"),
    ("wrong choice", r"\bstd::min\b", "std::max"),
    ("wrong choice", r"\bstd::max\b", "std::min"),
    ("wrong rows or axes", r"\brows\b", "columns"),
    ("wrong rows or axes", r"\bcolumns\b", "rows"),
    ("wrong rows or axes", r"\baxis\b(?=[,)\]])", "axis + 1"),
    ("wrong rows or axes", r"\bfront\(\)", "back()"),
    ("wrong rows or axes", r"\bback\(\)", "front()"),
    ("wrong rows or axes", r"\[0\]", "[1]"),
    ("wrong rows or axes", r"\[1\]", "[0]"),
    ("another number", r"(?<=[=(,*/] )0\.5\b", "0.25"),
    ("another number", r"(?<=[=(,*/] )2(?=[;,) ])", "3"),
)


def without_text(line, in_comment):
    """The line with comments and the insides of strings blanked out, and whether a comment goes on after it."""
    out, i, quote = [], 0, None
    while i < len(line):
        two = line[i:i + 2]
        if in_comment:
            if two == "*/":
                in_comment, i = False, i + 2
                out.append("  ")
                continue
            out.append(" ")
        elif quote:
            if line[i] == "\\":
                out.append("  ")
                i += 2
                continue
            if line[i] == quote:
                quote = None
                out.append(line[i])
            else:
                out.append(" ")
        elif two == "//":
            out.append(" " * (len(line) - i))
            break
        elif two == "/*":
            in_comment = True
            out.append(" ")
        else:
            if line[i] == '"' or (line[i] == "'" and not (i > 0 and line[i - 1].isalnum())):
                quote = line[i]
            out.append(line[i])
        i += 1
    return "".join(out)[:len(line)], in_comment


DECLARES = re.compile(r"^\s*(#|static_assert|using |namespace |template\b|friend |enum |concept |typename )|\bconcept\b")


def faults_of(text):
    """Each fault that a source allows: (line number, kind, the line as it becomes)."""
    in_comment = False
    for number, line in enumerate(text.split("\n"), 1):
        code, in_comment = without_text(line, in_comment)
        if not code.strip() or DECLARES.search(code):
            continue
        for kind, pattern, replacement in FAULTS:
            for match in re.finditer(pattern, code):
                changed = line[:match.start()] + match.expand(replacement) + line[match.end():]
                opened = changed.count("if (false && ") - line.count("if (false && ")
                if opened:  # the condition stays one, whatever stands in it
                    changed = close_condition(changed, match.start())
                if changed != line:
                    yield number, kind, changed


def close_condition(line, start):
    """`if (false && a || b)` with the old condition in brackets of its own."""
    begin = line.index("if (false && ", start) + len("if (false && ")
    depth, i = 1, begin
    while i < len(line) and depth:
        depth += {"(": 1, ")": -1}.get(line[i], 0)
        i += 1
    return line if depth else line[:begin] + "(" + line[begin:i - 1] + ")" + line[i - 1:]
