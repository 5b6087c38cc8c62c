#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each rule of rules.py finds what it forbids, on the right line, and lets pass what it allows."""
import os
import tempfile
import unittest

from rules import RULES

# rule, file, its text, the lines where something is found
CASES = (
    ("spdx", "ops/a.cpp", "// SPDX-License-Identifier: MIT\nint a;\n", []),
    ("spdx", "tests/a.py", "#!/usr/bin/env python3\n# SPDX-License-Identifier: MIT\n", []),
    ("spdx", "ops/a.cpp", "int a;\n", [1]),
    ("spdx", "ops/meson.build", "a = 1\n", [1]),
    ("rooms", "ops/a.cpp", "#include <vector>\n#include <reel/autodiff.hpp>\n#include <reel/ops/softmax.hpp>\n", []),
    ("rooms", "ops/a.cpp", "#include <vector>\n#include <reel/optim.hpp>\n  # include <reel/models/mlp.hpp>\n", [2, 3]),
    ("rooms", "autodiff/include/reel/autodiff/a.hpp", "#include <reel/ops.hpp>\n", [1]),
    ("rooms", "ops/a.cpp", '#include "reel/ops.hpp"\n#include "a.cpp"\n#include "absent.hpp"\n', [1, 3]),
    ("rooms", "tests/a.cpp", "#include <reel/models.hpp>\n", []),
    ("rooms", "autodiff/tape/a.cpp", '#include "tape/a.cpp"\n#include "tape/absent.hpp"\n', [2]),
    ("floors", "autodiff/program/passes/a.cpp", '#include "program/ir.hpp"\n#include "tape/values.hpp"\n#include "a.hpp"\n', []),
    ("floors", "autodiff/tape/a.cpp", '#include "tape/b.hpp"\n#include "program/ir.hpp"\n#include "../check/c.hpp"\n', [2, 3]),
    ("floors", "autodiff/misc/a.cpp", "int a;\n", [1]),
    ("libraries", "autodiff/graph/graph.cpp", "#include <boost/graph/graph_traits.hpp>\n", []),
    ("libraries", "tests/main.cpp", "#include <boost/test/unit_test.hpp>\n", []),
    ("libraries", "autodiff/include/reel/autodiff/array.hpp", "#include <xtensor/xarray.hpp>\n", []),
    ("libraries", "ops/softmax.cpp", "#include <boost/graph/graph_traits.hpp>\n#include <xtensor/xmath.hpp>\n", [1, 2]),
    ("libraries", "optim/sgd.cpp", "#include <cblas.h>\n#include <xsimd/xsimd.hpp>\n#include <nlohmann/json.hpp>\n", [1, 2, 3]),
    ("libraries", "ops/include/reel/ops.hpp", "#include <fmt/format.h>\n", [1]),
    ("libraries", "ops/linalg/symmetric.cpp", "#include <Eigen/Eigenvalues>\n", []),
    ("libraries", "ops/linalg/eigh.cpp", "#include <Eigen/Eigenvalues>\n", [1]),
    ("libraries", "tests/bench/hand/gemm.cpp", "#include <cblas.h>\n#include <fmt/format.h>\n", []),
    ("joins", "ops/a.cpp", '#include <fmt/format.h>\nauto a = fmt::join(x, ", ");\n', [2]),
    ("joins", "ops/a.cpp", '#include <fmt/ranges.h>\nauto a = fmt::join(x, ", ");\n', []),
    ("joins", "ops/a.cpp", "// fmt::join(x)\n", []),
    ("calls", "models/cli/main.cpp", 'int main() { std::cout << "a"; exit(1); }\n', []),
    ("calls", "ops/a.cpp", "// std::cout << 1;\n/* assert(x);\n abort(); */ static_assert(true);\n", []),
    ("calls", "ops/a.cpp", 'auto a = "printf(";\nint n = 1\'000;\nauto c = \'"\'; std::cerr << c;\n', [3]),
    ("calls", "ops/a.cpp", "/* two\nlines */\nassert(x);\nstd::abort();\nopenblas_set_num_threads(1);\n", [3, 4, 5]),
    ("calls", "models/mlp.cpp", "void f() { std::printf(0); }\nvoid g() { fmt::print(0); }\n", [1, 2]),
    ("flags", "meson.build", "a = ['-O3']\nb = ['-ffast-math']\n", [2]),
    ("flags", "ops/meson.build", "a = ['-ffp-contract=off']\n", []),
    ("rows", "ops/a.cpp", '// static constexpr auto name = "a";\n  static constexpr auto name = "b";\n', [2]),
    ("rows", "ops/table_a.cpp", 'static constexpr auto name = "a";\n{.name = "a"},\n{.name = "b"}, {.name = "c", .composite = true}', [3]),
    ("links", "docs/a.md", "# A `b` c\n[x](#a-b-c) [y](../README.md) `[z](no.md)`\n```\n[z](no.md)\n```\n", [2]),
    ("links", "README.md", "# R\n# R\n[x](README.md#r-1)\n[y](docs/no.md)\n[z](#no)\n[w](https://example.org/no.md)\n", [4, 5]),
    ("words", "ops/a.cpp", "var pull(var ybar, var y, var x) const;\n// pull(x)\nvar vjp(var ybar) const;\n", [1]),
    ("words", "ops/a.cpp", "for (const auto& element : x) place(element);\nauto a = element::f32;\n", [2]),
    ("words", "ops/a.cpp", "const pulled& r\nauto pulled = vjp(y, x, u);\nusing beside = a;\nstd::thread beside(f);\n", [1, 3]),
    ("words", "tests/a.cpp", 'freeze({.outputs = {y}, .off = {"a"}});\nfreeze({.check_finite = {y}});\ns.finite(x);\nrequest.finite.clear();\n', [1, 4]),
    ("words", "autodiff/program/a.cpp", "void f(const code& c, const group& g);\nthrow e.code();\nint chunks;\n", [1, 1, 3]),
    ("words", "models/a.cpp", "int group, chunks, machine, root, links;\n", []),
    ("passes", "autodiff/program/pipeline.cpp", '    {"dead_code", exact, count},\n    {nullptr, exact, run},\n', [1, 1]),
    ("passes", "docs/how-it-works.md", "| `dead_code` | yes | drops |\n", []),
    ("words", "docs/a.md", "`pull(x)` and pull(x)\n```cpp\nvar pull(var x);\n```\n```text\npull(x)\n```\n", [3]),
)


class Rules(unittest.TestCase):
    def test_cases(self):
        for rule, path, text, lines in CASES:
            with self.subTest(rule=rule, text=text), tempfile.TemporaryDirectory() as root:
                os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
                with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                    file.write(text)
                found = list(RULES[rule](root))
                self.assertEqual([int(f.split(":")[1]) for f in found], lines, found)
                for finding in found:
                    self.assertRegex(finding, rf"^{path}:\d+: .+")

    def test_every_rule_has_a_case_that_it_finds(self):
        self.assertEqual({case[0] for case in CASES if case[3]}, set(RULES))


if __name__ == "__main__":
    unittest.main()
