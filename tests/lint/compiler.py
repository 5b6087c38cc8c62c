# SPDX-License-Identifier: MIT
"""Compiles C++ texts, without making code, by the flags of the library's own sources in a build directory.

What passed is remembered there with the files it read, and not compiled again while these stay the same.
"""
import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import subprocess
import tempfile

from tree import ROOMS


def in_parallel(function, arguments):
    """[function(a) for a in arguments], as many at a time as there are processors."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(function, arguments))


class Compiler:
    def __init__(self, build):
        self.build = build
        self.memory = os.path.join(build, "compiled-texts")
        os.makedirs(self.memory, exist_ok=True)
        with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
            command = next(e["command"] for e in json.load(file) if e["output"].startswith("libreel"))
        words = iter(shlex.split(command))
        self.command = []
        for word in words:
            if word in ("-o", "-MF", "-MQ", "-c"):
                next(words)
            elif word not in ("-MD", "ccache") and not re.match(r"-(O|g|fsanitize|fdiagnostics-color)", word):
                self.command.append(word)
        self.command += ["-fsyntax-only", "-fdiagnostics-color=never", "-Wno-unused-function"]

    def command_for(self, room):
        """The command without the include folders of the rooms above."""
        above = ROOMS[ROOMS.index(room) + 1:] if room else ()
        return [w for w in self.command if not re.fullmatch(rf"-I.*/({'|'.join(above) or '-'})/include", w)]

    def compile(self, text, options=(), room=None):
        """(whether the compiler takes it, what it printed, the files it read)"""
        with tempfile.TemporaryDirectory() as folder:
            source, rule = os.path.join(folder, "text.cpp"), os.path.join(folder, "text.d")
            with open(source, "w", encoding="utf-8") as file:
                file.write(text)
            run = subprocess.run([*self.command_for(room), *options, "-MD", "-MF", rule, source], cwd=self.build,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                                 env={**os.environ, "LC_ALL": "C"})
            read = []
            if run.returncode == 0:
                with open(rule, encoding="utf-8") as file:
                    read = [f for f in file.read().replace("\\\n", " ").split()[1:] if f != source]
        return run.returncode == 0, run.stdout, read

    def unchanged(self, text):
        """Whether what `remember` was told of this text still holds."""
        try:
            with open(self._record(text), encoding="utf-8") as file:
                return all(self._time(path) == time for path, time in json.load(file).items())
        except OSError:
            return False

    def remember(self, text, files):
        with open(self._record(text), "w", encoding="utf-8") as file:
            json.dump({path: self._time(path) for path in [*files, __file__]}, file)

    def _record(self, text):
        key = hashlib.sha256("\0".join([*self.command, text]).encode()).hexdigest()[:32]
        return os.path.join(self.memory, key + ".json")

    def _time(self, path):
        return os.stat(os.path.join(self.build, path)).st_mtime_ns
